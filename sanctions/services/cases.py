"""From report to acceptance: open, prove, submit, route, return, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection
from django.db.models.functions import Coalesce

from catalog.models import EntryRevision
from catalog.selectors import require_in_force
from core import workflow
from core.actors import Actor, acting, settled_day
from core.models import Attachment
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from core.text import normalize_name
from organizations.models import Organization, WorkingGroup
from organizations.selectors import acting_unit_on, group_for, in_force, office_group
from sanctions import rules, selectors
from sanctions.enums import CaseLevel, CaseState, SubjectDecision, SubjectRole
from sanctions.models import Case, CaseSubject, Evidence
from sanctions.workflow import CASE
from subjects.models import Subject
from subjects.selectors import canonical

REPORT_LOCK = 0x5352  # first key of the advisory locks that serialise reports of one document


@dataclass(frozen=True, slots=True)
class ReportedSubject:
    """One subject of a report: who, in which role, what it did, and its consent where a reward is published."""

    subject: Subject
    facts: str = ""
    role: str = SubjectRole.ENTITY
    consented_on: date | None = None


def visible_case(actor: Actor, case: Case) -> Case:
    """Return the case when the actor may know of it, else NotFound: existence is not told to strangers."""
    found = Case.objects.visible_to(actor).filter(pk=case.pk).first()
    if found is None:
        raise NotFound("该联合奖惩事项")
    return found


def named_initiator(revision: EntryRevision, unit: Organization, day: date) -> Organization | None:
    """Return the catalogue's unit in whose name `unit` may start: itself, or the one whose duties it carries."""
    named = [row.unit for row in revision.initiators.select_related("unit")]
    if unit in named:
        return unit
    return next((old for old in named if acting_unit_on(old, day) == unit), None)


def _reported_once(subjects: Sequence[ReportedSubject]) -> list[Violation]:
    """SAN-04: nobody stands twice in a case, also not as a folded duplicate; roles are those there are."""
    keys = [row.subject.canonical_id or row.subject.pk for row in subjects]
    found = [
        Violation("SAN-04", f"{row.subject.name}在本事项中重复填写", "subjects", "同一主体只填写一次")
        for position, row in enumerate(subjects)
        if keys[position] in keys[:position]
    ]
    if any(row.role not in SubjectRole.values for row in subjects):
        found.append(Violation("SAN-11", "未选择主体的地位", "subjects", "选择当事主体或责任人员"))
    return found


def _opening_facts(
    revision: EntryRevision,
    unit: Organization,
    recognized_on: date,
    act_on: date,
    today: date,
    reported: Sequence[ReportedSubject],
) -> rules.OpeningFacts:
    disciplined = selectors.disciplined_among([row.subject for row in reported], today)
    return rules.OpeningFacts(
        polarity=revision.entry.polarity,
        entry_label=f"{revision.entry.code} {revision.title}",
        subject_kinds=frozenset(revision.subject_kinds),
        unit_name=unit.name,
        unit_in_force=in_force(unit, today),
        unit_named=named_initiator(revision, unit, today) is not None,
        recognized_on=recognized_on,
        act_on=act_on,
        today=today,
        subjects=[
            rules.SubjectFacts(
                name=row.subject.name,
                kind=row.subject.kind,
                birth_on=row.subject.birth_on,
                in_register=row.subject.status not in rules.ENDED_STATUS,
                disciplined=row.subject.pk in disciplined,
                role=row.role,
            )
            for row in reported
        ],
    )


def open_case(
    *,
    actor: Actor,
    entry_code: str,
    unit: Organization,
    recognized_on: date,
    act_on: date,
    document_number: str,
    facts: str,
    subjects: Sequence[ReportedSubject],
    on: date | None = None,
    reason: str = "",
) -> Case:
    """Open a draft case of an act that the catalogue names, by a unit that it names; nothing else gets in.

    Raises Refused CAT-* when no revision is in force on `recognized_on`, SAN-01…08 for unit, dates and subjects.
    Legal source: 实施方案 二（一）1 «不得对目录清单之外的失信行为实施联合惩戒», 二（二）1.
    """
    require(actor, "sanctions.case.draft")
    day = settled_day(actor, on, reason)
    if actor.unit_id != unit.pk:
        refuse([Violation("SAN-09", "只能以本单位名义发起", "unit", "切换到该单位的岗位后办理")], status=403)
    revision = require_in_force(entry_code, recognized_on)
    subjects = [replace(row, subject=canonical(row.subject)) for row in subjects]
    named_unit = named_initiator(revision, unit, day)
    found = rules.opening(_opening_facts(revision, unit, recognized_on, act_on, day, subjects))
    found += _reported_once(subjects)
    if not document_number.strip():
        found.append(Violation("SAN-11", "未填写认定依据文书号", "document_number", "填写本单位认定文书的文号"))
    if not facts.strip():
        found.append(Violation("SAN-11", "未填写事由", "facts", "写明违法或守信的具体事实"))
    refuse(found)
    if named_unit is None:
        raise AssertionError("refused above by SAN-02")
    with acting(actor, "case.draft", reason=reason, on=day):
        refuse(_reported_already(unit, revision, document_number, subjects))
        case = Case.objects.create(
            polarity=revision.entry.polarity,
            revision=revision,
            named_unit=named_unit,
            unit=unit,
            act_on=act_on,
            recognized_on=recognized_on,
            document_number=document_number.strip(),
            facts=facts.strip(),
            created_on=day,
            drafted_by_key=actor.key,
        )
        CaseSubject.objects.bulk_create(
            CaseSubject(case=case, subject=row.subject, role=row.role, facts=row.facts, consented_on=row.consented_on)
            for row in subjects
        )
        workflow.begin(case, CASE, "draft", actor=actor, on=day)
    return case


def _reported_already(
    unit: Organization, revision: EntryRevision, document_number: str, subjects: Sequence[ReportedSubject]
) -> list[Violation]:
    """SAN-35: one act, one case. Holds the document's key, so that two clicks come one after the other."""
    document = normalize_name(document_number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [REPORT_LOCK, f"{unit.pk} {document}"])
    rows = CaseSubject.objects.filter(case__unit=unit, case__revision__entry=revision.entry_id)
    rows = rows.exclude(case__state=CaseState.WITHDRAWN).exclude(decision=SubjectDecision.NOT_LISTED)
    keys = {row.subject.pk for row in subjects}
    rows = rows.annotate(owner=Coalesce("subject__canonical_id", "subject_id")).filter(owner__in=keys)
    return [
        Violation(
            "SAN-35",
            f"{row.subject.name}的同一认定文书已经报送（事项 {row.case.public_id}，{row.case.get_state_display()}）",
            "document_number",
            "在原事项中办理；文书不同的填写各自的文号",
        )
        for row in rows.select_related("case", "subject")
        if normalize_name(row.case.document_number) == document
    ]


def attach_evidence(*, actor: Actor, case: Case, title: str, attachment: Attachment) -> Evidence:
    """Add a piece of evidence while the case is with its unit or being accepted; never after the meeting is called."""
    require(actor, "sanctions.case.draft")
    case = visible_case(actor, case)
    if case.unit_id not in actor.unit_ids:
        refuse([Violation("SAN-09", "只能由发起单位补充证据", remedy="由发起单位经办人员办理")], status=403)
    with acting(actor, "case.evidence"):
        case = locked(case)
        if case.state not in {"draft", "returned", "submitted", "accepted", "noticed"}:
            refuse(
                [
                    Violation(
                        "SAN-14",
                        f"事项已处于“{case.get_state_display()}”，不能再补充证据",
                        "evidence",
                        "在会议召集之前由发起单位补充",
                    )
                ]
            )
        return Evidence.objects.create(case=case, title=title.strip() or attachment.name, attachment=attachment)


def revise_case(
    *, actor: Actor, case: Case, facts: str, document_number: str, on: date | None = None, reason: str = ""
) -> Case:
    """Correct a returned case and bring it back to draft; entry, unit and subjects stay."""
    case = visible_case(actor, case)
    day = settled_day(actor, on, reason)
    if case.unit_id not in actor.unit_ids:
        raise NotFound("该联合奖惩事项")
    with acting(actor, "case.revise", reason=reason, on=day):
        return workflow.apply(
            case,
            CASE,
            "revise",
            actor=actor,
            reason=reason,
            on=day,
            changes={
                "facts": facts.strip() or case.facts,
                "document_number": document_number.strip() or case.document_number,
            },
        )


def submit_case(*, actor: Actor, case: Case, on: date | None = None, reason: str = "") -> Case:
    """Send the case to its 专项小组, checked and signed by a second officer of the same unit.

    Raises Refused CORE-05 for the same officer, SAN-14 without evidence, CORE-04 in another state. Emits
    `case.submitted`.
    """
    case = visible_case(actor, case)
    if case.unit_id not in actor.unit_ids:
        raise NotFound("该联合奖惩事项")
    day = settled_day(actor, on, reason)
    with acting(actor, "case.submit", reason=reason, on=day):
        if not case.evidence.exists():
            refuse([Violation("SAN-14", "没有上传任何证据材料", "evidence", "由经办人上传目录所列证据材料")])
        return workflow.apply(
            case,
            CASE,
            "submit",
            actor=actor,
            reason=reason,
            on=day,
            changes={"group": _route(case), "submitted_by_key": actor.key},
        )


def _entity_kinds(case: Case) -> list[str]:
    rows = case.subjects.select_related("subject").order_by("pk")
    entities = [row.subject.kind for row in rows if row.role == SubjectRole.ENTITY]
    return entities or [row.subject.kind for row in rows]


def _route(case: Case) -> WorkingGroup:
    """Return the 专项小组 of the first subject's kind; the seed routes by subject type."""
    return group_for(_entity_kinds(case)[0])


def _require_group(actor: Actor, case: Case) -> None:
    """NotFound for a group the case is not routed to, Refused SAN-18 where the office has taken the case over."""
    is_office = actor.may("sanctions.case.see_all")
    if case.level == CaseLevel.OFFICE and not is_office:
        refuse(
            [
                Violation(
                    "SAN-18",
                    "事项已上报联席会议办公室，由联席办办理",
                    remedy="联系联席会议办公室经办人员",
                    basis=f"{rules.SEED} 二（二）2",
                )
            ]
        )
    if case.level == CaseLevel.GROUP and case.group_id not in actor.group_ids:
        group = case.group.name if case.group else "专项小组"
        refuse([Violation("SAN-18", f"事项由{group}办理", remedy=f"由{group}牵头单位的专项小组岗位办理")])


def leading_unit(case: Case) -> Organization:
    """Return the unit that leads a routed case: the office's, or its working group's."""
    group = office_group() if case.level == CaseLevel.OFFICE else case.group
    if group is None:
        raise AssertionError("a submitted case is routed: sanctions_case_routed")
    return group.lead_unit


def locked(case: Case) -> Case:
    """Return the case as it stands, held until the transaction ends: its level, votes and parts stay as judged."""
    return Case.objects.select_for_update(of=("self",)).get(pk=case.pk)


def lead_case(actor: Actor, case: Case) -> Case:
    """Return the case for the group or office that leads it, freshly read."""
    case = visible_case(actor, case)
    _require_group(actor, case)
    return case


def locked_lead(actor: Actor, case: Case) -> Case:
    """Return the case locked, for the group or office that leads it now; inside `acting`."""
    case = locked(case)
    _require_group(actor, case)
    return case


def serving_case(actor: Actor, case: Case) -> Case:
    """Return the case for who serves its documents: the initiating unit, or the group or office that leads it."""
    require(actor, "sanctions.service.record")
    case = visible_case(actor, case)
    if case.unit_id not in actor.unit_ids:
        _require_group(actor, case)
    return case


def accept_case(*, actor: Actor, case: Case, on: date | None = None, reason: str = "") -> Case:
    """Accept a reported case in the group that its subjects' kind leads to, or in the office when escalated."""
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    with acting(actor, "case.accept", reason=reason, on=day):
        case = locked_lead(actor, case)
        refuse(rules.routing((group_for(kind).code for kind in _entity_kinds(case)), case.level))
        return workflow.apply(case, CASE, "accept", actor=actor, reason=reason, on=day)


def return_case(*, actor: Actor, case: Case, reason: str, on: date | None = None) -> Case:
    """Give the case back to its unit with what is missing; it may be revised and submitted again."""
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    with acting(actor, "case.return", reason=reason, on=day):
        case = locked_lead(actor, case)
        return workflow.apply(case, CASE, "return", actor=actor, reason=reason, on=day)


def escalate_case(*, actor: Actor, case: Case, reason: str, on: date | None = None) -> Case:
    """Send a case of several groups up from the group to the office (实施方案 二（二）1)."""
    case = lead_case(actor, case)
    day = settled_day(actor, on, reason)
    with acting(actor, "case.escalate", reason=reason, on=day):
        case = locked(case)
        if case.level == CaseLevel.OFFICE:
            refuse([Violation("SAN-18", "事项已在联席会议办公室，无需再次上报", remedy="由联席办直接受理")])
        return workflow.apply(
            case, CASE, "escalate", actor=actor, reason=reason, on=day, changes={"level": CaseLevel.OFFICE}
        )


def withdraw_case(*, actor: Actor, case: Case, reason: str, on: date | None = None) -> Case:
    """Withdraw a case before the meeting is called, by its own unit, with the reason."""
    case = visible_case(actor, case)
    if case.unit_id not in actor.unit_ids:
        refuse([Violation("SAN-09", "只能由发起单位撤回", remedy="由发起单位审核人员办理")], status=403)
    day = settled_day(actor, on, reason)
    with acting(actor, "case.withdraw", reason=reason, on=day):
        return workflow.apply(case, CASE, "withdraw", actor=actor, reason=reason, on=day)
