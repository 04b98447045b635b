"""`manage.py verify_check FILE`: whether the answer to a check is as it was given, without network or database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.problems import Problem
from core.signatures.keys import public_keys_of
from core.signatures.signing import known_keys
from sanctions.checks.receipts import examine


class Command(BaseCommand):
    help = (
        "Verify the answer to a check (the JSON that POST or GET /api/v1/checks gave) offline. With --keys, a file of"
        " public keys as the portal gives it out under /reports/keys.json, else with this site's own."
        " Exit 0 genuine, 1 not, 2 unreadable."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--keys", type=Path, help="file of public keys to verify with")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = public_keys_of(json.loads(options["keys"].read_text())) if options["keys"] else known_keys()
            answer = json.loads(options["file"].read_bytes())
        except (OSError, ValueError, Problem) as error:
            raise CommandError(f"cannot read: {error}", returncode=2) from None
        wrong = examine(answer, keys)
        self.stdout.write(json.dumps({"genuine": not wrong, "why": wrong}, ensure_ascii=False))
        if wrong:
            raise CommandError(wrong, returncode=1)
