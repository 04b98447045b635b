"""`python -m benchmarks.worker NAME …`: run a worker module on the database of the environment; prints JSON last."""

from __future__ import annotations

import importlib
import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    name = sys.argv.pop(1)
    print(json.dumps(importlib.import_module(f"benchmarks.{name}").main(), ensure_ascii=False))
