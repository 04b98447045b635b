"""A person's own report: at the window, to whom an officer has checked, on that day, and nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core import clock, personal
from core.actors import Actor
from core.attachments import open_attachment
from core.models import PersonalIdentifier
from core.problems import NotPermitted, Problem
from core.signatures.signing import known_keys
from portal.models import PersonalReport
from portal.reports import personal as reports
from portal.reports.files import examine
from portal.reports.personal import Request, issue_personal
from portal.reports.typesetting import pdf_of
from subjects.models import Identifier
from tests.factories import sanctions as make
from tests.portal.conftest import PERSON, TODAY, City
from tests.support.workbench import signed_in, words

ADD = "/admin/portal/personalreport/add/"
ASKED = {"relation": "self", "purpose": "应聘", "checked": "on"}


def papers_of(city: City) -> dict[str, str]:
    held = Identifier.objects.get(subject=city.person.subject).personal
    number = personal._decrypt(held)
    return {"person_name": PERSON, "id_type": held.type, "id_number": number}


def test_from_the_papers_at_the_window_to_the_file(city: City, client: Client) -> None:
    window, papers = make.actor_of("ggzy", "window"), papers_of(city)
    officer = signed_in(window)
    assert "已当面核对证件原件" in words(officer.get(ADD))
    done = officer.post(ADD, papers | ASKED)
    assert done.status_code == 302, words(done)
    report = PersonalReport.objects.get()
    assert (report.subject, report.unit_id, report.copies) == (city.person.subject, window.unit_id, 0)
    page = words(officer.get(done["Location"]))
    assert papers["id_number"] not in page
    assert papers["id_number"] not in str(list(PersonalReport.history.values()))
    content = b"".join(officer.get(f"{done['Location'].replace('change/', '')}file/").streaming_content)
    found = examine(content, known_keys())
    assert (found.genuine, found.number) == (True, report.number)
    report.refresh_from_db()
    assert report.copies == 1
    acts = list(PersonalReport.history.order_by("history_id").values_list("history_act", "history_actor__key"))
    assert acts == [("report.personal.issue", window.key), ("report.personal.hand_over", window.key)]
    with clock.at(TODAY + timedelta(days=1)):  # RPT-14
        late = officer.get(f"/admin/portal/personalreport/{report.public_id}/file/")
        assert late.status_code == 409
    # Nothing of it is on the portal, by number, by file or by API.
    for address in (f"/reports/{report.number}", f"/reports/{report.number}.pdf", f"/reports?number={report.number}"):
        assert client.get(address).status_code == 404, address
    assert client.get(f"/api/v1/public/reports/{report.number}").status_code == 404
    checked = client.post("/reports/check", {"file": SimpleUploadedFile("a.pdf", content)}).content.decode()
    assert "文件真实" in checked
    assert PERSON not in checked
    # Other windows do not know that anybody asked.
    for other in (make.actor_of("rsj", "window"), make.actor_of("fgw", "office"), make.actor_of("rsj", "handler")):
        stranger = signed_in(other)
        for address in ("", f"{report.public_id}/change/", f"{report.public_id}/file/"):
            answer = stranger.get(f"/admin/portal/personalreport/{address}")
            assert answer.status_code in {302, 403, 404} or report.number not in words(answer), (other.label, address)


def test_the_file_goes_after_its_days_and_the_record_stays(
    city: City, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    window = make.actor_of("ggzy", "window")
    report = issue_personal(actor=window, request=Request(**papers_of(city), purpose="应聘", checked=True))
    settings.PERSONAL_REPORT_DAYS = 30
    job, last = Actor.job("portal.erase_personal_reports"), TODAY + timedelta(days=30)
    assert open_attachment(report.pdf).read(4) == b"%PDF"
    with clock.at(last):
        assert reports.erase_old(actor=job) == 0
    with clock.at(last + timedelta(days=1)), django_capture_on_commit_callbacks(execute=True):
        assert reports.erase_old(actor=job) == 1
        assert reports.erase_old(actor=job) == 0
    with pytest.raises(Problem):
        open_attachment(report.pdf)
    report.refresh_from_db()
    assert (report.erased_on, report.purpose) == (last + timedelta(days=1), "应聘")
    with clock.at(last + timedelta(days=1)):
        page = signed_in(window).get(f"/admin/portal/personalreport/{report.public_id}/change/")
    assert "保存期满" in words(page)


def test_what_is_asked_wrongly_is_refused_at_its_field(city: City) -> None:
    officer, papers = signed_in(make.actor_of("ggzy", "window")), papers_of(city)
    mandate = SimpleUploadedFile("委托书.txt", "授权查询\n".encode(), content_type="text/plain")
    for given, code in (
        ({"checked": ""}, "尚未当面核对证件"),  # RPT-10
        ({"person_name": "另一人"}, "姓名与该证件号码登记的姓名不一致"),  # RPT-11
        ({"relation": "agent"}, "未填写受托人姓名"),  # RPT-12
        ({"relation": "agent", "agent_name": "代理人"}, "缺少授权委托书"),
        ({"relation": "agent", "mandate": mandate}, "未填写受托人姓名"),
        ({"purpose": "给 13800138000 用"}, "手机号"),  # RPT-13
        ({"id_number": "51080219900101123X"}, "校验"),
    ):
        refused = officer.post(ADD, papers | ASKED | given)
        assert refused.status_code in {409, 422}, given
        assert code in words(refused), given
        assert PERSON not in words(refused) or given.get("person_name") is None
    assert not PersonalReport.objects.exists()
    with pytest.raises(NotPermitted):
        issue_personal(actor=make.actor_of("rsj", "handler"), request=Request("", "id_card", "", "", checked=True))


def test_of_whom_nothing_is_known_is_told_so(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report without a record opens no record; an agent's mandate is kept."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(reports, "pdf_of", lambda report: seen.append(report) or pdf_of(report))
    window = make.actor_of("ggzy", "window")
    request = Request(
        "无记录",
        "passport",
        "E12345678",
        "应聘",
        True,
        "agent",
        "受托人",
        make.attachment(window, "授权", "委托书.txt"),
    )
    empty = issue_personal(actor=window, request=request)
    listed = issue_personal(actor=window, request=Request(**papers_of(city), purpose="应聘", checked=True))
    assert (empty.subject, listed.subject) == (None, city.person.subject)
    assert empty.mandate is not None
    assert [section["count"] for section in seen[0]["sections"]] == [0, 0, 0, 0]
    serious = next(section for section in seen[1]["sections"] if section["code"] == "serious")
    assert serious["count"] == 1
    assert "E12345678" not in str(seen)
    assert re.search(r"\*", str(seen[0]["subject"]["rows"]))
    assert PersonalIdentifier.objects.filter(type="passport").count() == 1
    assert not Identifier.objects.filter(personal__type="passport").exists()
