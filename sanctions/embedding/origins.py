"""Where a client may show the check page: registered and closed by who registers the clients."""

from __future__ import annotations

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import refuse
from organizations.enums import ClientScope
from organizations.models import ApiClient
from organizations.permissions import CLIENT_MANAGE
from sanctions.embedding import rules
from sanctions.models import CheckPageOrigin


def may_check(client: ApiClient) -> bool:
    return ClientScope.CHECKS.value in client.scopes


def registered(client: ApiClient) -> dict[str, CheckPageOrigin]:
    """Return the origins in which the client may show the page now."""
    return {row.origin: row for row in CheckPageOrigin.objects.filter(client=client, closed_on__isnull=True)}


def register_origin(*, actor: Actor, client: ApiClient, origin: str, reason: str = "") -> CheckPageOrigin:
    """Let the client show the check page in one more origin. Needs 登记接口客户端; refuses EMB-01, EMB-02, EMB-03."""
    require(actor, CLIENT_MANAGE)
    with acting(actor, "sanctions.check_page.register_origin", reason=reason):
        locked = ApiClient.objects.select_for_update().get(pk=client.pk)
        found = rules.origin_of(origin)
        refuse(
            [
                *rules.origin_given(origin),
                *rules.client_checks(locked.is_active, may_check(locked)),
                *rules.origin_new(found in registered(locked)),
            ]
        )
        return CheckPageOrigin.objects.create(
            client=locked, origin=found, registered_on=clock.today(), registered_by_label=actor.label
        )


def close_origin(*, actor: Actor, origin: CheckPageOrigin, reason: str) -> CheckPageOrigin:
    """Take an origin away; pages handed over for it do not open any more. Needs 登记接口客户端."""
    require(actor, CLIENT_MANAGE)
    with acting(actor, "sanctions.check_page.close_origin", reason=reason):
        row = CheckPageOrigin.objects.select_for_update().get(pk=origin.pk)
        if row.closed_on is None:
            row.closed_on = clock.today()
            row.save(update_fields=["closed_on"])
        return row
