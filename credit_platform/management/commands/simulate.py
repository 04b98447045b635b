"""Answer what-if scenarios: `simulate FILE`, or `simulate -` for one scenario or JSON Lines; writes nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.problems import Problem
from sanctions.simulation import Snapshot, Unreadable, simulate_document


class Command(BaseCommand):
    """Print one answer per scenario, in order; exit 2 where one of them could not be read."""

    help = "模拟联合奖惩措施的起止：读取一个场景（JSON），或从标准输入逐行读取（JSON Lines）；只计算，不写入。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a JSON file, or - for standard input")
        parser.add_argument("--pretty", action="store_true", help="indent the answer to one scenario")

    def handle(self, *args: Any, **options: Any) -> None:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        unreadable = False
        snapshot: Snapshot | None = None
        try:
            texts = scenarios(content(options["file"]))
        except Problem as problem:
            self._print(problem.as_dict(), pretty=False)
            sys.exit(2)
        for text in texts:
            try:
                document = decoded(text)
                snapshot = snapshot or Snapshot.load()
                self._print(simulate_document(document, snapshot), pretty=options["pretty"] and len(texts) == 1)
            except Unreadable as problem:
                unreadable = True
                self._print(problem.as_dict(), pretty=False)
        if unreadable:
            sys.exit(2)

    def _print(self, answer: dict[str, Any], *, pretty: bool) -> None:
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2 if pretty else None))


def content(name: str) -> str:
    """Return the text of a file or of standard input. Raises Unreadable where there is none, or it is not UTF-8."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8-sig")
    except OSError as wrong:
        raise Unreadable("SIM-01", f"文件 {name} 无法打开", "file", "核对文件名和读取权限") from wrong
    except UnicodeDecodeError as wrong:
        raise Unreadable("SIM-01", "内容不是 UTF-8 文字", None, "另存为 UTF-8 编码的 JSON") from wrong


def scenarios(text: str) -> list[str]:
    """Return the texts of the scenarios: the whole, or its lines where it is JSON Lines; blank lines are none.

    A text that is JSON as a whole is one scenario, however it is laid out. Else each line stands for itself, unless no
    line is JSON and some are indented: that is one broken document. Raises Unreadable for an empty text.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        raise Unreadable("SIM-01", "没有内容", None, "至少提供一个场景")
    if _is_json(text):
        return [text]
    indented = any(line[0].isspace() for line in lines)
    return [text] if indented and not any(_is_json(line) for line in lines if not line[0].isspace()) else lines


def _is_json(text: str) -> bool:
    try:
        decoded(text)
    except Unreadable:
        return False
    return True


def decoded(text: str) -> Any:
    """Return the JSON value. Raises Unreadable with the place where it stops being JSON."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as wrong:
        place = f"第 {wrong.lineno} 行第 {wrong.colno} 列"
        raise Unreadable("SIM-01", f"不是有效的 JSON（{place}）", None, "核对引号、逗号和括号") from wrong
    except (RecursionError, ValueError) as wrong:
        raise Unreadable("SIM-01", "不是可以处理的 JSON", None, "核对嵌套层数和数字长度") from wrong


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("SIM-01", "同一对象中有重复的字段", None, "每个字段只写一次")
    return found


def _no_constant(name: str) -> Any:
    raise Unreadable("SIM-01", f"{name} 不是 JSON 的数值", None, "填写数字")
