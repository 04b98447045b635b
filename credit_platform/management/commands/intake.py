"""`manage.py intake PROFILE FILE [--as UNIT] [--json]`: hand a table in and work it off at once."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock
from core.actors import Actor
from core.intake.profiles import PROFILES
from core.intake.receipts import receipt
from core.intake.receiving import receive
from core.intake.rights import SUBMIT
from core.intake.running import run
from core.models.intake import COUNTED, BatchMode, BatchState, IntakeBatch
from core.problems import NotFound, Problem
from organizations import selectors
from organizations.models import Organization

UNREAD = 2


class Command(BaseCommand):
    """Print one receipt; exit 0 where the file was read, 2 with a problem document where it was not."""

    help = "导入一个数据文件（Excel、CSV、JSON），逐行给出结果；同一文件再次导入不产生变化。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("profile", help=f"profile: {', '.join(PROFILES)}")
        parser.add_argument("file", help="the file to hand in")
        parser.add_argument("--as", dest="unit", default="", help="code of the reporting unit (default: the office's)")
        parser.add_argument("--json", action="store_true", help="print the receipt as JSON")
        parser.add_argument(
            "--mode", choices=BatchMode.values, default=BatchMode.PARTIAL.value, help="what wrong rows do to the others"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._intake(options)
            if batch.state == BatchState.FAILED and not batch.rows:
                raise _problem_from(batch.problem or {})
        except Problem as problem:
            if options["json"]:
                self.stdout.write(json.dumps(problem.as_dict(), ensure_ascii=False))
            else:
                self.stderr.write(str(problem))
            sys.exit(UNREAD)
        found = receipt(batch)
        self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else self._words(batch, found))

    def _intake(self, options: dict[str, Any]) -> IntakeBatch:
        unit = _unit(options["unit"])
        actor = Actor(
            "job",
            "intake.command",
            f"命令行报送（{unit.short_name}）",
            unit_id=unit.pk,
            permissions=frozenset({SUBMIT}),
        )
        path = Path(options["file"])
        try:
            with path.open("rb") as upload:
                batch = receive(actor, profile=options["profile"], upload=upload, name=path.name, mode=options["mode"])
        except OSError as error:
            raise Problem("IN-53", "文件无法打开", field="file", remedy="核对文件名和读取权限") from error
        return run(batch.public_id) or batch

    def _words(self, batch: IntakeBatch, found: dict[str, Any]) -> str:
        counts = "，".join(f"{label} {found[name]}" for name, label in COUNTED.items())
        lines = [f"回执 {found['receipt']}：共 {found['rows']} 行，{counts}"]
        if batch.problem:
            lines.append(str(batch.problem.get("detail", "")))
        lines += [
            f"  第 {error['row']} 行 {error['column']} {error['code']} {error['message']}" for error in found["errors"]
        ]
        if found["errors_total"] > len(found["errors"]):
            lines.append(f"  另有 {found['errors_total'] - len(found['errors'])} 条")
        return "\n".join(lines)


def _unit(code: str) -> Organization:
    """Return the unit of this code that exists today; without a code the one where the office is."""
    if not code:
        return selectors.office_group().lead_unit
    found = Organization.objects.filter(code=code).first()
    if found is None or not selectors.in_force(found, clock.today()):
        raise NotFound(f"单位“{code[:40]}”")
    return found


def _problem_from(document: dict[str, Any]) -> Problem:
    return Problem(
        document.get("code", "IN-00"),
        document.get("detail", "文件没有读成"),
        status=int(document.get("status", 400)),
        field=document.get("field"),
        remedy=document.get("remedy"),
    )
