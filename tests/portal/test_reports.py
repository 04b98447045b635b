"""Credit reports: facts only, numbered once, signed over every byte, and honest about what became of them."""

from __future__ import annotations

import base64
import io
import json
import os
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
from core.digests import canonical
from core.problems import NotFound, Refused
from core.signatures.signing import known_keys, signer
from portal.models import Report
from portal.reports import selectors
from portal.reports.files import examine, signed_json, signed_pdf
from portal.reports.services import VISITOR, issue, withdraw
from tests.factories import publicity
from tests.factories import sanctions as make
from tests.portal.conftest import PERSON, TODAY, City, code_of
from tests.repair import test_ending_disclosure as ending
from tests.support.refusals import database_refuses

SM2_KEY = base64.b64encode(bytes(range(2, 34))).decode()


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


def test_a_file_that_says_what_is_over_is_not_spread(report: Report, client: Client) -> None:
    """Whoever holds it may still verify it; this site gives it out no more."""
    assert client.get(f"/reports/{report.number}.json").status_code == 200
    content = pdf_of(report)
    with clock.at(date(2033, 1, 1)):  # the listing is over by then
        page = client.get(f"/reports/{report.number}").content.decode()
        assert "有效，但公开信息已有变化" in page
        assert "拖欠" not in page
        for form in ("pdf", "json"):
            assert client.get(f"/reports/{report.number}.{form}").status_code == 410
        checked = client.post("/reports/check", {"file": SimpleUploadedFile("a.pdf", content)}).content.decode()
        assert "文件真实" in checked
        again = issue(actor=VISITOR, subject=report.subject)
        assert section(again, "serious")["items"] == []
        superseded = client.get(f"/reports/{report.number}").content.decode()
        assert again.number in superseded


def test_RPT_02_a_withdrawn_report_says_since_when_and_why(report: Report, client: Client) -> None:
    with pytest.raises(Refused) as caught:
        withdraw(actor=make.actor_of("fgw", "office"), report=report, reason=" ")
    assert caught.value.errors[0].code == "RPT-02"
    withdraw(actor=make.actor_of("fgw", "office"), report=report, reason="主体信息登记错误")
    found = selectors.verified(report.number)
    assert (found.state, found.since) == ("withdrawn", TODAY)
    page = client.get(f"/reports/{report.number}").content.decode()
    assert "主体信息登记错误" in page
    assert ".pdf" not in page
    assert client.get(f"/reports/{report.number}.pdf").status_code == 410
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
    """Every byte of the signature, and bytes all over the rest, by three kinds of change; nothing added or cut."""
    keys = known_keys()
    for content in (pdf_of(report), report.document.encode()):
        assert examine(content, keys).genuine
        assert examine(content, keys).number == report.number
        end = len(content)
        places = {*range(0, end, max(1, end // 120)), *range(end - 420, end)}
        for place in sorted(places):
            for change in (0x01, 0x20, 0x80):  # the second turns letters into the same in the other case
                changed = bytearray(content)
                changed[place] ^= change
                assert not examine(bytes(changed), keys).genuine, (place, change)
        for other in (content + b" ", content + b"\n", content[:-1], content.replace(b"\n", b"\r\n"), b"\n" + content):
            assert not examine(other, keys).genuine
    document = json.loads(report.document)
    for where in (document, document["signature"]):  # nothing may be written beside what is signed
        where["note"] = "经办人：无"
        assert not examine(canonical(document) + b"\n", keys).genuine
        del where["note"]
    assert examine(canonical(document) + b"\n", keys).genuine


def test_other_files_and_other_keys_are_not_ours(report: Report, settings: Any) -> None:
    keys = known_keys()
    settings.REPORT_KEYS = ["test1:ed25519:" + "B" * 43 + "="]  # a stranger who gives his key our name
    stranger = signer()
    assert "签名不符" in examine(signed_json({"number": "1" * 22}, stranger), keys).why
    assert "签名不符" in examine(signed_pdf(b"%PDF-1.7\n%%EOF\n", "1" * 22, stranger), keys).why
    settings.REPORT_KEYS = ["other:ed25519:" + "B" * 43 + "="]
    assert "公钥" in examine(signed_pdf(b"%PDF-1.7\n%%EOF\n", "1" * 22, signer()), keys).why
    surrogate = report.document.replace(report.subject_name, "\\ud800").encode()
    for other in (b"", b"%PDF-1.7 nothing", b"[]", b'{"report":1,"signature":2}', b"{" * 5000, surrogate, b"NaN"):
        found = examine(other, keys)
        assert not found.genuine
        assert found.why


def test_keys_are_rotated_to_another_algorithm_and_old_reports_verify(
    report: Report, city: City, settings: Any
) -> None:
    first, old = pdf_of(report), next(iter(known_keys().values()))
    settings.REPORT_KEYS = [f"city-2027:sm2:{SM2_KEY}", *settings.REPORT_KEYS]
    later = issue(actor=VISITOR, subject=city.wages.subject)
    assert (later.key_id, signer().key.algorithm) == ("city-2027", "sm2")
    for content in (pdf_of(later), later.document.encode()):
        assert examine(content, known_keys()).genuine
        for place in (0, 200, *range(len(content) - 300, len(content), 7)):
            changed = bytearray(content)
            changed[place] ^= 1
            assert not examine(bytes(changed), known_keys()).genuine, place
    assert examine(first, known_keys()).genuine
    settings.REPORT_KEYS = settings.REPORT_KEYS[:1]  # the old private key is destroyed, its public half is kept
    assert "公钥" in examine(first, known_keys()).why
    settings.REPORT_OLD_KEYS = [f"{old.key_id}:{old.algorithm}:{old.hex}"]
    assert examine(first, known_keys()).genuine


def test_the_command_verifies_offline(report: Report, client: Client, tmp_path: Path) -> None:
    keys, file = tmp_path / "keys.json", tmp_path / "report.pdf"
    published = client.get("/reports/keys.json")
    assert "max-age" in published["Cache-Control"]
    keys.write_bytes(published.content)
    file.write_bytes(pdf_of(report))
    out = io.StringIO()
    call_command("verify_report", str(file), "--keys", str(keys), stdout=out)
    assert json.loads(out.getvalue())["number"] == report.number
    genuine = pdf_of(report)
    file.write_bytes(genuine[:-2] + (b"1" if genuine[-2:-1] == b"0" else b"0") + b"\n")
    with pytest.raises(CommandError) as caught:
        call_command("verify_report", str(file), "--keys", str(keys), stdout=io.StringIO())
    assert caught.value.returncode == 1
    for wrong in ('{"keys": 1}', "[]", "{", '{"keys": [{"id": "a", "algorithm": "rsa", "public_key": "00"}]}'):
        (tmp_path / "wrong.json").write_text(wrong)
        with pytest.raises(CommandError) as caught:
            call_command("verify_report", str(file), "--keys", str(tmp_path / "wrong.json"), stdout=io.StringIO())
        assert caught.value.returncode == 2
    file.write_bytes(report.document.encode())
    alone = subprocess.run(  # no database, no Redis, nothing of this process
        [sys.executable, "manage.py", "verify_report", str(file), "--keys", str(keys)],
        cwd=live.BASE_DIR, capture_output=True, text=True, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
             "REDIS_URL": "redis://127.0.0.1:1/0", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )  # fmt: skip
    assert alone.returncode == 0, alone.stderr
    assert json.loads(alone.stdout)["number"] == report.number


def test_characters_that_the_font_lacks_do_not_stop_a_report(db: None) -> None:
    """A name of a rare character, of a control character and of 60 characters: PDF/A refuses empty glyphs."""
    with clock.at(TODAY):
        rare = issue(actor=VISITOR, subject=make.legal_entity("广元市\U00020bb7\U0001f600" + "长" * 55 + "茶业"))
    assert pdf_of(rare).startswith(b"%PDF-")
    assert "\U00020bb7" in rare.document  # the JSON has it as it is


def test_from_the_subject_to_the_verified_file(city: City, client: Client) -> None:
    code = code_of(city.wages)
    asked = client.post(f"/subjects/{code}/report")
    assert asked.status_code == 302
    page = client.get(asked["Location"])
    assert page.status_code == 200
    assert "与该主体今天的公开信息一致" in page.content.decode()
    number = asked["Location"].rsplit("/", 1)[1]
    pdf = b"".join(client.get(f"/reports/{number}.pdf").streaming_content)  # type: ignore[attr-defined]
    assert pdf.startswith(b"%PDF-")
    checked = client.post("/reports/check", {"file": SimpleUploadedFile("报告.pdf", pdf)}).content.decode()
    assert "文件真实，与出具时一致" in checked
    assert number in checked
    wrong = client.post("/reports/check", {"file": SimpleUploadedFile("报告.pdf", pdf + b"x")}).content.decode()
    assert "不能作为信用报告" in wrong
    told = client.get(f"/api/v1/public/reports/{number}").json()
    assert (told["state"], told["changed"], told["code"]) == ("valid", False, code)


def test_what_is_asked_wrongly_is_answered(city: City, client: Client) -> None:
    assert client.get("/subjects/X/report").status_code == 405
    assert client.post("/subjects/X/report").status_code == 404
    unknown = [
        client.get(f"/reports/{number}")
        for number in ("20260101000000ABCDEFGH", "P20260101000000ABCDEFGH", "1", "%00", "二")
    ]
    assert {answer.status_code for answer in unknown} == {404}
    assert len({answer.content for answer in unknown}) == 1  # nothing is told of why
    assert "没有这个编号的报告" in client.get("/reports?number=2026").content.decode()
    assert client.post("/reports/check").status_code == 400
    big = SimpleUploadedFile("a.pdf", b"x" * (10 * 1024 * 1024 + 1))
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


def test_a_penalty_whose_end_is_applied_for_is_marked_and_then_gone(db: None, client: Client) -> None:
    penalty, on = ending.published("ordinary"), date(2026, 8, 6)
    row = ending.filed(penalty, on)
    with clock.at(on):
        marked = issue(actor=VISITOR, subject=penalty.subject)
    (item,) = section(marked, "administration")["items"]
    assert (penalty.document_number in item["title"], item["mark"]) == (True, "修复办理中")
    ending.carried(row, on + timedelta(days=1))
    with clock.at(on + timedelta(days=1)):
        assert client.get(f"/reports/{marked.number}.pdf").status_code == 410
        after = issue(actor=VISITOR, subject=penalty.subject)
    assert section(after, "administration")["count"] == 0
    assert penalty.document_number not in after.document
