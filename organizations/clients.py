"""Outside systems at the door: the bearer token names the client, the client names the unit and the scopes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.http import HttpRequest
from oauth2_provider.models import get_access_token_model
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes

from core import clock
from core.actors import Actor
from core.api.actors import not_authenticated
from core.api.limits import Caller, known_client
from organizations import signing
from organizations.models import ApiClient
from organizations.scopes import known_scopes

BEARER = "Bearer "
# All that a request needs to know of its client, in one query by the token's checksum: checks are asked for at every
# licence, and the library's own way costs more than the check (ADR 0028).
_HELD = """
SELECT t.scope, t.expires, t.resource, c.id, c.public_id, c.name, c.scopes, c.is_active, c.expires_on, c.sandbox,
       c.requests_per_minute, c.signature_required, c.signing_key_id, c.signing_key, c.previous_key_id, c.previous_key,
       c.previous_until, o.id, o.short_name, coalesce(d.code, '')
  FROM oauth2_provider_accesstoken t
  JOIN organizations_apiclient c ON c.id = t.application_id
  JOIN organizations_organization o ON o.id = c.organization_id
  LEFT JOIN organizations_district d ON d.id = o.district_id
 WHERE t.token_checksum = %s
"""


@dataclass(frozen=True, slots=True)
class _Held:
    """One row of `_HELD`."""

    scope: str
    expires: datetime
    resource: str
    client_id: int
    public_id: str
    name: str
    scopes: list[str]
    is_active: bool
    expires_on: date | None
    sandbox: bool
    requests_per_minute: int | None
    signature_required: bool
    key_id: str
    key: memoryview
    previous_key_id: str
    previous_key: memoryview
    previous_until: datetime | None
    unit_id: int
    unit: str
    district: str

    def actor(self) -> Actor:
        """Return who asks: its unit and its scopes as permissions `scope.<name>`, no role."""
        asked = self.scope.split()
        return Actor(
            kind="client",
            key=self.public_id,
            label=f"{self.unit} {self.name}",
            unit_id=self.unit_id,
            district_code=self.district,
            permissions=frozenset(f"scope.{scope}" for scope in self.scopes if scope in asked),
            client_id=self.client_id,
            sandbox=self.sandbox,
        )

    def signing_keys(self, now: datetime) -> signing.SigningKeys:
        kept = [(self.key_id, bytes(self.key))] if self.key_id else []
        if self.previous_key_id and self.previous_until is not None and now < self.previous_until:
            kept.append((self.previous_key_id, bytes(self.previous_key)))
        return signing.SigningKeys(self.client_id, self.public_id, tuple(kept))


class ClientScopes(BaseScopes):
    """Scopes as granted per client; set as OAUTH2_PROVIDER["SCOPES_BACKEND_CLASS"]."""

    def get_all_scopes(self) -> dict[str, str]:
        return known_scopes()

    def get_available_scopes(
        self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(application.scopes) if isinstance(application, ApiClient) and application.is_active else []

    def get_default_scopes(self, application: Any = None, request: Any = None, *args: Any, **kwargs: Any) -> list[str]:
        return self.get_available_scopes(application)


class ClientValidator(OAuth2Validator):
    """The library's validator, to which the secret before a rotation is as good while it holds.

    Set as OAUTH2_PROVIDER["OAUTH2_VALIDATOR_CLASS"].
    """

    def _authenticate_basic_auth(self, request: Any) -> bool:
        return self._by_either_secret(super()._authenticate_basic_auth, request)

    def _authenticate_request_body(self, request: Any) -> bool:
        return self._by_either_secret(super()._authenticate_request_body, request)

    def _by_either_secret(self, authenticate: Callable[[Any], bool], request: Any) -> bool:
        """Try the present secret, then the one before it, in memory only."""
        if authenticate(request):
            return True
        client = request.client
        if not isinstance(client, ApiClient) or not client.previous_holds(clock.now()):
            return False
        present, client.client_secret = client.client_secret, client.previous_secret
        try:
            return bool(authenticate(request))
        finally:
            client.client_secret = present


def resolve_client(request: HttpRequest) -> Actor | None:
    """Return the client behind the bearer token as an Actor of its unit, with the token's scopes that still stand.

    Problem 401 AUTH-02 for a token that is unknown, expired, or of a client that was switched off or has run out;
    AUTH-04 to AUTH-08 for a signature that is missing where it is required, wrong, late or used before. Afterwards
    the request is counted under the client, by its own limit where it has one.
    """
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if not given.startswith(BEARER):
        return None
    token = given.removeprefix(BEARER).strip()
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()])
        row = cursor.fetchone()
    now = clock.now()
    held = _Held(*row) if row is not None else None
    if held is None or now >= held.expires or not held.is_active or not _for_here(held, request):
        raise not_authenticated("访问令牌无效或已过期")
    if held.expires_on is not None and clock.day_of(now) > held.expires_on:
        raise not_authenticated(f"该应用凭证有效期至 {held.expires_on}，已经到期")
    known_client(request, Caller(held.client_id, f"client:{held.public_id}", held.requests_per_minute))
    if held.signature_required or signing.is_signed(request):
        signing.verify(request, held.signing_keys(now))
    return held.actor()


def _for_here(held: _Held, request: HttpRequest) -> bool:
    """Tell whether a token that is bound to resources (RFC 8707) is for this address; most are bound to none."""
    if held.resource in ("", "[]"):
        return True
    token = get_access_token_model()(resource=json.loads(held.resource))
    return bool(token.allows_audience(request.build_absolute_uri(request.path)))
