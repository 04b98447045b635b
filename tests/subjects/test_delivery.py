"""Every act reaches its subject: what is told, how it is proved, and text messages that are neither lost nor doubled."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import clock, personal
from core.actors import Actor, acting
from core.models import Alert, OutboxEvent, PersonalIdentifier, PersonalReveal
from core.problems import NotFound, NotPermitted, Problem, Refused
from subjects import permissions
from subjects.delivery import declare_kinds, gateways, mark_opened, messages_of, record_proof, resend, send, unserved
from subjects.delivery.sending import key_of, send_queued
from subjects.models import Delivery, Message, Subject
from subjects.tasks import send_messages_job
from tests.factories import subjects as make
from tests.factories.sanctions import actor_of, case_in
from tests.support import warm
from tests.support.threads import at_once

JOB = Actor.job("test.delivery")
TODAY = date(2026, 3, 10)
PHONE = "13812345678"
DAY = timedelta(days=1)
declare_kinds({"test.letter": "测试函"})


@pytest.fixture(autouse=True)
def spool(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_SPOOL_DIR = tmp_path / "sms"
    return tmp_path / "sms"


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.at(TODAY):
        yield


def told(actor: Actor | None = None, *channels: str, **more: Any) -> Message:
    who = actor or actor_of("rsj", "handler")
    about = more.pop("about", None) or make.entity()
    with acting(who, "test.send"):
        return send(
            **{
                "subject": about, "kind": "test.letter", "title": "受理通知书", "body": "已受理。", "about": about,
                "channels": channels or ("site",), **more,
            }
        )  # fmt: skip


def lines(spool: Path) -> list[dict[str, str]]:
    return [json.loads(line) for path in sorted(spool.glob("*")) for line in path.read_text().splitlines()]


def ways(message: Message) -> dict[str, str]:
    return dict(message.deliveries.values_list("channel", "state"))


@pytest.mark.django_db
class TestTelling:
    def test_the_site_always_has_it_and_paper_waits(self) -> None:
        message = told(None, "print")
        assert ways(message) == {"site": "sent", "print": "queued"}
        assert (message.acted_on, message.unit.code, message.about_type) == (TODAY, "rsj", "subjects.subject")
        assert list(messages_of(message.subject)) == [message]
        assert [row.channel for row in unserved(message.unit)] == ["print"]
        event = OutboxEvent.objects.get(event_type="message.sent")
        assert event.payload == {"kind": "test.letter"}

    def test_a_record_folded_into_another_keeps_its_messages_there(self) -> None:
        message, target = told(), make.entity()
        with acting(JOB, "test.fold"):
            Subject.objects.filter(pk=message.subject_id).update(canonical=target)
        assert list(messages_of(target)) == [message]

    @pytest.mark.parametrize(
        ("facts", "code"),
        [
            ({"body": " "}, "DEL-01"),
            ({"title": ""}, "DEL-01"),
            ({"channels": ["pigeon"]}, "DEL-02"),
            ({"channels": ["sms"]}, "DEL-03"),
            ({"channels": ["sms"], "phone": "12345"}, "ID-09"),
            ({"body": f"请致电 {PHONE}"}, "CORE-11"),
        ],
    )
    def test_del_01_to_03_bad_input_is_refused_and_nothing_is_written(self, facts: Any, code: str) -> None:
        with pytest.raises(Refused) as caught:
            told(**facts)
        assert caught.value.code == code
        assert not Message.objects.exists()

    def test_nothing_is_told_by_nobody_or_of_an_undeclared_kind(self) -> None:
        with pytest.raises(LookupError):
            told(kind="unknown")
        with pytest.raises(Exception, match="经办人身份"):
            send(subject=Subject(), kind="test.letter", title="a", body="b", about=Subject())

    def test_a_failed_act_tells_nobody(self) -> None:
        class Failed(Exception):
            pass

        with pytest.raises(Failed), transaction.atomic():
            told()
            raise Failed
        assert not Message.objects.exists()


@pytest.mark.django_db
def test_the_chain_tells_every_subject_of_notice_and_decision() -> None:
    case = case_in("issued", subjects=[make.entity(), make.entity()])
    for row in case.subjects.select_related("subject"):
        decision, notice = messages_of(row.subject)
        assert (notice.kind, notice.body) == ("sanctions.notice", row.notice.content)
        assert (decision.kind, decision.number) == ("sanctions.determination", case.determination.official_number)
        assert ways(decision) == {"site": "sent"}
        assert row.decision_reason in decision.body


@pytest.mark.django_db
class TestProof:
    def proof(self, message: Message, **changes: Any) -> Delivery:
        facts = {"method": "direct", "recipient": "前台签收", "served_on": TODAY, **changes}
        actor = facts.pop("actor", None) or actor_of("rsj", "handler")
        return record_proof(actor=actor, delivery=message.deliveries.get(channel="print"), **facts)

    def test_proof_is_recorded_once_and_never_changes(self) -> None:
        message = told(None, "print")
        row = self.proof(message)
        assert (row.state, row.served_on) == ("delivered", TODAY)
        assert not unserved(message.unit).exists()
        assert OutboxEvent.objects.filter(event_type="delivery.served").count() == 1
        with pytest.raises(Refused) as caught:
            self.proof(message)
        assert caught.value.code == "DEL-05"
        for statement in ("UPDATE subjects_delivery SET recipient = 'x' WHERE id = %s",
                          "UPDATE subjects_delivery SET state = 'queued' WHERE id = %s",
                          "DELETE FROM subjects_delivery WHERE id = %s",
                          "UPDATE subjects_message SET body = 'x'",
                          "DELETE FROM subjects_message"):  # fmt: skip
            with pytest.raises(DatabaseError) as refused, acting(JOB, "x"), connection.cursor() as cursor:
                cursor.execute(statement, [row.pk] if "%s" in statement else None)
            assert refused.value.__cause__.pgcode == "CR002", statement
        assert [past.state for past in row.history.order_by("history_id")] == ["queued", "delivered"]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"served_on": TODAY + DAY}, "DEL-04"),
            ({"served_on": TODAY - DAY}, "DEL-04"),
            ({"method": "owl"}, "DEL-06"),
            ({"recipient": " "}, "DEL-06"),
            ({"recipient": f"李某 {PHONE}"}, "CORE-11"),
        ],
    )
    def test_del_04_to_06_wrong_proofs_are_refused(self, changes: Any, code: str) -> None:
        message = told(None, "print")
        with pytest.raises(Refused) as caught:
            self.proof(message, **changes)
        assert caught.value.code == code
        assert ways(message)["print"] == "queued"

    def test_only_the_unit_that_sent_it_records_proof(self) -> None:
        message = told(None, "print")
        for stranger in (actor_of("cgj", "handler"), actor_of("fgw", "office")):
            with pytest.raises(NotFound):
                self.proof(message, actor=stranger)
        with pytest.raises(NotPermitted):
            self.proof(message, actor=actor_of("fgw", "system_admin"))
        rows = Delivery.objects.all()
        assert rows.visible_to(actor_of("fgw", "office")).count() == 2
        assert rows.visible_to(actor_of("cgj", "reviewer")).count() == 0

    def test_opening_the_site_message_proves_it_the_first_time(self) -> None:
        message = told(None, "print")
        applicant = Actor.applicant("a1")
        assert mark_opened(actor=applicant, message=message).served_on == TODAY
        assert mark_opened(actor=applicant, message=message) is None
        assert not unserved(message.unit).exists()


@pytest.mark.django_db
class TestTextMessages:
    def test_a_text_message_leaves_once_and_its_number_is_in_no_log(
        self, spool: Path, caplog: Any, capsys: Any
    ) -> None:
        message = told(None, "sms", phone=f" +86 {PHONE}")
        assert send_messages_job() == {"sent": 1, "retry": 0, "given_up": 0}
        assert send_messages_job() == {"sent": 0, "retry": 0, "given_up": 0}
        (line,) = lines(spool)
        assert (line["to"], message.public_id in line["text"]) == (PHONE, True)
        row = message.deliveries.get(channel="sms")
        assert (row.state, row.attempts, row.last_error) == ("sent", 1, "")
        kept = f"{list(row.history.values())} {list(OutboxEvent.objects.values())} {list(Message.objects.values())}"
        captured = capsys.readouterr()
        assert PHONE not in kept + caplog.text + captured.out + captured.err
        assert repr(gateways.Parcel("k", "t", False, PHONE)) == "<Parcel k>"
        assert PersonalIdentifier.objects.get().type == "phone"
        assert not PersonalReveal.objects.exists()
        assert oct(next(spool.glob("*")).stat().st_mode)[-3:] == "600"

    def test_failures_are_tried_again_with_growing_pauses_then_given_up_with_an_alert(
        self, spool: Path, settings: Any
    ) -> None:
        settings.SMS_ATTEMPTS = 3
        spool.parent.joinpath("sms").write_text("a file stands where the directory should be")
        message = told(None, "sms", phone=PHONE)
        row = message.deliveries.get(channel="sms")
        pauses = []
        for _ in range(3):
            before = clock.now()
            send_queued(actor=JOB)
            row.refresh_from_db()
            pauses.append(row.next_at and round((row.next_at - before).total_seconds() / 60))
            assert send_queued(actor=JOB) == {"sent": 0, "retry": 0, "given_up": 0}
            make_due(row)
        assert pauses == [1, 5, None]
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("failed", 3)
        reviewer = actor_of("rsj", "reviewer")
        assert Alert.objects.shown_to(reviewer).get().ref == row.public_id
        assert not Alert.objects.shown_to(actor_of("cgj", "reviewer")).exists()
        assert [late.pk for late in unserved(message.unit)] == [row.pk]
        assert OutboxEvent.objects.filter(event_type="delivery.failed").count() == 1
        spool.unlink()
        assert resend(actor=reviewer, delivery=row).attempts == 0
        assert not Alert.objects.shown_to(reviewer).exists()
        assert send_queued(actor=JOB)["sent"] == 1
        with pytest.raises(Refused) as caught:
            resend(actor=reviewer, delivery=row)
        assert caught.value.code == "DEL-07"
        assert resend(actor=reviewer, delivery=row, channel="print").state == "queued"

    def test_a_worker_that_died_after_handing_over_sends_nothing_twice(self, spool: Path) -> None:
        message = told(None, "sms", phone=PHONE)
        row = message.deliveries.get(channel="sms")
        parcel = gateways.Parcel(key_of(row), "t", False, PHONE)
        assert gateways.FileGateway().hand_over([parcel]) == {key_of(row): ""}
        with acting(JOB, "test.claimed"):
            Delivery.objects.filter(pk=row.pk).update(attempts=1)
        with next(spool.glob("*")).open("a") as torn:
            torn.write('{"key": "half')
        assert send_queued(actor=JOB)["sent"] == 1
        whole = [line for line in next(spool.glob("*")).read_text().splitlines() if line.endswith("}")]
        assert len(whole) == 1

    def given_up(self, settings: Any, monkeypatch: Any) -> Delivery:
        """A message that the gateway wrote down, and that it then said it could not write."""
        settings.SMS_ATTEMPTS = 1
        row = told(None, "sms", phone=PHONE).deliveries.get(channel="sms")
        with monkeypatch.context() as broken:
            broken.setattr(gateways.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
            assert send_queued(actor=JOB)["given_up"] == 1
        row.refresh_from_db()
        return row

    def test_DEL_07_sent_again_to_the_same_number_it_is_passed_on_once(
        self, spool: Path, settings: Any, monkeypatch: Any
    ) -> None:
        row = self.given_up(settings, monkeypatch)
        assert len(lines(spool)) == 1
        again = resend(actor=actor_of("rsj", "reviewer"), delivery=row)
        assert (again.attempts, again.last_error) == (0, "写入失败：Input/output error")
        assert send_queued(actor=JOB)["sent"] == 1
        assert len(lines(spool)) == 1

    def test_DEL_07_another_number_is_another_message(self, spool: Path, settings: Any, monkeypatch: Any) -> None:
        row = self.given_up(settings, monkeypatch)
        resend(actor=actor_of("rsj", "reviewer"), delivery=row, phone="13912345678")
        settings.SMS_ATTEMPTS = 3
        monkeypatch.setattr("subjects.delivery.gateways.FileGateway.hand_over", lambda *_: {})
        assert send_queued(actor=JOB)["retry"] == 1  # the second try, of which the gateway asks what it has
        monkeypatch.undo()
        settings.SMS_SPOOL_DIR = spool
        make_due(row)
        with clock.at(TODAY):
            assert send_queued(actor=JOB)["sent"] == 1
        first, second = lines(spool)
        assert (first["to"], second["to"]) == (PHONE, "13912345678")
        assert first["key"] != second["key"]

    def test_whatever_a_gateway_raises_the_message_comes_round_again(self, monkeypatch: Any) -> None:
        class Broken:
            def hand_over(self, parcels: Any) -> dict[str, str]:
                raise ValueError(parcels[0].phone)

        monkeypatch.setitem(gateways._gateways, "sms", Broken())
        row = told(None, "sms", phone=PHONE).deliveries.get(channel="sms")
        assert send_queued(actor=JOB)["retry"] == 1
        row.refresh_from_db()
        assert (row.state, row.last_error) == ("queued", "网关异常：ValueError")

    def test_a_number_that_cannot_be_opened_holds_up_no_other(self, spool: Path, monkeypatch: Any) -> None:
        lost = told(None, "sms", phone=PHONE).deliveries.get(channel="sms")
        fine = told(None, "sms", phone="13987654321").deliveries.get(channel="sms")
        opened = personal.phone_to_send_to

        def phone_to_send_to(row: PersonalIdentifier) -> str:
            if row.pk == lost.phone_id:
                raise Problem("PER-03", "密文校验失败", status=500)
            return opened(row)

        monkeypatch.setattr(personal, "phone_to_send_to", phone_to_send_to)
        assert send_queued(actor=JOB) == {"sent": 1, "retry": 1, "given_up": 0}
        lost.refresh_from_db()
        fine.refresh_from_db()
        assert (lost.state, lost.last_error, fine.state) == ("queued", "号码无法读取：PER-03", "sent")


def make_due(row: Delivery) -> None:
    with acting(JOB, "test.wait"):
        due = Delivery.objects.filter(pk=row.pk, next_at__isnull=False)
        due.update(next_at=clock.now() - timedelta(seconds=1))


def test_many_workers_and_a_killed_one_hand_over_every_message_once(own_database: str, spool: Path) -> None:
    many = make.entity()
    for _ in range(12):
        told(None, "sms", phone=PHONE, about=many)
    warm.killed_at("handed over", own_database, KILLED, str(spool), TODAY.isoformat())
    assert len(lines(spool)) == 5
    with acting(JOB, "test.wait"):
        Delivery.objects.filter(channel="sms").update(next_at=clock.now() - timedelta(seconds=1))
    given, raised = at_once(*[lambda: send_queued(actor=JOB)] * 3)
    assert raised == []
    assert sum(made["sent"] for made in given) == 12
    keys = [line["key"] for line in lines(spool)]
    assert len(keys) == len(set(keys)) == 12


KILLED = """
import sys, time
from datetime import date
import django
django.setup()
from django.conf import settings
settings.SMS_SPOOL_DIR = sys.argv[1]
from core import clock, personal
from subjects.delivery import sending
from subjects.tasks import send_messages_job
sending.BATCH = 5
def stop(*given):
    print("handed over", flush=True)
    time.sleep(600)
sending._settle = stop
with clock.at(date.fromisoformat(sys.argv[2])):
    send_messages_job()
"""


def test_permissions_are_those_of_the_roles_that_serve() -> None:
    assert {role for role, codes in permissions.GRANTS.items() if permissions.SERVE in codes} == {
        "handler", "reviewer", "window", "district_credit", "group_lead", "office",
    }  # fmt: skip
