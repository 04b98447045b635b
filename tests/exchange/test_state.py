"""Snapshot and feed together are the public state: after random acts, with every job stopped, and in the files."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from django.db import transaction

from core import clock, outbox
from core.actors import Actor, acting
from core.models import OutboxEvent, OutboxPosition
from core.permissions import labels
from core.problems import Problem
from exchange.lists import LISTS
from exchange.models import Follower, Snapshot
from exchange.snapshots import keeping
from exchange.tasks import snapshot_job
from publicity.models import Penalty
from publicity.selectors import public_document, public_records_of_entities
from publicity.services import adjusting, announcing, changing
from repair.services import shields
from sanctions.documents import rows as listed_rows
from sanctions.models import Listing
from sanctions.services import clocks
from sanctions.services.listings import announce_starts
from subjects.services import rename
from tests.factories import exchange as make
from tests.factories import publicity, repair, subjects
from tests.factories import sanctions as chain
from tests.factories.exchange import SNAPSHOTS, Copy, ask, content
from tests.support.threads import at_once
from tests.support.waiting import wait_until

FIRST = date(2026, 5, 6)
PATIENCE = 120


def anybody(name: str) -> Actor:
    """Return an actor who may do everything, so that only the state decides."""
    return Actor.job(name, labels())


@dataclass
class City:
    """Records, and acts on them that may be refused."""

    chance: random.Random
    day: date = FIRST
    records: list[Any] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    companies: list[Any] = field(default_factory=list)
    shields: list[Any] = field(default_factory=list)

    def act(self) -> None:
        acts: list[Callable[[], Any]] = [
            self.publish, self.publish, self.defer, self.correct, self.withdraw, self.end_early, self.restore, self.contest,
            self.rate, self.rename, self.pause, self.resume, self.repair, self.put_back, self.revoke, self.shield, self.unshield,
        ]  # fmt: skip
        act = self.chance.choice(acts)
        try:
            with transaction.atomic():
                act()
        except Problem:
            pass  # the law forbade it that day: nothing was written

    def any_record(self) -> Any:
        row = self.chance.choice(self.records)
        return type(row).objects.get(pk=row.pk)

    def listing(self) -> Listing:
        return Listing.objects.get(pk=self.chance.choice(self.listings).pk)

    def publish(self) -> None:
        company = self.chance.choice(self.companies)
        if self.chance.random() < 0.5:
            made = publicity.published_penalty("scjgj", self.day, subject=company, facts="电话13808129876，12345678号")
        else:
            ends = self.day + timedelta(days=self.chance.choice([3, 40, 400]))
            made = publicity.published_licence("scjgj", self.day, subject=company, valid_from=self.day, valid_to=ends)
        self.records.append(made)

    def defer(self) -> None:
        made = publicity.penalty("scjgj", self.day, subject=self.chance.choice(self.companies))
        until = self.day + timedelta(days=self.chance.choice([1, 20]))
        adjusting.set_scope(
            actor=anybody("a"), record=made, scope="deferred", reason="涉及正在侦查的案件", deferred_until=until
        )
        self.records.append(publicity.publish(made))

    def correct(self) -> None:
        record = self.any_record()
        if record.state == "passed":
            later = {"reported_on": self.day, "authority_name": record.authority_name + "（更正）"}
            self.records.append(publicity.publish(publicity.new_version(record, **later)))

    def withdraw(self) -> None:
        record = self.any_record()
        call = {"record": record, "reason": "复议撤销"}
        changing.note_change(actor=anybody("a"), ground="revoked", changed_on=self.day, **call)
        changing.withdraw(actor=anybody("b"), **call)

    def end_early(self) -> None:
        ends = self.day + timedelta(days=self.chance.choice([0, 5]))
        adjusting.end_early(actor=anybody("a"), record=self.any_record(), from_on=ends, reason="信用修复")

    def restore(self) -> None:
        adjusting.restore(actor=anybody("a"), record=self.any_record(), reason="修复被撤销")

    def contest(self) -> None:
        since = self.chance.choice([None, self.day])
        adjusting.contest(actor=anybody("a"), record=self.any_record(), since=since)

    def rate(self) -> None:
        record = self.any_record()
        if isinstance(record, Penalty):
            severity = self.chance.choice(["minor", "ordinary", "serious"])
            adjusting.rate(actor=anybody("a"), record=record, severity=severity, reason="裁量基准")

    def rename(self) -> None:
        subject = self.chance.choice(self.companies)
        rename(
            subjects.keeper(), subject=subject, name=f"广元市更名{self.chance.randrange(10**6)}号有限公司", on=self.day
        )

    def _clock(self, act: Callable[..., Any], **more: Any) -> None:
        actor = anybody("clock")
        with acting(actor, "test.clock", reason="测试", on=self.day):
            act(actor=actor, listing=self.listing(), on=self.day, reason="测试", **more)

    def pause(self) -> None:
        self._clock(clocks.pause_listing, cause="court", ref="COURT")

    def resume(self) -> None:
        self._clock(clocks.resume_listing, ref="COURT")

    def repair(self) -> None:
        self._clock(clocks.repair_listing)

    def put_back(self) -> None:
        self._clock(clocks.restore_listing)

    def revoke(self) -> None:
        if self.chance.random() < 0.2:
            self._clock(clocks.revoke_listing)

    def shield(self) -> None:
        listing = self.listing()
        text = {"ruled_on": self.day, "from_on": self.day}
        made = shields.record_shield(
            actor=repair.handler(listing), subject=listing.subject, ruling=repair.ruling(**text)
        )
        self.shields.append(shields.confirm_shield(actor=repair.reviewer(listing), shield=made))

    def unshield(self) -> None:
        if self.shields:
            held = self.shields.pop()
            listing = Listing.objects.filter(subject=held.subject).first()
            shields.end_shield(actor=repair.reviewer(listing), shield=held, reason="计划没有执行")


def city(seed: int) -> City:
    """Three listings of three companies, one of them to begin later."""
    found = City(random.Random(seed))
    begun: dict[str, Any] = {"entry": repair.ENTRY, "initiator": repair.UNIT, "start": date(2026, 4, 1)}
    found.listings = [repair.listing(start=begun["start"]) for _ in range(2)]
    case = chain.case_in("issued", subjects=[repair.company()], **begun)
    found.listings += chain.serve(case, actor=chain.lead_of(case), starts_on=found.day + timedelta(days=9))
    found.companies = [row.subject for row in found.listings]
    with clock.at(found.day):
        for _ in range(4):
            found.publish()
    return found


def announce(day: date) -> None:
    """Run the jobs that announce what the dates brought."""
    announcing.announce_appearances(actor=anybody("publicity.announce"), day=day)
    announce_starts(actor=anybody("sanctions.announce_starts"), day=day)


def flat(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {key: document for rows in found.values() for key, document in rows.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_snapshot_and_feed_are_the_public_state(seed: int) -> None:
    told, system = city(seed), make.client()
    with clock.at(told.day):
        copy = Copy.of(make.number_all(), make.state())
    for _ in range(12):
        for _ in range(told.chance.randrange(1, 6)):
            with clock.at(told.day):
                told.act()
        told.day += timedelta(days=told.chance.choice([0, 1, 4, 30, 90]))
        with clock.at(
            told.day
        ):  # every job is stopped: what is over is over, what came by its date alone is not told yet
            make.number_all()
            copy.follow(system)
            wanted = flat(make.state())
            shown = copy.shown(told.day)
            assert {key: wanted.get(key) for key in shown} == shown
            announce(told.day)
            make.number_all()
            copy.follow(system)
            assert copy.shown(told.day) == flat(make.state())
            public = {
                row.public_id for kind in ("licence", "penalty") for row in public_records_of_entities(told.day, kind)
            }
            public |= {row.public_id for row in listed_rows(told.day)}
            assert {
                key for key, row in copy.shown(told.day).items() if "document_number" in row or "starts_on" in row
            } == public
    assert copy.seen == sorted(set(copy.seen))


@pytest.mark.django_db
def test_the_document_is_the_same_from_the_database_and_from_the_selector() -> None:
    with clock.at(FIRST):
        company = subjects.entity()
        penalty = publicity.published_penalty(
            "scjgj", FIRST, subject=company, facts="电话１３８０８１２９８７６", content="罚款“二万元”\\n", fine="0.500000", confiscated=None
        )  # fmt: skip
        licence = publicity.published_licence(
            "scjgj",
            FIRST,
            subject=company,
            valid_to=date(2099, 12, 31),
            content="护照E12345678，许可证JY15108000012345",
        )
        adjusting.contest(actor=anybody("a"), record=penalty, since=FIRST)
        adjusting.end_early(actor=anybody("a"), record=penalty, from_on=FIRST + timedelta(days=9), reason="修复")
        found = make.state()
        for record, code in ((penalty, "penalties"), (licence, "licences")):
            record.refresh_from_db()
            assert found[code] == {record.public_id: public_document(record) | _shorter(record)}
        assert found["subjects"][company.public_id]["code"] == company.valid_codes().pop()
        assert set(found["subjects"][company.public_id]) & {"address", "legal_representative"} == set()


def _shorter(record: Any) -> dict[str, Any]:
    """Return the last day where an early end for a later day was decided."""
    return {"last_public_day": (record.ended_from - timedelta(days=1)).isoformat()} if record.ended_from else {}


def sm3(content: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


def all_numbered() -> bool:
    return outbox.sequence() >= 0 and OutboxPosition.objects.count() == OutboxEvent.objects.count()


def test_the_files_of_a_snapshot_and_the_feed_after_it(own_database: str, settings: Any, tmp_path: Path) -> None:
    """Made while others write, taken in parts, closed lists only for who keeps up, gone after some days."""
    settings.SNAPSHOTS_DIR = tmp_path / "snapshots"
    with clock.at(FIRST):
        told, system = city(7), make.client()
        assert wait_until(all_numbered, PATIENCE)

        def meanwhile(code: str) -> None:
            """Somebody publishes in another connection, and the sequencer runs, while the files are being written."""
            _, raised = at_once(told.publish)
            assert raised == []
            at_once(outbox.sequence)

        (tmp_path / "snapshots" / ".draft-0").mkdir(parents=True)  # of a run that was killed
        made = keeping.make(meanwhile)
        assert keeping.clear() == 1
        assert wait_until(all_numbered, PATIENCE)
        manifest = json.loads(ask(SNAPSHOTS, system).content)["items"][0]
        files = {row["list"]: row for row in manifest["files"]}
        assert (set(files), manifest["position"]) == (set(LISTS), made.position)
        refused = ask(files["penalties"]["address"], system)
        assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "EXC-10")
        copy = Copy(manifest["position"], manifest["mark"])
        first = ask(make.CHANGES, system, {"after": copy.position, "mark": copy.mark, "limit": 1})
        assert first.status_code == 200  # it has begun to follow
        for row in files.values():
            answer = ask(row["address"], system)
            packed = content(answer)
            assert (answer.status_code, len(packed), sm3(packed)) == (200, row["bytes"], row["sm3"])
            lines = gzip.decompress(packed).splitlines()
            assert len(lines) == row["rows"]
            if row["list"] != "catalogue":
                copy.held |= {document["id"]: document for document in map(json.loads, lines)}
        assert not any("13808129876" in json.dumps(document) for document in copy.held.values())
        copy.follow(system)
        assert copy.shown(FIRST) == flat(make.state())
        assert len(copy.seen) >= len(LISTS) - 1

        address, size = files["penalties"]["address"], files["penalties"]["bytes"]
        part = ask(address, system, range="bytes=10-19")
        assert (part.status_code, part["Content-Range"]) == (206, f"bytes 10-19/{size}")
        whole = content(ask(address, system))
        assert content(part) == whole[10:20]
        assert content(ask(address, system, range="bytes=-5")) == whole[-5:]
        assert content(ask(address, system, range="bytes=5-", if_range='"another"')) == whole
        assert ask(address, system, range=f"bytes={size}-").status_code == 416
        assert ask(address, system, if_none_match=part["ETag"]).status_code == 304
        assert Follower.objects.get().snapshot_no == made.public_id
        told.publish()  # one event that it does not read
        assert wait_until(all_numbered, PATIENCE)
    with clock.at(FIRST + timedelta(days=1)):
        assert ask(address, system).status_code == 200
    with clock.at(FIRST + timedelta(days=2)):
        late = ask(address, system)
        assert (late.status_code, json.loads(late.content)["code"]) == (403, "EXC-11")
        assert ask(files["licences"]["address"], system).status_code == 200
        copy.follow(system)
        ask(make.CHANGES, system, {"after": copy.position})
        assert ask(address, system).status_code == 200
        assert snapshot_job() == 1
        assert snapshot_job() == 0
    with clock.at(FIRST + timedelta(days=4)):
        assert keeping.clear() == 1
        assert ask(address, system).status_code == 404
        assert Snapshot.objects.count() == 1
