"""`manage.py verify_report FILE`: whether a credit report is as it was issued, without network or database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.reports.signing import OfflineVerifier, examine, signer


class Command(BaseCommand):
    help = (
        "Verify a credit report (PDF or JSON) offline. With --keys, a JSON file of public keys (hex by key id, as"
        " --public-keys prints them), else with this site's own. Exit 0 genuine, 1 not, 2 unreadable."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--keys", type=Path, help="public keys to verify with")
        parser.add_argument("--public-keys", action="store_true", help="print this site's public keys and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["public_keys"]:
            self.stdout.write(json.dumps(signer().public_keys(), indent=2))
            return
        if options["file"] is None:
            raise CommandError("name the file to verify", returncode=2)
        try:
            keys = json.loads(options["keys"].read_text()) if options["keys"] else signer().public_keys()
            verifier, content = OfflineVerifier(keys), options["file"].read_bytes()
        except (OSError, ValueError, AttributeError) as error:
            raise CommandError(f"cannot read: {error}", returncode=2) from None
        found = examine(content, verifier)
        self.stdout.write(
            json.dumps(
                {
                    "genuine": found.genuine,
                    "why": found.why,
                    "number": found.number,
                    "key": found.key_id,
                    "sm3": found.digest,
                },
                ensure_ascii=False,
            )
        )
        if not found.genuine:
            raise CommandError(found.why, returncode=1)
