"""Write the generated documents, or check that they are up to date."""

import difflib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from credit_platform.documents import all_documents

SHOWN_LINES = 20


class Command(BaseCommand):
    """Write docs/ from the code; with --check only compare, and fail on a difference."""

    help = "Write the generated documents (--check: compare only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only; fail on a difference")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        for name, build in all_documents().items():
            path = settings.BASE_DIR / name
            before, after = path.read_text() if path.exists() else "", build()
            if before == after:
                continue
            if options["check"]:
                stale.append(name)
                lines = difflib.unified_diff(before.splitlines(), after.splitlines(), name, "generated", lineterm="")
                self.stderr.write("\n".join(list(lines)[:SHOWN_LINES]))
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(after)
                self.stdout.write(f"wrote {name}")
        if stale:
            raise CommandError(f"out of date: {', '.join(stale)}; run `make docs`")
