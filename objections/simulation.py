"""Objection and complaint in a scenario: received and accepted on the day of the act."""

from __future__ import annotations

from dataclasses import replace

from core.rulebook import Due
from objections import rules
from objections.rules import Complained, Dispute, Objected
from objections.standing import dispute_of_listing
from sanctions.simulation import (
    Act,
    Run,
    amendment,
    need,
    register_act,
    register_reader,
    register_restored,
    register_story,
    zh,
)

KEY = "dispute"
ANSWER_RULE, COMPLAIN_RULE, RULING_RULE = "OBJ-T02", "OBJ-T04", "OBJ-T06"
OBJECTION, COMPLAINT = "objection", "complaint"


def dispute_in(run: Run) -> Dispute:
    """Return where the remedies stand in the scenario, with what the listing itself says."""
    standing = run.standing
    known: Dispute = standing.remedies.get(KEY, Dispute())
    return replace(known, decided_on=standing.decided_on, reward=standing.is_reward, revoked_on=standing.revoked_from)


def _keep(run: Run, dispute: Dispute) -> None:
    run.standing = run.standing.knowing(KEY, dispute)


def _last(due: Due | None) -> str:
    return f"，答复期限至{zh(due.due_on)}" if due else ""


def object_(run: Run, act: Act) -> None:
    """异议 received and accepted: the clock stands, the answer is due."""
    dispute = dispute_in(run)
    need(rules.may_object(dispute, act.on))
    due = run.deadline(act, ANSWER_RULE, "收到异议")
    told = run.pause(act, OBJECTION)
    run.say(act, f"{zh(act.on)}收到并受理异议，{told}{_last(due)}")
    opened = replace(
        dispute,
        objection=Objected.OPEN,
        received_on=act.on,
        accepted_on=act.on,
        answer_due_on=due.due_on if due else None,
    )
    _keep(run, opened)


def reject_objection(run: Run, act: Act) -> None:
    """驳回异议: the day itself is in force again, the window to complain opens."""
    dispute = dispute_in(run)
    need(rules.may_answer(dispute, act.on))
    told = run.resume(act, OBJECTION)
    run.say(act, f"{zh(act.on)}答复驳回异议，{told}")
    _answered(run, act, dispute, Objected.REJECTED)


def _answered(run: Run, act: Act, dispute: Dispute, outcome: Objected) -> None:
    window = run.deadline(act, COMPLAIN_RULE, "异议答复")
    _keep(
        run,
        replace(
            dispute,
            objection=outcome,
            rounds=dispute.rounds + 1,
            answered_on=act.on,
            complaint_until=window.due_on if window else None,
        ),
    )


def uphold_objection(run: Run, act: Act) -> None:
    """异议成立: void from the start."""
    dispute = dispute_in(run)
    need(rules.may_answer(dispute, act.on))
    run.standing = run.standing.revoked(act.on)
    run.say(act, f"{zh(act.on)}答复异议成立，撤销认定，自始无效；自当日起不再实施，各实施单位恢复原状")
    _keep(
        run,
        replace(dispute, objection=Objected.UPHELD, rounds=dispute.rounds + 1, answered_on=act.on),
    )


def partly_uphold_objection(run: Run, act: Act) -> None:
    """异议部分成立: answered and determined anew on one day, from the same first day."""
    dispute, period = dispute_in(run), act.period
    if period is None:
        raise ValueError("the scenario reader requires a period")
    need(rules.may_answer(dispute, act.on) or amendment(run.standing, period))
    run.standing = run.standing.amended(period, act.on)
    told = run.resume(act, OBJECTION)
    end = run.standing.ends_on()
    until = f"，截止日为{zh(end)}" if end else ""
    run.say(act, f"{zh(act.on)}答复异议部分成立，重新认定期限为{period.label()}，仍自生效日起算{until}；{told}")
    _answered(run, act, dispute, Objected.PARTLY_UPHELD)


def withdraw_objection(run: Run, act: Act) -> None:
    """撤回异议: as if rejected, but a new one is possible and there is no answer to complain about."""
    dispute = dispute_in(run)
    need(rules.may_withdraw(dispute, act.on))
    told = run.resume(act, OBJECTION)
    run.say(act, f"{zh(act.on)}撤回异议，{told}")
    _keep(run, replace(dispute, objection=Objected.WITHDRAWN))


def complain(run: Run, act: Act) -> None:
    """投诉 received and accepted; one about an overdue answer takes the matter over."""
    dispute = dispute_in(run)
    need(rules.may_complain(dispute, act.on))
    taken = rules.takes_over(dispute, act.on)
    due = run.deadline(act, RULING_RULE, "收到投诉")
    told = run.pause(act, COMPLAINT)
    why = "异议逾期未答复，由投诉接续处理；" if taken else ""
    run.say(act, f"{zh(act.on)}联席会议办公室收到并受理投诉，{why}{told}{_last(due).replace('答复', '处理')}")
    _keep(
        run,
        replace(
            dispute,
            objection=Objected.TAKEN_OVER if taken else dispute.objection,
            complaint=Complained.OPEN,
            complaint_accepted_on=act.on,
        ),
    )


def reject_complaint(run: Run, act: Act) -> None:
    """驳回投诉: ends the matter on the platform."""
    dispute = dispute_in(run)
    need(rules.may_rule(dispute, act.on))
    told = _let_go(run, act, dispute, Complained.REJECTED)
    run.say(act, f"{zh(act.on)}驳回投诉，{told}；本平台程序终结，可依法申请行政复议或者提起行政诉讼")


def withdraw_complaint(run: Run, act: Act) -> None:
    """撤回投诉: with it goes an overdue objection that it had taken over."""
    dispute = dispute_in(run)
    need(rules.may_withdraw_complaint(dispute, act.on))
    told = _let_go(run, act, dispute, Complained.WITHDRAWN)
    run.say(act, f"{zh(act.on)}撤回投诉，{told}")


def _let_go(run: Run, act: Act, dispute: Dispute, outcome: Complained) -> str:
    taken = dispute.objection == Objected.TAKEN_OVER
    told = run.resume(act, COMPLAINT, *([OBJECTION] if taken else []))
    objection = Objected.WITHDRAWN if taken else dispute.objection
    _keep(run, replace(dispute, objection=objection, complaint=outcome))
    return told


def uphold_complaint(run: Run, act: Act) -> None:
    """投诉成立: void from the start."""
    dispute = dispute_in(run)
    need(rules.may_rule(dispute, act.on))
    run.standing = run.standing.revoked(act.on)
    run.say(act, f"{zh(act.on)}投诉成立，撤销认定，自始无效；自当日起不再实施，各实施单位恢复原状")
    _keep(run, replace(dispute, complaint=Complained.UPHELD))


def hold_again(run: Run, act: Act) -> None:
    """Let a restored listing stand still from this day for what is still open about it and holds it no more."""
    dispute = dispute_in(run)
    objected = dispute.objection in {Objected.OPEN, Objected.TAKEN_OVER}
    complained = dispute.complaint == Complained.OPEN
    for is_open, cause in ((objected, OBJECTION), (complained, COMPLAINT)):
        if is_open and not run.standing.is_held(cause):
            run.pause(act, cause)


def register() -> None:
    """Enter the acts of objections, and where they stand about a real listing."""
    register_act("object", object_, label="受理异议", part="异议")
    register_act("reject_objection", reject_objection, label="驳回异议", part="异议")
    register_act("uphold_objection", uphold_objection, label="异议成立（撤销）", part="异议")
    register_act(
        "partly_uphold_objection",
        partly_uphold_objection,
        needs=("period",),
        label="异议部分成立（缩短期限）",
        part="异议",
    )
    register_act("withdraw_objection", withdraw_objection, label="撤回异议", part="异议")
    register_act("complain", complain, label="受理投诉", part="投诉")
    register_act("reject_complaint", reject_complaint, label="驳回投诉", part="投诉")
    register_act("uphold_complaint", uphold_complaint, label="投诉成立（撤销）", part="投诉")
    register_act("withdraw_complaint", withdraw_complaint, label="撤回投诉", part="投诉")
    register_restored(hold_again)
    register_reader(KEY, dispute_of_listing)
    register_story("今天受理异议，答复期满驳回", ("object", 0), ("reject_objection", ANSWER_RULE))
    register_story("今天受理异议，答复期满认定成立", ("object", 0), ("uphold_objection", ANSWER_RULE))
    register_story("今天驳回异议", ("reject_objection", 0))
    register_story("今天认定异议成立", ("uphold_objection", 0))
    register_story("今天受理投诉，处理期满驳回", ("complain", 0), ("reject_complaint", RULING_RULE))
    register_story("今天驳回投诉", ("reject_complaint", 0))
