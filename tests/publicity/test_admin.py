"""The workbench of double publicity by its pages, as every role: the record's pre-flight, the sets, leads, the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from catalog.enums import InstrumentKind
from core import clock
from core.actors import Actor
from core.problems import NotFound
from objections.services import filing
from objections.services.filing import Filer, Request
from publicity.models import Candidate, Penalty, SeverityRule
from publicity.permissions import FROM_ABOVE, PERMISSIONS
from publicity.selectors import publicly_visible
from publicity.services import adjusting, candidates
from repair.selectors import shielded_penalties
from tests.factories import catalog, subjects
from tests.factories import objections as disputes
from tests.factories import publicity as make
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.support.refusals import refused
from tests.support.workbench import signed_in

pytestmark = pytest.mark.django_db
DAY, TODAY = date(2026, 5, 6), date(2026, 5, 8)
BASE = "/admin/publicity/penalty/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


def words(answer: Any) -> str:
    return str(answer.content.decode())


def page(record: Any) -> str:
    return reverse(f"admin:publicity_{record._meta.model_name}_change", args=[record.public_id])


def do(actor: Actor, record: Any, name: str, **fields: Any) -> Any:
    address = reverse(f"admin:publicity_{record._meta.model_name}_act", args=[record.public_id, name])
    client = signed_in(actor)
    assert client.get(address).status_code in {200, 302, 403, 404}
    return client.post(address, fields)


def done(answer: Any) -> None:
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", words(answer))[-2500:]


SEES = {
    ("scjgj", "handler"): True,
    ("scjgj", "reviewer"): True,
    ("fgw", "office"): True,
    ("yjj", "handler"): False,
    ("lzq_fgj", "district_credit"): False,
    ("ggzy", "window"): None,
    ("rsj", "system_admin"): None,
    ("fgw", "security_admin"): None,
    ("fgw", "audit_admin"): None,
}


@pytest.mark.parametrize(("unit", "role"), list(SEES))
def test_as_every_role(unit: str, role: str) -> None:
    """True: sees it; False: has the door, the record does not exist for him; None: has no door."""
    record = make.published_penalty("scjgj", DAY)
    client = signed_in(chain.actor_of(unit, role))
    lists, one = client.get(BASE), client.get(page(record))
    if SEES[unit, role] is None:
        assert lists.status_code == 403
        assert one.status_code == 403
        return
    assert lists.status_code == 200
    assert (record.document_number in words(lists)) is SEES[unit, role]
    assert one.status_code == (200 if SEES[unit, role] else 404)


def test_the_preflight_says_what_the_public_will_see_until_when_and_what_was_found() -> None:
    record = make.penalty("scjgj", DAY, facts="负责人电话13808129876", findings=["V15:facts"])
    client = signed_in(make.handler_of(record))
    shown = words(client.get(page(record)))
    for expected in ("2027年5月5日届满", "PUB-T01", "138****9876", "此处疑似手机号码", "看过并记录结论之前不能办理"):
        assert expected in shown, expected
    assert "13808129876" not in shown
    done(do(make.handler_of(record), record, "look", reason="号码已核对，公示时遮盖"))
    done(do(make.handler_of(record), record, "check"))
    answer = do(make.handler_of(record), record, "approve")
    assert answer.status_code == 403
    done(do(make.reviewer_of(record), record, "approve"))
    assert publicly_visible(TODAY, "penalty").get() == record
    done(do(make.handler_of(record), record, "change", ground="revoked", changed_on="2026-05-08", reason="复议撤销"))
    assert "待撤下" in words(client.get(page(record)))
    done(do(make.reviewer_of(record), record, "withdraw", reason="原决定已撤销"))
    assert not publicly_visible(TODAY, "penalty").exists()


def test_an_update_says_what_it_changes_what_comes_next_and_every_day_with_its_reason() -> None:
    old = make.published_penalty("scjgj", DAY)
    adjusting.contest(actor=Actor.job("test.above", FROM_ABOVE), record=old, since=TODAY)
    fresh = make.new_version(old, facts="更正后的事实", legal_representative="示例某")
    shown = words(signed_in(make.handler_of(fresh)).get(page(fresh)))
    for expected in (
        "这次更新改了什么", "第1版（公众现在看到）", "更正后的事实", "不公开的内容也有改动：法定代表人", "审核以前公众看到的仍是原来的版本",
        "最短公示期届满，可以申请修复", "最后公示日，次日起任何页面和接口都不再显示", "应公示",
    ):  # fmt: skip
        assert expected in shown, expected
    assert "示例某" not in shown
    shown = words(signed_in(make.handler_of(old)).get(page(old)))
    assert "异议中" in shown
    assert "2027年5月5日届满自动停止公示" in shown
    make.publish(fresh)
    assert "已由后来的版本替换" in words(signed_in(make.handler_of(old)).get(page(old)))


def test_the_list_finds_by_what_an_officer_has_in_hand_and_filters_by_what_the_public_sees() -> None:
    company = subjects.entity()
    record = make.published_penalty(
        "scjgj", DAY, subject=company, document_number="广市监处罚〔2026〕88号", batch_no="P77"
    )
    closed = make.publish(make.penalty("scjgj", DAY, scope="not_open", scope_reason="涉及国家秘密"))
    waiting = make.penalty("scjgj", DAY, due_on=date(2026, 5, 14))
    stranger = make.published_penalty("yjj", DAY)
    client = signed_in(make.handler_of(record))
    code = company.identifiers.get(type="uscc").value
    for asked in (
        "广市监处罚(2026)88号",
        "广市监处罚〔2026〕8",
        code,
        "P77",
        company.name,
        company.name[2:6],
        record.public_id,
    ):
        found = words(client.get(BASE, {"q": asked}))
        assert record.document_number in found, asked
        assert stranger.document_number not in found, asked
    assert record.document_number not in words(client.get(BASE, {"q": "没有这样的文书"}))
    for today, rows in {
        "shown": {record}, "closed": {closed}, "deferred": set(), "ended": set(), "contested": set(), "changed": set(),
    }.items():  # fmt: skip
        found = words(client.get(BASE, {"today": today}))
        assert {row for row in (record, closed, waiting) if row.document_number in found} == rows, today
    assert waiting.document_number in words(client.get(BASE, {"due": "later", "decided": "7"}))
    office = signed_in(chain.actor_of("fgw", "office"))
    assert stranger.document_number not in words(office.get(BASE, {"unit": "scjgj"}))
    assert "市应急管理局" not in words(client.get(BASE))  # one who sees one unit is not asked which


def test_a_set_is_returned_with_its_reason() -> None:
    wrong = [make.penalty("scjgj", DAY, batch_no="P9") for _ in range(3)]
    kept = make.penalty("scjgj", DAY, batch_no="P8")
    handler, address = make.handler_of(wrong[0]), f"{BASE}new/return-set/"
    assert "请填写退回的理由" in words(bulk(handler, address, batch_no="P9"))
    shown = bulk(handler, address, batch_no="P9", reason="整批金额单位有误")
    assert "共 3 条" in words(shown)
    done(bulk(handler, address, batch_no="P9", reason="整批金额单位有误", held=token_in(shown), seen="on"))
    assert set(Penalty.objects.filter(state="returned")) == set(wrong)
    kept.refresh_from_db()
    assert kept.state == "reported"


def bulk(actor: Actor, url: str, **fields: Any) -> Any:
    return signed_in(actor).post(url, {"sample_size": "2", **fields})


def token_in(answer: Any) -> str:
    found = re.search(r'name="held" value="([^"]+)"', words(answer))
    assert found, re.sub(r"<[^>]+>", " ", words(answer))[-1500:]
    return found.group(1)


def test_a_set_is_shown_with_a_sample_and_done_exactly_as_shown() -> None:
    first = [make.penalty("scjgj", DAY, batch_no="P1") for _ in range(4)]
    handler, reviewer = chain.actor_of("scjgj", "handler"), chain.actor_of("scjgj", "reviewer")
    shown = bulk(handler, f"{BASE}add/", batch_no="P1")
    assert shown.status_code == 200
    assert "共 4 条，随机抽看 2 条" in words(shown)
    assert not Penalty.objects.filter(state="checked").exists()
    token = token_in(shown)
    late = make.penalty("scjgj", DAY, batch_no="P1")
    changed = bulk(handler, f"{BASE}add/", batch_no="", held=token, seen="on")
    assert "筛选条件变了" in words(changed)
    stranger = bulk(chain.actor_of("yjj", "handler"), f"{BASE}add/", batch_no="P1", held=token, seen="on")
    assert "筛选条件变了" in words(stranger)
    done(bulk(handler, f"{BASE}add/", batch_no="P1", held=token, seen="on"))
    assert set(Penalty.objects.filter(state="checked")) == set(first)
    late.refresh_from_db()
    assert late.state == "reported"
    review = f"{BASE}new/approve-set/"
    done(bulk(reviewer, review, held=token_in(bulk(reviewer, review)), seen="on"))
    assert set(publicly_visible(TODAY, "penalty")) == set(first)
    assert bulk(chain.actor_of("yjj", "handler"), review).status_code == 403


def test_leads_are_shown_to_the_unit_that_may_start_a_case_and_never_start_one() -> None:
    revision = catalog.make_active()
    citation = revision.citations.select_related("article__instrument").first()
    title, label = citation.article.instrument.title, citation.article.label
    assert citation.article.instrument.kind in InstrumentKind.values
    initiator = revision.initiators.select_related("unit").first().unit
    record = make.published_penalty(initiator.code, DAY, basis=f"依据《{title}》{label}第一款")
    found = Candidate.objects.get(penalty=record, revision=revision, unit=initiator)
    assert label in found.reasons
    assert found.revision.entry.revisions.count() == 1
    assert not chain.Case.objects.exists()
    handler = chain.actor_of(initiator.code, "handler")
    shown = words(signed_in(handler).get(page(found)))
    assert record.document_number in shown
    opened = signed_in(handler).get(reverse("admin:sanctions_case_add"), {"candidate": found.public_id})
    assert f"candidate={found.public_id}" in shown
    assert record.document_number in words(opened)  # the form is filled in; nobody has drafted anything
    stranger = signed_in(chain.actor_of("cgj", "handler"))
    drawn = stranger.get(reverse("admin:sanctions_case_add"), {"candidate": found.public_id})
    assert record.document_number not in words(drawn)
    assert signed_in(chain.actor_of("cgj", "handler")).get(page(found)).status_code == 404
    refused("CORE-07", candidates.settle, actor=handler, candidate=found, taken=True, note=" ")
    with pytest.raises(NotFound):
        candidates.settle(actor=chain.actor_of("cgj", "handler"), candidate=found, taken=True, note="无关")
    done(do(handler, found, "settle", outcome="dismissed", note="情节轻微，不发起"))
    found.refresh_from_db()
    assert found.state == "dismissed"
    person = make.penalty(initiator.code, DAY, subject=subjects.person(), basis=f"《{title}》{label}",
                          scope="not_open", scope_reason="自然人默认不公示")  # fmt: skip
    make.publish(person)
    assert not Candidate.objects.filter(penalty=person).exists()


def test_the_severity_table_is_corrected_by_two_administrators() -> None:
    first, second = chain.actor_of("rsj", "system_admin"), chain.actor_of("fgw", "system_admin")
    address = "/admin/publicity/severityrule/add/"
    fields = {
        "regime_code": "order-36", "kind": "suspend_permit", "fine_from": "0", "severity": "ordinary", "published": "on",
        "valid_from": "2026-04-01", "basis": "信用修复管理办法原文", "confidence": "sure", "reason": "核对原文",
    }  # fmt: skip
    wrong = signed_in(first).post(address, {**fields, "regime_code": "nowhere"})
    assert "PUB-55" in words(wrong)
    done(signed_in(first).post(address, fields))
    row = SeverityRule.objects.get(confirmed_by_key="")
    assert "待核实" in words(signed_in(first).get("/admin/publicity/severityrule/"))
    assert "CORE-05" in words(do(first, row, "confirm"))
    done(do(second, row, "confirm"))
    row.refresh_from_db()
    assert row.confirmed_by_key
    for name in (
        "regime",
        "severityrule",
        "personrule",
        "licenceterm",
        "trustedunit",
        "candidate",
        "licence",
        "penalty",
    ):
        assert signed_in(chain.actor_of("fgw", "office")).get(f"/admin/publicity/{name}/").status_code == 200


def test_an_objection_marks_the_record_and_lets_it_go() -> None:
    record = make.published_penalty("scjgj", DAY)
    told = Request(
        target_kind="disclosure",
        target_key=record.public_id,
        filer=Filer(record.subject.name, "self"),
        grounds="事实不清",
        claims="请求更正",
        papers=disputes.papers(),
    )
    receipt = filing.file_objection(actor=disputes.window(), request=told).record
    assert receipt.answering_unit.code == "scjgj"
    disputes.check(receipt, TODAY)
    record.refresh_from_db()
    assert record.contested_on is None
    with clock.at(TODAY):
        disputes.acceptance.accept_objection(actor=chain.actor_of("scjgj", "handler", 7), objection=receipt)
    record.refresh_from_db()
    assert record.contested_on == TODAY
    answering = words(signed_in(chain.actor_of("scjgj", "handler")).get(page(record)))
    assert reverse("admin:objections_objection_change", args=[receipt.public_id]) in answering
    assert "公示照常进行" in answering
    assert publicly_visible(TODAY, "penalty").get() == record
    fresh = make.publish(make.new_version(record))
    fresh.refresh_from_db()
    assert fresh.contested_on == TODAY
    with clock.at(TODAY):
        disputes.answering.withdraw_objection(
            actor=chain.actor_of("scjgj", "handler", 7), objection=chain.fresh(receipt), reason="当事人撤回"
        )
    fresh.refresh_from_db()
    assert fresh.contested_on is None


def test_a_courts_ruling_shields_penalties_decided_before_it() -> None:
    listing = repairs.listing()
    record = make.published_penalty("scjgj", date(2026, 1, 12), subject=listing.subject, regime_code="")
    assert publicly_visible(TODAY, "penalty").filter(pk=record.pk).exists()
    repairs.shield(listing)
    assert Penalty.objects.filter(shielded_penalties(TODAY), pk=record.pk).exists()
    assert not publicly_visible(TODAY, "penalty").filter(pk=record.pk).exists()


def test_rating_and_scope_by_their_forms() -> None:
    record = make.penalty("scjgj", DAY)
    done(do(make.handler_of(record), record, "scope", scope="not_open", reason="涉及国家秘密"))
    record.refresh_from_db()
    assert (record.scope, record.scope_reason) == ("not_open", "涉及国家秘密")
    done(do(make.reviewer_of(record), record, "rate", severity="serious", regime_code="", reason="食品安全领域"))
    record.refresh_from_db()
    assert (record.severity, record.last_public_day) == ("serious", date(2029, 5, 5))
    done(do(make.handler_of(record), record, "return", reason="文书号有误"))
    assert adjusting.RATE in PERMISSIONS
