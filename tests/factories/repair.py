"""Repair applications in any state, brought there through the services by the officers whose work it is.

`application_in("verified")` plays every step up to that state, each on its own day; each step may be called alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from core import clock
from core.actors import Actor
from repair.enums import MaterialKind
from repair.models import Application, Shield
from repair.permissions import PUBLIC
from repair.services import deciding, filing, handling, revoking, shields
from repair.services.filing import Filed, Piece, Submission
from sanctions.models import Listing
from subjects.models import Subject
from tests.factories import sanctions as chain

ENTRY, UNIT = "CJ-004", "yjj"  # safety: repairable 12 months after the listing
START = date(2025, 1, 6)
APPLIED = date(2026, 3, 10)  # a Tuesday, after the twelve months
STEPS = ("received", "checked", "accepted", "verified", "opined", "approved", "published", "proposed", "revoked")
CHIEF = "测试甲"


def listing(**facts: Any) -> Listing:
    """A listing that may be repaired on APPLIED; takes what `case_in` takes."""
    facts = {"entry": ENTRY, "initiator": UNIT, "start": START, **facts}
    facts.setdefault("subjects", [company()])
    return chain.listing(**facts)


def company(name: str | None = None) -> Subject:
    return chain.legal_entity(name, legal_representative=CHIEF)


def public() -> Actor:
    """The actor of a member of the public at the API."""
    return Actor("applicant", "repair.public", "当事人（网上申请）", permissions=PUBLIC)


def window() -> Actor:
    return chain.actor_of("ggzy", "window")


def handler(record: Any, number: int = 1) -> Actor:
    return chain.actor_of(_unit(record), "handler", number)


def reviewer(record: Any, number: int = 1) -> Actor:
    return chain.actor_of(_unit(record), "reviewer", number)


def _unit(record: Any) -> str:
    if isinstance(record, Application):
        return record.unit.code if record.listing is None else record.listing.case_subject.case.unit.code
    held = record
    return str(record.unit.code if isinstance(record, Shield) else held.case_subject.case.unit.code)


def piece(kind: str = MaterialKind.PERFORMANCE, title: str = "", actor: Actor | None = None) -> Piece:
    title = title or MaterialKind(kind).label
    return Piece(kind, title, chain.attachment(actor or public(), title, f"{title}.txt"))


def pieces(*kinds: str) -> Sequence[Piece]:
    return [piece(kind) for kind in kinds or (MaterialKind.PERFORMANCE, MaterialKind.COMMITMENT)]


def submission(**changes: Any) -> Submission:
    """A complete application by the legal representative."""
    facts: dict[str, Any] = {
        "applicant_name": CHIEF,
        "applicant_role": "representative",
        "statement": "事故隐患已经整改并通过验收，罚款已经缴清",
        "commitment": filing.COMMITMENT,
    }
    if "materials" not in changes:
        facts["materials"] = pieces()
    return Submission(**{**facts, **changes})


def filed(record: Listing | None = None, *, on: date = APPLIED, actor: Actor | None = None, **changes: Any) -> Filed:
    """An application received by the window, with the secret that follows it."""
    with clock.at(on):
        return filing.apply(actor=actor or window(), listing=record or listing(), submission=submission(**changes))


def after(days: int) -> date:
    return APPLIED + timedelta(days=days)


def check(application: Application, on: date = APPLIED) -> Application:
    with clock.at(on):
        who = window() if application.via == "window" else handler(application)
        return filing.check_identity(actor=who, application=application, note="核对营业执照、身份证原件一致")


def accept(application: Application, on: date | None = None) -> Application:
    with clock.at(on or after(1)):
        return handling.accept(actor=handler(application), application=chain.fresh(application))


def findings(**changes: Any) -> handling.Findings:
    facts: dict[str, Any] = {"method": "现场核查", "findings": "隐患已整改", "corrected": True, "materials_true": True}
    return handling.Findings(**{**facts, **changes})


def verify(application: Application, on: date | None = None, **changes: Any) -> Any:
    with clock.at(on or after(3)):
        return handling.verify(
            actor=handler(application), application=chain.fresh(application), found=findings(**changes)
        )


def opine(application: Application, outcome: str = "approve", on: date | None = None) -> Application:
    with clock.at(on or after(3)):
        return handling.opine(
            actor=handler(application), application=chain.fresh(application), outcome=outcome, text="核实无误"
        )


def sign(application: Application, outcome: str = "approve", on: date | None = None) -> Application:
    with clock.at(on or after(6)):
        act = deciding.approve if outcome == "approve" else deciding.reject
        return act(actor=reviewer(application), application=chain.fresh(application), reason="理由成立")


def publish(application: Application, on: date | None = None) -> Application:
    with clock.at(on or after(7)):
        return deciding.publish(actor=handler(application), application=chain.fresh(application))


def propose(application: Application, on: date | None = None) -> Any:
    with clock.at(on or after(30)):
        who = handler(application)
        return revoking.propose_revocation(
            actor=who,
            application=chain.fresh(application),
            ground="false_commitment",
            findings="复查发现隐患未整改，验收意见书系伪造",
            proof=chain.attachment(who),
        )


def revoke(application: Application, on: date | None = None) -> Any:
    with clock.at(on or after(31)):
        return revoking.revoke(actor=reviewer(application), application=chain.fresh(application), reason="承诺不实")


def application_in(
    state: str, record: Listing | None = None, *, on: date = APPLIED, outcome: str = "approve", **changes: Any
) -> Application:
    """Return an application brought to `state`: one of STEPS, or declined, rejected, withdrawn or extended."""
    application = filed(record, on=on, **changes).application
    if state == "withdrawn":
        with clock.at(on):
            return filing.withdraw(actor=window(), application=application, reason="申请人书面撤回")
    if state == "rejected":
        outcome, state = "reject", "approved"
    steps: dict[str, Any] = {
        "checked": lambda: check(application),
        "accepted": lambda: accept(application),
        "verified": lambda: verify(application),
        "opined": lambda: opine(application, outcome),
        "approved": lambda: sign(application, outcome),
        "published": lambda: publish(application),
        "proposed": lambda: propose(application),
        "revoked": lambda: revoke(application),
    }
    if state == "declined":
        check(application)
        with clock.at(after(1)):
            handling.decline(actor=handler(application), application=chain.fresh(application), reason="材料不齐")
        return chain.fresh(application)
    for name in STEPS[1 : STEPS.index(state) + 1]:
        steps[name]()
    return chain.fresh(application)


def ruling(**changes: Any) -> shields.Ruling:
    facts: dict[str, Any] = {
        "kind": "reorganisation",
        "court": "广元市中级人民法院",
        "number": "（2026）川08破1号之三",
        "ruled_on": APPLIED,
        "document": chain.attachment(public(), "裁定书", "裁定书.txt"),
        "from_on": APPLIED,
    }
    return shields.Ruling(**{**facts, **changes})


def shield(record: Listing, *, lifted: Sequence[Any] = (), on: date = APPLIED, confirmed: bool = True) -> Shield:
    """A ruling recorded by the unit that reported the listing, confirmed by its reviewer."""
    with clock.at(on):
        found = shields.record_shield(
            actor=handler(record),
            subject=record.subject,
            ruling=ruling(),
            lifted=[(task, "妨碍重整计划执行") for task in lifted],
        )
        return shields.confirm_shield(actor=reviewer(record), shield=found) if confirmed else found
