"""Credit repair in a scenario: an application is received and accepted on the day of the act, with all its papers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from core import clock
from core.periods import PeriodState
from repair import facts, rules
from repair.rules import Applied, RepairFacts
from repair.terms import Book
from sanctions.models import Determination, Listing
from sanctions.simulation import (
    REPAIRED,
    Act,
    Run,
    need,
    register_act,
    register_part,
    register_reader,
    register_story,
    zh,
)

KEY = "repair"
VERIFY_RULE, ANSWER_RULE, BAR_RULE = "REP-T02", "REP-T03", "REP-T05"


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the latest application stands, and until when a revoked repair bars a new one."""

    application: Applied = Applied.NONE
    accepted_on: date | None = None
    decided_on: date | None = None
    barred_until: date | None = None


def _asked(run: Run) -> Asked:
    found: Asked = run.standing.remedies.get(KEY, Asked())
    return found


def _keep(run: Run, asked: Asked) -> None:
    run.standing = run.standing.knowing(KEY, asked)


def facts_in(run: Run, on: date) -> RepairFacts:
    """Return what the rules are told on the day; a revoked determination has ended what was open."""
    standing, asked = run.standing, _asked(run)
    state = standing.state_on(on)
    if standing.over_by not in {"", REPAIRED} and state != PeriodState.REVOKED:
        state = PeriodState.ENDED  # performed: the rest of that day is no time to repair
    return RepairFacts(
        state=state,
        starts_on=standing.starts_on,
        reward=standing.is_reward,
        application=asked.application,
        accepted_on=asked.accepted_on,
        decided_on=asked.decided_on,
        barred_until=asked.barred_until,
    )


def _terms(run: Run) -> rules.RepairTerms:
    """Return the terms of this entry on the day of the decision, as a real listing would have them."""
    standing = run.standing
    if standing.revision is None or standing.decided_on is None:
        return rules.RepairTerms()
    imagined = Listing(
        revision=standing.revision,
        governed_by=standing.revision.governed_by,
        determination=Determination(issued_on=standing.decided_on),
    )
    book: Book = run.snapshot.parts[KEY]
    return book.terms_of(imagined).law


def apply_repair(run: Run, act: Act) -> None:
    """申请修复 received and accepted. REP-01…REP-08."""
    found = facts_in(run, act.on)
    terms = _terms(run)
    need(rules.may_apply(found, terms, act.on))
    run.say(act, f"{zh(act.on)}收到并受理信用修复申请，已满最短期限{terms.minimum_months}个月；核实期间措施照常实施")
    run.deadline(act, VERIFY_RULE, "受理申请")
    run.deadline(act, ANSWER_RULE, "收到申请")
    _keep(run, replace(_asked(run), application=Applied.OPEN, accepted_on=act.on, decided_on=None))


def approve_repair(run: Run, act: Act) -> None:
    """同意修复: nothing ends before publication."""
    need(rules.may_decide(facts_in(run, act.on), act.on, approve=True))
    run.say(act, f"{zh(act.on)}决定同意信用修复，自公布之日起不再实施")
    _keep(run, replace(_asked(run), application=Applied.APPROVED, decided_on=act.on))


def reject_repair(run: Run, act: Act) -> None:
    """不予修复: a new application is possible."""
    need(rules.may_decide(facts_in(run, act.on), act.on, approve=False))
    run.say(act, f"{zh(act.on)}决定不予信用修复，措施继续实施；补正后可以再次申请，也可就不予修复提出异议")
    _keep(run, replace(_asked(run), application=Applied.REJECTED, decided_on=act.on))


def publish_repair(run: Run, act: Act) -> None:
    """公布修复: over from that day."""
    need(rules.may_publish(facts_in(run, act.on), act.on))
    run.standing = run.standing.cut(act.on, REPAIRED)
    run.say(act, f"{zh(act.on)}公布信用修复，自当日起不再实施，截止日为{zh(run.standing.ends_on())}")
    _keep(run, replace(_asked(run), application=Applied.PUBLISHED))


def revoke_repair(run: Run, act: Act) -> None:
    """撤销修复: the remainder comes back from that day, new applications are barred."""
    need(rules.may_revoke(facts_in(run, act.on), act.on))
    run.restore(act)
    bar = run.deadline(act, BAR_RULE, "撤销修复")
    end = run.standing.ends_on()
    until = f"，截止日为{zh(end)}" if end else ""
    barred = f"；{zh(bar.due_on)}以前（含当日）不得再次申请" if bar else ""
    run.say(act, f"{zh(act.on)}撤销信用修复，自当日起恢复剩余期限{until}{barred}")
    _keep(
        run,
        replace(_asked(run), application=Applied.REVOKED, barred_until=bar.due_on if bar else None),
    )


def asked_about(listing: Listing) -> Asked:
    """Return where repair of a real listing stands now."""
    known = facts.facts_of(listing, clock.today())
    return Asked(known.application, known.accepted_on, known.decided_on, known.barred_until)


def register() -> None:
    """Enter the acts of repair, what their terms are read from, and where they stand about a real listing."""
    register_act("apply_repair", apply_repair, label="受理修复申请", part="信用修复")
    register_act("approve_repair", approve_repair, label="同意修复", part="信用修复")
    register_act("publish_repair", publish_repair, label="公布修复", part="信用修复")
    register_act("reject_repair", reject_repair, label="不予修复", part="信用修复")
    register_act("revoke_repair", revoke_repair, label="撤销修复", part="信用修复")
    register_part(KEY, lambda: Book([]))
    register_reader(KEY, asked_about)
    register_story(
        "今天受理修复申请，答复期满公布", ("apply_repair", 0), ("approve_repair", ANSWER_RULE), ("publish_repair", 0)
    )
    register_story("今天同意并公布修复", ("approve_repair", 0), ("publish_repair", 0))
    register_story("今天公布修复", ("publish_repair", 0))
    register_story("今天撤销修复", ("revoke_repair", 0))
