"""What an article must hold before a second officer is asked to pass it; pure, each rule with its code.

EDT-01 title and body, EDT-02 source, EDT-03 kind, EDT-04 length, EDT-05 legal documents only with policies,
EDT-06 the day of publication, EDT-07 no personal numbers (个人信息保护法 第二十五条).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.masking import find_personal_numbers
from core.problems import Violation
from portal.editorial.enums import Kind

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_BODY = 120, 200, 50_000
FURTHEST = timedelta(days=366)
PERSONAL = "个人信息保护法第二十五条：不得公开其处理的个人信息"


@dataclass(frozen=True, slots=True)
class Text:
    """What an officer writes. `instruments` are codes of legal documents in the catalogue."""

    kind: str
    title: str
    body: str
    source: str
    summary: str = ""
    number: str = ""
    publish_on: date | None = None
    instruments: Sequence[str] = ()

    def stripped(self) -> Text:
        return Text(
            self.kind,
            " ".join(self.title.split()),
            self.body.strip(),
            " ".join(self.source.split()),
            " ".join(self.summary.split()),
            " ".join(self.number.split()),
            self.publish_on,
            tuple(dict.fromkeys(self.instruments)),
        )


def check(text: Text, today: date) -> list[Violation]:
    """Return everything that is wrong with a text, all at once."""
    found = []
    if text.kind not in Kind.values:
        found.append(Violation("EDT-03", "没有这个栏目", "kind", "选择通知公告、政策法规或者典型案例"))
    for code, name, value, label in (
        ("EDT-01", "title", text.title, "标题"),
        ("EDT-01", "body", text.body, "正文"),
        ("EDT-02", "source", text.source, "来源"),
    ):
        if not value:
            found.append(Violation(code, f"没有填写{label}", name, f"填写{label}"))
    for name, value, label, most in (
        ("title", text.title, "标题", LONGEST_TITLE),
        ("summary", text.summary, "摘要", LONGEST_SUMMARY),
        ("body", text.body, "正文", LONGEST_BODY),
    ):
        if len(value) > most:
            found.append(Violation("EDT-04", f"{label}有 {len(value)} 字，最多 {most} 字", name, f"缩短{label}"))
    if text.instruments and text.kind != Kind.POLICY:
        found.append(Violation("EDT-05", "只有政策法规可以关联法律文件", "instruments", "取消关联，或者改为政策法规"))
    return found + _day(text.publish_on, today) + _personal(text)


def _day(publish_on: date | None, today: date) -> list[Violation]:
    if publish_on is None or today <= publish_on <= today + FURTHEST:
        return []
    wrong = f"发布日 {publish_on} 应在今天 {today} 至一年之内"
    return [Violation("EDT-06", wrong, "publish_on", "留空为审核当天，或者填写今天以后的日期")]


def _personal(text: Text) -> list[Violation]:
    found = []
    for name, value, label in (
        ("title", text.title, "标题"),
        ("summary", text.summary, "摘要"),
        ("body", text.body, "正文"),
        ("source", text.source, "来源"),
    ):
        kinds = sorted({number.kind for number in find_personal_numbers(value)})
        if kinds:
            wrong = f"{label}中有{'、'.join(kinds)}"
            found.append(Violation("EDT-07", wrong, name, "删去号码；座机可以写", PERSONAL))
    return found
