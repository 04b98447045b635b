"""All doors of the platform."""

import importlib.util

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from credit_platform import api_docs, health
from credit_platform.oauth import LimitedRevokeView, LimitedTokenView


def doors(name: str, prefix: str) -> list[URLPattern | URLResolver]:
    """Return the doors that the apps have under `name` in their packages: of the uppermost floor first."""
    apps = [app for app in reversed(settings.HOUSE_APPS) if app != "credit_platform"]
    modules = [f"{app}.{name}urls" for app in apps if importlib.util.find_spec(f"{app}.{name}".rstrip("."))]
    return [path(prefix, include(module)) for module in modules if importlib.util.find_spec(module)]


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("oauth/token", LimitedTokenView.as_view(), name="oauth-token"),
    path("oauth/revoke", LimitedRevokeView.as_view(), name="oauth-revoke"),
    path("api/v1/schema", api_docs.schema, name="schema"),
    path("api/v1/docs", api_docs.docs, name="api-docs"),
    # Doors are tried one after the other: a page's address passes the APIs by their prefix, theirs would pass every page.
    *doors("api.", "api/v1/"),
    *doors("", ""),
    path("admin/", admin.site.urls),
]
