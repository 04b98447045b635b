"""Issuing and withdrawing credit reports: the only writers of `Report`."""

from __future__ import annotations

import io
import secrets

from django.conf import settings
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.attachments import store
from core.fields import CROCKFORD
from core.permissions import require
from core.problems import Violation, refuse
from core.text import zh_day
from portal.models import Report
from portal.permissions import ISSUE, WITHDRAW
from portal.reports.facts import facts_of
from portal.reports.signing import canonical, digest, signed_json, signed_pdf, signer
from portal.reports.typesetting import pdf_of
from subjects.models import Subject
from subjects.selectors import require_legal_entity

TAIL = 8
VISITOR = Actor("applicant", "portal.visitor", "门户访客", permissions=frozenset({ISSUE}))


def new_number() -> str:
    """Return the moment to the second and eight random characters: readable, and not to be guessed."""
    return f"{clock.now():%Y%m%d%H%M%S}" + "".join(secrets.choice(CROCKFORD) for _ in range(TAIL))


def address_of(number: str) -> str:
    """Return where anybody verifies the report of this number."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('portal:report', args=[number])}"


def issue(*, actor: Actor, subject: Subject) -> Report:
    """Return the subject's report as of today; nothing new is numbered while its words would be the same.

    Another report of the same subject is superseded from now on. Raises NotFound for a natural person, whose report is
    given at the window only.
    """
    require(actor, ISSUE)
    shown = require_legal_entity(subject)
    with acting(actor, "report.issue"):
        Subject.objects.select_for_update(of=("self",)).get(pk=shown.pk)
        day, now = clock.today(), clock.now()
        facts = facts_of(shown, day)
        words = digest(canonical(facts))
        current = _current(shown)
        if current is not None and (current.facts_digest, current.as_of) == (words, day):
            return current
        number = new_number()
        report = facts | {
            "number": number,
            "issued": f"{zh_day(now.date())} {now:%H时%M分}",
            "issued_at": [now.year, now.month, now.day, now.hour, now.minute, now.second],
            "as_of": day.isoformat(),
            "as_of_words": zh_day(day),
            "facts_digest": words,
        }
        by = signer()
        pdf = signed_pdf(pdf_of(report, address_of(number)), by)
        if current is not None:  # aside first: one current report of a subject at any moment
            current.superseded_at = now
            current.save(update_fields=["superseded_at"])
        return Report.objects.create(
            number=number,
            subject=shown,
            subject_name=shown.name,
            subject_code=facts["subject"]["code"],
            as_of=day,
            issued_at=now,
            facts_digest=words,
            document=signed_json(report, by).decode(),
            pdf=store(io.BytesIO(pdf), actor=actor, name=f"{number}.pdf"),
            pdf_digest=digest(pdf),
            key_id=by.key_id,
        )


def _current(subject: Subject) -> Report | None:
    rows = Report.objects.filter(subject=subject, superseded_at=None, withdrawn_on=None)
    return rows.select_for_update(of=("self",)).first()


def withdraw(*, actor: Actor, report: Report, reason: str) -> Report:
    """Declare a report void, with a reason that everybody reads who verifies it; RPT-02 without one, RPT-03 twice."""
    require(actor, WITHDRAW)
    with acting(actor, "report.withdraw", reason=reason):
        held = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        found = []
        if not reason.strip():
            found.append(Violation("RPT-02", "未写明作废理由", "reason", "写明理由，核验的人会看到"))
        if held.withdrawn_on is not None:
            found.append(Violation("RPT-03", f"该报告已于{zh_day(held.withdrawn_on)}作废", remedy="无需重复办理"))
        refuse(found)
        held.withdrawn_on, held.withdrawn_reason = clock.today(), reason.strip()[:300]
        held.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    return held
