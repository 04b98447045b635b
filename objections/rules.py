"""What the law allows of objections and complaints: pure functions over where the remedies stand.

A function returns the violations it finds. Services and simulation call the same functions; neither adds a rule of
its own. Codes OBJ-01…OBJ-25 are here, those of court orders in `sanctions.court_rules`; the officers' side (who may file,
answer and rule) is OBJ-40 and above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.problems import Violation

SEED = "广元市联合奖惩实施方案 二（三）2"
ROUNDS = 2  # the determination, and once more the new one after a partly upheld objection


class Objected(StrEnum):
    """Where the latest objection stands."""

    NONE = "none"
    RECEIVED = "received"  # registered, acceptance not decided yet
    OPEN = "open"  # accepted
    REFUSED = "refused"  # not accepted, with reasons
    REJECTED = "rejected"
    PARTLY_UPHELD = "partly_upheld"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"
    TAKEN_OVER = "taken_over"  # unanswered when due: the complaint decides it


class Complained(StrEnum):
    """Where the latest complaint stands."""

    NONE = "none"
    RECEIVED = "received"
    OPEN = "open"
    REFUSED = "refused"
    REJECTED = "rejected"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


PENDING_OBJECTION = frozenset({Objected.RECEIVED, Objected.OPEN})
PENDING_COMPLAINT = frozenset({Complained.RECEIVED, Complained.OPEN})
RULED = frozenset({Complained.REJECTED, Complained.UPHELD})


@dataclass(frozen=True, slots=True)
class Dispute:
    """Where the remedies against one decided matter stand.

    decided_on: day from which the matter can be contested (service of the decision), None before it. rounds: answers
    given so far. answer_due_on: last day for the open objection's answer (OBJ-T02, extended by OBJ-T03).
    complaint_until: last day to complain about the latest answer (OBJ-T04), None where there is none. reward: the
    matter is an incentive; reward_lost: it is the refusal or withdrawal of one, which can be contested.
    """

    decided_on: date | None = None
    reward: bool = False
    reward_lost: bool = False
    revoked_on: date | None = None
    objection: Objected = Objected.NONE
    received_on: date | None = None
    accepted_on: date | None = None
    answer_due_on: date | None = None
    rounds: int = 0
    answered_on: date | None = None
    complaint_until: date | None = None
    complaint: Complained = Complained.NONE
    complaint_accepted_on: date | None = None

    def overdue(self, on: date) -> bool:
        """Tell whether an accepted objection is still unanswered after its due day."""
        return self.objection == Objected.OPEN and self.answer_due_on is not None and on > self.answer_due_on

    def is_open(self) -> bool:
        """Tell whether an accepted objection or complaint is being dealt with: what makes a listing stand still."""
        return self.objection in {Objected.OPEN, Objected.TAKEN_OVER} or self.complaint == Complained.OPEN


def _say(code: str, detail: str, remedy: str, field: str | None = None) -> list[Violation]:
    return [Violation(code, detail, field, remedy, SEED)]


def _contestable(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-01 before the decision, OBJ-05 after revocation: there is nothing to contest."""
    if dispute.decided_on is None:
        return _say(
            "OBJ-01", "尚未作出并送达决定，没有可以异议的事项", "决定送达后再提出；对拟认定告知可陈述申辩", "on"
        )
    if on < dispute.decided_on:
        wrong = f"{on} 早于决定送达日 {dispute.decided_on}"
        return _say("OBJ-01", wrong, "决定送达后再提出；对拟认定告知可陈述申辩", "on")
    if dispute.revoked_on is not None:
        wrong = f"决定已于 {dispute.revoked_on} 撤销，自始无效"
        return _say("OBJ-05", wrong, "无需再提出；要求恢复原状的向实施单位提出")
    return []


def may_object(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-01…OBJ-07: whether a (new) objection may be received on `on` (实施方案 二（三）2)."""
    if found := _contestable(dispute, on):
        return found
    if dispute.reward and not dispute.reward_lost:
        return _say(
            "OBJ-07", "守信激励的认定不产生惩戒措施，不适用异议暂停", "激励被拒绝或者取消的，向认定单位提出异议"
        )
    if dispute.complaint in RULED:
        return _say("OBJ-04", "投诉已经处理完毕，本平台程序终结", "可依法申请行政复议或者提起行政诉讼")
    if dispute.complaint in PENDING_COMPLAINT:
        return _say("OBJ-06", "投诉正在处理，不能同时提出异议", "补充的理由和证据可并入投诉")
    if dispute.objection in PENDING_OBJECTION:
        wrong = f"{dispute.received_on or '此前'} 收到的异议尚未答复，不能重复提出"
        return _say("OBJ-02", wrong, "补充的理由和证据可并入在办异议")
    again = dispute.objection == Objected.PARTLY_UPHELD and dispute.rounds < ROUNDS
    if dispute.objection in {Objected.REJECTED, Objected.UPHELD, Objected.PARTLY_UPHELD} and not again:
        return _say(
            "OBJ-03", f"异议已于 {dispute.answered_on} 答复，不能再次提出异议", "不服答复的，可向联席会议办公室投诉"
        )
    if dispute.objection in {Objected.WITHDRAWN, Objected.REFUSED} and dispute.rounds >= ROUNDS:
        return _say(
            "OBJ-03", f"异议已于 {dispute.answered_on} 答复，不能再次提出异议", "不服答复的，可向联席会议办公室投诉"
        )
    return []


def may_accept(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-08: accepting or refusing acceptance needs a received objection, not before its receipt."""
    if found := _contestable(dispute, on):
        return found
    if dispute.objection != Objected.RECEIVED:
        return _say("OBJ-08", "没有待受理的异议", "核对异议编号和办理状态")
    if dispute.received_on is not None and on < dispute.received_on:
        return _say("OBJ-08", f"受理日 {on} 早于收到日 {dispute.received_on}", "按受理通知书填写", "on")
    return []


def may_answer(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-10…OBJ-12: whether the open objection may be answered (upheld, partly upheld, rejected) on `on`."""
    if dispute.revoked_on is not None:
        return _contestable(dispute, on)
    if dispute.objection == Objected.TAKEN_OVER:
        return _say("OBJ-11", "异议逾期未答复，已由投诉接续处理，原单位不能再答复", "由联席会议办公室在投诉中一并处理")
    if dispute.objection != Objected.OPEN:
        return _say("OBJ-10", "没有在办的异议", "先受理异议；已答复的不能再次答复")
    if dispute.accepted_on is not None and on < dispute.accepted_on:
        return _say("OBJ-12", f"答复日 {on} 早于受理日 {dispute.accepted_on}", "按答复书填写日期", "on")
    return []


def may_withdraw(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-10…OBJ-12: a received or open objection may be withdrawn by who filed it; one taken over may not."""
    if dispute.objection == Objected.RECEIVED and dispute.revoked_on is None:
        return []
    return may_answer(dispute, on)


def may_complain(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-20…OBJ-23: after the answer within its window, or while the answer is overdue; one at a time."""
    if found := _contestable(dispute, on):
        return found
    if dispute.complaint in RULED:
        return _say("OBJ-23", "投诉已经处理完毕，本平台程序终结", "可依法申请行政复议或者提起行政诉讼")
    if dispute.complaint in PENDING_COMPLAINT:
        return _say("OBJ-22", "投诉正在处理，不能重复投诉", "补充的理由和证据可并入在办投诉")
    if dispute.objection in PENDING_OBJECTION:
        if dispute.overdue(on):
            return []
        due = f"，答复期限至 {dispute.answer_due_on}" if dispute.answer_due_on else ""
        return _say("OBJ-20", f"异议尚在办理{due}，不能投诉", "答复后或者逾期未答复的，可以投诉", "on")
    if dispute.complaint_until is None:
        return _say("OBJ-20", "应当先向作出认定的部门提出书面异议，对答复不服再投诉", "先提出异议")
    if on > dispute.complaint_until:
        wrong = f"对 {dispute.answered_on} 的答复应在 {dispute.complaint_until} 前投诉，{on} 已逾期"
        return _say("OBJ-21", wrong, "可依法申请行政复议或者提起行政诉讼", "on")
    return []


def takes_over(dispute: Dispute, on: date) -> bool:
    """Tell whether a complaint on `on` takes over an objection whose answer is overdue."""
    return dispute.overdue(on) and not may_complain(dispute, on)


def may_rule(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-24/25: whether the open complaint may be ruled upon on `on`."""
    if dispute.revoked_on is not None:
        return _contestable(dispute, on)
    if dispute.complaint != Complained.OPEN:
        return _say("OBJ-24", "没有在办的投诉", "先受理投诉；已处理的不能再次处理")
    if dispute.complaint_accepted_on is not None and on < dispute.complaint_accepted_on:
        wrong = f"处理日 {on} 早于投诉受理日 {dispute.complaint_accepted_on}"
        return _say("OBJ-25", wrong, "按投诉处理决定填写日期", "on")
    return []


def may_withdraw_complaint(dispute: Dispute, on: date) -> list[Violation]:
    """OBJ-24/25: a received or open complaint may be withdrawn by who filed it."""
    if dispute.complaint == Complained.RECEIVED and dispute.revoked_on is None:
        return []
    return may_rule(dispute, on)
