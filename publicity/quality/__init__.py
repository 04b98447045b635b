"""Timeliness and quality of what units report, by the formulas of the city's assessment, counted by set."""
