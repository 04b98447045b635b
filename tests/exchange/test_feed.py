"""The feed: a reader beside writers misses nothing and sees nothing twice; what may leave, and wrong questions."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from core import clock, events, outbox
from core.actors import Actor, acting
from core.masking import find_personal_numbers
from core.models import CalendarDay, OutboxEvent, OutboxPosition
from exchange.feed import pages, waiting
from exchange.feed.following import lag_of
from exchange.lines import SUSPECT
from exchange.models import Follower
from organizations import selectors, services
from tests.factories import exchange as make
from tests.factories import publicity, subjects
from tests.factories.exchange import CHANGES, SNAPSHOTS, ask
from tests.support.threads import at_once
from tests.support.waiting import wait_until

JOB = Actor.job("test")
TOLD = "catalog.revision.withdrawn"
PATIENCE = 120  # transactions of other tests' databases in the same cluster hold the horizon too


def emit(word: str, day: int) -> None:
    row = CalendarDay.objects.get_or_create(day=date(2040, 1, 1 + day), defaults={"is_working": True})[0]
    outbox.emit(TOLD, row, payload={"entry": word})


def all_numbered() -> bool:
    return outbox.sequence() >= 0 and OutboxPosition.objects.count() == OutboxEvent.objects.count()


class PlainFollower:
    """What a reader by the row's own key would do: after the last key it saw."""

    def __init__(self) -> None:
        self.after = OutboxEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.seen: list[str] = []

    def follow(self) -> None:
        for key, payload in OutboxEvent.objects.filter(pk__gt=self.after).order_by("pk").values_list("pk", "payload"):
            self.after = key
            self.seen.append(payload["entry"])


class FeedFollower:
    """The same by position, page by page."""

    def __init__(self) -> None:
        self.after = pages.head()
        self.seen: list[str] = []
        self.positions: list[int] = []

    def follow(self) -> None:
        while True:
            found = pages.page(self.after, limit=7)
            items = [json.loads(item) for item in found.items]
            self.seen += [item["payload"]["entry"] for item in items]
            self.positions += [item["position"] for item in items]
            self.after = found.next
            if found.next == found.head:
                return


def test_eight_writers_slow_and_rolled_back_and_one_follower(own_database: str) -> None:
    assert wait_until(all_numbered, PATIENCE)
    with acting(JOB, "test.days"):
        CalendarDay.objects.bulk_create(CalendarDay(day=date(2040, 1, 1 + n), is_working=True) for n in range(8))
    for round_ in range(3):
        assert wait_until(all_numbered, PATIENCE)
        follower, working = FeedFollower(), threading.Event()

        def write(writer: int, round_: int = round_) -> list[str]:
            chance, kept = random.Random(f"{round_}/{writer}"), []
            for number in range(12):
                words = [f"{round_}/{writer}/{number}/{part}" for part in range(chance.choice([1, 1, 3]))]
                fails = chance.random() < 0.25
                try:
                    with acting(JOB, "test.write"):
                        for word in words:
                            emit(word, writer)
                            time.sleep(chance.choice([0, 0, 0.002, 0.05]))
                        if fails:
                            raise RuntimeError
                    kept += words
                except RuntimeError:
                    assert fails
            return kept

        def follow(follower: FeedFollower = follower, working: threading.Event = working) -> None:
            while not working.is_set():
                outbox.sequence()
                follower.follow()

        reader = threading.Thread(target=lambda follow=follow: (follow(), connection.close()))
        reader.start()
        given_, raised = at_once(*(lambda n=n: write(n) for n in range(8)))
        working.set()
        reader.join(60)
        assert raised == []
        assert wait_until(all_numbered, PATIENCE)
        follower.follow()
        written = [word for words in given_ for word in words]
        assert len(written) > 60
        assert sorted(follower.seen) == sorted(written)
        rows = OutboxEvent.objects.filter(event_type=TOLD, payload__entry__startswith=f"{round_}/")
        assert follower.seen == [
            row["entry"] for row in rows.order_by("position__position").values_list("payload", flat=True)
        ]
        assert follower.positions == list(range(follower.positions[0], follower.positions[0] + len(written)))
        for writer in range(8):  # what one writer wrote stands in the order in which it wrote it
            own = [word for word in follower.seen if word.split("/")[1] == str(writer)]
            assert own == [word for words in given_ for word in words if word.split("/")[1] == str(writer)]


def test_a_plain_sequence_misses_what_the_position_gives(own_database: str) -> None:
    """An event that took its key first and was committed last; and who waits is woken by it."""
    assert wait_until(all_numbered, PATIENCE)
    plain, ours = PlainFollower(), FeedFollower()
    written, finish = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with acting(JOB, "test.slow"):
                emit("slow", 1)
                written.set()
                finish.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(30)
    with acting(JOB, "test.fast"):
        emit("fast", 2)
    outbox.sequence()
    plain.follow()
    ours.follow()
    assert (plain.seen, ours.seen) == (["fast"], [])
    woken: list[tuple[int, int | None]] = []
    before = ours.after

    def wait() -> None:
        try:
            woken.append(waiting.head_after(before, waiting.LONGEST))
        finally:
            connection.close()

    waiter = threading.Thread(target=wait)
    waiter.start()
    finish.set()
    thread.join()
    assert wait_until(all_numbered, PATIENCE)
    waiter.join(60)
    plain.follow()
    ours.follow()
    assert plain.seen == ["fast"]  # "slow" is lost to it for ever
    assert ours.seen == ["slow", "fast"]
    assert woken[0][1] is None
    assert woken[0][0] > before


@pytest.mark.django_db
def test_what_leaves_and_what_stays_in_the_house() -> None:
    system = make.client()
    start = make.number_all()
    with clock.at(date(2026, 5, 8)):
        shown = publicity.published_penalty("scjgj", date(2026, 5, 6), facts="电话13808129876")
        person = publicity.penalty("scjgj", date(2026, 5, 6), subject=subjects.person("隐名氏"),
                                   scope="not_open", scope_reason="自然人默认不公示")  # fmt: skip
        publicity.publish(person)
        head = make.number_all()
        answer = ask(CHANGES, system, {"after": start, "include": "document"})
        page = json.loads(answer.content)
        told = {(item["event_type"], item["aggregate_id"]) for item in page["items"]}
        assert ("disclosure.published", shown.public_id) in told
        assert not any("reported" in kind or kind.startswith(("case.", "meeting.", "objection.")) for kind, _ in told)
        assert person.public_id not in answer.content.decode()
        assert person.subject.public_id not in answer.content.decode()
        assert "隐名氏" not in answer.content.decode()
        document = next(item["document"] for item in page["items"] if item["aggregate_id"] == shown.public_id)
        assert document["facts"] == "电话138****9876"
        assert (page["next"], page["head"], page["as_of"]) == (head, head, "2026-05-08")
        # a page is the same however it is cut, and says how far it read even where nothing may leave
        pieces, at = [], start
        while at < head:
            part = pages.page(at, limit=1)
            pieces += [json.loads(item)["position"] for item in part.items]
            at = part.next
        assert pieces == [item["position"] for item in page["items"]]
        only = json.loads(ask(CHANGES, system, {"after": start, "types": "disclosure"}).content)
        assert {item["event_type"].partition(".")[0] for item in only["items"]} == {"disclosure"}
        assert "document" not in only["items"][0]
        again = ask(CHANGES, system, {"after": start, "include": "document"}, if_none_match=answer["ETag"])
        assert (again.status_code, again["ETag"]) == (304, answer["ETag"])
    stays = set(events.declared()) - set(events.leaving())
    assert {"case.submitted", "meeting.convened", "disclosure.reported", "objection.filed", "message.sent"} <= stays
    follower = Follower.objects.with_lag().get()
    assert (follower.client.public_id, follower.position, lag_of(follower, 1).behind) == (
        system.key,
        start,
        head - start,
    )


@pytest.mark.django_db
def test_wrong_questions_are_named() -> None:
    system, head = make.client(), make.number_all()

    def refused(query: dict[str, object], actor: Actor = system) -> tuple[int, str, str]:
        answer = ask(CHANGES, actor, query)
        found = json.loads(answer.content)
        return answer.status_code, found["code"], found.get("field", "")

    assert refused({"after": head + 1}) == (409, "EXC-01", "after")
    assert refused({"after": head, "mark": "00000000-0000-0000-0000-000000000000"}) == (409, "EXC-02", "mark")
    assert refused({"after": "x"}) == (400, "bad_parameter", "after")
    assert refused({"after": -1}) == (400, "bad_parameter", "after")
    assert refused({"limit": 1001}) == (400, "bad_parameter", "limit")
    assert refused({"wait": 21}) == (400, "bad_parameter", "wait")
    assert refused({"types": "case"}) == (400, "bad_parameter", "types")
    assert refused({"cursor": "x"}) == (400, "unknown_parameter", "cursor")
    assert refused({"include": "all"}) == (400, "bad_parameter", "include")
    assert refused({}, make.client("别的系统", ("checks",)))[0] == 403
    assert Follower.objects.count() == 0  # nothing was written for who was refused
    right = {"after": head, "mark": pages.mark_at(head)}
    assert ask(CHANGES, system, right).status_code == 200
    # two may wait, whoever comes then is told when to come back
    for _ in range(waiting.AT_ONCE):
        assert waiting._places.acquire(blocking=False)
    try:
        told = ask(CHANGES, system, right | {"wait": 20})
    finally:
        for _ in range(waiting.AT_ONCE):
            waiting._places.release()
    assert (told["Retry-After"], json.loads(told.content)["retry_after"]) == ("5", 5)


@pytest.mark.django_db
def test_the_door_opens_to_a_token_with_the_scope() -> None:
    """Through every middleware, as a system comes: a token for the scope, and nothing for who has none."""
    issued = services.register_api_client(
        actor=make.KEEPER, organization=selectors.unit("fgw"), name="示例共享平台", scopes=["exchange"]
    )
    keys = {"client_id": issued.client.client_id, "client_secret": issued.secret}
    answer = Client().post("/oauth/token", {"grant_type": "client_credentials", **keys})
    bearer = {"authorization": f"Bearer {answer.json()['access_token']}"}
    head = make.number_all()
    found = Client().get(CHANGES, {"after": head}, headers=bearer)
    assert (found.status_code, found.json()["next"], found["Cache-Control"]) == (200, head, "private, no-cache")
    assert Client().get(SNAPSHOTS, headers=bearer).json() == {"items": []}
    assert Client().get(f"{SNAPSHOTS}/0000000000000000/penalties", headers=bearer).status_code == 404
    for path in (CHANGES, SNAPSHOTS):
        assert Client().get(path).status_code == 401
        assert Client().get(path, {"cursor": "x"}, headers=bearer).json()["code"] == "unknown_parameter"
    assert Follower.objects.get().client_id == issued.client.pk


TEXTS = st.text(alphabet="0123456789０９Xx 　-－·\u200bE+8Hh甲", max_size=30)


@given(TEXTS)
def test_every_personal_number_is_a_suspect(text: str) -> None:
    assert not find_personal_numbers(text) or re.search(SUSPECT, text)


@pytest.mark.django_db
def test_the_suspects_are_the_same_in_the_database() -> None:
    texts = ["电话13808129876", "１３８０８１２９８７６", "138-0812-9876", "510802199003071234", "E12345678", "2026年3月2日",
             "〔2026〕123号", "1234567", "12 34·56－7", "甲123456"]  # fmt: skip
    with connection.cursor() as cursor:
        for text in texts:
            cursor.execute("SELECT %s ~ %s", [text, SUSPECT])
            assert cursor.fetchone()[0] == bool(re.search(SUSPECT, text)), text
