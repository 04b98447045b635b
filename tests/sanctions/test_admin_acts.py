"""Every act of the chain by its form: what is done, what is refused at which field, and that nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import clock
from core.models import Attachment
from sanctions.models import Case, Determination, ExternalListing, Feedback, GroupSummary, Listing
from subjects.selectors import code_of
from tests.factories import sanctions as make
from tests.support.workbench import act_of, do, newest_case, page_of, report, signed_in, words

pytestmark = pytest.mark.django_db
ADD = "/admin/sanctions/case/add/"


def paper(text: str = "整改指令书", name: str = "整改指令书.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, f"{text}\n".encode(), content_type="text/plain")


def done(answer: Any) -> None:
    """The act went through: the answer leads on, and does not show the form again."""
    assert answer.status_code == 302, words(answer)[:4000]


def opened(on: date, **fields: str) -> Any:
    subject = make.legal_entity()
    data = report([{"subject": code_of(subject)}], **fields)
    with clock.at(on):
        return signed_in(make.actor_of("rsj", "handler")).post(ADD, data)


# --- the whole chain, by forms alone ----------------------------------------------------------------------------------


def test_the_whole_chain_by_forms() -> None:
    handler, reviewer = make.actor_of("rsj", "handler"), make.actor_of("rsj", "reviewer")
    done(opened(make.START))
    case = newest_case()
    days = make.days_of(case)
    with clock.at(make.START):
        done(do(handler, case, "evidence", title="整改指令书", file=paper()))
    with clock.at(days.submitted):
        done(do(reviewer, case, "submit"))
    case = make.fresh(case)
    lead, second = make.lead_of(case), make.lead_of(case, 2)
    with clock.at(days.accepted):
        done(do(lead, case, "accept"))
    with clock.at(days.noticed):
        assert "拟认定告知书（预览）" in words(signed_in(lead).get(act_of(case, "notify")))
        done(do(lead, case, "notify"))
    row = case.subjects.select_related("notice", "subject").get()
    served = {"method": "direct", "recipient": "王某（示例）"}
    with clock.at(days.heard):
        done(
            do(handler, case, "serve-notice", row.notice.public_id, served_on=str(days.heard), proof=paper(), **served)
        )
        done(do(handler, case, "statement", row.notice.public_id, statement="无异议", received_on=str(days.heard)))
    meeting = _meet(case, lead, days)
    _conclude(case, lead, second, row, days)
    with clock.at(days.served):
        done(do(handler, case, "serve-decision", row.public_id, served_on=str(days.served), **served))
        listing = Listing.objects.get(case_subject=row)
        assert listing.tasks.exists()
        determination = Determination.objects.get(case=case)
        done(do(make.actor_of("fgw", "office"), determination, "file"))
        determination.refresh_from_db()
        assert determination.filed_on == days.served
        assert meeting.draws.count() == 2
        _execute(listing, days.served, lead)
        shown = words(signed_in(handler).get(page_of(case)))
        for expected in ("已印发", "复算一致", "为什么是这一天", "实施任务", row.subject.name):
            assert expected in shown


def _meet(case: Case, lead: Any, days: Any) -> Any:
    with clock.at(days.heard):
        page = signed_in(lead).get(act_of(case, "convene"))
        chosen = [unit.public_id for unit, _, ticked in page.context["proposed_units"] if ticked]
        assert len(chosen) > 5
        done(do(lead, case, "convene", held_on=str(days.held), place="", units=chosen))
        meeting = case.meetings.get()
        done(do(lead, case, "prepare-draw", **{"demand-law": "2"}))
        draw = meeting.draws.get()
        before = words(signed_in(lead).get(page_of(case)))
        assert draw.digest in before
        assert draw.seed not in before
        done(do(lead, case, "draw", draw.public_id))
        assert draw.seed in words(signed_in(lead).get(page_of(case)))
        seat = meeting.experts.select_related("expert").first()
        done(do(lead, case, "decline", seat.expert.public_id, reason="有业务往来"))
        done(do(lead, case, "prepare-draw", **{"demand-law": "1"}))
        done(do(lead, case, "draw", meeting.draws.get(round=2).public_id))
    with clock.at(days.held):
        came = [row.unit for row in meeting.invitees.select_related("unit")[:]]
        done(do(lead, case, "attendance", attended=[unit.public_id for unit in came]))
        experts = meeting.experts.filter(declined_reason="").select_related("expert")
        done(do(lead, case, "opinions", **{f"opinion-{seat.expert.public_id}": "建议列入" for seat in experts}))
        subject = case.subjects.get()
        for unit in came:
            voter = make.actor_of(unit.code, "reviewer")
            done(do(voter, case, "vote", **{f"choice-{subject.public_id}": "list"}))
    return meeting


def _conclude(case: Case, lead: Any, second: Any, row: Any, days: Any) -> None:
    with clock.at(days.held):
        page = signed_in(lead).get(act_of(case, "decide"))
        form = page.context["form"]
        assert form.initial[f"result-{row.public_id}"] == "listed"
        filled = {name: str(value) for name, value in form.initial.items() if value is not None}
        filled |= {"period_source": "catalogue", "minutes": "逐个主体表决，一致同意列入"}
        done(do(lead, case, "decide", **filled))
    with clock.at(days.issued):
        refused = do(lead, case, "issue", official_number="测信组〔2026〕7号")
        assert refused.status_code == 409
        assert "CORE-05" in words(refused)
        assert "测信组〔2026〕7号" in words(refused)
        done(do(second, case, "issue", official_number="测信组〔2026〕7号"))


def _execute(listing: Listing, day: date, lead: Any) -> None:
    task = listing.tasks.filter(unit__code="zjj").order_by("pk")[0]
    worker = make.actor_of("zjj", "handler")
    done(do(worker, task, "refuse", reason="目前没有在办业务"))
    done(do(lead, task, "insist", reason="不以在办业务为前提"))
    done(do(worker, task, "acknowledge"))
    done(do(worker, task, "apply", done_on=str(day), matter="招标资格", detail="已在系统中设置", evidence=paper()))
    task.refresh_from_db()
    assert task.state == "applied"
    assert Feedback.objects.get(task=task).evidence is not None


def test_return_revise_escalate_withdraw() -> None:
    case = make.case_in("submitted")
    days = make.days_of(case)
    lead = make.lead_of(case)
    with clock.at(days.accepted):
        done(do(lead, case, "return", reason="补充工资表"))
        handler = make.actor_of("rsj", "handler")
        revised = {"document_number": "测试罚〔2026〕1号", "facts": "补充工资表后重新报送"}
        done(do(handler, case, "revise", **revised))
        done(do(make.actor_of("rsj", "reviewer"), case, "submit"))
        done(do(lead, case, "escalate", reason="跨小组重大行为"))
        office = make.actor_of("fgw", "office")
        done(do(office, case, "accept"))
        assert make.fresh(case).level == "office"
        done(do(make.actor_of("rsj", "reviewer"), case, "withdraw", reason="材料有误"))
    assert make.fresh(case).state == "withdrawn"


# --- bad input at its field, with what was typed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "told"),
    [
        ({"recognized_on": "2010-01-04", "act_on": "2010-01-02"}, "recognized_on", "CAT-"),
        ({"act_on": "2026-02-28"}, "recognized_on", "SAN-03"),
        ({"document_number": ""}, "document_number", "请填写认定文书的文号"),
        ({"facts": "　"}, "facts", "请填写事由"),
        ({"recognized_on": "2026年"}, "recognized_on", "不是有效的日期"),
    ],
)
def test_opening_is_refused_at_the_field_and_keeps_what_was_typed(
    fields: dict[str, str], field: str, told: str
) -> None:
    answer = opened(make.START, **fields)
    assert answer.status_code in {409, 422}
    form = answer.context["form"]
    found = " ".join(str(error) for error in form.errors.get(field, [])) + " ".join(map(str, form.non_field_errors()))
    assert told in found
    assert "没有办成，填写的内容都保留着" in words(answer)
    kept = {"document_number": "测试罚〔2026〕9号", "facts": "拖欠工资，经责令限期支付逾期未支付"} | fields
    assert kept["document_number"] in words(answer)
    assert kept["facts"].strip() in words(answer)
    assert not Case.objects.exists()


def test_wrong_check_digit_unknown_subject_and_a_minor_are_told_at_their_row() -> None:
    handler = make.actor_of("rsj", "handler")
    good = code_of(make.legal_entity())
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    with clock.at(make.START):
        answer = signed_in(handler).post(ADD, report([{"subject": wrong}, {"subject": "没有这一家公司"}]))
    assert answer.status_code == 422
    rows = answer.context["rows"].forms
    assert "ID-04" in str(rows[0].errors["subject"])
    assert "没有找到" in str(rows[1].errors["subject"])
    assert wrong in words(answer)


def test_no_subject_at_all_is_refused() -> None:
    with clock.at(make.START):
        answer = signed_in(make.actor_of("rsj", "handler")).post(ADD, report([{"subject": ""}]))
    assert answer.status_code == 409
    assert "SAN-04" in words(answer)


def test_a_disguised_file_is_refused_and_a_good_one_is_kept() -> None:
    case = make.draft(evidence=False)
    handler = make.actor_of("rsj", "handler")
    with clock.at(make.START):
        disguised = SimpleUploadedFile("证据.pdf", b"MZ\x90\x00 not a pdf", content_type="application/pdf")
        answer = do(handler, case, "evidence", title="处罚决定书", file=disguised)
        assert answer.status_code == 422
        assert "ATT-02" in str(answer.context["form"].errors["file"])
        assert "处罚决定书" in words(answer)
        answer = do(handler, case, "evidence", title="处罚决定书")
        assert "请选择文件" in str(answer.context["form"].errors["file"])


def test_a_file_that_was_taken_in_need_not_be_chosen_again() -> None:
    case = make.case_in("noticed")
    days = make.days_of(case)
    notice = case.subjects.get().notice
    handler = make.actor_of("rsj", "handler")
    with clock.at(days.heard):
        typed = {"method": "direct", "recipient": "王某", "served_on": "2020-01-01"}
        answer = do(handler, case, "serve-notice", notice.public_id, proof=paper("回证", "回证.txt"), **typed)
        assert answer.status_code == 409
        assert "SAN-24" in str(answer.context["form"].errors["served_on"])
        assert "已收下：回证.txt" in words(answer)
        token = answer.context["kept"]["proof"][1]
        typed["served_on"] = str(days.heard)
        done(do(handler, case, "serve-notice", notice.public_id, **typed, **{"proof-kept": token}))
    assert Attachment.objects.filter(name="回证.txt").count() == 1
    assert case.subjects.get().services.get().proof.name == "回证.txt"


def test_a_kept_file_of_another_officer_is_not_taken() -> None:
    case = make.case_in("noticed")
    notice = case.subjects.get().notice
    handler, reviewer = make.actor_of("rsj", "handler"), make.actor_of("rsj", "reviewer")
    with clock.at(make.days_of(case).heard):
        typed = {"method": "direct", "recipient": "王某", "served_on": "2020-01-01"}
        token = do(handler, case, "serve-notice", notice.public_id, proof=paper(), **typed).context["kept"]["proof"][1]
        typed["served_on"] = str(make.days_of(case).heard)
        done(do(reviewer, case, "serve-notice", notice.public_id, **typed, **{"proof-kept": token}))
    assert case.subjects.get().services.get().proof is None


def test_a_second_click_is_told_that_it_is_done_already() -> None:
    case = make.case_in("submitted")
    lead = make.lead_of(case)
    with clock.at(make.days_of(case).accepted):
        done(do(lead, case, "accept"))
        again = do(lead, case, "accept")
        assert again.status_code == 409
        assert "CORE-04" in words(again)
        shown = signed_in(lead).get(act_of(case, "accept"), follow=True)
    assert "现在不能办理“受理”" in words(shown)


def test_an_early_meeting_a_missing_initiator_and_a_missing_notice_are_refused() -> None:
    case = make.case_in("noticed")
    lead = make.lead_of(case)
    days = make.days_of(case)
    with clock.at(days.heard):
        unit = make.unit("zjj").public_id
        answer = do(lead, case, "convene", held_on=str(days.heard), units=[unit], place="三楼会议室")
    assert answer.status_code == 409
    assert "SAN-12" in words(answer)
    assert "SAN-27" in str(answer.context["form"].errors["units"])
    assert "三楼会议室" in words(answer)


def test_a_period_outside_the_range_stands_at_the_period() -> None:
    case = make.case_in("voted")
    lead = make.lead_of(case)
    row = case.subjects.get()
    typed = {
        f"result-{row.public_id}": "listed",
        f"why-{row.public_id}": "事实清楚",
        "period_kind": "length",
        "years": "90",
        "period_source": "minutes",
        "minutes": "会议记录全文",
    }
    with clock.at(make.days_of(case).held):
        answer = do(lead, case, "decide", **typed)
        assert "SAN-20" in str(answer.context["form"].errors["years"])
        assert "会议记录全文" in words(answer)
        assert "怎样办理：" in words(answer)
        assert "&lt;span" not in words(answer)
        against = do(lead, case, "decide", **(typed | {"years": "3", f"result-{row.public_id}": "not_listed"}))
        assert "SAN-17" in str(against.context["form"].errors[f"result-{row.public_id}"])
    assert not Determination.objects.exists()


def test_no_decision_without_quorum() -> None:
    case = make.case_in("convened")
    lead = make.lead_of(case)
    row = case.subjects.get()
    typed = {f"result-{row.public_id}": "listed", f"why-{row.public_id}": "清楚", "period_kind": "length", "years": "3"}
    with clock.at(make.days_of(case).held):
        answer = do(lead, case, "decide", **typed, period_source="catalogue", minutes="纪要")
    assert "SAN-15" in words(answer)


def test_an_effective_day_before_service_is_refused() -> None:
    case = make.case_in("issued")
    days = make.days_of(case)
    row = case.subjects.get()
    typed = {"method": "direct", "recipient": "王某", "served_on": str(days.served), "starts_on": str(days.issued)}
    with clock.at(days.served):
        answer = do(make.actor_of("rsj", "handler"), case, "serve-decision", row.public_id, **typed)
    assert "SAN-25" in str(answer.context["form"].errors["starts_on"])
    assert not Listing.objects.exists()


def test_a_vote_without_attendance_and_an_act_without_reason_are_refused() -> None:
    case = make.case_in("convened")
    row = case.subjects.get()
    days = make.days_of(case)
    with clock.at(days.held):
        answer = do(make.actor_of("zjj", "reviewer"), case, "vote", **{f"choice-{row.public_id}": "list"})
        assert "SAN-34" in words(answer)
    other = make.case_in("submitted", start=make.START + timedelta(days=1))
    with clock.at(make.days_of(other).accepted):
        answer = do(make.lead_of(other), other, "return")
    assert "请填写退回理由" in str(answer.context["form"].errors["reason"])


def test_a_late_record_needs_its_reason() -> None:
    case = make.draft()
    reviewer = make.actor_of("rsj", "reviewer")
    with clock.at(make.START + timedelta(days=9)):
        answer = do(reviewer, case, "submit", on=str(make.START))
        assert "CORE-03" in str(answer.context["form"].errors["on"])
        done(do(reviewer, case, "submit", on=str(make.START), reason="当日系统维护，补录"))


def test_more_units_are_invited_and_a_failed_meeting_is_called_again() -> None:
    case = make.case_in("convened")
    lead, days = make.lead_of(case), make.days_of(case)
    with clock.at(days.convened):
        done(do(lead, case, "invite", units=[make.unit("czj").public_id]))
        assert case.meetings.get().invitees.count() == 4
    with clock.at(days.held):
        shown = signed_in(lead).get(act_of(case, "reconvene"))
        assert len(shown.context["form"].initial["units"]) == 4
        units = shown.context["form"].initial["units"]
        later = str(days.after(20))
        answer = do(lead, case, "reconvene", held_on=later, place="", units=units)
        assert "请填写未成会原因" in words(answer)
        done(do(lead, case, "reconvene", held_on=later, place="", units=units, reason="到会单位不足"))
        assert case.meetings.count() == 2
        assert "未成会：到会单位不足" in words(signed_in(lead).get(page_of(case)))


def test_a_listing_of_its_source_ends_with_its_source() -> None:
    listing = make.listing(entry=make.COURT, initiator="zy")
    assert listing.governed_by == "source"
    reviewer = make.actor_of("zy", "reviewer")
    with clock.at(listing.starts_on + timedelta(days=30)):
        day = str(listing.starts_on + timedelta(days=20))
        done(do(reviewer, listing, "source-exit", ended_on=day, reason="删除失信信息决定书"))
    listing.refresh_from_db()
    assert listing.state == "closed"


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_external_lists_are_kept_and_ended_by_their_source() -> None:
    office = make.actor_of("fgw", "office")
    subject = make.legal_entity()
    client = signed_in(office)
    typed = {
        "source": "信用中国",
        "source_number": "X-1",
        "list_name": "严重失信主体名单",
        "reported_name": subject.name,
        "code": code_of(subject),
        "listed_on": "2026-01-05",
    }
    done(client.post(reverse("admin:sanctions_externallisting_add"), typed))
    kept = ExternalListing.objects.get()
    assert kept.subject == subject
    done(do(office, kept, "end", ended_on="2026-02-05"))
    answer = client.post(reverse("admin:sanctions_externallisting_add"), typed | {"code": "91510800000000000X"})
    assert "没有代码为" in str(answer.context["form"].errors["code"])


def test_a_group_sums_up_its_quarter() -> None:
    listing = make.listing()
    lead = make.lead_of(listing.case_subject.case)
    client = signed_in(lead)
    address = reverse("admin:sanctions_groupsummary_add")
    with clock.at(date(2026, 7, 1)):
        form = client.get(address).context["form"]
        group = form.fields["group"].choices[0][0]
        done(client.post(address, {"group": group, "from_on": "2026-01-01", "to_on": "2026-06-30"}))
        early = client.post(address, {"group": group, "from_on": "2026-07-01", "to_on": "2026-09-30"})
    assert "SAN-53" in str(early.context["form"].errors["to_on"])
    summary = GroupSummary.objects.get()
    assert summary.figures["listings"] == 1
    assert "按实施单位" in words(client.get(page_of(summary)))


def test_subjects_are_suggested_by_post_and_registered() -> None:
    handler = make.actor_of("rsj", "handler")
    client = signed_in(handler)
    subject = make.legal_entity("广元市测试白龙江建材有限公司")
    address = reverse("admin:sanctions_subject_suggestions")
    items = client.post(address, {"q": "白龙江"}).json()["items"]
    assert [item["name"] for item in items] == [subject.name]
    assert client.get(address, {"q": "白龙江"}).status_code == 405
    typed = {"kind": "enterprise", "title": "广元市测试新建档有限公司", "code": code_of(subject)}
    answer = client.post(reverse("admin:subjects_subject_add"), typed)
    assert "SUB-04" in str(answer.context["form"].errors["code"])
    minor = {"title": "测试少年", "id_type": "id_card", "number": "510802201501010018"}
    answer = client.post(reverse("admin:subjects_subject_new", args=["register-person"]), minor)
    assert answer.status_code in {409, 422}


def test_a_refusal_of_the_database_itself_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make.case_in("convened")
    row = case.subjects.get()
    monkeypatch.setattr("sanctions.services.determinations._vote_violations", lambda *_: [])
    typed = {f"result-{row.public_id}": "listed", f"why-{row.public_id}": "清楚", "period_kind": "length", "years": "3"}
    with clock.at(make.days_of(case).held):
        answer = do(make.lead_of(case), case, "decide", **typed, period_source="catalogue", minutes="纪要原文")
    assert answer.status_code == 409
    assert re.search(r"CR2\d\d", words(answer))
    assert "纪要原文" in words(answer)
    assert make.fresh(case).state == "convened"
