"""Notice, service and statement: nothing is decided about a subject that was not told and heard."""

from __future__ import annotations

from datetime import date

from core import clock, deadlines, outbox, workflow
from core.actors import Actor, acting, settled_day
from core.models import Attachment
from core.problems import Violation, refuse
from sanctions.enums import CaseState, DocumentKind, Polarity
from sanctions.letters import tell_notices
from sanctions.measures import bearing_on
from sanctions.models import Case, CaseSubject, Notice, Service
from sanctions.services.cases import lead_case, leading_unit, locked, locked_lead, serving_case
from sanctions.workflow import CASE
from subjects.delivery.rules import ProofRules, arrival

STATEMENT_RULE = "SAN-T01"
SERVED = ProofRules("SAN-24", "SAN-11", "制发日")
NOTICE_TEXT = (
    "{name}：\n{unit}认定你（单位）{facts}（文书号：{document}），拟依据{basis}，将你（单位）认定为失信联合惩戒对象，"
    "由相关单位依法实施：{measures}。\n你（单位）有权自收到本告知书之日起{term}内陈述、申辩并提交证据；逾期不提出的，"
    "不影响认定程序进行。联系单位：{lead}。"
)


def notice_text(case: Case, case_subject: CaseSubject, on: date | None = None) -> str:
    """Return the standard wording of the notice: facts, basis, measures proposed, and the right to be heard.

    Only measures that may be executed and bear on this subject are proposed.
    """
    revision = case.revision
    basis = "、".join(str(c.article) for c in revision.citations.select_related("article__instrument"))
    measures = "；".join(row.measure.name for row in bearing_on(case, case_subject))
    rule = deadlines.rule_on(STATEMENT_RULE, on or clock.today())
    return NOTICE_TEXT.format(
        name=case_subject.subject.name,
        unit=case.unit.name,
        facts=case_subject.facts or case.facts,
        document=case.document_number,
        basis=basis or "目录所列依据",
        measures=measures,
        term=f"{rule.count}{rule.get_unit_display()}",
        lead=leading_unit(case).name,
    )


def issue_notices(*, actor: Actor, case: Case, on: date | None = None, reason: str = "") -> list[Notice]:
    """Issue the 拟认定告知书 to every subject of an accepted discipline case.

    Legal source: 国办发〔2020〕49号（八）. Raises Refused SAN-19 for an incentive, which needs no notice.
    """
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    if case.polarity == Polarity.INCENTIVE:
        refuse([Violation("SAN-19", "守信激励不制发拟认定告知书", remedy="受理后直接召集会议")])
    with acting(actor, "notice.issue", reason=reason, on=day):
        case = locked_lead(actor, case)
        workflow.apply(case, CASE, "notify", actor=actor, reason=reason, on=day)
        notices = Notice.objects.bulk_create(
            Notice(case_subject=row, content=notice_text(case, row, day), issued_on=day)
            for row in case.subjects.select_related("subject__canonical").order_by("pk")
        )
        tell_notices(case, notices, leading_unit(case).pk)
    return notices


def record_notice_service(
    *,
    actor: Actor,
    notice: Notice,
    method: str,
    recipient: str,
    served_on: date,
    proof: Attachment | None = None,
    on: date | None = None,
    reason: str = "",
) -> Service:
    """Record how and when the notice reached its subject; the term for a statement runs from that day."""
    case = serving_case(actor, notice.case_subject.case)
    day = settled_day(actor, on, reason)
    found = arrival(SERVED, since=notice.issued_on, served_on=served_on, day=day, method=method, recipient=recipient)
    if notice.served_on is not None:
        found.append(Violation("SAN-26", f"告知书已于 {notice.served_on} 送达", remedy="无需重复登记"))
    refuse(found)
    with acting(actor, "notice.serve", reason=reason, on=day):
        case, kept = locked(case), Notice.objects.get(pk=notice.pk)
        if case.state != CaseState.NOTICED:
            wrong = f"事项处于“{case.get_state_display()}”，不再登记告知书送达"
            refuse([Violation("CORE-04", wrong, remedy="刷新页面查看最新状态")])
        if kept.served_on is not None:
            refuse([Violation("SAN-26", f"告知书已于 {kept.served_on} 送达", remedy="无需重复登记")])
        kept.served_on = served_on
        kept.save(update_fields=["served_on"])
        deadlines.open_deadline(kept, STATEMENT_RULE, event="告知书送达", counts_from=served_on)
        service = Service.objects.create(
            case_subject=kept.case_subject,
            document=DocumentKind.NOTICE,
            method=method,
            recipient=recipient.strip(),
            served_on=served_on,
            proof=proof,
        )
        outbox.emit("notice.served", case, on=day, payload={"served_on": served_on.isoformat()})
    notice.served_on = served_on
    return service


def record_statement(
    *, actor: Actor, notice: Notice, statement: str, received_on: date, on: date | None = None, reason: str = ""
) -> Notice:
    """Record the subject's statement, or its written waiver, until the meeting has decided."""
    case = serving_case(actor, notice.case_subject.case)
    day = settled_day(actor, on, reason)
    with acting(actor, "notice.statement", reason=reason, on=day):
        case, kept = locked(case), Notice.objects.get(pk=notice.pk)
        refuse(_statement_violations(case, kept, statement, received_on, day))
        kept.statement, kept.statement_on = statement.strip(), received_on
        kept.save(update_fields=["statement", "statement_on"])
        deadlines.close_deadline(kept, STATEMENT_RULE, on=received_on, by="已陈述申辩")
    notice.statement, notice.statement_on = kept.statement, kept.statement_on
    return notice


def _statement_violations(case: Case, notice: Notice, statement: str, received_on: date, day: date) -> list[Violation]:
    found = []
    if notice.served_on is None:
        found.append(Violation("SAN-12", "告知书尚未送达，不能登记陈述申辩", remedy="先登记送达"))
    elif not notice.served_on <= received_on <= day:
        found.append(
            Violation(
                "SAN-24",
                f"收到日 {received_on} 应在送达日 {notice.served_on} 至今天之间",
                "received_on",
                "按收文登记填写",
            )
        )
    if not statement.strip():
        found.append(Violation("SAN-11", "未填写陈述申辩内容", "statement", "如放弃，请写明“书面放弃陈述申辩”"))
    if case.state not in {CaseState.NOTICED, CaseState.CONVENED}:
        wrong = f"事项处于“{case.get_state_display()}”，不再登记陈述申辩"
        found.append(Violation("CORE-04", wrong, remedy="已议决的，可在决定送达后提出异议"))
    if notice.statement_on is not None:
        found.append(Violation("SAN-26", f"已于 {notice.statement_on} 登记陈述申辩", remedy="无需重复登记"))
    return found
