"""Every act reaches the subject: the document of the act goes out with it, in its own transaction."""

from __future__ import annotations

from objections.letters import letter
from objections.models import Complaint, Objection
from subjects.delivery import send


def tell(record: Objection | Complaint, kind: str) -> None:
    """Send the subject the document of the act under way; there is none for what has not happened."""
    made = letter(record, kind)
    if made is None:
        return
    objection = record if isinstance(record, Objection) else record.objection
    send(
        subject=objection.subject,
        kind=kind,
        title=made.title,
        body="\n".join(made.paragraphs),
        about=record,
        number=made.number,
        unit_id=objection.answering_unit_id if isinstance(record, Objection) else record.unit_id,
    )
