"""`manage.py verify_report FILE`: whether a credit report is as it was issued, without network or database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.problems import Problem
from core.signatures.keys import PublicKey, as_document, public_keys_of
from core.signatures.signing import known_keys
from portal.reports.files import examine


class Command(BaseCommand):
    help = (
        "Verify a credit report (PDF or JSON) offline. With --keys, a file of public keys as the portal gives it out"
        " under /reports/keys.json, else with this site's own. Exit 0 genuine, 1 not, 2 unreadable."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--keys", type=Path, help="file of public keys to verify with")
        parser.add_argument("--public-keys", action="store_true", help="print this site's public keys and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            keys = _keys(options["keys"])
            if options["public_keys"]:
                self.stdout.write(json.dumps(as_document(keys.values()), indent=2))
                return
            if options["file"] is None:
                raise CommandError("name the file to verify", returncode=2)
            content = options["file"].read_bytes()
        except (OSError, ValueError, Problem) as error:
            raise CommandError(f"cannot read: {error}", returncode=2) from None
        found = examine(content, keys)
        answer = {
            "genuine": found.genuine,
            "why": found.why,
            "number": found.number,
            "key": found.key_id,
            "algorithm": found.algorithm,
            "sm3": found.digest,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if not found.genuine:
            raise CommandError(found.why, returncode=1)


def _keys(path: Path | None) -> dict[str, PublicKey]:
    return public_keys_of(json.loads(path.read_text())) if path else known_keys()
