"""Bankruptcy: by court ruling what is listed is shielded, hindering measures are lifted; after completion, full repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import outbox, workflow
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.models import Attachment
from core.periods import PeriodState
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from organizations.models import Organization
from publicity.enums import RecordKind
from publicity.enums import State as Shown
from publicity.models import Penalty
from publicity.services.common import tell
from repair.enums import Channel, ShieldKind, ShieldState
from repair.matters import ListingMatter
from repair.models import LiftedMeasure, Shield
from repair.selectors import covered_by
from repair.terms import terms_of
from repair.workflow import SHIELD
from sanctions.models import ExecutionTask, Listing
from sanctions.services import stops
from sanctions.services.clocks import repair_listing
from subjects.models import Subject
from subjects.selectors import canonical, family

BASIS = "国办发〔2025〕22号；信用修复管理办法（国家发展改革委令第36号）"


@dataclass(frozen=True, slots=True)
class Ruling:
    """The court's ruling that approves a plan or settlement, and since when the subject is shielded."""

    kind: str
    court: str
    number: str
    ruled_on: date
    document: Attachment | None
    from_on: date


def _own(actor: Actor, shield: Shield) -> Shield:
    found = Shield.objects.visible_to(actor).filter(pk=shield.pk).select_related("subject__canonical", "unit").first()
    if found is None:
        raise NotFound("该临时屏蔽")
    if found.unit_id not in actor.unit_ids:
        wrong = f"该裁定由{found.unit.name}登记和办理"
        refuse([Violation("REP-52", wrong, remedy=f"由{found.unit.name}的审核人员办理")], status=403)
    return found


def record_shield(
    *,
    actor: Actor,
    subject: Subject,
    ruling: Ruling,
    lifted: Sequence[tuple[ExecutionTask, str]] = (),
    on: date | None = None,
    reason: str = "",
) -> Shield:
    """Record a ruling for a subject whose listings the actor may know of; it takes effect when a second officer confirms.

    lifted: measures that hinder the plan, each with how. Raises Refused REP-56.
    """
    require(actor, "repair.shield.record")
    root = canonical(subject)
    day = settled_day(actor, on, reason)
    known = Listing.objects.visible_to(actor).filter(subject__in=family(root), polarity="discipline")
    if not known.exists():
        raise NotFound("该主体的失信记录")
    refuse(_ruling_violations(root, ruling, day) + _lifting_violations(root, lifted))
    assert ruling.document is not None
    unit = Organization.objects.get(pk=actor.unit_id or 0)
    with acting(actor, "repair.shield", reason=reason, on=day):
        shield = Shield.objects.create(
            subject=root,
            unit=unit,
            kind=ruling.kind,
            court=ruling.court.strip(),
            ruling_number=ruling.number.strip(),
            ruled_on=ruling.ruled_on,
            ruling=ruling.document,
            from_on=ruling.from_on,
            recorded_by_key=actor.key,
        )
        LiftedMeasure.objects.bulk_create(
            LiftedMeasure(shield=shield, task=task, reason=why.strip()) for task, why in lifted
        )
        workflow.begin(shield, SHIELD, "record", actor=actor, on=day)
    return shield


def _ruling_violations(subject: Subject, ruling: Ruling, day: date) -> list[Violation]:
    found = []
    if subject.is_person:
        found.append(Violation("REP-56", "破产重整、和解不适用于自然人", "subject", "核对裁定书所列主体", BASIS))
    if ruling.kind not in ShieldKind.values or not ruling.court.strip() or not ruling.number.strip():
        found.append(Violation("REP-56", "未填写程序、法院或者裁定书文号", "number", "按裁定书填写"))
    if ruling.document is None:
        found.append(
            Violation("REP-56", "没有附人民法院裁定书", "document", "上传批准重整计划或者认可和解协议的裁定书", BASIS)
        )
    if not ruling.ruled_on <= ruling.from_on <= day:
        wrong = f"屏蔽起始日 {ruling.from_on} 应在裁定日 {ruling.ruled_on} 至今天 {day} 之间"
        found.append(Violation("REP-56", wrong, "from_on", "按裁定书和登记日填写"))
    if Shield.objects.filter(subject=subject, state__in=[ShieldState.DRAFTED, ShieldState.ACTIVE]).exists():
        found.append(Violation("REP-56", "该主体已有登记的临时屏蔽", "subject", "先办结在办的屏蔽"))
    return found + no_personal_numbers(ruling.number, "number", "文号")


def _lifting_violations(subject: Subject, lifted: Sequence[tuple[ExecutionTask, str]]) -> list[Violation]:
    keys = set(
        ExecutionTask.objects.filter(
            pk__in=[task.pk for task, _ in lifted],
            listing__subject__in=family(subject),
            listing__polarity="discipline",
        )
        .exclude(state="released")
        .values_list("pk", flat=True)
    )
    if all(task.pk in keys and why.strip() for task, why in lifted):
        return []
    wrong = "暂时解除的措施应是该主体正在实施的惩戒措施，并写明怎样妨碍重整"
    return [Violation("REP-56", wrong, "lifted", "从该主体的实施任务中选择并逐项写明", BASIS)]


def _lifted_tasks(shield: Shield) -> list[ExecutionTask]:
    """Return the tasks that the ruling lifts and that still run."""
    keys = shield.lifted.values("task")
    return list(ExecutionTask.objects.filter(pk__in=keys, state__in=stops.RUNNING).order_by("pk"))


def _tell_followers(shield: Shield, what: str, day: date) -> None:
    """Announce record by record what the ruling took out of the public view, or gave back: followers know no rulings."""
    standing = covered_by(shield).filter(delisted_on__isnull=True).order_by("pk")
    outbox.emit_many(f"listing.{what}", standing, on=day, payload_of=lambda _: {})
    penalties = Penalty.objects.filter(
        subject__in=family(shield.subject), decided_on__lte=shield.ruled_on, state=Shown.PASSED
    )
    keys = list(penalties.order_by("pk").values_list("pk", flat=True))
    tell(f"disclosure.{what}", RecordKind.PENALTY, keys, on=day)


def confirm_shield(*, actor: Actor, shield: Shield, on: date | None = None, reason: str = "") -> Shield:
    """Put a recorded ruling into effect as second officer: hidden from public pages, chosen measures lifted."""
    require(actor, "repair.shield.confirm")
    found = _own(actor, shield)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.shield_confirm", reason=reason, on=day):
        payload = {"listings": covered_by(found).count(), "lifted": found.lifted.count()}
        changes = {"confirmed_by_key": actor.key}
        workflow.apply(found, SHIELD, "confirm", actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        _tell_followers(found, "shielded", day)
        why = f"{found.get_kind_display()}期间暂时解除（{found.court}{found.ruling_number}）"
        stops.suspend_tasks(_lifted_tasks(found), found.public_id, day, why)
    return found


def drop_shield(*, actor: Actor, shield: Shield, reason: str, on: date | None = None) -> Shield:
    """Do not confirm a ruling that was recorded wrongly; it never takes effect."""
    require(actor, "repair.shield.confirm")
    found = _own(actor, shield)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.shield_drop", reason=reason, on=day):
        workflow.apply(found, SHIELD, "drop", actor=actor, reason=reason, on=day)
    return found


def complete_shield(
    *, actor: Actor, shield: Shield, document: Attachment | None, on: date | None = None, reason: str = ""
) -> Shield:
    """Record the ruling that the plan is performed: every covered listing of the city's is repaired this day.

    What another channel governs stays shielded until its source ends it.
    """
    require(actor, "repair.shield.confirm")
    found = _own(actor, shield)
    day = settled_day(actor, on, reason)
    if document is None:
        refuse([Violation("REP-56", "没有附执行完毕的裁定书", "document", "上传人民法院终结程序的裁定书", BASIS)])
    with acting(actor, "repair.shield_complete", reason=reason, on=day):
        covered = list(covered_by(found).order_by("pk"))
        payload = {"listings": len(covered), "lifted": found.lifted.count()}
        changes = {"to_on": day, "completed_on": day, "completion": document}
        workflow.apply(found, SHIELD, "complete", actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        for listing in covered:
            held = ListingMatter(listing).locked().listing
            standing = held.clock().state_on(day) in {PeriodState.IN_FORCE, PeriodState.PAUSED}
            if standing and terms_of(held).channel == Channel.CITY:
                why = f"{found.get_kind_display()}计划执行完毕（{found.court}{found.ruling_number}）"
                repair_listing(actor=actor, listing=held, on=day, reason=why)
    return found


def end_shield(*, actor: Actor, shield: Shield, reason: str, on: date | None = None) -> Shield:
    """End the shielding before completion (plan not performed, bankruptcy declared): shown and in force again."""
    require(actor, "repair.shield.confirm")
    found = _own(actor, shield)
    day = settled_day(actor, on, reason)
    with acting(actor, "repair.shield_end", reason=reason, on=day):
        payload = {"listings": covered_by(found).count(), "lifted": found.lifted.count(), "restored": True}
        changes = {"to_on": max(day, found.from_on)}
        stops.resume_tasks(_lifted_tasks(found), found.public_id, day, reason)
        workflow.apply(found, SHIELD, "end", actor=actor, reason=reason, on=day, changes=changes, payload=payload)
        _tell_followers(found, "unshielded", day)
    return found
