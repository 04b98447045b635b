"""A person's own report: given out at the window to whom an officer has checked, kept encrypted, never on the portal."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F

from core import clock, personal
from core.actors import Actor, acting
from core.attachments import erase, store
from core.digests import sm3 as digest
from core.models import Attachment, PersonalIdentifier
from core.permissions import label_of, require
from core.problems import NotPermitted, refuse
from core.signatures.signing import signer
from portal.models import PersonalReport, Relation
from portal.permissions import PERSONAL
from portal.reports import rules
from portal.reports.facts import SECTIONS, Section, as_document, disclosed, listed, noted
from portal.reports.files import signed_pdf
from portal.reports.services import new_number, numbered
from portal.reports.typesetting import pdf_of
from sanctions.selectors import standing_listings
from subjects.models import Subject
from subjects.selectors import family, find_by_identifier

MARK = "P"  # before the number: who is asked to look it up knows that no portal will
ABOUT = "自然人 · 仅限本人使用"
SHOWN = ("administration", "honesty", "serious", "other")
NOTES = (
    "本报告应本人或者其受托人当面申请，经窗口核对证件后出具，只供申请时所写的用途使用。",
    "只列截至出具日仍然有效的事实，不打分、不评级；所载信息由各单位依法提供，谁提供、谁负责。",
    "标注“异议处理中，措施暂停执行”的，处理期间不得作为不予许可、扣分或从严的依据；标注“修复办理中”的，修复申请正在办理。",
    "本报告不在门户上查询；是否被改动，可以在信用广元核验页上传文件，或者用公布的公钥离线核验。",
)


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for whose report, with what papers, for what."""

    person_name: str
    id_type: str
    id_number: str
    purpose: str
    checked: bool
    relation: str = Relation.SELF.value
    agent_name: str = ""
    mandate: Attachment | None = None


def is_personal(number: str) -> bool:
    """Tell whether this is the number of a person's report, of which the portal says nothing."""
    return number.startswith(MARK)


def issue_personal(*, actor: Actor, request: Request) -> PersonalReport:
    """Return the report of the person whose papers the officer has checked, also of one of whom nothing is known.

    Refused: RPT-10 papers not seen, RPT-11 another name, RPT-12 no mandate, RPT-13 no purpose, ID-01 … no such number.
    """
    require(actor, PERSONAL)
    if actor.unit_id is None:  # a window is of a unit
        raise NotPermitted(PERSONAL, label_of(PERSONAL), who=actor.label)
    by_agent = request.relation == Relation.AGENT
    subject = find_by_identifier(request.id_type, request.id_number)
    found = rules.identity(
        checked=request.checked, name=request.person_name, name_on_file=subject.name if subject else None
    )
    found += rules.mandate(
        by_agent=by_agent, agent_name=request.agent_name, handed_in=request.mandate is not None
    ) + rules.purpose(request.purpose)
    refuse(found)
    with acting(actor, "report.personal.issue"):
        held = personal.protect(request.id_type, request.id_number, field="id_number")
        day, now, number = clock.today(), clock.now(), MARK + new_number()
        report = numbered(_facts(subject, held, request.person_name.strip(), day), number, now)
        by = signer()
        pdf = signed_pdf(pdf_of(report), number, by)
        return PersonalReport.objects.create(
            number=number,
            person=held,
            subject=subject,
            name=request.person_name.strip(),
            relation=request.relation,
            agent_name=request.agent_name.strip() if by_agent else "",
            mandate=request.mandate if by_agent else None,
            purpose=request.purpose.strip(),
            unit_id=actor.unit_id,
            issued_by=actor.label,
            as_of=day,
            issued_at=now,
            pdf=store(io.BytesIO(pdf), actor=actor, name=f"{number}.pdf"),
            pdf_digest=digest(pdf),
            key_id=by.key.key_id,
        )


def hand_over(*, actor: Actor, report: PersonalReport) -> Attachment:
    """Return the file for the person at the window, and record that it was given out; RPT-14 on a later day."""
    require(actor, PERSONAL)
    refuse(rules.delivery(report.as_of, clock.today()))
    with acting(actor, "report.personal.hand_over"):
        PersonalReport.objects.filter(pk=report.pk).update(copies=F("copies") + 1)
    return report.pdf


def erase_old(*, actor: Actor) -> int:
    """Delete the PDF of every report that was issued longer ago than `PERSONAL_REPORT_DAYS`; the record stays.

    It holds what was shown of one person on one day, and nobody is given it after that day: keeping it for longer than
    a dispute over the handing out may take would be keeping it for nothing.
    """
    day = clock.today()
    last = day - timedelta(days=settings.PERSONAL_REPORT_DAYS)
    over = list(PersonalReport.objects.filter(erased_on=None, as_of__lt=last).select_related("pdf").order_by("pk"))
    for report in over:
        with acting(actor, "report.personal.erase", reason="保存期满"):
            PersonalReport.objects.filter(pk=report.pk, erased_on=None).update(erased_on=day)
            erase(report.pdf)
    return len(over)


def _facts(subject: Subject | None, held: PersonalIdentifier, name: str, day: date) -> dict[str, Any]:
    rows = list(_listings(subject, day)) if subject else []
    items = {
        "administration": disclosed(subject, day) if subject else [],
        "honesty": listed([row for row in rows if row.polarity == "incentive"]),
        "serious": listed([row for row in rows if row.polarity == "discipline"]),
        "other": noted(subject, day) if subject else [],
    }
    sections = [Section(code, *SECTIONS[code], items[code]) for code in SHOWN]
    identity = {
        "name": name,
        "code": "",
        "mark": "",
        "rows": [["证件类型", held.get_type_display()], ["证件号码", personal.masked(held)]],
    }
    demo = subject.is_demo if subject else settings.DEMO
    return as_document(identity, {row.polarity for row in rows}, sections, about=ABOUT, notes=NOTES, demo=demo)


def _listings(subject: Subject, day: date) -> Iterable[Any]:
    rows = standing_listings(day).filter(subject__in=family(subject))
    return rows.prefetch_related("tasks__measure", "tasks__unit")
