"""The middle of every request: two chains, policies, logs without persons, a cache that may be gone."""

import json
import logging
import socket
import time
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from redis.exceptions import RedisError

from core import clock
from credit_platform import cache, logs, tasks
from credit_platform.celery import app
from credit_platform.handler import Application, LeanHandler
from credit_platform.settings import stores
from tests.support.sites import Site


def routes(patterns: list, prefix: str = "/") -> list[str]:
    found = []
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            found.append(path)
    return found


@pytest.mark.parametrize(
    ("path", "method", "chain"),
    [
        ("/api/v1/public/subjects", "GET", "lean"),
        ("/api/v1/checks", "POST", "lean"),
        ("/api/v1/checks/1", "GET", "lean"),
        ("/healthz", "GET", "lean"),
        ("/readyz", "GET", "lean"),
        ("/", "GET", "pages"),
        ("/search", "HEAD", "pages"),
        ("/subjects/91510899MA00000000", "GET", "pages"),
        ("/subjects/91510899MA00000000/report", "POST", "full"),
        ("/disclosures", "GET", "full"),  # the full chain adds the slash
        ("/services/", "GET", "full"),
        ("/admin/", "GET", "full"),
        ("/api/v1/schema", "GET", "full"),
        ("/oauth/token", "POST", "full"),
        ("/", "POST", "full"),
    ],
)
def test_the_chain_is_chosen_by_path_and_method(
    path: str, method: str, chain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = Application()
    called: list[WSGIHandler] = []
    for handler in (application.full, application.lean):
        monkeypatch.setattr(type(handler), "__call__", lambda self, *_: called.append(self) or [])
    application({"PATH_INFO": path, "REQUEST_METHOD": method}, lambda *_: None)
    assert called == [getattr(application, chain)]


def test_a_middleware_with_view_hooks_cannot_be_lean() -> None:
    with (
        override_settings(LEAN_MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"]),
        pytest.raises(ImproperlyConfigured, match="view hook"),
    ):
        LeanHandler()


def test_the_served_site_answers_on_both_chains(live_site: Site) -> None:
    with urllib.request.urlopen(f"{live_site.url}/healthz") as lean:
        assert json.load(lean) == {"status": "ok"}
        assert lean.headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Request-ID" not in lean.headers
    with urllib.request.urlopen(f"{live_site.url}/admin/login/") as full:
        assert full.status == 200
        assert "X-Request-ID" in full.headers
    with pytest.raises(urllib.error.HTTPError) as unknown:
        urllib.request.urlopen(f"{live_site.url}/api/v1/public/nothing-here")
    assert unknown.value.code == 404
    unknown.value.close()


def test_the_admin_has_its_own_policy_and_nobody_else(db: None) -> None:
    admin = Client().get("/admin/login/")["Content-Security-Policy"]
    other = Client().get("/no-such-page")["Content-Security-Policy"]
    assert "'unsafe-eval'" in admin
    assert "unsafe" not in other
    for policy in (admin, other):
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


def test_a_request_is_logged_by_route_and_never_by_path(db: None, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="request"):
        Client().get("/admin/login/?next=/510802199001011234")
    logged = " ".join(str(record.msg) for record in caplog.records)
    assert "admin/login/" in logged
    assert "510802199001011234" not in logged


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("证件 510802199001011234 不符", "证件 510***34 不符"),
        ("51080219900101123X", "510***3X"),
        ("电话13800138000。", "电话138***00。"),
        ("15位 510802900101123", "15位 510***23"),
        ("事项 CJ-001，2026-11-22", "事项 CJ-001，2026-11-22"),
        ("编号 9151089900000000AA", "编号 9151089900000000AA"),
    ],
)
def test_logs_show_no_personal_number(text: str, masked: str) -> None:
    assert logs.mask(text) == masked
    assert logs.mask_personal_numbers(None, "info", {"event": text}) == {"event": masked}


def test_the_cache_stores() -> None:
    store = caches["default"]
    store.set("house", 7)
    assert store.get("house") == 7
    assert store.incr("house") == 8
    store.delete("house")
    assert store.get("house", "gone") == "gone"


def test_a_cache_that_is_gone_is_a_miss() -> None:
    lost = cache.ForgivingRedisCache("unix:///nowhere/redis.sock", {})
    assert lost.get("a", 1) == 1
    assert lost.add("a", 1) is True
    assert lost.set("a", 1) is None
    assert lost.get_many(["a"]) == {}
    assert lost.set_many({"a": 1}) == []
    assert lost.incr("a", 2) == 2
    assert lost.delete("a") is False
    assert lost.get_or_set("a", lambda: 3) == 3


def test_a_counter_knows_that_nobody_counted() -> None:
    assert [caches["default"].count("house-count", 60) for _ in range(2)] == [1, 2]
    caches["default"].delete("house-count")
    with pytest.raises(RedisError):
        cache.ForgivingRedisCache("unix:///nowhere/redis.sock", {}).count("a", 60)


def test_a_redis_that_hangs_costs_a_moment() -> None:
    """A server that takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = stores.cache(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", "x")
        hanging = cache.ForgivingRedisCache(made["LOCATION"], {"OPTIONS": made["OPTIONS"]})
        started = time.monotonic()
        assert hanging.get("a", 1) == 1
        assert time.monotonic() - started < 2


@pytest.mark.parametrize("door", ["oauth-token", "oauth-revoke"])
def test_the_token_doors_are_limited(db: None, settings: Any, door: str) -> None:
    settings.RATE_LIMITS = {"token": "2/3600"}
    client = Client(enforce_csrf_checks=True)  # a system has no cookie and no page token
    caches["default"].clear()
    answers = [client.post(reverse(door), {"token": "x", "client_id": "a", "client_secret": "b"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] in ([401, 401, 429], [400, 400, 429])
    assert answers[2].json()["code"] == "rate_limited"
    assert int(answers[2]["Retry-After"]) > 0
    caches["default"].clear()


def test_sessions_and_tokens_past_their_end_are_deleted_daily(db: None) -> None:
    app.finalize()
    entries = app.conf.beat_schedule
    assert isinstance(entries["credit_platform.clear_expired"]["schedule"], crontab)
    long_ago = clock.now() - timedelta(days=30)
    Session.objects.create(session_key="old", session_data="", expire_date=long_ago)
    Session.objects.create(session_key="new", session_data="", expire_date=clock.now() + timedelta(days=1))
    tasks.clear_expired()
    assert [row.session_key for row in Session.objects.all()] == ["new"]


def test_sessions_and_lockouts_do_not_live_in_redis() -> None:
    assert settings.SESSION_ENGINE.endswith(".db")
    assert settings.AXES_HANDLER.endswith("AxesDatabaseHandler")


def test_beat_knows_the_tick_and_every_entry_has_its_task() -> None:
    app.finalize()
    schedule = app.conf.beat_schedule
    assert "credit_platform.tick" in schedule
    app.loader.import_default_modules()
    assert [name for name, entry in schedule.items() if entry["task"] not in app.tasks] == []


def test_redelivery_is_on() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_no_address_appears_twice() -> None:
    found = [route for route in routes(get_resolver().url_patterns) if not route.startswith("/admin/")]
    assert sorted(found) == sorted(set(found))
    assert {"/healthz", "/readyz", "/metrics", "/oauth/token", "/api/v1/schema"} <= set(found)
