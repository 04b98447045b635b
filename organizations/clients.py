"""Outside systems at the door: the bearer token names the client, the client names the unit and the scopes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauth2_provider.scopes import BaseScopes

from core.actors import Actor
from core.api.actors import not_authenticated
from organizations import selectors
from organizations.models import ApiClient
from organizations.scopes import known_scopes


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


def resolve_client(request: HttpRequest) -> Actor | None:
    """Return the client behind the bearer token as an Actor of its unit, with the token's scopes that still stand.

    Problem 401 AUTH-02 for a token that is unknown, expired, or of a client that was switched off.
    """
    if not request.META.get("HTTP_AUTHORIZATION", "").startswith("Bearer "):
        return None
    valid, found = get_oauthlib_core().verify_request(request, scopes=[])
    client = getattr(found, "client", None) if valid else None
    if not isinstance(client, ApiClient) or not client.is_active:
        raise not_authenticated("访问令牌无效或已过期")
    return selectors.actor_for_client(client, scopes=set(found.access_token.scope.split()))
