"""What a tip or a comment must be before it is taken in; pure, each rule with its code.

TIP-01 words, TIP-02 whom it is about, TIP-03 code, TIP-04 no personal numbers in the words, TIP-05 files,
TIP-11 comments only on a published case, TIP-12 signature.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.identifiers import uscc_valid
from core.masking import no_personal_numbers
from core.problems import Violation

SHORTEST_TIP, LONGEST_TIP = 10, 3_000
SHORTEST_COMMENT, LONGEST_COMMENT = 2, 500
LONGEST_NAME, LONGEST_SIGNATURE, MOST_FILES = 100, 20, 5


@dataclass(frozen=True, slots=True)
class TipText:
    """What somebody tells about a subject; the contact may be left out."""

    about_name: str
    text: str
    about_code: str = ""
    contact_name: str = ""
    phone: str = ""

    def stripped(self) -> TipText:
        return TipText(
            " ".join(self.about_name.split()),
            self.text.strip(),
            self.about_code.strip().upper(),
            " ".join(self.contact_name.split()),
            self.phone.strip(),
        )


def _words(text: str, least: int, most: int, label: str) -> list[Violation]:
    if least <= len(text) <= most:
        return no_personal_numbers(text, "text", label)
    wrong = f"{label}有 {len(text)} 字，应为 {least} 至 {most} 字"
    return [Violation("TIP-01", wrong, "text", "写清时间、地点和经过" if len(text) < least else "缩短后再提交")]


def check_tip(tip: TipText, files: int) -> list[Violation]:
    """Return everything that is wrong with a tip, all at once."""
    found = _words(tip.text, SHORTEST_TIP, LONGEST_TIP, "线索内容")
    if not tip.about_name or len(tip.about_name) > LONGEST_NAME:
        found.append(
            Violation("TIP-02", "没有写明反映的是谁", "about_name", "填写单位全称，不知道全称的写能找到它的名称")
        )
    if tip.about_code and not uscc_valid(tip.about_code):
        found.append(Violation("TIP-03", "统一社会信用代码不正确", "about_code", "核对 18 位代码，不知道的可以不填"))
    found += no_personal_numbers(tip.about_name, "about_name", "主体名称")
    found += no_personal_numbers(tip.contact_name, "contact_name", "联系人")
    if files > MOST_FILES:
        found.append(Violation("TIP-05", f"材料最多 {MOST_FILES} 个", "files", "选择最能说明问题的材料"))
    return found


def renewal(*, reachable: bool, reason: str) -> list[Violation]:
    """TIP-24: a lost secret is replaced for who left a name or a number, and it is written down how he was recognised."""
    found = no_personal_numbers(reason, "reason", "核对情况")
    if not reachable:
        remedy = "请提交人重新提交，旧的线索照常办理"
        found.append(Violation("TIP-24", "提交时没有留下联系人和电话，无法核对是不是本人", remedy=remedy))
    if not reason.strip():
        found.append(Violation("CORE-07", "补发查询码必须写明如何核对是提交人本人", "reason", "例如：回拨所留电话核对"))
    return found


def check_comment(text: str, nickname: str) -> list[Violation]:
    """Return everything that is wrong with a comment."""
    found = _words(text, SHORTEST_COMMENT, LONGEST_COMMENT, "评论")
    found += no_personal_numbers(nickname, "nickname", "署名")
    if len(nickname) > LONGEST_SIGNATURE:
        found.append(Violation("TIP-12", f"署名最多 {LONGEST_SIGNATURE} 字", "nickname", "缩短署名，也可以不署名"))
    return found
