"""All doors of the platform."""

import importlib.util

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from credit_platform import api_docs, health
from credit_platform.oauth import LimitedRevokeView, LimitedTokenView


def doors_of(app: str) -> list[URLPattern | URLResolver]:
    """Return the doors that an app has: its pages (`urls`) and its API (`api.urls`, under /api/v1/)."""
    found: list[URLPattern | URLResolver] = []
    for package, module, prefix in ((app, f"{app}.urls", ""), (f"{app}.api", f"{app}.api.urls", "api/v1/")):
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
    *(door for app in settings.HOUSE_APPS for door in doors_of(app) if app != "credit_platform"),
    path("admin/", admin.site.urls),
]
