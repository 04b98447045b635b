"""Measurements against peers and against the bare database, all sides in one run: `python -m benchmarks search
history`.
"""
