"""Lists of others: merged by set, matched by identifier, ended by their source alone, held where they cannot be right."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.models import Alert
from core.problems import Refused
from exchange.downflow import deciding, running
from exchange.models import ListBatch, ListRow
from sanctions.consulting import reminders_of, sources_consulted
from sanctions.models import Case, ExecutionTask, ExternalListing, ExternalNomination, Listing
from sanctions.services.external_sets import MERGE, match_again
from subjects.selectors import code_of
from tests.factories import lists as make
from tests.factories import sanctions as chain
from tests.factories import subjects as people
from tests.support.workbench import do, signed_in, words

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 15)
MATCHER = Actor.job("exchange.match_lists", {MERGE})


@pytest.fixture(autouse=True)
def day() -> Any:
    with clock.at(DAY):
        yield


def answers(batch: ListBatch) -> dict[str, str]:
    """Return by number the outcome and the code of each row."""
    rows = ListRow.objects.filter(batch=batch).order_by("part", "row")
    return {f"{row.number}/{row.row}": f"{row.outcome}{row.code}" for row in rows}


def standing() -> set[str]:
    return set(ExternalListing.objects.filter(ended_on=None).values_list("source_number", flat=True))


def adds_up(batch: ListBatch) -> bool:
    told = (batch.added, batch.updated, batch.ended, batch.unchanged, batch.questioned, batch.rejected)
    return batch.state == "merged" and batch.rows == sum(told)


def test_every_row_is_answered_and_the_same_list_again_changes_nothing() -> None:
    company, number = people.entity(), people.new_id_number()
    person = people.person("张示乙", number=number)
    minor, other = people.new_id_number(date(2012, 1, 1)), people.new_id_number()
    unknown_code = people.new_code()
    rows = [
        make.row("A", company),
        make.row("B", name="张示乙", id_number=number),
        make.row("C", company, name="另一家示例有限公司"),
        make.row("D", uscc=unknown_code),
        make.row("E", name="李示丙", id_number=other),
        make.row("F"),
        make.row("G", company, listed_on="2031-01-01"),
        make.row("A", company, document="另一份文书"),
        make.row("H", name="王示丁", id_number=minor),
        make.row("I", company, colour="红"),
        make.row("J", uscc="91510800000000000X"),
    ]
    first = make.received(rows, number="一", extent="delta")
    assert first.findings[0]["code"] == "LST-27"  # five of eleven rows are wrong: a person looks first
    good = [row for row in rows if row["number"] in "ABCDEF" and row["document"] != "另一份文书"]
    merged = make.received(good)
    assert adds_up(merged)
    assert answers(merged) == {"A/1": "a", "B/2": "a", "C/3": "qE1001", "D/4": "qV05", "E/5": "qV05", "F/6": "qV05"}
    assert Counter(answers(first).values()) >= Counter({"rV06": 1, "rV11": 1, "rV13": 1, "rV01": 1, "rV03": 1})
    kept = {row.source_number: row for row in ExternalListing.objects.all()}
    assert (kept["A"].subject, kept["B"].subject, kept["C"].subject) == (company, person, None)
    assert kept["B"].personal is not None
    assert kept["B"].id_value is None
    written = ExternalListing.history.count()
    again = make.received(good)
    assert adds_up(again)
    assert again.unchanged == 2
    assert again.questioned == 4
    assert ExternalListing.history.count() == written
    assert not Listing.objects.exists()
    assert not ExecutionTask.objects.exists()
    with clock.at(date(2026, 6, 20)):
        later = people.entity("外地示例贸易有限公司", code=unknown_code)
        people.person("姓名不同", number=other)
        assert match_again(actor=MATCHER) == 1
        assert match_again(actor=MATCHER) == 0
    assert ExternalListing.objects.get(source_number="D").subject == later
    assert ExternalListing.objects.get(source_number="E").subject is None  # number right, name wrong
    said = str(list(ListRow.objects.values())) + str(list(ExternalListing.history.values())) + str(merged.findings)
    assert not {number, minor, other} & set(said.replace("'", " ").split())
    assert number not in said
    assert minor not in said


def test_a_full_list_ends_what_its_source_dropped_and_a_delta_only_what_it_names() -> None:
    company = people.entity()
    rows = [make.row(f"N{place}", company) for place in range(10)]
    make.received(rows)
    shorter = make.received(rows[1:], as_of=date(2026, 6, 15))
    assert adds_up(shorter)
    assert shorter.absent == 1
    gone = ExternalListing.objects.get(source_number="N0")
    assert (gone.ended_on, gone.end_note) == (date(2026, 6, 15), "来源截至2026年6月15日的全量名单不再列有")
    delta = make.received(
        [{"number": "N1", "op": "D", "ended_on": "2026-06-10"}, {"number": "X", "op": "D"}, make.row("N20", company)],
        extent="delta",
    )
    assert answers(delta) == {"N1/1": "e", "X/2": "rE2002", "N20/3": "a"}
    assert standing() == {*(f"N{place}" for place in range(2, 10)), "N20"}
    assert ExternalListing.objects.get(source_number="N1").ended_on == date(2026, 6, 10)
    back = make.received([*rows, make.row("N20", company)])
    assert adds_up(back)
    assert "N0" in standing()
    assert "N1" in standing()
    assert Counter(answers(back).values())["u"] == 2
    with pytest.raises(Error, match="只能由来源的批次变更"), transaction.atomic(), acting(MATCHER, "external.record"):
        ExternalListing.objects.filter(source_number="N2").update(ended_on=DAY)
    with pytest.raises(Error, match="不得删除"), transaction.atomic(), acting(MATCHER, "external.merge"):
        connection.cursor().execute("DELETE FROM sanctions_externallisting")


def test_a_killed_run_goes_on_behind_its_last_chunk() -> None:
    company = people.entity()
    make.received([make.row(f"K{place}", company) for place in range(5)])
    batch = make.complete(
        [make.row(f"K{place}", company, authority="另一机关") for place in range(4)] + [make.row("K9", company)]
    )
    batch = ListBatch.objects.select_related("register").get(pk=batch.pk)
    running._admit(batch)
    received = running.Received(batch.register, batch.public_id, batch.as_of, batch.received_on)
    assert running._chunk(batch, received, 0, 2)[0] == 2  # and here the worker is killed
    assert running._chunk(batch, received, 0, 2) == (0, None)  # one who was late writes nothing twice
    done = running.run(batch.public_id, chunk_rows=2)
    assert done is not None
    done.refresh_from_db()
    assert adds_up(done)
    assert (done.updated, done.added, done.absent) == (4, 1, 1)
    assert ExternalListing.history.filter(history_type="~", source_number="K0").count() == 1
    assert running.run(batch.public_id) is not None
    assert running.sweep() == 0


def quarantined(batch: ListBatch, *codes: str) -> bool:
    told = Alert.objects.filter(code="lists.quarantined", ref=batch.public_id, role="office", settled_on=None).exists()
    return batch.state == "quarantined" and told and [row["code"] for row in batch.findings] == list(codes)


def test_LST21_to_29_what_cannot_be_right_is_held_with_an_alert_and_ends_nothing() -> None:
    company, other = people.entity(), people.entity()
    rows = [make.row(f"Q{place}", company) for place in range(10)]
    make.received(rows)
    before, written = standing(), ExternalListing.history.count()
    half = rows[:5]
    told = make.manifest(rows)
    truncated = make.received(half, count=told.count, digest=told.digest)  # HTTP 200, half the rows
    assert quarantined(truncated, "LST-22", "LST-23", "LST-24")
    assert quarantined(make.received(half), "LST-24")
    assert quarantined(make.received([]), "LST-21")
    assert quarantined(make.received(rows, digest="0" * 63 + "1"), "LST-23")
    assert quarantined(make.received([make.row(f"Q{place}", other) for place in range(10)]), "LST-25")
    assert quarantined(make.received([*rows, make.row("", company)]), "LST-26")
    assert quarantined(make.received(rows, as_of=date(2026, 6, 1)), "LST-29")
    assert quarantined(make.received([make.row("Q11", company)], extent="delta", follows="不存在"), "LST-28")
    assert quarantined(make.received([make.row("Q12", company)], extent="delta"), "LST-28")
    assert (standing(), ExternalListing.history.count()) == (before, written)
    whole = make.received([*rows, make.row("Q13", company)])
    assert adds_up(whole)
    assert set(ListBatch.objects.exclude(state="merged").values_list("state", flat=True)) == {"superseded"}
    assert not Alert.objects.filter(code="lists.quarantined", settled_on=None).exists()


def test_a_held_batch_is_released_or_sent_back_by_two_persons_who_see_what_it_would_do() -> None:
    company, other = people.entity(), people.entity("广元市测试换名有限公司")
    rows = [make.row(f"R{place}", company) for place in range(10)]
    make.received(rows)
    batch = make.received([make.row("R0", other), *rows[1:4], make.row("R50", company)])
    assert [row["code"] for row in batch.findings] == ["LST-24", "LST-25"]
    first, second = chain.actor_of("fgw", "office"), chain.actor_of("fgw", "office", 2)
    address = reverse("admin:exchange_listbatch_change", args=[batch.public_id])
    page = words(signed_in(first).get(address))
    assert "将结束：全量名单不再列有（6 条）" in page
    assert "将变更（1 条）" in page
    assert "将新增（1 条）" in page
    assert "没有记录因此结束" in page
    assert other.name in page
    assert "R50" in page
    assert "证照号码不同" in page
    assert signed_in(chain.actor_of("rsj", "handler")).get(address).status_code in {403, 404}

    def act(actor: Actor, name: str, reason: str = "已向省平台核实") -> int:
        where = reverse("admin:exchange_listbatch_act", args=[batch.public_id, name])
        return int(signed_in(actor).post(where, {"reason": reason}).status_code)

    assert act(first, "propose-release", "") == 422
    assert act(first, "propose-release") == 302
    assert act(first, "release") == 409  # CORE-05: nobody confirms himself
    assert "由本人提请" in words(signed_in(first).get(address))
    assert act(second, "release") == 302
    running.sweep()
    batch.refresh_from_db()
    assert adds_up(batch)
    assert batch.absent == 6
    assert batch.number in words(signed_in(first).get(reverse("admin:exchange_listbatch_changelist")))
    broken = make.received(rows[:2], count=10)
    with pytest.raises(Refused) as refused:
        deciding.propose(actor=first, batch=broken, release=True, reason="放行")
    assert refused.value.code == "LST-22"
    deciding.propose(actor=first, batch=broken, release=False, reason="行数不符")
    assert deciding.send_back(actor=second, batch=broken, reason="同意").state == "refused"
    assert len(standing()) == 5


def test_others_lists_remind_are_shown_with_their_source_and_may_be_nominated() -> None:
    company = people.entity()
    make.received([make.row("S1", company), *(make.row(f"S{place}", people.entity()) for place in range(2, 6))])
    listing = ExternalListing.objects.get(source_number="S1")
    found = reminders_of([company.pk], DAY)[company.pk][0]
    assert "仅提示，本市未据此采取措施" in found.words
    assert found.contact
    assert found.number == "S1"
    told = {row.list_code: row for row in sources_consulted(date(2026, 6, 25))}
    assert (told["enforcement"].age_days, told["enforcement"].is_stale) == (10, True)
    assert (told["tax"].age_days, told["tax"].is_stale) == (None, True)
    with clock.at(date(2026, 6, 25)):
        assert running.watch() == 1
    from_outside = words(
        signed_in(chain.actor_of("fgw", "office")).get(reverse("portal:subject", args=[code_of(company)]))
    )
    assert "四川省社会信用信息平台" in from_outside
    assert "仅提示，本市未据此采取措施" in from_outside
    handler = chain.actor_of("rsj", "handler")
    page = reverse("admin:sanctions_externallisting_change", args=[listing.public_id])
    assert "提名为联合奖惩事项" in words(signed_in(handler).get(page))
    typed = {
        "entry_code": "CJ-003",
        "act_on": "2026-01-05",
        "recognized_on": "2026-05-20",
        "document_number": "测试罚〔2026〕99号",
        "facts": "经本单位查明，拖欠工资经责令限期支付逾期未支付",
    }
    assert do(handler, listing, "nominate", **typed).status_code == 422  # a reason has to be given
    assert do(handler, listing, "nominate", reason="同一事实由本单位处罚", **typed).status_code == 302
    case = Case.objects.get()
    assert (case.state, ExternalNomination.objects.get().case) == ("draft", case)
    shown = words(signed_in(handler).get(reverse("admin:sanctions_case_change", args=[case.public_id])))
    assert "线索来源" in shown
    assert "S1" in shown
    assert "提名为联合奖惩事项" not in words(signed_in(chain.actor_of("rsj", "window")).get(page))
