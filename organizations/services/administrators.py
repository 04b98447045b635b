"""The three administrators keep each other in check: who may reset whose password, and that nobody is the last to
grant.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection
from django.db.models import Q

from core import clock
from core.actors import Actor
from core.permissions import require
from core.problems import refuse
from organizations import rules, selectors
from organizations.enums import ADMIN_ROLES, Role
from organizations.models import Assignment, Officer
from organizations.permissions import ADMINISTRATOR_RESET, OFFICER_MANAGE

LOCK_SPACE, REMAIN = 0x4F52, 1  # advisory lock: whoever takes a security administrator away does so alone


def _granting_on(day: date) -> int:
    held = selectors.assignments_on(day).filter(role=Role.SECURITY_ADMIN, officer__is_active=True)
    return held.values("officer").distinct().count()


@contextmanager
def one_remains(day: date) -> Iterator[None]:
    """Refuse ORG-17, with all that the block wrote, where it leaves nobody to grant rights on `day`.

    One at a time, counted again after the block: two acts at once cannot each leave the other's administrator as the
    last. Enter it first in the act's transaction, before any row is locked.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, REMAIN])
    before = _granting_on(day)
    yield
    refuse(rules.administrators_remain(before, _granting_on(day)))


def require_reset(actor: Actor, officer: Officer) -> None:
    """Return where the actor may set another officer's password, the account's row being locked.

    An administrator's, of today or to come, only a security administrator; all others' whoever keeps accounts. A job
    may with the permission: it runs on the server, where no page leads.
    """
    today = clock.today()
    current = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    guarded = Assignment.objects.filter(current, officer=officer, role__in=sorted(ADMIN_ROLES), is_void=False)
    if guarded.exists():
        require(actor, ADMINISTRATOR_RESET)
    else:
        require(actor, OFFICER_MANAGE)
