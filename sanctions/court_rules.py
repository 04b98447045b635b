"""What the law allows of a court's orders about a decision: pure functions over where the matter stands.

Services and simulation call the same functions; neither adds a rule of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.problems import Violation

STAY_BASIS = "行政诉讼法第五十六条"
REVOKE_BASIS = "行政诉讼法第七十条"


@dataclass(frozen=True, slots=True)
class CourtMatter:
    """Where one decided matter stands before a court.

    decided_on: day of its service, None before it; reward: an incentive; stayed: a stay is not lifted yet.
    """

    decided_on: date | None = None
    reward: bool = False
    revoked_on: date | None = None
    stayed: bool = False


def may_stay(matter: CourtMatter, on: date) -> list[Violation]:
    """OBJ-07/30/31/34: whether an order to suspend execution can take effect on `on` (行政诉讼法第五十六条)."""
    if found := _stands(matter, on, STAY_BASIS):
        return found
    if matter.reward:
        wrong = "守信激励没有可以停止执行的惩戒措施"
        return [Violation("OBJ-07", wrong, None, "核对裁定书所指的决定", STAY_BASIS)]
    if matter.stayed:
        wrong = "已有停止执行的裁定，尚未解除"
        return [Violation("OBJ-31", wrong, None, "新裁定取代原裁定的，先登记解除", STAY_BASIS)]
    return []


def may_lift_stay(matter: CourtMatter, on: date) -> list[Violation]:
    """OBJ-30/32/34: lifting needs an open stay."""
    if found := _stands(matter, on, STAY_BASIS):
        return found
    if not matter.stayed:
        return [Violation("OBJ-32", "没有尚未解除的停止执行裁定", None, "核对裁定书文号", STAY_BASIS)]
    return []


def may_court_revoke(matter: CourtMatter, on: date) -> list[Violation]:
    """OBJ-30/34: a court may revoke any decision that stands (行政诉讼法第七十条)."""
    return _stands(matter, on, REVOKE_BASIS)


def _stands(matter: CourtMatter, on: date, basis: str) -> list[Violation]:
    if matter.decided_on is None or on < matter.decided_on:
        wrong = "决定尚未作出或者送达，法院文书没有所指的决定"
        return [Violation("OBJ-30", wrong, "on", "核对裁判文书日期", basis)]
    if matter.revoked_on is not None:
        wrong = f"决定已于 {matter.revoked_on} 撤销"
        return [Violation("OBJ-34", wrong, None, "无需再登记；裁判文书可作为附件存档", basis)]
    return []


def document(court: str, number: str, made_on: date, matter: CourtMatter, on: date) -> list[Violation]:
    """SAN-11, OBJ-30: a court's document names the court and itself, and was made between service and the act."""
    found = []
    if not court.strip() or not number.strip():
        found.append(Violation("SAN-11", "未填写法院或文书号", "document", "按裁判文书填写"))
    served_on = matter.decided_on
    if served_on is not None and served_on <= on and not served_on <= made_on <= on:
        wrong = f"裁判日 {made_on} 应在决定送达日 {served_on} 至 {on} 之间"
        found.append(Violation("OBJ-30", wrong, "made_on", "核对裁判文书日期", STAY_BASIS))
    return found
