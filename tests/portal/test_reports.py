"""Credit reports: facts only, numbered once, signed over every byte, and honest about what became of them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from core import clock
from core.attachments import open_attachment
from core.problems import NotFound, Refused
from portal.models import Report
from portal.reports import selectors
from portal.reports.services import VISITOR, issue, withdraw
from portal.reports.signing import OfflineVerifier, canonical, examine, signed_json, signed_pdf, signer
from tests.factories import publicity
from tests.factories import sanctions as make
from tests.portal.conftest import PERSON, TODAY, City, code_of
from tests.support.refusals import database_refuses


def pdf_of(report: Report) -> bytes:
    with open_attachment(report.pdf) as file:
        return bytes(file.read())


@pytest.fixture
def report(city: City) -> Report:
    return issue(actor=VISITOR, subject=city.paused.subject)


def section(report: Report, code: str) -> dict[str, Any]:
    found = json.loads(report.document)["report"]["sections"]
    return next(part for part in found if part["code"] == code)


def test_a_report_says_what_is_public_in_words(report: Report, city: City) -> None:
    serious = section(report, "serious")
    assert serious["count"] == 1
    assert "措施暂停执行" in serious["items"][0]["mark"]
    words = json.dumps(serious, ensure_ascii=False)
    for part in ("认定单位", "依据", "起止"):
        assert part in words
    assert section(report, "judgment") == {**section(report, "judgment"), "count": 0, "items": []}
    assert section(report, "judgment")["empty"]
    assert not {"score", "grade"} & set(json.loads(report.document)["report"])


def test_a_person_has_no_report_here(city: City) -> None:
    with pytest.raises(NotFound):
        issue(actor=VISITOR, subject=city.person.subject)
    assert not Report.objects.exists()


def test_the_same_words_are_numbered_once_and_other_words_supersede(report: Report, city: City) -> None:
    assert issue(actor=VISITOR, subject=city.paused.subject) == report
    with clock.at(date(2026, 6, 2)):
        later = issue(actor=VISITOR, subject=city.paused.subject)
        first = selectors.verified(report.number)
    assert later.number != report.number
    assert (first.state, first.newer) == ("superseded", later.number)
    assert selectors.verified(later.number).state == "valid"


def test_a_change_after_the_report_is_told(report: Report, city: City) -> None:
    assert not selectors.verified(report.number).changed
    with clock.at(date(2033, 1, 1)):  # the listing is over by then
        assert selectors.verified(report.number).changed


def test_RPT_02_a_withdrawn_report_says_since_when_and_why(report: Report, client: Client) -> None:
    with pytest.raises(Refused) as caught:
        withdraw(actor=make.actor_of("fgw", "office"), report=report, reason=" ")
    assert caught.value.errors[0].code == "RPT-02"
    withdraw(actor=make.actor_of("fgw", "office"), report=report, reason="主体信息登记错误")
    found = selectors.verified(report.number)
    assert (found.state, found.since) == ("withdrawn", "2026年6月1日")
    page = client.get(f"/reports/{report.number}").content.decode()
    assert "主体信息登记错误" in page
    assert ".pdf" not in page
    with pytest.raises(Refused) as caught:
        withdraw(actor=make.actor_of("fgw", "office"), report=report, reason="再次")
    assert caught.value.errors[0].code == "RPT-03"
    assert issue(actor=VISITOR, subject=report.subject).number != report.number


def test_one_current_report_of_a_subject_in_the_database(report: Report) -> None:
    twin = Report.objects.get(pk=report.pk)
    twin.pk, twin.public_id, twin.number = None, "0" * 16, "2" * 22
    with database_refuses("23505"):
        twin.save(force_insert=True)


def test_one_changed_byte_is_found(report: Report) -> None:
    by = OfflineVerifier(signer().public_keys())
    for content in (pdf_of(report), report.document.encode()):
        assert examine(content, by).genuine
        places = {*range(0, len(content), max(1, len(content) // 150)), *range(len(content) - 160, len(content))}
        for place in sorted(places):
            changed = bytearray(content)
            changed[place] ^= 1
            assert not examine(bytes(changed), by).genuine, place
        assert not examine(content + b" ", by).genuine
        assert not examine(content[:-1], by).genuine


def test_another_key_and_other_files_are_not_ours(report: Report, settings: Any) -> None:
    by = OfflineVerifier(signer().public_keys())
    settings.REPORT_KEYS = ["other:" + "B" * 43 + "="]
    stranger = signer()
    assert "签名不符" in examine(signed_json({"number": "1"}, stranger), by).why
    assert "签名不符" in examine(signed_pdf(b"%PDF-1.7\n%%EOF\n", stranger), by).why
    for other in (b"", b"%PDF-1.7 nothing", b"[]", b'{"report":1,"signature":2}', b"{" * 5000):
        found = examine(other, by)
        assert not found.genuine
        assert found.why


def test_an_older_key_still_verifies(report: Report, settings: Any) -> None:
    settings.REPORT_KEYS = ["new:" + "B" * 43 + "=", *settings.REPORT_KEYS]
    assert signer().key_id == "new"
    assert examine(pdf_of(report), signer()).genuine


def test_the_command_verifies_offline(report: Report, tmp_path: Path, capsys: Any) -> None:
    keys, file = tmp_path / "keys.json", tmp_path / "report.pdf"
    keys.write_text(json.dumps(signer().public_keys()))
    file.write_bytes(pdf_of(report))
    out = io.StringIO()
    call_command("verify_report", str(file), "--keys", str(keys), stdout=out)
    assert json.loads(out.getvalue())["genuine"] is True
    file.write_bytes(pdf_of(report)[:-2] + b"0\n")
    with pytest.raises(CommandError) as caught:
        call_command("verify_report", str(file), "--keys", str(keys), stdout=io.StringIO())
    assert caught.value.returncode == 1
    file.write_bytes(report.document.encode())
    alone = subprocess.run(  # no database, no Redis, nothing of this process
        [sys.executable, "manage.py", "verify_report", str(file), "--keys", str(keys)],
        cwd=live.BASE_DIR, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
             "REDIS_URL": "redis://127.0.0.1:1/0"},
    )  # fmt: skip
    assert alone.returncode == 0, alone.stderr
    assert json.loads(alone.stdout)["number"] == report.number


def test_from_the_subject_to_the_verified_file(city: City, client: Client) -> None:
    code = code_of(city.wages)
    asked = client.post(f"/subjects/{code}/report")
    assert asked.status_code == 302
    page = client.get(asked["Location"])
    assert page.status_code == 200
    assert "报告真实" in page.content.decode()
    number = asked["Location"].rsplit("/", 1)[1]
    pdf = b"".join(client.get(f"/reports/{number}.pdf").streaming_content)  # type: ignore[attr-defined]
    assert pdf.startswith(b"%PDF-")
    checked = client.post("/reports/check", {"file": SimpleUploadedFile("报告.pdf", pdf)}).content.decode()
    assert "文件与出具时一致" in checked
    assert number in checked
    wrong = client.post("/reports/check", {"file": SimpleUploadedFile("报告.pdf", pdf + b"x")}).content.decode()
    assert "不能作为信用报告" in wrong
    told = client.get(f"/api/v1/public/reports/{number}").json()
    assert (told["state"], told["changed"], told["code"]) == ("valid", False, code)


def test_what_is_asked_wrongly_is_answered(city: City, client: Client) -> None:
    assert client.get("/subjects/X/report").status_code == 405
    assert client.post("/subjects/X/report").status_code == 404
    assert client.get("/reports/20260101000000ABCDEFGH").status_code == 404
    assert "没有这个编号的报告" in client.get("/reports?number=2026").content.decode()
    assert client.post("/reports/check").status_code == 400
    big = SimpleUploadedFile("a.pdf", b"x" * (4 * 1024 * 1024 + 1))
    assert client.post("/reports/check", {"file": big}).status_code == 413
    assert client.get("/api/v1/public/reports/1").json()["code"] == "NOT-FOUND"


def test_no_report_names_a_person_or_what_is_not_public(report: Report, city: City) -> None:
    for subject in (city.wages.subject, city.reward.subject):
        issue(actor=VISITOR, subject=subject)
    everything = "".join(Report.objects.values_list("document", flat=True))
    assert PERSON not in everything
    assert canonical(TODAY.isoformat()).decode() in everything


def test_disclosures_stand_in_a_report_until_their_last_day(db: None) -> None:
    day = date(2026, 5, 6)
    with clock.at(day):
        record = publicity.published_penalty("scjgj", day)
        licence = publicity.published_licence("scjgj", day, subject=record.subject)
        both = issue(actor=VISITOR, subject=record.subject)
    titles = [item["title"] for item in section(both, "administration")["items"]]
    assert {record.document_number, licence.document_number} == {title.partition("　")[2] for title in titles}
    assert "长期" not in str(section(both, "judgment"))
    with clock.at(record.last_public_day):
        last = issue(actor=VISITOR, subject=record.subject)
    with clock.at(record.last_public_day + timedelta(days=1)):
        after = issue(actor=VISITOR, subject=record.subject)
    assert record.document_number in last.document
    assert record.document_number not in after.document
    assert licence.document_number in after.document
