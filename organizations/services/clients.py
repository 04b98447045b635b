"""Outside systems: registered for one unit with scopes; the secret is shown once and kept only as a hash."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import get_access_token_model

from core import clock
from core.actors import Actor, acting
from core.permissions import require
from core.problems import refuse
from organizations import rules, signing
from organizations.models import ApiClient, Organization
from organizations.permissions import CLIENT_MANAGE
from organizations.scopes import known_scopes


@dataclass(frozen=True, slots=True)
class IssuedClient:
    """A client with its secret in the clear, which nobody can read again."""

    client: ApiClient
    secret: str


def register_api_client(
    *,
    actor: Actor,
    organization: Organization,
    name: str,
    scopes: Iterable[str],
    expires_on: date | None = None,
    requests_per_minute: int | None = None,
    signature_required: bool = False,
    sandbox: bool = False,
    reason: str = "",
) -> IssuedClient:
    """Give a system of the unit client credentials. Needs 登记接口客户端; refuses ORG-03 (unit ended), ORG-20
    (scopes), ORG-27 (its unit has it already), ORG-28 (last day), ORG-29 (limit). A sandbox stays one for ever.
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
                *rules.client_outlives(expires_on, day),
                *rules.client_rate_sane(requests_per_minute),
            ]
        )
        secret = generate_client_secret()
        made = ApiClient(
            organization=organization,
            name=name.strip(),
            scopes=asked,
            client_type=ApiClient.CLIENT_CONFIDENTIAL,
            authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
            client_secret=secret,
            expires_on=expires_on,
            requests_per_minute=requests_per_minute,
            signature_required=signature_required,
            sandbox=sandbox,
        )
        made.signing_key_id, made.signing_key = signing.seal(secret, made.public_id)
        made.save()
        return IssuedClient(made, secret)


def change_api_client(
    *,
    actor: Actor,
    client: ApiClient,
    scopes: Iterable[str],
    expires_on: date | None,
    requests_per_minute: int | None,
    signature_required: bool,
    reason: str,
) -> ApiClient:
    """Change what a client may do, until when, and how often. Needs 登记接口客户端 and a reason; refuses ORG-20,
    ORG-28, ORG-29, ORG-30 (closed), ORG-32 (its secret cannot sign). Tokens out there feel it at once.
    """
    require(actor, CLIENT_MANAGE)
    asked = list(dict.fromkeys(scopes))
    day = clock.today()
    with acting(actor, "organizations.client.change", reason=reason, on=day):
        row = ApiClient.objects.select_for_update().get(pk=client.pk)
        refuse(
            [
                *rules.reason_given(reason),
                *rules.client_open(row.name, row.is_active),
                *rules.scopes_known(asked, list(known_scopes())),
                *(rules.client_outlives(expires_on, day) if expires_on != row.expires_on else ()),
                *rules.client_rate_sane(requests_per_minute),
                *rules.signing_possible(signature_required, bool(row.signing_key)),
            ]
        )
        row.scopes, row.expires_on = asked, expires_on
        row.requests_per_minute, row.signature_required = requests_per_minute, signature_required
        row.save(update_fields=["scopes", "expires_on", "requests_per_minute", "signature_required", "updated"])
        return row


def rotate_client_secret(*, actor: Actor, client: ApiClient, reason: str, overlap_hours: int = 0) -> IssuedClient:
    """Replace the secret. Needs 登记接口客户端 and a reason; refuses ORG-30 (closed), ORG-31 (span).

    Without an overlap the old secret and every token had with it end at once (a leak); with one, both secrets open
    and sign until it is over (a planned change).
    """
    require(actor, CLIENT_MANAGE)
    refuse(rules.reason_given(reason) + rules.overlap_known(overlap_hours))
    with acting(actor, "organizations.client.rotate", reason=reason):
        row = ApiClient.objects.select_for_update().get(pk=client.pk)
        refuse(rules.client_open(row.name, row.is_active))
        secret = generate_client_secret()
        if overlap_hours:
            row.previous_secret, row.previous_until = row.client_secret, clock.now() + timedelta(hours=overlap_hours)
            row.previous_key_id, row.previous_key = row.signing_key_id, row.signing_key
        else:
            row.previous_secret, row.previous_until, row.previous_key_id, row.previous_key = "", None, "", b""
            get_access_token_model().objects.filter(application=row).delete()
        row.client_secret = secret
        row.signing_key_id, row.signing_key = signing.seal(secret, row.public_id)
        row.save()
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
