"""`manage.py rotate_personal_keys`: seal every personal number under the current key, in batches."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import personal


class Command(BaseCommand):
    help = "Re-encrypt personal numbers under the first key of PERSONAL_KEYS; stop it at any time and run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=1_000, help="rows per transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        resealed = cleared = 0
        while True:
            progress = personal.rotate(options["batch"])
            resealed, cleared = resealed + progress.resealed, cleared + progress.cleared
            if progress.done or not (progress.resealed or progress.cleared):
                break
        self.stdout.write(f"resealed {resealed}, old indexes dropped {cleared}, remaining {progress.remaining}")
        for key_id, rows in personal.keys_needed().items():
            self.stdout.write(f"key {key_id}: {rows} rows")
