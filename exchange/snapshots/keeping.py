"""Making the day's snapshot, keeping the last ones, and where their files are.

EXC-30 consistent with one position P: everything is read in one REPEATABLE READ transaction, P included. The row of a
position is written by the sequencer after the event's own transaction has ended; so whoever sees position P sees
what every event up to P has done. What an event after P has done may be seen too: the feed tells of it again, with the
document as it then is, and taking the same document twice changes nothing.
EXC-31 whole or not there: files are written aside, named when all are done, and only then known to the database.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from core import clock
from core.actors import Actor
from core.fields import new_public_id
from exchange.feed import pages
from exchange.lists import LISTS, PublicList, entries
from exchange.models import Follower, Snapshot, SnapshotFile
from exchange.snapshots.writing import Written, from_database, from_lines
from subjects.selectors import world_of

KEPT_DAYS = 3
DRAFT = ".draft-"
ONE_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"


def home() -> Path:
    return Path(settings.SNAPSHOTS_DIR)


def folder(snapshot: Snapshot) -> Path:
    return home() / snapshot.public_id


def path_of(file: SnapshotFile) -> Path:
    return folder(file.snapshot) / f"{file.code}.jsonl.gz"


def kept() -> QuerySet[Snapshot]:
    """Return the snapshots that can be taken, newest first."""
    return Snapshot.objects.prefetch_related("files").order_by("-pk")


def _world() -> bool | None:
    """Return what is written down: everything in a demo city, else real subjects only."""
    return None if settings.DEMO else False


def kept_for(actor: Actor) -> QuerySet[Snapshot]:
    """Return the snapshots that this client may take: a sandbox beside real data has none, it reads the feed from 0."""
    return kept() if world_of(actor) in (None, _world()) else kept().none()


def made_today() -> bool:
    return Snapshot.objects.filter(as_of=clock.today()).exists()


def taken(actor: Actor, file: SnapshotFile) -> None:
    """Write down which snapshot a client took last."""
    rows = Follower.objects.filter(client__public_id=actor.key)
    rows.update(snapshot_no=file.snapshot.public_id, snapshot_at=clock.now())


def make(between: Callable[[str], None] | None = None) -> Snapshot:
    """Write every list as it is now; returns the snapshot. EXC-30, EXC-31.

    between: called before each list, for tests that write meanwhile.
    """
    number, started, day = new_public_id(), clock.now(), clock.today()
    draft = home() / f"{DRAFT}{number}"
    draft.mkdir(parents=True)
    files: dict[str, Written] = {}
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(ONE_SNAPSHOT)
        position = pages.head()
        mark = pages.mark_at(position)
        for one in LISTS.values():
            if between is not None:
                between(one.code)
            files[one.code] = _written(one, draft / f"{one.code}.jsonl.gz")
    draft.rename(home() / number)
    with transaction.atomic():
        made = Snapshot.objects.create(
            public_id=number, as_of=day, position=position, mark=mark, started_at=started, finished_at=clock.now()
        )
        SnapshotFile.objects.bulk_create(
            SnapshotFile(snapshot=made, code=code, rows=one.rows, size=one.size, sm3=one.sm3)
            for code, one in files.items()
        )
    return made


def _written(one: PublicList, path: Path) -> Written:
    day = clock.today()
    if one.statement is None:
        return from_lines(path, (line for _, line in entries(day)))
    return from_database(path, one.statement(day, None, _world()))


def clear() -> int:
    """Delete snapshots past their days, and files of runs that were cut off; returns how many directories went.

    A reader in the middle of a file reads on; the next one does not find it.
    """
    last = Snapshot.objects.order_by("-pk").values_list("pk", flat=True)[:1]  # the newest stays, however old
    oldest = clock.today() - timedelta(days=KEPT_DAYS - 1)
    Snapshot.objects.filter(as_of__lt=oldest).exclude(pk__in=list(last)).delete()
    known = set(Snapshot.objects.values_list("public_id", flat=True))
    gone = [path for path in home().glob("*") if path.is_dir() and path.name not in known]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)
