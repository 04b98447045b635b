"""Every address is shut unless it is named here: asked by nobody, and by an officer who holds no assignment."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.factories.organizations import make_officer

# What anybody may ask, by route; everything else is a door with a lock.
PUBLIC = re.compile(
    r"^/(?:"
    r"|healthz|readyz|metrics"  # health; metrics only from this machine itself
    r"|oauth/token|oauth/revoke"  # the secret is the key
    r"|api/v1/schema|api/v1/docs|api/v1/public/.*"
    r"|checks/pages/.*"  # the address, known to nobody else, is the key
    r"|admin/login/|admin/logout/|admin/jsi18n/|admin/autocomplete/"
    r")$"
)
PAGES = (
    "home search subject incentive discipline catalogue entry disclosures disclosure repairs rights about large_text"
    " robots sitemap too_large too_large_document"
)
EDITORIAL = "articles article article_file statistics open_data tips file_tip follow_tip file_comment"
REPORTS = "ask_report reports check_report report_keys report_file report"
SERVICES = "hall repair object complain start resume returned draft receipt follow following"
PORTAL = {f"portal:{name}" for name in f"{PAGES} {REPORTS} {SERVICES} {EDITORIAL}".split()}
SHUT = {401, 403, 404, 405}
SAMPLE = {"int": "1", "str": "x", "slug": "x", "path": "1", "uuid": "00000000-0000-0000-0000-000000000000"}
PARAMETER = re.compile(r"<(?:(\w+):)?\w+>")


def patterns(found: list[Any], prefix: str = "/", names: str = "") -> Iterator[tuple[str, str]]:
    for pattern in found:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{names}{pattern.namespace}:" if pattern.namespace else names
            yield from patterns(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{names}{pattern.name}"


def addresses() -> list[tuple[str, str]]:
    """Every address with something in the place of its parameters."""
    found = []
    for route, name in patterns(get_resolver().url_patterns):
        plain = PARAMETER.sub(lambda match: SAMPLE.get(match[1] or "str", "x"), route)
        found.append((re.sub(r"\(\?P<\w+>[^)]*\)|[\^$]|\\Z", "", plain), name))
    return found


def shut(client: Client, path: str) -> str:
    """Return "" where the door is shut to this caller, else what it answered."""
    for method in ("get", "post"):
        answer = getattr(client, method)(path)
        location = answer.headers.get("Location", "")
        to_login = answer.status_code in (301, 302) and ("/admin/login/" in location or location == "/admin/")
        if not (answer.status_code in SHUT or to_login):
            return f"{method} {path}: {answer.status_code} {location}"
    return ""


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "an officer without assignment"])
def test_every_door_that_is_not_named_public_is_shut(who: str) -> None:
    client = Client(raise_request_exception=False, REMOTE_ADDR="192.0.2.7")
    if who != "nobody":
        client.force_login(make_officer(), backend="organizations.auth.OfficerBackend")
    walked = [path for path, name in addresses() if not PUBLIC.match(path) and name not in PORTAL]
    assert len(walked) > 100
    own = () if who == "nobody" else ("/admin/password_change/", "/admin/password_change/done/", "/admin/assignment/")
    assert [found for path in walked if path not in own and (found := shut(client, path))] == []
