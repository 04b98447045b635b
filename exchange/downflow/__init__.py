"""Lists of others come in as batches: taken in by parts, judged as a whole, then merged by set or held for two persons.

A batch whose count, digest or size cannot be right is quarantined with an alert, and nothing is ended by it. See
docs/adr/0032-lists-of-others.md.
"""
