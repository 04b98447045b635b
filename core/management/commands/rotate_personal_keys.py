"""`manage.py rotate_personal_keys`: seal every personal number and kept file under the current key, in batches."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import personal
from core.attachments import rotation
from core.keys import ring


class Command(BaseCommand):
    help = (
        "Re-encrypt personal numbers and attachments under the first key of PERSONAL_KEYS; stop it at any time and run"
        " it again. A key may leave PERSONAL_KEYS when it is no longer listed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=1_000, help="rows per transaction, files per report")

    def handle(self, *args: Any, **options: Any) -> None:
        resealed = cleared = 0
        while True:
            progress = personal.rotate(options["batch"])
            resealed, cleared = resealed + progress.resealed, cleared + progress.cleared
            if progress.done or not (progress.resealed or progress.cleared):
                break
        self.stdout.write(f"resealed {resealed}, old indexes dropped {cleared}, remaining {progress.remaining}")
        damaged = self._files(options["batch"])
        for key_id, count in personal.keys_needed().items():
            place = "" if key_id in ring().ids else ", not in PERSONAL_KEYS"
            self.stdout.write(f"key {key_id}: {count} numbers and files{place}")
        if damaged:
            raise CommandError(
                f"{len(damaged)} files do not open (damaged, or their key is gone): " + ", ".join(damaged)
            )

    def _files(self, batch: int) -> list[str]:
        seen = resealed = 0
        damaged: list[str] = []
        for done in rotation.reseal(batch):
            seen, resealed = seen + done.seen, resealed + done.resealed
            damaged += done.damaged
            self.stdout.write(f"files {seen}, resealed {resealed}, damaged {len(damaged)}")
        return damaged
