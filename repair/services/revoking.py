"""Revocation of a repair that a false commitment gained: the remainder comes back, new applications are barred."""

from __future__ import annotations

from datetime import date

from core import workflow
from core.actors import Actor, acting, settled_day
from core.deadlines import compute, rule_on
from core.masking import no_personal_numbers
from core.models import Attachment
from core.permissions import require
from core.problems import Violation, refuse
from repair import checks, letters, rules
from repair.enums import RevocationGround, State
from repair.matters import matter_of
from repair.models import Application, Bar, Revocation
from repair.services.handling import own_application
from repair.workflow import APPLICATION
from subjects.selectors import canonical

BAR_RULE = "REP-T05"


def propose_revocation(
    *,
    actor: Actor,
    application: Application,
    ground: str,
    findings: str,
    proof: Attachment | None,
    on: date | None = None,
    reason: str = "",
) -> Revocation:
    """Propose to revoke a repair, with the facts and the proof; a second officer decides."""
    require(actor, "repair.revocation.propose")
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    problems = rules.may_revoke(matter_of(found).facts(day, found), day)
    if ground not in RevocationGround.values or not findings.strip():
        problems.append(Violation("REP-54", "未选择事由或者未写明查明的事实", "findings", "写明虚假或者不履行的事实"))
    if proof is None:
        problems.append(Violation("REP-54", "没有附证据", "proof", "上传查明事实的证据"))
    if Revocation.objects.filter(application=found).exists():
        problems.append(Violation("REP-54", "已经提出撤销", remedy="由另一名审核人员签发"))
    refuse(problems + no_personal_numbers(findings, "findings", "查明的事实"))
    assert proof is not None
    with acting(actor, "repair.propose_revocation", reason=reason or findings[:200], on=day):
        name = "propose_revocation" if found.state == State.PUBLISHED else "propose_annulment"
        workflow.apply(found, APPLICATION, name, actor=actor, reason=reason, on=day)
        return Revocation.objects.create(
            application=found,
            ground=ground,
            findings=findings.strip(),
            proof=proof,
            proposed_on=day,
            proposed_by_key=actor.key,
        )


def revoke(*, actor: Actor, application: Application, reason: str, on: date | None = None) -> Bar:
    """Revoke the repair as second officer: the record is restored from this day, the subject barred (REP-T05).

    A listing's days between publication and revocation are given back at the end; a penalty is public again for the
    rest of its period, never longer. The bar stands in the credit record.
    """
    require(actor, "repair.revocation.sign")
    found = own_application(actor, application)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.revoke", reason=reason, on=day):
        matter = matter_of(found).locked()
        found.refresh_from_db()
        refuse(rules.may_revoke(matter.facts(day, found), day))
        refuse(workflow.check(found, APPLICATION, "revoke", actor, reason)[1])
        proposal = Revocation.objects.select_for_update().filter(application=found).first()
        if proposal is None:
            refuse([Violation("REP-54", "尚未提出撤销", remedy="由经办人员提出并附证据，再由另一名审核人员签发")])
            raise AssertionError
        refuse(checks.not_before(day, proposal.proposed_on, "REP-49", "撤销", "提出撤销"))
        rule = rule_on(BAR_RULE, day)
        until = compute(rule.unit, rule.count, day).due_on
        published = found.state == State.PUBLISHED
        workflow.apply(
            found,
            APPLICATION,
            "revoke",
            actor=actor,
            reason=reason,
            on=day,
            payload={**matter.payload, "barred_until": until.isoformat()},
        )
        proposal.revoked_on, proposal.revoked_by_key = day, actor.key
        proposal.save(update_fields=["revoked_on", "revoked_by_key"])
        if published:
            matter.restore(actor, day, f"撤销信用修复 {found.numbered()}")
        letters.tell(found, "repair.revoked", letters.revoked(found, until))
        return Bar.objects.create(
            subject=canonical(matter.subject), revocation=proposal, from_on=day, until=until, rule_code=BAR_RULE
        )
