"""Outside systems for tests: registered through the service, with a token that a database row stands for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from oauth2_provider.models import AccessToken

from core import clock
from core.digests import sm3
from organizations import selectors, services, signing
from organizations.models import ApiClient
from tests.factories.organizations import KEEPER

_numbers = itertools.count(1)


@dataclass
class System:
    """A registered client, its secret, and a test client that carries its token."""

    row: ApiClient
    secret: str
    token: str

    @property
    def web(self) -> Client:
        return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {self.token}"})

    def signed(self, method: str, target: str, body: bytes = b"", **changes: str) -> dict[str, str]:
        """Return the headers of a signed request, with changes by header."""
        given = {
            "X-Timestamp": str(int(clock.now().timestamp())),
            "X-Nonce": f"nonce-{next(_numbers):012d}",
            "X-Content-SM3": sm3(body),
        } | {name: value for name, value in changes.items() if name != "X-Signature"}
        said = signing.canonical(method, target, given["X-Timestamp"], given["X-Nonce"], given["X-Content-SM3"])
        return given | {"X-Signature": changes.get("X-Signature") or signing.mac(signing.key_of(self.secret), said)}


def system(unit: str = "rsj", scopes: Iterable[str] = ("checks",), **facts: Any) -> System:
    """Register a client of a unit and give it a token with all its scopes."""
    number = next(_numbers)
    issued = services.register_api_client(
        actor=KEEPER, organization=selectors.unit(unit), name=f"示例系统{number}", scopes=list(scopes), **facts
    )
    return System(issued.client, issued.secret, token_of(issued.client, scopes))


def token_of(client: ApiClient, scopes: Iterable[str], *, minutes: int = 60) -> str:
    """Return a token of the client that ends in so many minutes."""
    token = f"token-{next(_numbers)}-{client.pk}"
    expires = clock.now() + timedelta(minutes=minutes)
    AccessToken.objects.create(application=client, token=token, scope=" ".join(scopes), expires=expires)
    return token
