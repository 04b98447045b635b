"""提示函 to a first slight failing: told and recorded, instead of a case.

ADV-01 rewards, ADV-02 not slight, ADV-03 told within a year, ADV-04 not the first time, ADV-05 what the letter needs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models.functions import Coalesce

from catalog.enums import Severity
from catalog.models import EntryRevision
from catalog.selectors import require_in_force
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.periods import Period, ends_on
from core.permissions import require
from core.problems import Violation, refuse
from organizations.models import Organization
from organizations.selectors import in_force
from sanctions import rules
from sanctions.enums import CaseState, Polarity
from sanctions.models import Advice, CaseSubject, Listing
from sanctions.services.cases import named_initiator
from subjects.delivery import send
from subjects.models import Subject
from subjects.selectors import canonical

ISSUE = "sanctions.advice.issue"
PERMISSIONS = {ISSUE: "制发提示函"}
GRANTS = {"reviewer": [ISSUE]}
KIND = "sanctions.advice"
KINDS = {KIND: "失信行为提示函"}
ADVICE_LOCK = 0x414456  # "ADV": first key of the locks that serialise letters to one subject
ONCE_IN = Period(years=1)
BASIS = "行政处罚法第三十三条（初次违法且危害后果轻微）和国办发〔2020〕49号过惩相当的要求"
LETTER = (
    "{name}：\n经查，{facts}。上述情形属于“{entry}”中的轻微情形，且为首次。依照{basis}，本单位不启动联合惩戒程序，"
    "现提示你（单位）：{request}。\n本提示函不列入任何名单，不对外公开。"
    "一年之内再有同类行为的，依照目录清单办理。对本函有不同意见的，可向{unit}提出。"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What the reviewer writes: the act, since when it is known, and what is asked."""

    entry_code: str
    subject: Subject
    number: str
    act_on: date
    recognized_on: date
    facts: str
    request: str


def violations(
    *, polarity: str, severity: str, label: str, told_on: date | None, failed_before: bool, day: date
) -> list[Violation]:
    """ADV-01…ADV-04: whether a first slight failing may be answered with a letter; pure."""
    found = []
    if polarity != Polarity.DISCIPLINE:
        found.append(Violation("ADV-01", "守信激励事项不制发提示函", "entry_code", "选择失信惩戒事项"))
    elif severity != Severity.MINOR:
        wrong = f"“{label}”不属于轻微失信，不能以提示函代替"
        found.append(Violation("ADV-02", wrong, "entry_code", "依目录清单起草联合奖惩事项", BASIS))
    until = ends_on(told_on, ONCE_IN) if told_on else None
    if until is not None and until >= day:
        wrong = f"一年之内（{told_on}）已就同一事项制发过提示函"
        found.append(Violation("ADV-03", wrong, "subject", "再次发生的，依目录清单起草联合奖惩事项", BASIS))
    if failed_before:
        wrong = "当事人因同一事项已被列入名单，或者有在办的联合奖惩事项，不是首次"
        found.append(Violation("ADV-04", wrong, "subject", "依目录清单起草联合奖惩事项", BASIS))
    return found


def issue_advice(
    *,
    actor: Actor,
    letter: Letter,
    channels: Collection[str] = ("print",),
    phone: str = "",
    on: date | None = None,
    reason: str = "",
) -> Advice:
    """Issue a 提示函 of the actor's unit and send it; no case, no listing, nothing public follows from it.

    Raises CAT-* when the entry is not in force on `recognized_on`, SAN-01…07 for unit, dates and subject, ADV-01…05.
    """
    require(actor, ISSUE)
    day = settled_day(actor, on, reason)
    if actor.unit_id is None:
        refuse([Violation("SAN-09", "只能以本单位名义制发", "unit", "切换到单位的岗位后办理")], status=403)
    unit = Organization.objects.get(pk=actor.unit_id or 0)
    subject = canonical(letter.subject)
    revision = require_in_force(letter.entry_code, letter.recognized_on)
    refuse(rules.opening(_facts(revision, unit, subject, letter, day)) + _written(letter))
    with acting(actor, "advice.issue", reason=reason, on=day):
        refuse(_standing(revision, subject, day))
        if Advice.objects.filter(unit=unit, number=letter.number.strip()).exists():
            used = Violation("ADV-05", f"文号 {letter.number.strip()} 已经使用", "number", "核对文号")
            refuse([used])
        advice = Advice.objects.create(
            revision=revision,
            subject=subject,
            unit=unit,
            number=letter.number.strip(),
            act_on=letter.act_on,
            recognized_on=letter.recognized_on,
            facts=letter.facts.strip(),
            request=letter.request.strip(),
            content=letter_text(revision, unit, letter),
            issued_on=day,
            issued_by_key=actor.key,
            issued_by_label=actor.label,
        )
        send(
            subject=subject,
            kind=KIND,
            title=f"关于{revision.title}的提示函"[:200],
            body=advice.content,
            about=advice,
            channels=channels,
            number=advice.number,
            phone=phone,
        )
    return advice


def letter_text(revision: EntryRevision, unit: Organization, letter: Letter) -> str:
    """Return the standard wording of the letter."""
    return LETTER.format(
        name=letter.subject.name,
        facts=letter.facts.strip().rstrip("。；"),
        entry=revision.title,
        basis=BASIS,
        request=letter.request.strip().rstrip("。；"),
        unit=unit.name,
    )


def _facts(
    revision: EntryRevision, unit: Organization, subject: Subject, letter: Letter, day: date
) -> rules.OpeningFacts:
    """Return what the rules of reporting need: a letter is for the catalogue's acts and its initiating units only."""
    return rules.OpeningFacts(
        polarity=revision.entry.polarity,
        entry_label=f"{revision.entry.code} {revision.title}",
        subject_kinds=frozenset(revision.subject_kinds),
        unit_name=unit.name,
        unit_in_force=in_force(unit, day),
        unit_named=named_initiator(revision, unit, day) is not None,
        recognized_on=letter.recognized_on,
        act_on=letter.act_on,
        today=day,
        subjects=[
            rules.SubjectFacts(
                name=subject.name,
                kind=subject.kind,
                birth_on=subject.birth_on,
                in_register=subject.status not in rules.ENDED_STATUS,
                disciplined=False,
            )
        ],
    )


def _written(letter: Letter) -> list[Violation]:
    """ADV-05, CORE-11: number, act and request are there, and no personal number stands in them."""
    found = []
    for name, label in (("number", "文号"), ("facts", "事由"), ("request", "整改要求")):
        text = getattr(letter, name)
        if not text.strip():
            found.append(Violation("ADV-05", f"未填写{label}", name, "按提示函填写"))
        found += no_personal_numbers(text, name, label)
    return found


def _of(rows: Any, subject: Subject, path: str = "subject") -> Any:
    owner = Coalesce(f"{path}__canonical_id", f"{path}_id")
    return rows.annotate(owner=owner).filter(owner=subject.pk)


def _standing(revision: EntryRevision, subject: Subject, day: date) -> list[Violation]:
    """Gather what stands against a letter; holds the subject's key, so that two letters come one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ADVICE_LOCK, f"advice {subject.pk}"])
    same = {"revision__entry": revision.entry_id}
    told = _of(Advice.objects.filter(**same), subject).order_by("-issued_on").first()
    listed = _of(Listing.objects.filter(**same, revoked_from__isnull=True), subject)
    open_cases = CaseSubject.objects.filter(case__revision__entry=revision.entry_id)
    open_cases = open_cases.exclude(case__state__in=[CaseState.WITHDRAWN, CaseState.ISSUED])
    return violations(
        polarity=revision.entry.polarity,
        severity=revision.severity,
        label=f"{revision.entry.code} {revision.title}",
        told_on=told.issued_on if told else None,
        failed_before=listed.exists() or _of(open_cases, subject).exists(),
        day=day,
    )
