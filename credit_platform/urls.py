"""All doors of the platform."""

import importlib.util

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from credit_platform import api_docs, health
from credit_platform.oauth import LimitedRevokeView, LimitedTokenView


def doors_of(app: str) -> list[URLPattern | URLResolver]:
    """Return the doors that an app has: its API (`api.urls`, under /api/v1/) and its pages (`urls`)."""
    found: list[URLPattern | URLResolver] = []
    for package, module, prefix in ((f"{app}.api", f"{app}.api.urls", "api/v1/"), (app, f"{app}.urls", "")):
        if importlib.util.find_spec(package) and importlib.util.find_spec(module):
            found.append(path(prefix, include(module)))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("oauth/token", LimitedTokenView.as_view(), name="oauth-token"),
    path("oauth/revoke", LimitedRevokeView.as_view(), name="oauth-revoke"),
    path("api/v1/schema", api_docs.schema, name="schema"),
    path("api/v1/docs", api_docs.docs, name="api-docs"),
    # The public's doors come first, since they are asked most and doors are tried one after the other.
    *(door for app in reversed(settings.HOUSE_APPS) for door in doors_of(app) if app != "credit_platform"),
    path("admin/", admin.site.urls),
]
