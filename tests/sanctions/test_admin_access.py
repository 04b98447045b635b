"""Who opens what in the workbench: every role at every list, page and act; strangers' records do not exist."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.calendar import add_working_days
from core.deadlines import deadlines_of
from core.models import CalendarYear, TimeLimitRule
from core.tasks import remind_job
from organizations.enums import Role
from sanctions.models import Determination, ExecutionTask, GroupSummary, Listing, Meeting
from sanctions.services.external import ExternalRow, record_external
from tests.factories import sanctions as make
from tests.support.workbench import act_of, do, page_of, signed_in, words

pytestmark = pytest.mark.django_db
LISTS = ("case", "meeting", "determination", "listing", "executiontask", "externallisting", "groupsummary", "advice")
KERNEL = (
    "timelimitrule",
    "calendarday",
    "calendaryear",
    "deadline",
    "transitionrecord",
    "outboxevent",
    "personalreveal",
    "reminder",
    "reminderrule",
    "jobrun",
)
OFFICERS = frozenset({"handler", "reviewer", "group_lead", "office", "district_credit"})
OPEN: dict[str, Collection[str]] = {
    **dict.fromkeys(LISTS, OFFICERS),
    "externallisting": OFFICERS | {"window"},
    "groupsummary": {"group_lead", "office"},
    **dict.fromkeys(("transitionrecord", "outboxevent", "personalreveal"), frozenset({"audit_admin"})),
    **dict.fromkeys(("reminderrule", "jobrun"), frozenset({"system_admin"})),
    "reminder": OFFICERS,
    **dict.fromkeys(("timelimitrule", "calendarday", "calendaryear"), frozenset(Role.values)),
    "deadline": OFFICERS | {"system_admin", "audit_admin"},
}
PLACES = {"group_lead": "scjgj", "district_credit": "lzq_fgj", "window": "ggzy", "handler": "rsj", "reviewer": "rsj"}


def officer_of(role: str) -> Actor:
    return make.actor_of(PLACES.get(role, "fgw"), role)


@pytest.mark.parametrize("role", Role.values)
def test_every_list_opens_for_its_roles_and_tells_others_what_is_missing(role: str) -> None:
    client = signed_in(officer_of(role))
    assert client.get(reverse("admin:index")).status_code == 200
    for app, names in (("sanctions", LISTS), ("core", KERNEL)):
        for name in names:
            answer = client.get(reverse(f"admin:{app}_{name}_changelist"))
            expected = 200 if role in OPEN[name] else 403
            assert answer.status_code == expected, (role, name)
            if expected == 403:
                assert f"{app}.view_{name}" in words(answer)
                assert "安全管理员" in words(answer)


def test_anonymous_is_sent_to_sign_in(client: Any) -> None:
    case = make.draft()
    for address in (page_of(case), act_of(case, "submit"), reverse("admin:sanctions_case_changelist")):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "/admin/login/" in answer["Location"]


def records() -> dict[str, Any]:
    """Return one record of every kind, of one case from report to feedback."""
    listing = make.listing()
    case = listing.case_subject.case
    office = make.actor_of("fgw", "office")
    row = ExternalRow("法院", "S-1", "失信被执行人名单", listing.subject, listing.subject.name, make.START)
    external = record_external(actor=office, row=row)
    return {
        "case": case,
        "meeting": Meeting.objects.get(case=case),
        "determination": Determination.objects.get(case=case),
        "listing": listing,
        "task": ExecutionTask.objects.get(listing=listing, measure__code="P02", unit__code="zjj"),
        "external": external,
    }


# who may open which page: those concerned 200, strangers 404
CONCERNED: dict[str, tuple[tuple[str, str], ...]] = {
    "case": (("rsj", "handler"), ("rsj", "reviewer"), ("zjj", "handler"), ("scjgj", "group_lead"), ("fgw", "office")),
    "determination": (("rsj", "handler"), ("scjgj", "group_lead"), ("fgw", "office")),
    "listing": (("rsj", "handler"), ("zjj", "reviewer"), ("czj", "handler"), ("fgw", "office")),
    "task": (("zjj", "handler"), ("scjgj", "group_lead"), ("fgw", "office")),
}
STRANGERS: dict[str, tuple[tuple[str, str], ...]] = {
    "case": (("cgj", "handler"), ("gaj", "group_lead"), ("lzq_fgj", "district_credit"), ("czj", "handler")),
    "determination": (("cgj", "handler"), ("gaj", "group_lead"), ("lzq_fgj", "district_credit")),
    "listing": (("cgj", "reviewer"), ("gaj", "group_lead"), ("lzq_fgj", "district_credit")),
    "task": (("cgj", "handler"), ("czj", "handler"), ("gaj", "group_lead")),
}


def test_pages_open_for_those_concerned_and_do_not_exist_for_strangers() -> None:
    known = records()
    for name, people in CONCERNED.items():
        for unit, role in people:
            answer = signed_in(make.actor_of(unit, role)).get(page_of(known[name]))
            assert answer.status_code == 200, (name, unit, role)
    for name, people in STRANGERS.items():
        for unit, role in people:
            client = signed_in(make.actor_of(unit, role))
            assert client.get(page_of(known[name])).status_code == 404, (name, unit, role)
            if name != "task":
                continue
            assert client.get(act_of(known[name], "acknowledge")).status_code in {403, 404}
    for role in ("window", "system_admin", "security_admin", "audit_admin"):
        assert signed_in(officer_of(role)).get(page_of(known["case"])).status_code == 403


def test_lists_hold_only_what_concerns_the_unit() -> None:
    known = records()
    name = known["listing"].subject.name
    for unit, role, seen in (("rsj", "handler", True), ("cgj", "handler", False), ("gaj", "group_lead", False)):
        client = signed_in(make.actor_of(unit, role))
        for model in ("case", "listing"):
            shown = name in words(client.get(reverse(f"admin:sanctions_{model}_changelist")))
            assert shown is seen, (unit, model)
            found = name in words(client.get(reverse(f"admin:sanctions_{model}_changelist"), {"q": name[:6]}))
            assert found is seen or not seen


def test_files_are_served_to_those_concerned_only() -> None:
    case = make.draft()
    address = reverse("admin:sanctions_attachment", args=[case.evidence.get().attachment.public_id])
    answer = signed_in(make.actor_of("rsj", "reviewer")).get(address)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).decode().startswith("证据")
    assert signed_in(make.stranger()).get(address).status_code == 404


def test_documents_print_for_those_concerned_only() -> None:
    case = make.case_in("issued")
    notice = case.subjects.get().notice
    decision = reverse("admin:sanctions_decision_document", args=[case.public_id])
    told = reverse("admin:sanctions_notice_document", args=[case.public_id, notice.public_id])
    client, stranger = signed_in(make.actor_of("rsj", "handler")), signed_in(make.stranger())
    text = words(client.get(decision))
    for part in ("事由", "依据", "措施提示", "移出条件和程序", "救济途径", "信用修复告知书", "测信组〔2026〕1号"):
        assert part in text
    assert "陈述、申辩" in words(client.get(told))
    assert stranger.get(decision).status_code == 404
    assert stranger.get(told).status_code == 404


# --- acts: by permission, by scope, by state --------------------------------------------------------------------------

DOERS = {
    "submit": ("draft", {"reviewer"}),
    "evidence": ("draft", {"handler"}),
    "withdraw": ("draft", {"reviewer"}),
    "accept": ("submitted", {"group_lead", "office"}),
    "return": ("submitted", {"group_lead", "office"}),
    "escalate": ("submitted", {"group_lead", "office"}),
    "notify": ("accepted", {"group_lead", "office"}),
    "convene": ("heard", {"group_lead", "office"}),
    "attendance": ("convened", {"group_lead", "office"}),
    "vote": ("voted", {"handler", "reviewer"}),
    "decide": ("voted", {"group_lead", "office"}),
    "issue": ("decided", {"group_lead", "office"}),
}


@pytest.mark.parametrize("act", DOERS)
def test_an_act_without_its_permission_is_403_and_names_it(act: str) -> None:
    state, holders = DOERS[act]
    case = make.case_in(state)
    people = {"handler": "rsj", "reviewer": "rsj", "group_lead": "scjgj", "office": "fgw"}
    with clock.at(make.days_of(case).held):
        for role, unit in people.items():
            answer = signed_in(make.actor_of(unit, role)).get(act_of(case, act))
            if role in holders:
                assert answer.status_code in {200, 302}, (act, role)
            elif state == "draft" and role == "group_lead":
                assert answer.status_code == 404, (act, role)  # a draft is its own unit's matter
            else:
                assert answer.status_code == 403, (act, role)
                assert "sanctions." in words(answer)
        assert signed_in(make.stranger()).get(act_of(case, act)).status_code in {403, 404}
        assert do(make.stranger(), case, act).status_code in {403, 404}


def test_buttons_stand_only_where_state_permission_and_scope_allow() -> None:
    case = make.case_in("submitted")
    accept, submit = act_of(case, "accept"), act_of(case, "submit")
    with clock.at(make.days_of(case).accepted):
        assert accept in words(signed_in(make.lead_of(case)).get(page_of(case)))
        own = words(signed_in(make.actor_of("rsj", "reviewer")).get(page_of(case)))
    assert accept not in own
    assert submit not in own
    assert act_of(case, "withdraw") in own


def test_the_drafter_sees_why_he_may_not_submit() -> None:
    case = make.draft()
    both = make.actor_of("rsj", "handler")
    make.make_assignment("reviewer", make.unit("rsj"), officer=make.Officer.objects.get(pk=both.officer_id))
    with clock.at(make.START):
        shown = words(signed_in(both).get(page_of(case)))
        assert "起草与复核应由两名不同人员办理" in shown
        assert act_of(case, "submit") not in shown
        answer = do(both, case, "submit")
    assert answer.status_code == 409
    assert "CORE-05" in words(answer)


@pytest.mark.parametrize("name", ["case", "determination", "listing", "task", "external"])
def test_nothing_is_written_by_posting_to_a_page(name: str) -> None:
    record = records()[name]
    office = signed_in(make.actor_of("fgw", "office"))
    before = type(record).objects.values().get(pk=record.pk)
    for method in (office.post, office.put, office.patch, office.delete):
        answer = method(page_of(record), {"state": "withdrawn", "_save": "1"})
        assert answer.status_code in {403, 405}
    for tail in ("delete/", "history/"):
        address = page_of(record).replace("change/", tail)
        assert office.post(address, {"post": "yes"}).status_code in {403, 404}
    assert type(record).objects.values().get(pk=record.pk) == before


def test_nothing_is_added_by_the_generic_form() -> None:
    office = signed_in(make.actor_of("fgw", "office"))
    for model in ("meeting", "determination", "listing", "executiontask"):
        answer = office.post(reverse(f"admin:sanctions_{model}_add"), {"state": "issued"})
        assert answer.status_code == 403, model
    assert not Listing.objects.exists()
    assert not GroupSummary.objects.exists()


def test_no_bigint_key_stands_in_an_address() -> None:
    case = make.draft()
    client = signed_in(make.actor_of("rsj", "handler"))
    assert client.get(f"/admin/sanctions/case/{case.pk}/change/").status_code == 404
    assert page_of(case) in words(client.get(reverse("admin:sanctions_case_changelist")))


# --- lists take the same number of queries however long they are ------------------------------------------------------


def counted(fetch: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert fetch().status_code == 200
    return len(captured)


@pytest.mark.parametrize("model", ["case", "meeting", "determination", "listing", "executiontask"])
def test_a_longer_list_takes_no_more_queries(model: str) -> None:
    client = signed_in(make.actor_of("fgw", "office"))
    address = reverse(f"admin:sanctions_{model}_changelist")
    make.listing()
    few = counted(lambda: client.get(address))
    make.listing()
    make.listing()
    assert counted(lambda: client.get(address)) == few


def test_the_page_of_a_case_takes_no_more_queries_with_more_tasks() -> None:
    lead = make.lead_of(make.case_in("submitted"))
    client = signed_in(lead)
    small = make.case_in("listed", subjects=[make.legal_entity()])
    large = make.case_in("listed", subjects=[make.legal_entity(), make.legal_entity(), make.legal_entity()])
    counted(lambda: client.get(page_of(small)))
    assert counted(lambda: client.get(page_of(large))) == counted(lambda: client.get(page_of(small)))


def test_the_landing_page_counts_in_a_bounded_number_of_queries() -> None:
    """One count per kind of work, however much of it there is."""
    clients = {
        role: signed_in(make.actor_of(unit, role))
        for unit, role in (("fgw", "office"), ("scjgj", "group_lead"), ("rsj", "handler"), ("zjj", "reviewer"))
    }
    asked = []
    for _ in range(2):
        make.listing()
        asked.append({role: counted(lambda who=who: who.get(reverse("admin:index"))) for role, who in clients.items()})
    few, more = asked
    assert all(more[role] <= few[role] for role in clients), asked
    assert max(more.values()) <= 70, more


def test_cards_lead_to_lists_of_as_many_rows() -> None:
    make.listing()
    remind_job()
    make.case_in("submitted")
    make.draft()
    for unit, role in (("rsj", "reviewer"), ("scjgj", "group_lead"), ("zjj", "handler"), ("fgw", "office")):
        client = signed_in(make.actor_of(unit, role))
        for card in client.get(reverse("admin:index")).context["cards"]:
            if "?todo=" in card.url:
                shown = client.get(card.url).context["cl"]
                assert shown.result_count == card.count, (role, card.label)


# --- reference data of the clock --------------------------------------------------------------------------------------


def test_two_system_administrators_correct_a_rule_and_open_due_days_follow() -> None:
    rule = TimeLimitRule.objects.get(code="SAN-T03")
    address = reverse("admin:core_timelimitrule_act", args=[rule.public_id, "propose"])
    typed = {
        "count": "5",
        "unit": "working_day",
        "basis": "实施细则第三条",
        "confidence": "sure",
        "valid_from": rule.valid_from.isoformat(),
    }
    task = make.task()
    assert signed_in(officer_of("office")).post(address, typed).status_code == 403
    first = officer_of("system_admin")
    assert "请填写理由" in words(signed_in(first).post(address, typed))
    assert signed_in(first).post(address, typed | {"reason": "细则公布"}).status_code == 302
    proposed = TimeLimitRule.objects.get(code="SAN-T03", confirmed_by_key="")
    confirm = reverse("admin:core_timelimitrule_act", args=[proposed.public_id, "confirm"])
    assert "两名不同人员" in words(signed_in(first).post(confirm, {"reason": "已核对"}))
    second = signed_in(make.actor_of(PLACES.get("system_admin", "fgw"), "system_admin", 2))
    assert second.post(confirm, {"reason": "已核对"}).status_code == 302
    rule.refresh_from_db()
    assert rule.replaced_on is not None
    due = deadlines_of(task).get()
    assert (due.rule, due.count, due.due_on) == (proposed, 5, add_working_days(due.counts_from, 5))


def test_a_year_is_confirmed_once_and_not_before_its_days() -> None:
    keeper = signed_in(officer_of("system_admin"))
    address = reverse("admin:core_calendaryear_add")
    typed = {"year": "2031", "source": "国办发明电〔2030〕1号", "reason": "通知公布"}
    assert "没有登记任何休息日" in words(keeper.post(address, typed))
    day = {"day": "2031-01-01", "is_working": "0", "note": "元旦", "source": typed["source"], "reason": "通知公布"}
    assert keeper.post(reverse("admin:core_calendarday_add"), day).status_code == 302
    assert keeper.post(address, typed).status_code == 302
    assert CalendarYear.objects.filter(year=2031).exists()
    assert "已经确认" in words(keeper.post(address, typed))
    assert signed_in(officer_of("audit_admin")).get(address).status_code == 403


def test_an_officer_of_two_units_sees_where_he_acts_and_switches() -> None:
    first = make.actor_of("rsj", "handler")
    officer = make.Officer.objects.get(pk=first.officer_id)
    make.make_assignment("handler", make.unit("zjj"), officer=officer)
    case = make.draft()
    client = signed_in(first)
    shown = client.get(reverse("admin:index"))
    assert len(shown.context["acting_places"]) == 2
    assert client.get(page_of(case)).status_code == 200
    other = next(place["key"] for place in shown.context["acting_places"] if not place["current"])
    client.post(reverse("organizations:switch-assignment"), {"assignment": other})
    assert client.get(page_of(case)).status_code == 404
