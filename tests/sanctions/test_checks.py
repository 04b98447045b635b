"""Embedded checks: who is told what for which matter, what is never told, the receipt, and what was decided then."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from core import clock
from core.actors import Actor
from core.identifiers import citizen_check_digit
from core.models import IdempotentCall, OutboxEvent, PersonalIdentifier
from core.problems import NotFound, NotPermitted, Problem, Refused
from core.signatures.signing import known_keys
from organizations import services as organizations
from organizations.selectors import unit
from sanctions.checks import mapping
from sanctions.checks.feedback import Report, give_feedback
from sanctions.checks.receipts import examine, seal_of, verify, with_proof
from sanctions.checks.rows import Asked, Matter
from sanctions.checks.selectors import changes_since, check_of, feedback_of
from sanctions.checks.services import Given, ask, given
from sanctions.models import Check, CheckedSubject, CheckFeedback, ExecutionTask, Feedback, Listing, MatterRule
from sanctions.selectors import PAUSED_WORDS
from sanctions.services.external import ExternalRow, record_external
from subjects.models import Identifier, Subject
from tests.factories import objections as objecting
from tests.factories import sanctions as make
from tests.factories import subjects as subject_factory
from tests.factories.organizations import KEEPER
from tests.support.refusals import database_refuses, nothing_written, refused, sql

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TENDER = Matter("tender", "某道路工程施工招标资格审查", "ZB-2026-001")
LICENCE = Matter("licence", "建筑业企业资质许可", "XK-2026-009")


def code_of(subject: Subject) -> str:
    return str(Identifier.objects.get(subject=subject, type="uscc").value)


def told(actor: Actor, matter: Matter, *asked: Asked) -> list[dict[str, Any]]:
    return list(json.loads(ask(actor=actor, matter=matter, subjects=asked).content)["lines"])


def one(actor: Actor, matter: Matter, asked: Asked) -> dict[str, Any]:
    (line,) = told(actor, matter, asked)
    return line


def short(line: dict[str, Any]) -> tuple[str, dict[str, str]]:
    return line["result"], {found["measure"]["code"]: found["action"] for found in line["measures"]}


@pytest.fixture
def listing() -> Listing:
    found = make.listing()
    assert found.starts_on
    return found


@pytest.fixture
def company(listing: Listing) -> Asked:
    return Asked(code=code_of(listing.subject))


MATRIX: dict[tuple[str, str], tuple[str, dict[str, str]]] = {
    ("zjj", "tender"): ("forbid", {"P02": "forbid"}),
    ("zjj", "licence"): ("restrict", {"P16": "restrict", "P18": "remind"}),
    ("zjj", "supervision"): ("restrict", {"P18": "restrict"}),
    ("zjj", "honour"): ("nothing", {}),
    ("zjj", "other"): ("remind", {"P02": "remind", "P16": "remind", "P18": "remind"}),
    ("czj", "procurement"): ("forbid", {"P03": "forbid"}),
    ("czj", "subsidy"): ("forbid", {"P14": "forbid"}),
    ("czj", "tender"): ("nothing", {}),
    ("wmb", "honour"): ("forbid", {"P15": "forbid"}),
    ("jgj", "finance"): ("remind", {"P26": "remind"}),
    ("gaj", "licence"): ("nothing", {}),
}


def test_only_what_this_unit_must_apply_to_this_matter_is_told(listing: Listing, company: Asked) -> None:
    with clock.at(listing.starts_on):
        for (place, kind), expected in MATRIX.items():
            line = one(make.actor_of(place, "handler"), Matter(kind, "某事项"), company)
            assert short(line) == expected, (place, kind)
            assert "不证明" in line["words"] or line["measures"]
        line = one(make.actor_of("zjj", "window"), TENDER, company)
    (measure,) = line["measures"]
    assert measure["basis"] == ["《保障农民工工资支付条例》第四十八条"]
    assert measure["document"] == "测信组〔2026〕1号"
    assert measure["starts_on"] == listing.starts_on.isoformat()
    assert measure["ends_on"] == listing.ends_on.isoformat()
    assert "起止日均计入" in measure["why"]
    assert "异议" in measure["objection"]
    with clock.at(listing.starts_on - DAY):
        early = one(make.actor_of("zjj", "handler"), TENDER, company)
        assert (short(early), early["measures"][0]["state"]) == (("remind", {"P02": "remind"}), "pending")
    with clock.at(listing.ends_on + DAY):
        assert short(one(make.actor_of("zjj", "handler"), TENDER, company)) == ("nothing", {})


def test_a_reward_is_told_for_its_matter_and_a_rule_is_corrected_by_two() -> None:
    reward = make.listing(entry=make.REWARD)
    cell = reward.tasks.filter(duty="duty").select_related("measure", "unit").order_by("measure__code").first()
    who, asked = make.actor_of(cell.unit.code, "handler"), Asked(code=code_of(reward.subject))
    rules = MatterRule.objects.filter(measure=cell.measure, effect="incentive")
    kind = rules.first().matter_kind
    with clock.at(reward.starts_on):
        assert short(one(who, Matter(kind, "某事项"), asked))[1][cell.measure.code] == "incentive"
        text = mapping.MatterRuleText(cell.measure, kind, "none", "联席办纪要", "sure", reward.starts_on)
        refused("CHK-30", mapping.propose_rule, actor=make.actor_of("fgw", "office"),
                text=replace(text, effect="forbid"), reason="试")  # fmt: skip
        row = mapping.propose_rule(actor=make.actor_of("fgw", "office"), text=text, reason="该措施与此类事项无关")
        assert short(one(who, Matter(kind, "某事项"), asked))[1][cell.measure.code] == "incentive"
        mapping.confirm_rule(actor=make.actor_of("fgw", "office", 2), rule=row)
        assert cell.measure.code not in short(one(who, Matter(kind, "某事项"), asked))[1]
        with database_refuses("CR217"):
            sql("UPDATE sanctions_matterrule SET effect = 'incentive' WHERE id = %s", [row.pk])


def test_who_may_ask_and_read(listing: Listing, company: Asked) -> None:
    with clock.at(listing.starts_on):
        for role in ("system_admin", "security_admin", "audit_admin"):
            with pytest.raises(NotPermitted):
                ask(actor=make.actor_of("fgw", role), matter=TENDER, subjects=[company])
        client = Actor("client", "c", "接口", unit_id=unit("zjj").pk, permissions=frozenset({"scope.checks"}))
        with pytest.raises(NotPermitted):
            ask(actor=replace(client, permissions=frozenset({"scope.feedback"})), matter=TENDER, subjects=[company])
        number = ask(actor=client, matter=TENDER, subjects=[company]).number
        assert check_of(make.actor_of("zjj", "handler"), number).asked_by_label == "接口"
        assert check_of(make.actor_of("fgw", "office"), number)
        for stranger in (make.actor_of("czj", "handler"), replace(client, unit_id=unit("czj").pk)):
            with pytest.raises(NotFound):
                check_of(stranger, number)
        assert OutboxEvent.objects.filter(aggregate_type="sanctions.check").count() == 0
        sandbox = replace(client, sandbox=True)
        assert short(one(sandbox, TENDER, company)) == ("not_found", {})
        with pytest.raises(NotFound):
            check_of(sandbox, number)


def test_a_person_is_found_by_number_and_name_both_and_never_shown() -> None:
    number = subject_factory.new_id_number(date(1985, 5, 5))
    person = subject_factory.person("测试张三", birth=date(1985, 5, 5), number=number)
    other = subject_factory.new_id_number(date(1986, 6, 6))
    minor = subject_factory.new_id_number(date(2012, 1, 1))
    who = make.actor_of("zjj", "handler")
    right, wrong, unknown = told(
        who,
        LICENCE,
        Asked(id_number=number, name="测试张三"),
        Asked(id_number=number, name="测试李四"),
        Asked(id_number=other, name="测试李四"),
    )
    assert (right["result"], right["subject"]["id"]) == ("nothing", person.public_id)
    for line in (wrong, unknown):
        assert (line["result"], line["subject"], line["measures"]) == ("not_found", None, [])
    same = {"line", "asked"}
    assert {k: v for k, v in wrong.items() if k not in same} == {k: v for k, v in unknown.items() if k not in same}
    assert one(who, LICENCE, Asked(code=person.public_id))["result"] == "not_found"
    kept = CheckedSubject.objects.order_by("pk")[:3]
    assert [row.personal_id is not None for row in kept] == [True] * 3
    assert PersonalIdentifier.objects.filter(pk=kept[2].personal_id).exists()
    bad = other[:17] + ("0" if citizen_check_digit(other[:17]) != "0" else "1")
    lines = told(
        who,
        LICENCE,
        Asked(id_number=number, name="测试张三"),
        Asked(id_number=minor, name="测试小孩"),
        Asked(id_number=bad, name="测试李四"),
        Asked(id_number=number),
        Asked(code=number),
        Asked(code="91510802MA0000000X"),
    )
    codes = [line["problem"]["code"] for line in lines[1:]]
    assert codes == ["SUB-05", "ID-04", "CHK-03", "SUB-15", codes[-1]]
    assert codes[-1].startswith("ID-0")
    assert [line["problem"]["field"] for line in lines[1:4]] == [
        "subjects[1].id_number", "subjects[2].id_number", "subjects[3].name",
    ]  # fmt: skip
    everything = str(list(CheckedSubject.objects.values_list("answer", flat=True)))
    assert not any(plain in everything for plain in (number, other, minor, bad))


class Door:
    """One system of a unit, with a real token, at the real doors."""

    def __init__(self, place: str, *scopes: str) -> None:
        issued = organizations.register_api_client(
            actor=KEEPER, organization=unit(place), name="示例审批系统", scopes=scopes or ("checks", "feedback")
        )
        token = AccessToken.objects.create(
            application=issued.client,
            token=f"t0ken-{place}",
            scope=" ".join(issued.client.scopes),
            expires=clock.now() + 4000 * DAY,
        )
        self.client = Client(headers={"Authorization": f"Bearer {token.token}"})

    def post(self, body: Any, path: str = "", **headers: str) -> Any:
        content = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(f"/api/v1/checks{path}", content, content_type="application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/checks/{path}")


def body(*subjects: Any, kind: str = "tender", **more: Any) -> dict[str, Any]:
    return {"matter": {"kind": kind, "name": "某工程招标"}, "subjects": list(subjects), **more}


def test_a_call_that_is_wrong_as_a_whole_writes_nothing() -> None:
    door, code = Door("zjj"), subject_factory.new_code()
    good = {"code": code}
    cases: Sequence[tuple[Any, int, str, str | None]] = (
        (body(), 400, "CHK-01", "subjects"),
        (body(*[good] * 1_001), 400, "CHK-01", "subjects"),
        (body(*[good] * 10_001, job=True), 400, "bad_parameter", "subjects"),
        (body("x"), 400, "bad_parameter", "subjects[0]"),
        (body({"code": 1}), 400, "bad_parameter", "subjects[0].code"),
        (body(good, {"uscc": code}), 400, "unknown_field", "subjects[1].uscc"),
        (body(good, extra=1), 400, "unknown_field", "extra"),
        (body(good, kind="licences"), 400, "bad_parameter", "matter.kind"),
        ({"subjects": [good]}, 400, "required", "matter"),
        (body({"code": code[:17] + ("0" if code[17] != "0" else "1")}), 400, "ID-04", "subjects[0].code"),
        (body({}), 400, "CHK-02", "subjects[0]"),
        (body({"id_number": subject_factory.new_id_number(date(2015, 1, 1)), "name": "小孩"}), 400, "SUB-05",
         "subjects[0].id_number"),
        ("{", 400, "bad_json", None),
        ("[" * 5_500_000, 413, "too_large", None),
    )  # fmt: skip
    with nothing_written():
        for sent, status, problem, field in cases:
            answer = door.post(sent)
            found = answer.json()
            assert (answer.status_code, found["code"], found.get("field")) == (status, problem, field), found
            assert any("\u4e00" <= letter <= "\u9fff" for letter in found["detail"])
        assert door.client.get("/api/v1/checks/0000000000000000").status_code == 404
        assert door.client.get("/api/v1/checks/0000000000000000?x=1").json()["code"] == "unknown_parameter"
        assert Door("czj", "intake").post(body(good)).status_code == 403
        assert Client().post("/api/v1/checks", {}).status_code == 401
        assert door.post(body(good), **{"Idempotency-Key": "键"}).json()["code"] == "IDEM-01"


def test_the_whole_way_through_the_doors(listing: Listing, company: Asked) -> None:
    """Asked, read again, compared, fed back; the receipt is proved and a repeated call makes no second one."""
    door = Door("zjj")
    with clock.at(listing.starts_on):
        sent = body({"code": company.code, "name": "另一个名字"}, {"code": subject_factory.new_code()}, {"code": "X"})
        answer = door.post(sent, **{"Idempotency-Key": "k-1"})
        assert answer.status_code == 200, answer.content
        first, unknown, wrong = answer.json()["lines"]
        assert (first["result"], unknown["result"], wrong["result"]) == ("forbid", "not_found", "rejected")
        assert first["subject"]["name_agrees"] is False
        assert wrong["problem"]["field"] == "subjects[2].code"
        again = door.post(sent, **{"Idempotency-Key": "k-1"})
        assert again.content == answer.content
        assert again.headers["Idempotency-Replayed"] == "true"
        other = door.post({**sent, "matter": {**sent["matter"], "name": "别的"}}, **{"Idempotency-Key": "k-1"})
        assert (other.status_code, other.json()["code"]) == (409, "IDEM-02")
        assert (Check.objects.count(), IdempotentCall.objects.count()) == (1, 1)
        number = answer.json()["check"]["number"]
        read = door.get(number).json()
        assert read.pop("feedback") == []
        assert read == answer.json()
        assert examine(read, known_keys()) == ""
        changed = door.get(f"{number}/changes").json()
        assert changed["same"], changed
        told_of = {"line": 1, "task": first["measures"][0]["task"], "decision": "refused",
                   "decided_on": listing.starts_on.isoformat(), "amount": "12.5"}  # fmt: skip
        for wrong_one, status, code in (
            ({**told_of, "line": 9}, 404, "NOT-FOUND"),
            ({**told_of, "task": "0" * 16}, 404, "NOT-FOUND"),
            ({**told_of, "task": ""}, 400, "CHK-10"),
            ({**told_of, "decision": "rewarded"}, 409, "CHK-06"),
            ({**told_of, "decision": "granted"}, 409, "CHK-07"),
            ({**told_of, "decision": "granted_despite"}, 409, "CHK-07"),
            ({**told_of, "decided_on": (listing.starts_on - DAY).isoformat()}, 409, "CHK-08"),
            ({**told_of, "amount": "1e400"}, 400, "bad_parameter"),
            ({**told_of, "line": 2}, 404, "NOT-FOUND"),
        ):
            got = door.post(wrong_one, f"/{number}/feedback")
            assert (got.status_code, got.json()["code"]) == (status, code), got.json()
        assert Door("czj").post(told_of, f"/{number}/feedback").status_code == 404
        done = door.post(told_of, f"/{number}/feedback", **{"Idempotency-Key": "f-1"})
        assert (done.status_code, done.json()["carried_out"]) == (201, True)
        assert door.post(told_of, f"/{number}/feedback", **{"Idempotency-Key": "f-1"}).json() == done.json()
        assert door.post(told_of, f"/{number}/feedback").json()["code"] == "CHK-09"
        assert door.get(number).json()["feedback"] == [done.json()]
    task = ExecutionTask.objects.get(public_id=told_of["task"])
    (kept,) = Feedback.objects.filter(task=task)
    assert (task.state, kept.done_on, number in kept.detail) == ("applied", listing.starts_on, True)


def test_the_heir_of_a_unit_is_told_its_duties_and_carries_them_out(listing: Listing, company: Asked) -> None:
    day = listing.starts_on + 9 * DAY
    door, own = Door("czj"), make.actor_of("czj", "handler")
    with clock.at(day):
        assert door.post(body({"code": company.code})).json()["lines"][0]["result"] == "nothing"
        organizations.merge_organizations(
            actor=KEEPER, predecessors=[unit("zjj")], successor=unit("czj"), on=day, reason="机构改革"
        )
    with clock.at(day):
        answer = door.post(body({"code": company.code})).json()
        (measure,) = answer["lines"][0]["measures"]
        assert (answer["lines"][0]["result"], measure["measure"]["code"]) == ("forbid", "P02")
        officer = replace(own, answers_for=frozenset({unit("zjj").pk}))
        assert short(one(officer, TENDER, company)) == ("forbid", {"P02": "forbid"})
        assert door.get(f"{answer['check']['number']}/changes").json()["same"]
        told_of = {"line": 1, "task": measure["task"], "decision": "refused", "decided_on": day.isoformat()}
        done = door.post(told_of, f"/{answer['check']['number']}/feedback")
        assert (done.status_code, done.json()["carried_out"]) == (201, True), done.json()
    assert ExecutionTask.objects.get(public_id=measure["task"]).state == "applied"


def test_an_objection_accepted_between_check_and_feedback(listing: Listing, company: Asked) -> None:
    who, day = make.actor_of("zjj", "handler"), listing.starts_on + 9 * DAY
    with clock.at(day):
        before = ask(actor=who, matter=TENDER, subjects=[company])
    task = json.loads(before.content)["lines"][0]["measures"][0]["task"]
    objecting.objection(listing, "accepted", on=day)
    with clock.at(day):
        now = one(who, TENDER, company)
        assert short(now) == ("remind", {"P02": "remind"})
        assert (now["measures"][0]["state"], now["measures"][0]["words"]) == ("paused", PAUSED_WORDS)
        (change,) = changes_since(who, check_of(who, before.number))
        assert (change.what, change.before["action"], change.after["state"], change.since) == (
            "changed", "forbid", "paused", day,
        )  # fmt: skip
        assert change.recorded_at is not None
        report = Report("refused", day)
        problem = refused("SAN-43", give_feedback, actor=who, number=before.number, line=1, task=task, report=report)
        assert PAUSED_WORDS in problem.detail
        later = ask(actor=who, matter=TENDER, subjects=[company])
        refused("SAN-43", give_feedback, actor=who, number=later.number, line=1, task=task, report=report)
        assert (Feedback.objects.count(), CheckFeedback.objects.count()) == (0, 0)
        assert ExecutionTask.objects.get(public_id=task).state == "assigned"
        granted = give_feedback(actor=who, number=before.number, line=1, task=task,
                                report=Report("granted_despite", day, "异议已受理，措施暂停执行"))  # fmt: skip
        assert granted.feedback is None
        assert [row["carried_out"] for row in feedback_of(check_of(who, before.number))] == [False]


def test_what_others_list_reminds_and_an_old_source_changes_the_words(listing: Listing) -> None:
    company, who = subject_factory.entity(), make.actor_of("zjj", "handler")
    day = listing.starts_on
    with clock.at(day):
        plain = ask(actor=who, matter=LICENCE, subjects=[Asked(code=code_of(company))])
        row = ExternalRow("示例法院", "（2026）川0802执1号", "失信被执行人名单", company, company.name, day - 30 * DAY)
        record_external(actor=make.actor_of("fgw", "office"), row=row)
        line = one(who, LICENCE, Asked(code=code_of(company)))
        assert (line["result"], line["measures"]) == ("remind", [])
        (reminder,) = line["reminders"]
        assert (reminder["source"], reminder["received_on"]) == ("示例法院", day.isoformat())
        assert "未据此采取措施" in reminder["words"]
        (change,) = changes_since(who, check_of(who, plain.number))
        assert (change.what, change.line) == ("new", 1)


RECEIPT_PARTS: tuple[Callable[[dict[str, Any]], Any], ...] = (
    lambda told_: told_["check"].update(position=told_["check"]["position"] + 1),
    lambda told_: told_["check"]["matter"].update(name="另一事项"),
    lambda told_: told_["lines"][0]["measures"][0].update(action="remind"),
    lambda told_: told_["lines"][0]["measures"][0].update(words=told_["lines"][0]["measures"][0]["words"] + "。"),
    lambda told_: told_["lines"].pop(),
    lambda told_: told_.update(digest=told_["digest"][:-1] + ("0" if told_["digest"][-1] != "0" else "1")),
    lambda told_: told_["signature"].update(value="00" * 64),
    lambda told_: told_["signature"].update(key="nobody"),
)


def test_a_receipt_proves_every_byte_and_is_never_rewritten(listing: Listing, company: Asked) -> None:
    with clock.at(listing.starts_on):
        who = make.actor_of("zjj", "handler")
        answer: Given = ask(actor=who, matter=TENDER, subjects=[company, company])
    shown = with_proof(answer.content, answer.seal)
    assert examine(json.loads(shown), known_keys()) == ""
    for spoil in RECEIPT_PARTS:
        changed = json.loads(shown)
        spoil(changed)
        assert examine(changed, known_keys()) != ""
    assert examine([], known_keys()) != ""
    check = Check.objects.get(public_id=answer.number)
    assert verify(check) == ""
    assert (given(check).content, seal_of(check)) == (answer.content, answer.seal)
    with database_refuses("CR216"):
        sql("UPDATE sanctions_check SET matter_name = 'x' WHERE id = %s", [check.pk])
    with database_refuses("CR002"):
        sql("UPDATE sanctions_checkedsubject SET action = 'nothing'")
    with database_refuses("CR002"):
        sql("DELETE FROM sanctions_check")
    check.matter_name = "被人改过"
    with pytest.raises(Problem) as caught:
        given(check)
    assert (caught.value.code, caught.value.status) == ("CHK-20", 500)


def test_a_thousand_cost_as_many_statements_as_one(listing: Listing, company: Asked) -> None:
    who = make.actor_of("zjj", "handler")
    many = [Asked(code=code_of(subject_factory.entity())) for _ in range(40)]
    with clock.at(listing.starts_on):
        counts = []
        for asked in ([company], [*many, company, *[Asked(code=subject_factory.new_code()) for _ in range(959)]]):
            told(who, TENDER, company)  # what is kept of the sources is warm
            with CaptureQueriesContext(
                connection,
            ) as seen:
                ask(actor=who, matter=TENDER, subjects=asked)
            counts.append(len(seen))
        with CaptureQueriesContext(connection) as none:
            ask(actor=who, matter=TENDER, subjects=many[:1])
    assert counts == [4, 4], [query["sql"][:80] for query in seen]
    assert len(none) == 3
    assert CheckedSubject.objects.filter(action="not_found").count() == 959


def test_a_call_over_http_takes_eight_statements(listing: Listing, company: Asked) -> None:
    door = Door("zjj")
    with clock.at(listing.starts_on):
        sent = body({"code": company.code})
        door.post(sent)
        with CaptureQueriesContext(connection) as seen:
            assert door.post(sent).json()["lines"][0]["result"] == "forbid"
    assert len(seen) <= 8, [query["sql"][:80] for query in seen]


def test_feedback_of_what_was_refused_by_rule_changes_nothing(listing: Listing, company: Asked) -> None:
    with clock.at(listing.starts_on):
        who = make.actor_of("zjj", "handler")
        number = ask(actor=who, matter=TENDER, subjects=[company]).number
        task = CheckedSubject.objects.get().answer["measures"][0]["task"]
        with nothing_written(), pytest.raises(Refused) as caught:
            give_feedback(actor=who, number=number, line=1, task=task,
                          report=Report("granted_despite", listing.starts_on, "联系人 13800000000"))  # fmt: skip
        assert caught.value.code == "CORE-11"
