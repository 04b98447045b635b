"""A file comes in: kept encrypted, numbered, and put in the queue."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.core.files.base import File

from core.actors import Actor, acting
from core.attachments import store
from core.attachments.sniff import KINDS, Kind
from core.intake.merging import target_of
from core.intake.profiles import profile as profile_named
from core.intake.reading.sniffing import kind_of
from core.intake.rights import require_submit
from core.intake.units import unit_name
from core.intake.workflow import BATCH
from core.models.intake import BatchMode, IntakeBatch, Phase
from core.problems import Violation, refuse
from core.workflow import begin


def receive(
    actor: Actor, *, profile: str, upload: File[Any] | IO[bytes], name: str, mode: str = BatchMode.PARTIAL.value
) -> IntakeBatch:
    """Keep the file and open its batch; reading and merging are for `running.run`.

    Raises NotPermitted, IN-01 for an unknown profile, IN-51 for a mode, IN-52 without a reporting unit, ATT-01 for a
    file that is too large, ATT-03 for an empty one, and IN-02 … IN-08 for one that is no table, by its first bytes or the
    directory of its archive. What is inside is for the child to read.
    """
    declared = profile_named(profile)
    target_of(declared)
    entitled = require_submit(actor, declared.code)
    found = []
    if mode not in BatchMode.values:
        found.append(Violation("IN-51", f"没有“{mode}”这种入库方式", "mode", "选择 partial 或 all_or_nothing"))
    if actor.unit_id is None:
        found.append(Violation("IN-52", "没有报送单位", "unit", "以单位岗位登录，或用 --as 指明报送单位"))
    refuse(found, status=422)
    assert actor.unit_id is not None
    attachment = store(upload, actor=actor, name=name, limit=settings.INTAKE_MAX_BYTES, agree=table_kind)
    with acting(entitled, "intake.receive") as act:
        batch = IntakeBatch.objects.create(
            attachment=attachment,
            profile=declared.code,
            version=declared.version,
            mode=mode,
            phase=Phase.CHECK if mode == BatchMode.ALL_OR_NOTHING else Phase.MERGE,
            unit_id=actor.unit_id,
            unit_name=unit_name(actor.unit_id),
            actor_kind=actor.kind,
            actor_key=actor.key,
            actor_label=actor.label,
            received_on=act.on,
        )
        begin(batch, BATCH, "receive", actor=entitled)
    return batch


def table_kind(extension: str, source: IO[bytes]) -> Kind:
    """Return the kind of a table by its first bytes; FileRefused for what is none, or is not what its name says."""
    return KINDS[kind_of(source, f"a.{extension}" if extension else "")]
