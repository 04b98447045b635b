"""Trigger, determination and execution: from an act in the catalogue to listings, tasks and feedback."""
