"""Every act reaches the subject: the document of the act goes out with it, in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from objections.letters import Letter as Document
from objections.letters import acceptance_of, letter
from objections.models import Complaint, Objection
from subjects.delivery import Letter, send_many
from subjects.selectors import canonical


def tell(record: Objection | Complaint, kind: str) -> None:
    """Send the subject the document of the act under way; there is none for what has not happened."""
    made = letter(record, kind)
    if made is not None:
        send_many([_sent(record, made)])


def tell_acceptances(rows: Iterable[Objection], due: Mapping[int, date]) -> None:
    """Send the notices of many acceptances in as many statements as for one; due: until when each is answered."""
    send_many(_sent(row, acceptance_of(row, due[row.pk])) for row in rows)


def _sent(record: Objection | Complaint, made: Document) -> Letter:
    objection = record if isinstance(record, Objection) else record.objection
    return Letter(
        subject=canonical(objection.subject),
        kind=made.kind,
        title=made.title,
        body="\n".join(made.paragraphs),
        about=record,
        number=made.number,
        unit_id=objection.answering_unit_id if isinstance(record, Objection) else record.unit_id,
    )
