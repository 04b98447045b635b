"""The expert pool, kept by the office: entries, fields, employers, recusals."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Violation, refuse
from organizations import rules
from organizations.models import Expert, ExpertField, ExpertRecusal, ExpertSpeciality, Organization
from organizations.permissions import EXPERT_MANAGE


def _known_fields(codes: Iterable[str]) -> list[ExpertField]:
    wanted = list(dict.fromkeys(codes))
    found = {row.code: row for row in ExpertField.objects.filter(code__in=wanted)}
    missing = [code for code in wanted if code not in found]
    refuse(Violation("ORG-23", f"没有“{code}”这一专家领域", "fields", "从已定义的领域中选择") for code in missing)
    if not wanted:
        refuse([Violation("ORG-23", "专家至少属于一个领域", "fields", "选择专家领域")])
    return [found[code] for code in wanted]


def add_expert(
    *,
    actor: Actor,
    name: str,
    employer: str,
    fields: Iterable[str],
    title: str = "",
    employer_unit: Organization | None = None,
    note: str = "",
    reason: str = "",
) -> Expert:
    """Put an expert into the pool under field codes. Needs 维护专家库; refuses ORG-23 for an unknown field or none."""
    require(actor, EXPERT_MANAGE)
    with acting(actor, "organizations.expert.add", reason=reason):
        known = _known_fields(fields)
        made = Expert.objects.create(
            name=name.strip(), employer=employer.strip(), title=title.strip(), employer_unit=employer_unit, note=note
        )
        ExpertSpeciality.objects.bulk_create(ExpertSpeciality(expert=made, field=field) for field in known)
        return made


def update_expert(
    *,
    actor: Actor,
    expert: Expert,
    employer: str | None = None,
    employer_unit: Organization | None = None,
    title: str | None = None,
    fields: Iterable[str] | None = None,
    is_active: bool | None = None,
    reason: str = "",
) -> Expert:
    """Change what is named; a new employer replaces the member unit too. Needs 维护专家库."""
    require(actor, EXPERT_MANAGE)
    with acting(actor, "organizations.expert.update", reason=reason):
        row = Expert.objects.select_for_update().get(pk=expert.pk)
        if employer is not None:
            row.employer, row.employer_unit = employer.strip(), employer_unit
        row.title = title.strip() if title is not None else row.title
        row.is_active = is_active if is_active is not None else row.is_active
        row.save(update_fields=["employer", "employer_unit", "title", "is_active"])
        if fields is not None:
            known = _known_fields(fields)
            present = set(row.specialities.values_list("field_id", flat=True))
            row.specialities.exclude(field__in=known).delete()
            ExpertSpeciality.objects.bulk_create(
                ExpertSpeciality(expert=row, field=field) for field in known if field.pk not in present
            )
        return row


def add_recusal(
    *,
    actor: Actor,
    expert: Expert,
    reason: str,
    organization: Organization | None = None,
    subject_code: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> ExpertRecusal:
    """The expert stands aside from matters of the unit or the subject, from today unless a day is named.

    Needs 维护专家库. Refuses ORG-10 (period), ORG-14 (names nobody, or not a code), ORG-19 (no reason).
    """
    require(actor, EXPERT_MANAGE)
    starts_on = valid_from or clock.today()
    code = subject_code.strip().upper()
    refuse(
        [
            *rules.recusal_names_someone(organization is not None, code),
            *rules.period_sane(starts_on, valid_to),
            *rules.reason_given(reason),
        ]
    )
    with acting(actor, "organizations.expert.recuse", reason=reason):
        return ExpertRecusal.objects.create(
            expert=expert,
            organization=organization,
            subject_code=code,
            reason=reason.strip(),
            valid_from=starts_on,
            valid_to=valid_to,
        )


def end_recusal(*, actor: Actor, recusal: ExpertRecusal, reason: str) -> ExpertRecusal:
    """The recusal no longer holds from tomorrow. Needs 维护专家库 and a reason."""
    require(actor, EXPERT_MANAGE)
    refuse(rules.reason_given(reason))
    with acting(actor, "organizations.expert.end_recusal", reason=reason):
        row = ExpertRecusal.objects.select_for_update().get(pk=recusal.pk)
        today = clock.today()
        row.valid_to = max(today, row.valid_from or today - timedelta(days=1))
        row.save(update_fields=["valid_to"])
        return row
