"""Issuing and withdrawing credit reports: the only writers of `Report`."""

from __future__ import annotations

import io
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.attachments import store
from core.digests import sm3 as digest
from core.fields import CROCKFORD
from core.permissions import require
from core.problems import refuse
from core.signatures.signing import signer
from core.text import zh_day
from portal.models import Report
from portal.permissions import ISSUE, WITHDRAW
from portal.reports import rules
from portal.reports.facts import essence, facts_of
from portal.reports.files import signed_json, signed_pdf
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


def numbered(facts: dict[str, Any], number: str, now: datetime) -> dict[str, Any]:
    """Return the document: the facts with their number, and the moment in words and in figures."""
    return facts | {
        "number": number,
        "issued": f"{zh_day(now.date())} {now:%H时%M分}",
        "issued_at": [now.year, now.month, now.day, now.hour, now.minute, now.second],
        "as_of": now.date().isoformat(),
        "as_of_words": zh_day(now.date()),
    }


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
        words = essence(facts)
        current = _current(shown)
        if current is not None and (current.facts_digest, current.as_of) == (words, day):
            return current
        number = new_number()
        report = numbered(facts | {"facts_digest": words}, number, now)
        by = signer()
        pdf = signed_pdf(pdf_of(report, address_of(number)), number, by)
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
            key_id=by.key.key_id,
        )


def _current(subject: Subject) -> Report | None:
    rows = Report.objects.filter(subject=subject, superseded_at=None, withdrawn_on=None)
    return rows.select_for_update(of=("self",)).first()


def withdraw(*, actor: Actor, report: Report, reason: str) -> Report:
    """Declare a report void, with a reason that everybody reads who verifies it; RPT-02 without one, RPT-03 twice."""
    require(actor, WITHDRAW)
    with acting(actor, "report.withdraw", reason=reason):
        held = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        refuse(rules.withdrawal(reason, held.withdrawn_on))
        held.withdrawn_on, held.withdrawn_reason = clock.today(), reason.strip()[:300]
        held.save(update_fields=["withdrawn_on", "withdrawn_reason"])
    return held
