"""What the public sees reaches the portal once and leaves it again, whatever the portal does; differences are named."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import override_settings
from django.urls import reverse

from core import clock, outbox
from core.actors import Actor, acting
from core.models import Alert, OutboxEvent, PersonalIdentifier
from core.problems import NotFound, NotPermitted
from publicity.models import Peer, Penalty, Push, PushBatch
from publicity.permissions import FROM_ABOVE, MACHINES
from publicity.push import enrolling, lines, resending, running
from publicity.push.enrolling import enrol
from publicity.push.lines import CITY_PORTAL, Fault, Line
from publicity.push.parcels import pause_after
from publicity.services import adjusting, reviewing
from publicity.services.announcing import announce_appearances, announce_ends
from tests.factories import organizations, subjects
from tests.factories import publicity as make
from tests.support.peers import Peers, playing
from tests.support.pushing import DAY, PUSHER, peer, published, pushed, states
from tests.support.waiting import wait_until
from tests.support.workbench import signed_in

TODAY = date(2026, 6, 15)
ANNOUNCER = Actor.job("publicity.announce", ["publicity.record.announce"])


def sequenced() -> None:
    """Give every event its position; a transaction of another test on the same server may hold that up for a moment."""

    def done() -> bool:
        outbox.sequence()
        return outbox.lag() is None

    assert wait_until(done, 120)


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Peers]:
    with clock.at(TODAY), playing(tmp_path) as found:
        yield found


def test_psh03_psh04_all_arrive_once_whatever_the_receiver_does(own_database: str, peers: Peers) -> None:
    unit = organizations.make_unit()
    rows = published(unit, 7)
    announce_appearances(actor=ANNOUNCER)
    sequenced()
    with override_settings(PEER_SECONDS=1):
        for fault in ("lose", "refuse", "error", "hang"):  # the first was taken whole; nobody here knows
            peers.fault(fault, seconds=2)
            assert pushed()["retry"] >= 1, fault
            assert states() == {"queued": 7}
    assert Alert.objects.filter(code="publicity.push.silent", settled_on__isnull=True).count() == 1
    peers.control("fault", fault="away", seconds=2)
    assert wait_until(lambda: not peers.answers(), 20)
    pushed()
    assert states() == {"queued": 7}
    assert "连接不通" in Peer.objects.get().last_fault
    assert wait_until(peers.answers, 60)
    peers.kill()
    pushed()
    peers.start()
    peers.fault("twice", times=20)
    pushed()
    assert states() == {"acknowledged": 7}
    held = peers.records()
    assert set(held) == {row.public_id for row in rows}
    assert {row["taken"] for row in held.values()} == {1}  # the lost answer had been taken: it came again, once more
    assert all(row["sent"] >= 2 for row in held.values())
    found = Peer.objects.get()
    assert (found.failing_since, found.last_fault) == (None, "")
    assert not Alert.objects.filter(settled_on__isnull=True).exists()
    assert pushed() == {"enrolled": 0, "sent": 0, "retry": 0, "given_up": 0}
    page = signed_in(organizations.make_actor("office", "fgw")).get(
        reverse("admin:publicity_peer_change", args=[found.public_id])
    )
    assert "已全部跟上" in page.content.decode()
    assert "7 条" in page.content.decode()


def test_psh01_a_removal_travels_as_well_and_a_new_version_takes_the_old_ones_place(
    own_database: str, peers: Peers
) -> None:
    unit = organizations.make_unit()
    stays, ends = published(unit, 2)
    announce_appearances(actor=ANNOUNCER)
    sequenced()
    pushed()
    assert {uid: row["gone"] for uid, row in peers.records().items()} == {stays.public_id: 0, ends.public_id: 0}
    with acting(Actor.job("test"), "test.end"):
        Penalty.objects.filter(pk=ends.pk).update(ended_from=TODAY, end_ground="repair")
    announce_ends(actor=ANNOUNCER)
    sequenced()
    assert pushed()["sent"] == 1
    held = peers.records()
    assert (held[ends.public_id]["gone"], held[ends.public_id]["document"]) == (1, None)
    assert held[stays.public_id]["gone"] == 0
    assert Push.objects.get(uid=ends.public_id).wanted == "gone"


def test_psh02_a_correction_takes_the_place_of_the_version_before_it_even_past_one_that_was_returned(
    db: None, peers: Peers
) -> None:
    first = make.published_penalty("scjgj", DAY)
    enrol(peer(), actor=PUSHER)
    pushed()
    with clock.at(TODAY + timedelta(days=1)):
        adjusting.contest(actor=Actor.job("test.above", FROM_ABOVE), record=first, since=TODAY)
        wrong = make.new_version(first, facts="经营超过保质期的食品，数量有误")
        reviewing.send_back(actor=make.handler_of(wrong), record=wrong, reason="数量与文书不符")
        right = make.publish(make.new_version(wrong, facts="经营超过保质期的食品 12 瓶", previous=wrong))
        assert (right.version, right.first_visible_on, right.contested_on) == (3, first.first_visible_on, TODAY)
        told = OutboxEvent.objects.get(event_type="disclosure.published", aggregate_id=right.public_id)
        assert told.payload["replaces"] == first.public_id
        assert enrol(peer(), actor=PUSHER) == 2
        assert Push.objects.get(uid=right.public_id).replaces == first.public_id
        pushed()
        held = peers.records()
        assert set(held) == {first.public_id, right.public_id}  # what was returned never left
        assert (held[first.public_id]["gone"], held[first.public_id]["document"]) == (1, None)
        assert "12 瓶" in held[right.public_id]["document"]
        assert held[right.public_id]["taken"] == 1
        assert states() == {"acknowledged": 2}
        assert running.reconcile_once(actor=PUSHER)["differences"] == 0


def test_psh01_without_any_event_the_dates_decide(db: None, peers: Peers) -> None:
    (row,) = published(organizations.make_unit())
    assert enrol(peer(), actor=PUSHER) == 1
    assert enrol(peer(), actor=PUSHER) == 0
    with clock.at(row.last_public_day + timedelta(days=1)):
        assert enrol(peer(), actor=PUSHER) == 1
    assert Push.objects.get().wanted == "gone"
    assert enrol(peer(), actor=PUSHER) == 1
    assert (Push.objects.get().wanted, Push.objects.get().generation) == ("shown", 3)


def test_psh02_a_mark_is_a_new_generation_of_the_same_record(db: None, peers: Peers) -> None:
    (row,) = published(organizations.make_unit())
    enrol(peer(), actor=PUSHER)
    pushed()
    with acting(Actor.job("test"), "test.mark"):
        Penalty.objects.filter(pk=row.pk).update(contested_on=TODAY)
    assert enrol(peer(), actor=PUSHER) == 1
    pushed()
    held = peers.records()[row.public_id]
    assert (held["generation"], held["taken"]) == (2, 2)
    assert "异议中" in held["document"]


def test_psh05_what_is_refused_is_given_up_with_one_alert_and_sent_again_by_a_person(db: None, peers: Peers) -> None:
    unit = organizations.make_unit()
    bad, *good = published(unit, 3)
    enrol(peer(), actor=PUSHER)
    peers.fault("reject")
    assert pushed()["retry"] == 3
    Push.objects.exclude(uid=bad.public_id).update(state="acknowledged", next_at=None, acknowledged_at=clock.now())
    peers.fault("reject")
    assert pushed()["given_up"] == 1
    row = Push.objects.get(uid=bad.public_id)
    assert (row.state, row.next_at) == ("dead", None)
    assert "E1001 主体不符" in row.last_error
    assert pushed()["sent"] == 0
    alert = Alert.objects.get(settled_on__isnull=True)
    assert (alert.code, alert.role) == ("publicity.push.dead", "office")
    office, handler = organizations.make_actor("office", "fgw"), organizations.make_actor("handler", unit)
    with pytest.raises(NotPermitted):
        resending.resend(actor=handler, push=row, reason="再送一次")
    address = reverse("admin:publicity_push_act", args=[row.public_id, "resend"])
    assert signed_in(office).post(address, {"reason": "主体信息已核对"}).status_code == 302
    assert pushed()["sent"] == 1
    assert not Alert.objects.filter(settled_on__isnull=True).exists()
    assert peers.records()[bad.public_id]["taken"] == 1
    assert len(good) == 2


def test_psh05_all_that_was_refused_is_sent_again_at_once(db: None, peers: Peers) -> None:
    rows = published(organizations.make_unit(), 4)
    enrol(peer(), actor=PUSHER)
    Push.objects.update(state="dead", next_at=None)
    office = organizations.make_actor("office", "fgw")
    address = reverse("admin:publicity_peer_act", args=[peer().public_id, "resend-refused"])
    client = signed_in(office)
    assert client.post(address, {"reason": "接口已修复"}).status_code == 302
    assert pushed()["sent"] == 4
    assert client.post(address, {"reason": "接口已修复"}).status_code == 409
    assert len(peers.records()) == len(rows)


def test_psh05_one_bad_record_holds_up_no_other(db: None, peers: Peers, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = published(organizations.make_unit(), 3)
    enrol(peer(), actor=PUSHER)
    straight = Line.post

    def declining(line: Line, path: str, document: Any) -> Any:
        """Refuse any parcel with the bad record in it, as a portal does that checks the parcel first."""
        if any(record["uid"] == rows[0].public_id for record in document.get("records", [])):
            raise lines.Declined("应答 400 内容不符")
        return straight(line, path, document)

    monkeypatch.setattr(Line, "post", declining)
    pushed()
    assert set(peers.records()) == {row.public_id for row in rows[1:]}
    assert Push.objects.get(uid=rows[0].public_id).state == "dead"


def test_psh06_only_what_the_public_sees_leaves(db: None, peers: Peers) -> None:
    unit = organizations.make_unit()
    hidden, shown = published(unit, 2)
    enrol(peer(), actor=PUSHER)
    with acting(Actor.job("test"), "test.end"):
        Penalty.objects.filter(pk=hidden.pk).update(ended_from=TODAY, end_ground="repair")
    pushed()
    held = peers.records()
    assert held[hidden.public_id]["document"] is None
    assert held[shown.public_id]["document"]
    assert "representative" not in held[shown.public_id]["document"]


def test_no_personal_number_is_in_what_travels(db: None, peers: Peers) -> None:
    unit = organizations.make_unit()
    number = subjects.new_id_number()
    (row,) = published(unit, 1, facts=f"当事人（{number}，电话13800138000）经营超过保质期的食品")
    enrol(peer(), actor=PUSHER)
    pushed()
    held = peers.records()[row.public_id]["document"]
    assert number not in held
    assert "13800138000" not in held
    assert all(number not in str(batch.__dict__) for batch in PushBatch.objects.all())
    assert PersonalIdentifier.objects.count() == 0


def test_a_unit_sees_its_own_and_a_stranger_nothing(db: None, peers: Peers) -> None:
    unit = organizations.make_unit()
    published(unit)
    enrol(peer(), actor=PUSHER)
    push = Push.objects.get()
    own, other = organizations.make_actor("handler", unit), organizations.make_actor("handler")
    keeper = organizations.make_actor("system_admin", organizations.make_unit())
    address = reverse("admin:publicity_push_change", args=[push.public_id])
    assert [signed_in(actor).get(address).status_code for actor in (own, other, keeper)] == [200, 404, 200]
    listed = signed_in(own).get(reverse("admin:publicity_push_changelist")).content.decode()
    assert push.document_number in listed
    assert push.document_number not in signed_in(other).get(reverse("admin:publicity_push_changelist")).content.decode()
    peers_page = reverse("admin:publicity_peer_changelist")
    assert [signed_in(actor).get(peers_page).status_code for actor in (own, keeper)] == [403, 200]
    outsider = organizations.make_actor("reviewer")
    assert not outsider.may(resending.PUSH.transition("resend").permission)
    office_like = Actor(kind="officer", key="x", label="x", permissions=frozenset({"publicity.push.resend"}))
    with pytest.raises(NotFound):
        resending.resend(actor=office_like, push=push, reason="别人的记录")


def test_as_many_statements_whatever_the_number(db: None, peers: Peers) -> None:
    found, counts = peer(), []
    for number in (1, 2, 9):
        published(organizations.make_unit(), number)
        with connection.execute_wrapper(_count) as _:
            _seen.clear()
            enrol(found, actor=PUSHER)
        counts.append(sum("publicity_push" in statement for statement in _seen))
    assert counts[1] == counts[2] <= 8


_seen: list[str] = []


def _count(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
    _seen.append(statement)
    return execute(statement, parameters, many, context)


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "http://portal.example/x", "https://user:secret@portal.example/", "https://a.example/?x=1"],
)
def test_only_plain_addresses_from_the_settings(url: str) -> None:
    with override_settings(CITY_PORTAL_URL=url, CITY_PORTAL_KEY="k"), pytest.raises(ImproperlyConfigured):
        lines.line(CITY_PORTAL)
    with override_settings(CITY_PORTAL_URL="https://portal.example/x", CITY_PORTAL_KEY=""):
        with pytest.raises(ImproperlyConfigured, match="key"):
            lines.line(CITY_PORTAL)
    with override_settings(CITY_PORTAL_URL="https://portal.example/x", CITY_PORTAL_KEY="secret"):
        assert "secret" not in repr(lines.line(CITY_PORTAL))


def test_without_an_address_nothing_is_done(db: None) -> None:
    with override_settings(CITY_PORTAL_URL=""):
        assert running.push_once(actor=PUSHER) == {}
        assert running.reconcile_once(actor=PUSHER) == {}
    assert not Peer.objects.exists()


def test_a_wrong_key_is_a_fault_and_nothing_is_taken(db: None, peers: Peers) -> None:
    published(organizations.make_unit())
    enrol(peer(), actor=PUSHER)
    with override_settings(CITY_PORTAL_KEY="wrong"):
        assert pushed()["retry"] == 1
    assert "401" in Push.objects.get().last_error
    assert peers.records() == {}


def test_only_the_job_sends(db: None) -> None:
    with pytest.raises(NotPermitted):
        enrol(Peer.objects.create(code="x", label="x"), actor=Actor.job("other"))
    assert enrolling.SEND in MACHINES


class Elsewhere(BaseHTTPRequestHandler):
    """A door that sends everybody on to another address."""

    went_on: list[str] = []

    def do_GET(self) -> None:
        self.went_on.append(self.path)
        self.send_response(302)
        self.send_header("Location", "/secret")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def test_a_redirect_is_not_followed() -> None:
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        line = Line("x", "x", f"http://127.0.0.1:{server.server_port}", "k", 5)
        with pytest.raises(Fault, match="302"):
            line.get("/digests")
        thread.join(10)
    assert Elsewhere.went_on == ["/digests"]


def test_pauses_grow_and_then_stay() -> None:
    assert [pause_after(number).total_seconds() / 60 for number in (1, 2, 3, 6, 60)] == [1, 2, 5, 60, 60]
