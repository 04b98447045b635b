"""Numbers of natural persons: one owner each, found at any moment of a rotation, shown only with a trace."""

import base64
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import override_settings

from core import personal
from core.actors import Actor
from core.identifiers import citizen_check_digit
from core.keys import KeyRing, KeyRingError
from core.models import PersonalIdentifier, PersonalReveal
from core.problems import NotPermitted, Problem, Refused


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(name.encode().ljust(32, b'#')).decode()}"


def number_of(sequence: int) -> str:
    first17 = f"510802199001{sequence // 1000 + 1:02}{sequence % 1000:03}"
    return first17 + citizen_check_digit(first17)


NUMBER = number_of(1)
OLD, NEW = [key("a")], [key("b"), key("a")]
READER = Actor("officer", "R1", "读者", permissions=frozenset({personal.REVEAL}))


@pytest.fixture(autouse=True)
def no_files(settings: object, tmp_path: Path) -> None:
    settings.STORAGES = settings.STORAGES | {
        "attachments": {"BACKEND": "core.attachments.storage.EncryptedStorage", "OPTIONS": {"location": str(tmp_path)}}
    }


@contextmanager
def keys(*entries: str) -> Iterator[None]:
    with override_settings(PERSONAL_KEYS=list(entries)):
        yield


def test_one_row_per_number_however_written(db: None) -> None:
    row = personal.protect("id_card", NUMBER)
    assert personal.protect("id_card", f" {NUMBER[:6]} {NUMBER[6:].lower()}") == row
    assert personal.find("id_card", NUMBER) == row
    assert personal.protect("id_card", NUMBER[:6] + NUMBER[8:17]) == row
    assert personal.find("passport", "E12345678") is None
    assert PersonalIdentifier.objects.count() == 1


def test_nothing_shows_the_number(db: None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    row = PersonalIdentifier.objects.get(pk=personal.protect("id_card", NUMBER).pk)
    assert NUMBER.encode() not in bytes(row.ciphertext)
    shown = f"{row} {row!r} {[row]} {personal.ring()!r} {caplog.text}"
    assert NUMBER not in shown
    assert NUMBER[-6:] not in shown
    assert personal.masked(row) == "510" + "*" * 11 + NUMBER[-4:]


def test_bulk_is_set_based(db: None, django_assert_max_num_queries: object) -> None:
    wanted = [number_of(n) for n in range(1, 301)]
    known = personal.protect_many("id_card", wanted[:100])
    with django_assert_max_num_queries(8):
        rows = personal.protect_many("id_card", [*wanted, wanted[0]])
    assert set(rows) == set(wanted)
    assert all(rows[n].pk == known[n].pk for n in wanted[:100])
    with django_assert_max_num_queries(1):
        assert personal.find_many("id_card", [*wanted, "nobody"]) == rows


def test_PER_01_only_numbers_of_persons(db: None) -> None:
    with pytest.raises(Refused) as caught:
        personal.protect("uscc", "91110000600037341L")
    assert caught.value.code == "PER-01"
    with pytest.raises(Refused) as caught:
        personal.protect("id_card", NUMBER[:-1] + "#", field="legal_representative_id")
    assert caught.value.field == "legal_representative_id"
    assert NUMBER[:-1] not in str(caught.value.as_dict())


def test_PER_02_reveal_needs_permission_and_reason_and_leaves_a_row(db: None) -> None:
    row = personal.protect("id_card", NUMBER)
    with pytest.raises(NotPermitted):
        personal.reveal(row, actor=Actor("officer", "N1", "他人"), reason="核对")
    with pytest.raises(Refused) as caught:
        personal.reveal(row, actor=READER, reason="  ")
    assert caught.value.code == "PER-02"
    assert PersonalReveal.objects.count() == 0
    assert personal.reveal(row, actor=READER, reason=f"核对 {NUMBER} 材料") == NUMBER
    trace = PersonalReveal.objects.get()
    assert (trace.actor_key, trace.identifier_id) == ("R1", row.pk)
    assert NUMBER not in trace.reason


def test_reveals_are_append_only(db: None) -> None:
    personal.reveal(personal.protect("id_card", NUMBER), actor=READER, reason="核对")
    for act in (lambda: PersonalReveal.objects.update(reason="x"), lambda: PersonalReveal.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_PER_03_a_moved_or_changed_ciphertext_does_not_open(db: None) -> None:
    one, two = personal.protect("id_card", NUMBER), personal.protect("id_card", number_of(2))
    with connection.cursor() as cursor:  # somebody who owns the database
        cursor.execute("ALTER TABLE core_personalidentifier DISABLE TRIGGER only_rotate")
    PersonalIdentifier.objects.filter(pk=one.pk).update(nonce=two.nonce, ciphertext=two.ciphertext)
    with pytest.raises(Problem) as caught:
        personal.reveal(PersonalIdentifier.objects.get(pk=one.pk), actor=READER, reason="核对")
    assert caught.value.code == "PER-03"


def test_rotation_step_by_step_with_both_rings_in_use(db: None) -> None:
    numbers = [number_of(n) for n in range(1, 11)]
    with keys(*OLD):
        rows = personal.protect_many("id_card", numbers)
    steps = 0
    while True:
        with keys(*NEW):
            progress = personal.rotate(3)
            assert personal.find_many("id_card", numbers) == rows
            assert personal.protect_many("id_card", numbers) == rows
            fresh = personal.protect("id_card", number_of(500 + steps))
        with keys(*OLD):  # a process that was not restarted yet
            assert personal.find_many("id_card", numbers) == rows
            assert personal.protect_many("id_card", numbers) == rows
            assert personal.protect("id_card", number_of(500 + steps)) == fresh
        steps += 1
        if progress.done:
            break
    assert steps == 4
    with keys(*NEW):
        assert personal.keys_needed() == {"b": 14}
    with keys(key("b")):
        while not personal.rotate(5).done:
            pass
        assert not PersonalIdentifier.objects.filter(index_previous__isnull=False).exists()
        assert personal.find_many("id_card", numbers) == rows
        for number, row in rows.items():
            row.refresh_from_db()
            assert personal.reveal(row, actor=READER, reason="核对") == number


def test_rotation_resumes_after_a_failure(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [number_of(n) for n in range(1, 7)]
    with keys(*OLD):
        rows = personal.protect_many("id_card", numbers)
    with keys(*NEW):
        personal.rotate(2)
        with monkeypatch.context() as patch:
            patch.setattr(personal, "_write", lambda _rows: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                personal.rotate(2)
        assert personal.find_many("id_card", numbers) == rows
        while not personal.rotate(2).done:
            pass
        assert personal.keys_needed() == {"b": 6}


def test_a_second_rotation_follows_the_first(db: None) -> None:
    with keys(key("a")):
        row = personal.protect("id_card", NUMBER)
    for ring in ((key("b"), key("a")), (key("c"), key("b"))):
        with keys(*ring):
            assert personal.rotate().done
            assert personal.find("id_card", NUMBER) == row


def test_two_who_register_the_same_person_at_once(own_database: str) -> None:
    found: list[int] = []

    def register() -> None:
        try:
            found.append(personal.protect("id_card", NUMBER).pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert PersonalIdentifier.objects.count() == 1


def test_an_older_ring_waits_for_a_newer_one(own_database: str) -> None:
    """Different rings write different indexes; the newer shuts the older out until it has committed."""
    found: list[int] = []
    with keys(*OLD):
        lock = personal._lock_of("a")

    def register() -> None:
        try:
            with connection.cursor() as cursor, transaction.atomic():
                cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [personal.LOCK_SPACE, lock])
                cursor.execute("SELECT count(*) FROM core_personalidentifier")
                found.append(cursor.fetchone()[0])
        finally:
            connections.close_all()

    with keys(*NEW), transaction.atomic():
        personal.protect("id_card", NUMBER)
        thread = threading.Thread(target=register)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join()
    assert found == [1]


@pytest.mark.parametrize("entries", [[], ["a"], ["a:!!"], ["a:AAAA"], [key("a"), key("a")], [":" + "A" * 44]])
def test_unusable_rings_are_refused_without_showing_a_secret(entries: list[str]) -> None:
    with pytest.raises(KeyRingError) as caught:
        KeyRing(entries)
    assert "AAAA" not in str(caught.value)


def test_purposes_do_not_share_keys() -> None:
    ring = KeyRing(NEW)
    assert ring.current == "b"
    assert ring.ids == ("b", "a")
    made = {ring.derive(k, p, 16) for k in ring.ids for p in ("personal number", "blind index", "attachment")}
    assert len(made) == 6
    with pytest.raises(KeyRingError):
        ring.derive("gone", "attachment", 16)


def test_the_command_rotates_to_the_end(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    with keys(*OLD):
        personal.protect_many("id_card", [number_of(n) for n in range(1, 8)])
    with keys(*NEW):
        call_command("rotate_personal_keys", batch=3)
    assert capsys.readouterr().out == "resealed 7, old indexes dropped 0, remaining 0\nkey b: 7 numbers and files\n"
    with keys(key("b")):
        call_command("rotate_personal_keys", batch=3)
    assert "old indexes dropped 7, remaining 0" in capsys.readouterr().out
