"""Units that the office trusts: their clean records appear without the second look at each."""

from __future__ import annotations

from django.db.models import Q

from core import clock
from core.actors import Actor, acting
from publicity.enums import Party, RecordKind, State
from publicity.selectors import trusted_units
from publicity.services.common import MODELS
from publicity.services.reviewing import CHUNK, publish, settle_missing

ACT = "publicity.pass_trusted"


def pass_trusted(*, actor: Actor, batch_no: str | None = None) -> int:
    """Pass the reported records of trusted units that nothing speaks against; returns how many.

    Findings, natural persons, unsure severity, corrected versions and what is past its last day wait for two persons.
    """
    today, number = clock.today(), 0
    for kind in RecordKind.values:
        units = list(trusted_units(today, kind).values_list("unit_id", flat=True))
        if not units:
            continue
        rows = MODELS[kind].objects.filter(unit_id__in=units, state=State.REPORTED, version=1, findings=[])
        rows = rows.exclude(party=Party.PERSON).filter(Q(last_public_day=None) | Q(last_public_day__gte=today))
        if kind == RecordKind.PENALTY:
            rows = rows.filter(severity_sure=True)
        if batch_no is not None:
            rows = rows.filter(batch_no=batch_no)
        while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            with acting(actor, ACT, reason="免逐条审核单位", on=today):
                settle_missing(kind, keys)
                done = publish(actor, kind, keys, "pass_trusted", today, "免逐条审核单位")
            number += len(done)
            if not done:
                break
    return number
