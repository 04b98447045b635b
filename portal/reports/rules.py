"""What must be so before a report is given out or declared void. Pure functions; codes RPT-02 and above."""

from __future__ import annotations

from datetime import date

from core.masking import no_personal_numbers
from core.problems import Violation
from core.text import normalize_name, zh_day

OWN = "个人信息保护法第四十五条"
MANDATE = "民法典第一百六十五条"


def withdrawal(reason: str, withdrawn_on: date | None) -> list[Violation]:
    """RPT-02, RPT-03: a report is declared void once, with a reason that everybody reads who verifies it."""
    found = no_personal_numbers(reason)
    if not reason.strip():
        found.append(Violation("RPT-02", "未写明作废理由", "reason", "写明理由，核验的人会看到"))
    if withdrawn_on is not None:
        found.append(Violation("RPT-03", f"该报告已于{zh_day(withdrawn_on)}作废", remedy="无需重复办理"))
    return found


def identity(*, checked: bool, name: str, name_on_file: str | None) -> list[Violation]:
    """RPT-10, RPT-11: the officer has seen papers and person, and number and name belong together."""
    found = []
    if not checked:
        remedy = "当面核对证件原件与来人一致后勾选"
        found.append(Violation("RPT-10", "尚未当面核对证件", "checked", remedy, OWN))
    if name_on_file is not None and normalize_name(name_on_file) != normalize_name(name):
        remedy = "按证件重新填写；确已更名的，先办理更名登记"
        found.append(Violation("RPT-11", "姓名与该证件号码登记的姓名不一致", "person_name", remedy))
    return found


def mandate(*, by_agent: bool, agent_name: str, handed_in: bool) -> list[Violation]:
    """RPT-12: whoever asks for another shows a written mandate, which is kept."""
    if not by_agent:
        return []
    found = []
    if not agent_name.strip():
        found.append(Violation("RPT-12", "未填写受托人姓名", "agent_name", "按受托人证件填写", MANDATE))
    if not handed_in:
        remedy = "上传载明查询事项和期限的授权委托书"
        found.append(Violation("RPT-12", "缺少授权委托书", "mandate", remedy, MANDATE))
    return found


def purpose(text: str) -> list[Violation]:
    """RPT-13: what the report is for is written down, without personal numbers."""
    if not text.strip():
        return [Violation("RPT-13", "未填写用途", "purpose", "写明用途，如“应聘”“投标”", OWN)]
    return no_personal_numbers(text, "purpose", "用途")


def delivery(issued_on: date, day: date) -> list[Violation]:
    """RPT-14: a person's report is handed over on the day on which he was checked, not later."""
    if issued_on == day:
        return []
    detail = f"该报告于{zh_day(issued_on)}出具，只在当日交付"
    return [Violation("RPT-14", detail, remedy="重新核对来人证件后再次出具")]
