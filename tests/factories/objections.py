"""Objections and complaints in any state, brought there through the services by the officers whose work it is.

`objection(listing, "accepted")` files, checks and accepts; each step may also be called alone. Days are given or follow
`FILED`: received and accepted that day, answered later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from core import clock
from core.actors import Actor
from core.periods import Period
from objections.models import Complaint, Objection
from objections.permissions import JOB_PERMISSIONS
from objections.services import acceptance, answering, complaints, filing, rulings
from objections.services.filing import Filer, Paper, Receipt, Request
from organizations.models import Officer
from sanctions.models import Case, Listing
from tests.factories import sanctions as chain
from tests.factories.organizations import make_expert

JOB = Actor.job("test.objections", JOB_PERMISSIONS)
GROUNDS, CLAIMS = "整改指令书记载的工资已经足额支付", "请求撤销联合认定"
STEPS = ("received", "checked", "accepted", "drafted", "answered")


def window() -> Actor:
    """The officer at the service hall."""
    return chain.actor_of("ggzy", "window")


def answerer(case: Case, number: int = 3) -> Actor:
    """An officer of the group or office that leads the case, who took no part in its decision."""
    return chain.lead_of(case, number)


def case_of(record: Objection | Listing) -> Case:
    listing = record if isinstance(record, Listing) else record.listing
    assert listing is not None
    return listing.case_subject.case


def paper(kind: str, actor: Actor | None = None, text: str = "") -> Paper:
    who = actor or window()
    return Paper(kind, chain.attachment(who, text or f"{kind} 材料", name=f"{kind}.txt"))


def papers(*kinds: str, actor: Actor | None = None) -> tuple[Paper, ...]:
    return tuple(paper(kind, actor) for kind in kinds or ("application", "licence", "evidence"))


def request(listing: Listing, **changes: Any) -> Request:
    """An objection of the listed entity itself against the joint determination, with its papers."""
    facts: dict[str, Any] = {
        "target_kind": "listing",
        "target_key": listing.public_id,
        "filer": Filer(listing.subject.name, "self"),
        "grounds": GROUNDS,
        "claims": CLAIMS,
    }
    if "papers" not in changes:
        facts["papers"] = papers()
    return Request(**{**facts, **changes})


def file(listing: Listing, on: date, *, actor: Actor | None = None, **changes: Any) -> Receipt:
    with clock.at(on):
        return filing.file_objection(actor=actor or window(), request=request(listing, **changes))


def check(objection: Objection, on: date, *, passed: bool = True, actor: Actor | None = None) -> Objection:
    with clock.at(on):
        return filing.check_identity(
            actor=actor or window(), objection=objection, passed=passed, note="已核对营业执照和公章"
        )


def accept(objection: Objection, on: date, *, actor: Actor | None = None) -> Objection:
    with clock.at(on):
        return acceptance.accept_objection(actor=actor or answerer(case_of(objection)), objection=objection)


def draft(objection: Objection, on: date, outcome: str = "rejected", *, actor: Actor | None = None) -> Objection:
    with clock.at(on):
        return answering.draft_answer(
            actor=actor or answerer(case_of(objection)),
            objection=objection,
            outcome=outcome,
            text="经核查，异议理由和证据逐项答复如下",
        )


def sign(objection: Objection, on: date, *, actor: Actor | None = None) -> Objection:
    with clock.at(on):
        return answering.sign_answer(actor=actor or answerer(case_of(objection), 4), objection=objection)


def answer(objection: Objection, on: date, outcome: str = "rejected") -> Objection:
    return sign(draft(objection, on, outcome), on)


def objection(
    listing: Listing, state: str = "accepted", *, on: date, answered_on: date | None = None, outcome: str = "rejected"
) -> Objection:
    """An objection against a listing brought to one of STEPS; received, checked and accepted on one day."""
    row = file(listing, on).record
    assert isinstance(row, Objection)
    last = STEPS.index(state)
    steps = (
        lambda: check(row, on),
        lambda: accept(row, on),
        lambda: draft(row, answered_on or on, outcome),
        lambda: sign(row, answered_on or on),
    )
    for step in steps[:last]:
        step()
    return chain.fresh(row)


def redetermine(objection: Objection, on: date, period: Period) -> Objection:
    with clock.at(on):
        return answering.redetermine(
            actor=answerer(case_of(objection), 5),
            objection=objection,
            period=period,
            official_number="测信组〔2026〕9号",
            reason="部分成立，缩短期限",
        )


# --- complaints ------------------------------------------------------------------------------------------------------


def office(number: int = 7) -> Actor:
    """An officer of the 联席会议办公室 who decided nothing before."""
    return chain.actor_of("fgw", "office", number)


def complain(objection: Objection, on: date, *, actor: Actor | None = None, **more: Any) -> Complaint:
    with clock.at(on):
        appeal = complaints.Appeal(grounds="答复没有回应新证据", claims="请求撤销", **more)
        receipt = complaints.file_complaint(actor=actor or window(), objection=objection, appeal=appeal)
    assert isinstance(receipt.record, Complaint)
    return receipt.record


def accept_complaint(complaint: Complaint, on: date, *, actor: Actor | None = None) -> Complaint:
    with clock.at(on):
        return complaints.accept_complaint(actor=actor or office(), complaint=complaint)


def complaint(objection: Objection, on: date) -> Complaint:
    """A complaint filed and accepted on one day."""
    return accept_complaint(complain(objection, on), on)


def rule(
    complaint: Complaint,
    on: date,
    outcome: str = "rejected",
    *,
    first: Actor | None = None,
    second: Actor | None = None,
) -> Complaint:
    """Draft and sign the ruling of a complaint."""
    with clock.at(on):
        rulings.draft_ruling(actor=first or office(), complaint=complaint, outcome=outcome, text="经研究，处理如下")
        return rulings.sign_ruling(actor=second or office(8), complaint=complaint)


def convene(
    complaint: Complaint, on: date, *, convenor: Actor | None = None, called: Sequence[Actor] = ()
) -> Complaint:
    with clock.at(on):
        return rulings.convene_study(
            actor=office(),
            complaint=complaint,
            held_on=on,
            convenor=officer_of(convenor or office(8)),
            participants=[officer_of(actor) for actor in called or (office(),)],
        )


def experts(complaint: Complaint, on: date, field: str = "law") -> None:
    """Draw one expert of the field and record his opinion."""
    make_expert(field)
    with clock.at(on):
        prepared = rulings.prepare_experts(actor=office(), complaint=complaint, demand={field: 1})
        for seat in rulings.draw_experts(actor=office(), draw=prepared):
            rulings.record_expert(actor=office(), seat=seat, opinion="依据不足，建议重新核查")


def officer_of(actor: Actor) -> Officer:
    return Officer.objects.get(public_id=actor.key)


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)
