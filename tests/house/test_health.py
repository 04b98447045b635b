"""Health and metrics doors."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory, override_settings

from core import clock, outbox
from core.actors import Actor
from core.models import CalendarYear, OutboxHorizon
from credit_platform import health, heartbeat
from credit_platform.models import Heartbeat


def ready() -> tuple[int, dict]:
    response = Client().get("/readyz")
    return response.status_code, response.json()


def test_alive_needs_nothing() -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}


def test_ready_names_what_was_never_seen(db: None) -> None:
    status, body = ready()
    assert status == 503
    assert body["missing"] == ["worker", "beat"]
    assert body["checks"]["database"]["ok"]
    assert body["checks"]["redis"]["ok"]


def test_ready_when_everything_beats(db: None) -> None:
    heartbeat.beat(heartbeat.WORKER)
    heartbeat.beat(heartbeat.BEAT)
    status, body = ready()
    assert status == 200
    assert body["missing"] == []


def test_ready_tells_a_beat_that_stopped(db: None) -> None:
    heartbeat.beat(heartbeat.WORKER)
    Heartbeat.objects.create(name=heartbeat.BEAT, at=clock.now() - timedelta(minutes=5))
    status, body = ready()
    assert status == 503
    assert body["missing"] == ["beat"]
    assert body["checks"]["beat"]["age_seconds"] >= 300


def test_ready_tells_a_redis_that_is_gone(db: None) -> None:
    with override_settings(REDIS_URL="unix:///nowhere/redis.sock"):
        status, body = ready()
    assert status == 503
    assert "redis" in body["missing"]


@pytest.mark.parametrize(
    ("meta", "token", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, "", 200),
        ({"REMOTE_ADDR": "203.0.113.7"}, "", 403),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.7"}, "", 403),
        ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer let-me-in"}, "let-me-in", 200),
        ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer wrong"}, "let-me-in", 403),
        ({"REMOTE_ADDR": "203.0.113.7", "HTTP_AUTHORIZATION": "Bearer "}, "", 403),
    ],
)
def test_metrics_are_for_insiders(meta: dict[str, str], token: str, status: int) -> None:
    with override_settings(METRICS_TOKEN=token):
        assert health.metrics(RequestFactory().get("/metrics", **meta)).status_code == status


def test_ready_tells_how_long_events_wait(as_job: Actor) -> None:
    OutboxHorizon.objects.update_or_create(pk=1, defaults={"transaction_id": 2**62})
    assert ready()[1]["events"] == {"oldest_unsequenced_seconds": None}
    OutboxHorizon.objects.filter(pk=1).update(transaction_id=0)
    with clock.at(clock.today() - timedelta(days=1)):
        year = CalendarYear.objects.create(year=2041, source="x")
        outbox.emit_many("time_limit.confirmed", [year], payload_of=lambda _: {"code": "x", "count": 1})
    assert ready()[1]["events"]["oldest_unsequenced_seconds"] > 80_000


def test_metrics_bear_any_header(settings: object) -> None:
    settings.METRICS_TOKEN = "geheim"
    for header in ("Bearer gehéim", "Bearer 秘密"):
        request = RequestFactory().get("/metrics", HTTP_AUTHORIZATION=header, REMOTE_ADDR="192.0.2.1")
        assert health.metrics(request).status_code == 403
