"""Outside systems: registered for one unit with scopes; the secret is shown once and kept only as a hash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oauth2_provider.generators import generate_client_secret

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import refuse
from organizations import rules
from organizations.models import ApiClient, Organization
from organizations.permissions import CLIENT_MANAGE
from organizations.scopes import known_scopes


@dataclass(frozen=True, slots=True)
class IssuedClient:
    """A client with its secret in the clear, which nobody can read again."""

    client: ApiClient
    secret: str


def register_api_client(
    *, actor: Actor, organization: Organization, name: str, scopes: Iterable[str], reason: str = ""
) -> IssuedClient:
    """Give a system of the unit client credentials. Needs 登记接口客户端; refuses ORG-03 (unit ended), ORG-20
    (scopes), ORG-27 (its unit has it already).
    """
    require(actor, CLIENT_MANAGE)
    day = clock.today()
    asked = list(dict.fromkeys(scopes))
    with acting(actor, "organizations.client.register", reason=reason, on=day):
        Organization.objects.select_for_update().get(pk=organization.pk)  # two registrations at once: one client
        taken = ApiClient.objects.filter(organization=organization, name=name.strip(), is_active=True).exists()
        refuse(
            [
                *rules.client_is_new(name.strip(), taken),
                *rules.takes_over(organization.name, organization.in_force_on(day), day),
                *rules.scopes_known(asked, list(known_scopes())),
            ]
        )
        secret = generate_client_secret()
        made = ApiClient.objects.create(
            organization=organization,
            name=name.strip(),
            scopes=asked,
            client_type=ApiClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
            client_secret=secret,
        )
        return IssuedClient(made, secret)


def rotate_client_secret(*, actor: Actor, client: ApiClient, reason: str) -> IssuedClient:
    """Replace the secret; the old one is refused at once. Needs 登记接口客户端 and a reason."""
    require(actor, CLIENT_MANAGE)
    refuse(rules.reason_given(reason))
    with acting(actor, "organizations.client.rotate", reason=reason):
        row = ApiClient.objects.select_for_update().get(pk=client.pk)
        secret = generate_client_secret()
        row.client_secret = secret
        row.save(update_fields=["client_secret", "updated"])
        return IssuedClient(row, secret)


def close_api_client(*, actor: Actor, client: ApiClient, reason: str) -> ApiClient:
    """The system gets no further token. Needs 登记接口客户端 and a reason."""
    require(actor, CLIENT_MANAGE)
    refuse(rules.reason_given(reason))
    with acting(actor, "organizations.client.close", reason=reason):
        row = ApiClient.objects.select_for_update().get(pk=client.pk)
        row.is_active = False
        row.save(update_fields=["is_active", "updated"])
        return row
