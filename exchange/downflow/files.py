"""A list that comes as a file: kept encrypted, read in a child process, and put in waiting like any other batch."""

from __future__ import annotations

from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db.models import Max

from core import clock
from core.actors import Actor, acting
from core.attachments import store
from core.intake.frames import Chunk
from core.intake.opening import in_clear
from core.intake.reading import read
from core.intake.receiving import table_kind
from core.jobs import send_after_commit
from core.permissions import require
from core.problems import Problem, Violation, refuse
from core.workflow import apply
from exchange.downflow.receiving import BATCH_ROWS, PART_ROWS, TASK, Manifest, begin_batch, complete_batch
from exchange.downflow.rows import PROFILE, settings_on, stage_checked
from exchange.downflow.workflow import LIST_BATCH
from exchange.models import ListBatch, ListPart
from exchange.models.downflow import ListState, Transport
from exchange.permissions import TAKE_LISTS
from publicity.push.sealing import EMPTY


def take_file(*, actor: Actor, manifest: Manifest, upload: File[Any] | IO[bytes], name: str) -> ListBatch:
    """Keep a file as a batch; a worker reads it. Raises LST-03 for a number that was used, ATT-xx, IN-02 … IN-08."""
    require(actor, TAKE_LISTS)
    attachment = store(upload, actor=actor, name=name, limit=settings.INTAKE_MAX_BYTES, agree=table_kind)
    with acting(actor, "lists.file"):
        if ListBatch.objects.filter(register__code=manifest.source, number=manifest.number).exists():
            again = "新的文件用新的批次号"
            refuse([Violation("LST-03", f"批次号 {manifest.number} 已经用过", "number", again)])
        batch = begin_batch(actor=actor, manifest=manifest, transport=Transport.FILE)
        batch.attachment = attachment
        batch.save(update_fields=["attachment"])
        send_after_commit(TASK, batch.public_id)
    return batch


def read_in(batch: ListBatch, *, runner: Actor) -> None:
    """Put the rows of the file in waiting, part by part, and close the batch; what is no table gives the batch up."""
    assert batch.attachment is not None
    try:
        with in_clear(batch.attachment) as path:
            answered = batch.lines.aggregate(last=Max("row"))["last"] or 0
            chunks = read(
                path,
                profile=PROFILE,
                settings=settings_on(batch.received_on),
                chunk_rows=PART_ROWS,
                skip_to=answered,
                name=batch.attachment.name,
            )
            for chunk in chunks:
                _keep(batch, chunk, runner)
    except Problem as problem:
        with acting(runner, "lists.abandon"):
            why = f"{problem.code} {problem}"[:500]
            apply(batch, LIST_BATCH, "abandon", actor=runner, reason=why, changes={"finished_at": clock.now()})
            batch.lines.all().delete()
        return
    complete_batch(actor=runner, batch=batch)


def _keep(batch: ListBatch, chunk: Chunk, runner: Actor) -> None:
    with acting(runner, "lists.part"):
        held = ListBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if held.state != ListState.RECEIVING:
            return
        if held.rows + chunk.frame.height > BATCH_ROWS:
            refuse([Violation("LST-08", f"一个批次最多 {BATCH_ROWS} 行", "rows", "分成几个增量批次")], status=413)
        number = 1 + held.parts.count()
        stage_checked(held, number, chunk.frame, chunk.errors)
        held.rows += chunk.frame.height
        held.save(update_fields=["rows"])
        ListPart.objects.create(batch=held, number=number, rows=chunk.frame.height, digest=EMPTY)
