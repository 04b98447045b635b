"""The request log of clients: written in batches, kept for the time that the law asks, and when each last called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from core import clock
from core.api.journal import Note
from organizations.models import ClientNonce, ClientRequest

LAST_USE_STEP = "1 minute"
_USED = """
INSERT INTO organizations_clientuse (client_id, last_at) VALUES (%s, %s)
ON CONFLICT (client_id) DO UPDATE SET last_at = EXCLUDED.last_at
 WHERE organizations_clientuse.last_at <= EXCLUDED.last_at - %s::interval
"""


def keep(notes: Sequence[Note]) -> None:
    """Write a batch of notes in one transaction that does not wait for the disk; last use at most once a minute."""
    last = {one.client_id: one.at for one in notes}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            for client_id in sorted(last):  # in one order, so that two processes never wait for each other
                cursor.execute(_USED, [client_id, last[client_id], LAST_USE_STEP])
        ClientRequest.objects.bulk_create(
            ClientRequest(
                client_id=one.client_id,
                at=one.at,
                method=one.method,
                route=one.route,
                status=one.status,
                code=one.code,
                milliseconds=one.milliseconds,
                rows=one.rows,
            )
            for one in notes
        )


def forget() -> dict[str, int]:
    """Delete calls past their retention (网络安全法: six months at least) and marks that no timestamp can reuse."""
    now = clock.now()
    past = now - timedelta(days=settings.CLIENT_LOG_DAYS)
    calls, _ = ClientRequest.objects.filter(at__lt=past).delete()
    marks, _ = ClientNonce.objects.filter(until__lt=now).delete()
    return {"requests": calls, "nonces": marks}
