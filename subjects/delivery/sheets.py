"""送达回证: what the printed sheet says, for whichever record is served; higher floors add their own kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.actors import Actor
from core.problems import NotFound
from subjects.delivery.kinds import kinds
from subjects.models import Delivery


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words on one 送达回证; empty ones become lines to write on."""

    key: str
    unit: str
    subject: str
    address: str
    cause: str
    document: str
    number: str
    acted_on: date | None
    method: str = ""
    recipient: str = ""
    served_on: date | None = None


Provider = Callable[[Actor, str], Sheet | None]
_providers: dict[str, Provider] = {}


def register(kind: str, provider: Provider) -> None:
    """Let an app print sheets of its records; the provider gives None for what the actor may not know of."""
    _providers[kind] = provider


def sheet_of(actor: Actor, kind: str, public_id: str) -> Sheet:
    """Return the sheet of a record in the actor's scope; NotFound for strangers and for what does not exist."""
    provider = _providers.get(kind)
    found = provider(actor, public_id) if provider else None
    if found is None:
        raise NotFound("该送达回证")
    return found


def of_delivery(actor: Actor, public_id: str) -> Sheet | None:
    """Return the sheet of a message's delivery."""
    rows = Delivery.objects.visible_to(actor).select_related("message__subject", "message__unit")
    row = rows.filter(public_id=public_id).first()
    if row is None:
        return None
    message = row.message
    document = kinds().get(message.kind, message.kind)
    return Sheet(
        key=row.public_id,
        unit=message.unit.name if message.unit else "",
        subject=message.subject.name,
        address=message.subject.address,
        cause=message.title if message.title != document else "",  # a line to write on, not the document again
        document=document,
        number=message.number or message.public_id,
        acted_on=message.acted_on,
        method=row.get_method_display(),
        recipient=row.recipient,
        served_on=row.served_on,
    )


register("delivery", of_delivery)
