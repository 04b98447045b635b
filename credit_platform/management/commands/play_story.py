"""Play the story of five cases through the services and print each act."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credit_platform import demo
from credit_platform.story import play


class Command(BaseCommand):
    help = "联合奖惩全流程演示：欠薪惩戒、守信激励、两个专项小组上报联席办的事项，以及异议、投诉和信用修复。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object per act")

    def handle(self, *args: Any, **options: Any) -> None:
        demo.ensure_accounts()
        as_json = options["json"]

        def tell(act: dict[str, Any]) -> None:
            if as_json:
                self.stdout.write(json.dumps(act, ensure_ascii=False))
                return
            more = "　".join(
                f"{key}={value}" for key, value in act.items() if key in {"number", "ends_on", "explanation"}
            )
            self.stdout.write(
                f"{act['step']:>3}  {act['on']}  {act['actor']}  {act['act']}  {act['object']}  {act['state']}  {more}"
            )

        play(tell)
