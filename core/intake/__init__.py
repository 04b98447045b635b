"""Tabular intake: profiles declared as data, files read in a child process, rows checked in columns and kept by batch.

Nothing in `columns`, `profiles`, `settings`, `headers`, `values`, `checking`, `table`, `reading` and `workbooks` knows
the database: what an officer may change about a profile comes in as `IntakeSettings`.
"""
