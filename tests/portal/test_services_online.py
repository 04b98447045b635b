"""Services online by the pages alone: each from the first page to its end, the officers' side by their services."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.attachments.storage import EncryptedStorage
from core.models import WrongSecret
from core.periods import Period
from objections.models import Complaint, Objection
from objections.services import asking
from portal.models import Draft, DraftFile
from portal.online import warning
from portal.online.drafts import sweep
from publicity.law import Law
from repair.models import Application
from repair.services import asking as repair_asking
from sanctions.models import Listing
from subjects.selectors import code_of
from tests.factories import objections as make
from tests.factories import publicity
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories.login import joined
from tests.factories.online import PNG, Visitor, upload, words

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 11)
PHONE = "13800138000"
TYPED = {"relation": "self", "phone": PHONE, "grounds": make.GROUNDS, "claims": make.CLAIMS}


@pytest.fixture
def listing() -> Listing:
    with clock.at(date(2026, 1, 5)):
        company = chain.legal_entity()
    return chain.listing(
        start=date(2026, 1, 5),
        subjects=[company],
        decision={"period": Period(months=36), "starts_on": date(2026, 3, 2)},
    )


def held_files() -> set[str]:
    storage = storages["attachments"]
    assert isinstance(storage, EncryptedStorage)
    return {name for name in storage.names() if name.startswith("held/")}


def test_an_objection_from_the_first_page_to_the_complaint(
    listing: Listing, django_capture_on_commit_callbacks: Any
) -> None:
    before, me = held_files(), Visitor()
    with clock.at(DAY):
        page = me.get(f"/services/object?kind=listing&key={listing.public_id}")
        assert listing.subject.name in page
        assert listing.determination.lead_unit.name in page
        assert "2026年3月13日前" in page  # OBJ-T01
        assert "不得作为不予许可" in page
        assert "授权委托书" in me.start("objection", "listing", listing.public_id)
        # A disguised file is refused; what was typed with it stays, and so does a good one.
        refused = me.do("upload", 422, **TYPED, file_kind="evidence", file=upload("说明.pdf", b"MZ program"))
        assert "伪装" in words(refused)
        assert "ATT-02" in words(refused)
        assert make.GROUNDS in refused.content.decode()
        me.do("upload", file_kind="licence", file=[upload(), upload("公章.png")])
        assert DraftFile.objects.count() == 2
        faults = words(me.do("check", 422, **TYPED | {"filer_name": "他人", "phone": "123"}))
        assert "OBJ-40" in faults
        assert "ID-09" in faults
        draft = Draft.objects.get()
        assert PHONE.encode() not in bytes(draft.sealed)
        assert make.GROUNDS.encode() not in bytes(draft.sealed)
        me.do("check", **TYPED, filer_name=listing.subject.name)
        confirm = me.get(f"{me.address}?step=confirm")
        assert make.CLAIMS in confirm
        assert PHONE not in confirm
        with django_capture_on_commit_callbacks(execute=True):
            number, secret = me.file()
        assert me.do("file")["Location"].endswith("/receipt")  # sent twice: one filing, one receipt
        row = Objection.objects.get()
        assert (row.public_id, row.papers.count(), row.channel) == (number, 2, "public")
        assert held_files() == before
        me.post(f"{me.address}/receipt", {"key": me.key, "do": "noted"})
        assert secret not in me.get(f"{me.address}/receipt")
        # Twice while one is open: said before anything is typed.
        again = me.get(f"/services/object?kind=listing&key={listing.public_id}")
        assert "OBJ-02" in again
        twice = {"service": "objection", "kind": "listing", "key": listing.public_id}
        assert "OBJ-02" in words(me.post("/services/start", twice, 409))
        _asked_and_accepted(me, row, number, secret)
        assert "异议处理中" in me.get(f"/subjects/{code_of(listing.subject)}")
        assert "暂停" in me.get(f"/subjects/{code_of(listing.subject)}")
    _answered_and_complained(me, row, number, secret)


def _asked_and_accepted(me: Visitor, row: Objection, number: str, secret: str) -> None:
    assert "等待申请人补交" not in me.follow(number, secret)
    with_officer = make.answerer(make.case_of(row))
    asking.ask_for_papers(actor=with_officer, objection=row, reason="工资支付的银行流水")
    page = me.get(f"/services/follow/{number}")
    assert "工资支付的银行流水" in page
    assert "2026年3月18日" in page  # OBJ-T12, five working days
    nothing = me.act(number, "supply", 409, file_kind="evidence")
    assert "请选择材料类别和文件" in words(nothing)
    me.act(number, "supply", file_kind="evidence", file=upload("流水.png"))
    assert "工资支付的银行流水，" not in me.get(f"/services/follow/{number}")
    assert row.papers.count() == 3
    make.check(row, DAY, actor=with_officer)
    make.accept(row, DAY)
    page = me.get(f"/services/follow/{number}")
    assert "异议受理通知书" in page
    assert "如果…会怎样" in page
    letter = row.subject.messages.get(kind="objection.acceptance")
    me.act(number, "confirm", letter=letter.public_id)
    assert letter.deliveries.get(channel="site").served_on == DAY


def _answered_and_complained(me: Visitor, row: Objection, number: str, secret: str) -> None:
    answered = date(2026, 3, 18)
    make.answer(row, answered)
    with clock.at(answered):
        assert "异议不成立" in me.follow(number, secret)
        started = me.act(number, "complain")
        assert "联席会议办公室" in me.open(started["Location"])
        assert "请写明" in words(me.do("check", 422))
        other, code = me.file(grounds="答复没有回应银行流水", claims="请求撤销列入")
        complaint = Complaint.objects.get()
        assert complaint.public_id == other
        make.accept_complaint(complaint, answered)
        assert "已受理" in me.follow(other, code)
        me.act(other, "withdraw", 409)
        me.act(other, "withdraw", reason="双方已经和解")
        assert "已撤回" in me.get(f"/services/follow/{other}")
        assert "已经撤回" not in me.get(f"/services/follow/{number}")


def test_wrong_secrets_in_series_shut_the_number_alike_at_both_doors(listing: Listing) -> None:
    with clock.at(DAY):
        receipt = make.file(listing, DAY)
        me = Visitor()
        said = {}
        for number in (receipt.number, "0" * 16):
            pages = [me.follow(number, "WRONG", 404) for _ in range(4)]
            last = [me.client.get(f"/api/v1/public/objections/{number}", headers={"X-Follow-Secret": "WRONG"})]
            assert last[0].status_code == 404
            shut = me.follow(number, receipt.secret, 429)
            assert "FOL-01" in shut
            said[number] = [page.replace(number, "") for page in (*pages, shut)]
        assert said[receipt.number] == said["0" * 16]
        shut = me.client.get(f"/api/v1/public/objections/{receipt.number}", headers={"X-Follow-Secret": receipt.secret})
        assert shut.status_code == 429
        WrongSecret.objects.update(locked_until=clock.now(), first_at=clock.end_of(date(2026, 3, 1)))
        assert "已收到" in me.follow(receipt.number, receipt.secret)
        assert WrongSecret.objects.count() == 1


def test_a_repair_from_the_navigator_to_the_announcement() -> None:
    listing = repairs.listing()
    me = Visitor()
    with clock.at(date(2025, 6, 2)):
        early = me.get(f"/services/repair?listing={listing.public_id}")
        assert "REP-06" in early
        assert f"{listing.starts_on.year + 1}年" in early
        assert "REP-06" in me.start("repair", "listing", listing.public_id, 409)
    with clock.at(repairs.APPLIED):
        whole = me.get(f"/services/repair?code={code_of(listing.subject)}")
        assert "现在可以申请" in whole
        assert "广元市应急管理局" in whole
        assert "2026年3月24日前" in whole
        me.start("repair", "listing", listing.public_id)
        typed = {
            "applicant_role": "representative",
            "applicant_name": "某某",
            "statement": "罚款已缴清",
            "has_commitment": "1",
        }
        faults = words(me.do("check", 422, **typed))
        for code in ("REP-42", "REP-09", "REP-10"):
            assert code in faults, faults
        assert "罚款已缴清" in faults
        me.do("upload", **typed, file_kind="performance", file=upload("缴款.png"))
        number, secret = me.file(**typed | {"applicant_name": repairs.CHIEF, "commitment": "on"})
        application = Application.objects.get()
        assert application.public_id == number
        assert "REP-08" in me.get(f"/services/repair?listing={listing.public_id}")
        repair_asking.ask_for_material(actor=repairs.handler(application), application=application, reason="验收意见书")
        assert "验收意见书" in me.follow(number, secret)
        me.act(number, "supply", file_kind="performance", file=upload("验收.png"))
        assert application.materials.count() == 2
    for step in (repairs.check, repairs.accept, repairs.verify, repairs.opine, repairs.sign, repairs.publish):
        step(chain.fresh(application))
    with clock.at(repairs.after(8)):
        done = me.follow(number, secret)
        assert "已公布" in done
        assert "信用修复结果告知书" in done
        assert "不在失信惩戒名单上" in me.get(f"/subjects/{code_of(listing.subject)}")
        assert "没有需要修复的记录" in me.get(f"/services/repair?code={code_of(listing.subject)}")


def test_the_publication_of_a_penalty_is_ended_from_the_same_pages() -> None:
    decided = date(2026, 5, 6)
    with clock.at(decided):
        last = Law().span("ordinary", decided)[2]
        penalty = publicity.published_penalty(
            repairs.UNIT, decided, subject=repairs.company(), severity="ordinary", last_public_day=last
        )
        me = Visitor()
        assert "REP-06" in me.start("repair", "disclosure", penalty.public_id, 409)
    with clock.at(date(2026, 9, 10)):
        assert "申请终止公示" in me.get(f"/services/repair?code={code_of(penalty.subject)}")
        assert penalty.document_number in me.get(f"/services/repair?disclosure={penalty.public_id}")
        me.start("repair", "disclosure", penalty.public_id)
        typed = {"applicant_role": "representative", "applicant_name": repairs.CHIEF, "statement": "罚款已缴清"}
        me.do("upload", **typed, file_kind="performance", file=upload("缴款.png"))
        number, secret = me.file(**typed, commitment="on")
        assert Application.objects.get(public_id=number).penalty == penalty
        assert "已收件" in me.follow(number, secret)


def test_a_refused_repair_is_objected_to_from_its_own_page() -> None:
    listing = repairs.listing()
    filed = repairs.filed(listing)
    repairs.check(filed.application)
    with clock.at(repairs.after(1)):
        chain_handler = repairs.handler(filed.application)
        repairs.handling.decline(actor=chain_handler, application=chain.fresh(filed.application), reason="材料不齐")
        me = Visitor()
        assert "材料不齐" in me.follow(filed.application.receipt, filed.secret)
        page = me.open(me.act(filed.application.receipt, "object")["Location"])
        assert "对不予修复提出异议" in page
        me.do("upload", file_kind="licence", file=upload())
        typed = {"relation": "self", "filer_name": listing.subject.name, "grounds": "材料已交齐", "claims": "重新受理"}
        assert "OBJ-40" in words(me.do("check", 422, **typed, subject_code="5108990000"))
        number, _ = me.file(**typed, subject_code=code_of(listing.subject))
        assert Objection.objects.get(public_id=number).target_kind == "repair_refusal"


def test_a_draft_outlives_lost_cookies_large_files_and_the_browser_and_expires_with_its_files(
    listing: Listing, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    before, me = held_files(), Visitor()
    settings.ATTACHMENT_MAX_BYTES = 1_000
    with clock.at(DAY):
        me.start("objection", "listing", listing.public_id)
        number = me.address.rpartition("/")[2]
        me.client.cookies.clear()  # the session is lost in the middle; the form carries its own key
        refused = me.do(
            "upload", 422, grounds="先写到这里", file_kind="evidence", file=[upload("大.png", PNG * 99), upload()]
        )
        assert "ATT-01" in words(refused)
        assert "先写到这里" in refused.content.decode()
        assert DraftFile.objects.get().size == len(PNG)
        other = Visitor()
        assert "没有打开的草稿" in other.get(me.address, 404)
        assert "DRF-01" not in other.address
        other.post(me.address, {"key": "0" * 16, "do": "discard"}, 404)
        other.post("/services/resume", {"number": number, "key": "0" * 16}, 404)
        answer = other.post("/services/resume", {"number": number.lower(), "key": me.key.lower()})
        assert me.key not in answer["Location"]
        assert "执照.png" in other.open(answer["Location"])
        assert "天到期" not in other.open(answer["Location"])
        part = other.client.post(me.address, {"key": me.key, "do": "save", "claims": "改了"}, headers={"X-Part": "1"})
        assert "已保存" in part.content.decode()
        assert held_files() != before
    _warned(me, other, settings, tmp_path)
    with clock.at(date(2026, 3, 26)):
        assert "没有打开的草稿" in other.get(me.address, 404)
        with django_capture_on_commit_callbacks(execute=True):
            assert sweep()["drafts"] == 1
    assert not Draft.objects.exists()
    assert held_files() == before


def _warned(me: Visitor, other: Visitor, settings: Any, spool: Path) -> None:
    """The page says it, and who left a number is written to once before each end; a change sets a new end."""
    settings.SMS_SPOOL_DIR = spool
    with clock.at(date(2026, 3, 17)):
        assert "再过 1 天到期" in other.get(me.address)
        assert warning.warn() == {"told": 0, "without_number": 1, "failed": 0}
    with clock.at(date(2026, 3, 18)):
        assert "今天到期" in other.get(me.address)
        other.client.post(me.address, {"key": me.key, "do": "save", "phone": PHONE}, headers={"X-Part": "1"})
        assert "到期。" not in other.get(me.address)
    with clock.at(date(2026, 3, 25)):
        settings.SMS_SPOOL_DIR = "/dev/null"  # the way out is shut: it is tried again
        assert warning.warn()["failed"] == 1
        settings.SMS_SPOOL_DIR = spool
        assert [warning.warn()["told"] for _ in range(2)] == [1, 0]
    lines = "".join(path.read_text() for path in spool.iterdir()).splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["to"] == PHONE
    assert "2026年3月25日" in json.loads(lines[0])["text"]


def test_persons_and_hidden_matters_are_named_by_their_number_alone(tmp_path: Path) -> None:
    with clock.at(date(2026, 1, 5)):
        person = chain.person(name="隐名氏")
    listing = chain.listing(start=date(2026, 1, 5), subjects=[person])
    me = Visitor()
    with clock.at(DAY):
        for page in (
            me.get(f"/services/object?kind=listing&key={listing.public_id}"),
            me.get(f"/services/repair?listing={listing.public_id}"),
            me.start("objection", "listing", listing.public_id),
        ):
            assert "隐名氏" not in page
            assert listing.determination.lead_unit.name not in page.replace("联席会议办公室", "")
        typed = TYPED | {"subject_code": person.public_id, "filer_name": "隐名氏", "id_type": "id_card"}
        assert "OBJ-40" in words(me.do("check", 422, **typed))
        assert "OBJ-43" in me.get("/services/object?kind=listing&key=0000000000000000", 409)
        assert "没有找到代码" in me.get("/services/object?code=510899", 404)
        assert "没有公示中的这条记录" in me.get("/services/repair?listing=0000000000000000")


def test_a_provincial_login_stands_for_the_identity_paper(listing: Listing, tmp_path: Path, settings: Any) -> None:
    me = Visitor()
    settings.PROVINCIAL_LOGIN_URL = "https://login.example.gov/authorize"
    with clock.at(DAY), joined(tmp_path) as login:
        page = me.start("objection", "listing", listing.public_id)
        assert "省统一身份认证" in page
        number = me.address.rpartition("/")[2]
        name = listing.subject.legal_representative or "测试乙"
        token = login.token(name, org_code=code_of(listing.subject), capacity="legal_representative")
        handed_on = me.post("/services/login", {"token": token, "state": number}, 200)
        assert token in handed_on.content.decode()
        assert me.client.post(me.address, {"do": "login", "token": "false"}).status_code == 409
        me.post(me.address, {"do": "login", "token": token})
        typed = TYPED | {"relation": "legal_representative", "filer_name": name}
        assert "SUB-34" in words(me.do("check", 422, **typed | {"filer_name": "另一人"}))
        me.file(**typed)
        assert Objection.objects.get().login is not None


def test_pages_cost_the_same_however_much_stands_on_them(listing: Listing) -> None:
    code = code_of(listing.subject)
    addresses = ["/services/", f"/services/object?code={code}", f"/services/repair?code={code}"]
    with clock.at(DAY):
        receipt = make.file(listing, DAY)
        me = Visitor()
        me.follow(receipt.number, receipt.secret)
        addresses.append(f"/services/follow/{receipt.number}")
        counted = [_queries(me, address) for address in addresses]
    assert max(counted) <= 60, counted
    chain.listing(start=date(2026, 1, 5), subjects=[listing.subject], entry=chain.COURT, initiator="zy")
    with clock.at(DAY):
        for number in range(2):
            publicity.published_penalty("scjgj", date(2026, 3, 4 + number), subject=listing.subject, uscc=code)
        assert [_queries(me, address) for address in addresses] == counted


def _queries(me: Visitor, address: str) -> int:
    me.get(address)
    with CaptureQueriesContext(connection) as seen:
        me.get(address)
    return len(seen)


def test_no_address_and_no_page_title_holds_a_secret(listing: Listing) -> None:
    with clock.at(DAY):
        receipt = make.file(listing, DAY)
        me = Visitor()
        answer = me.post("/services/follow", {"number": receipt.number, "secret": receipt.secret})
        page = me.client.get(answer["Location"])
    assert receipt.secret not in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert "noindex" in page["X-Robots-Tag"]
    kept = answer.cookies[f"follow_{receipt.number}"]
    assert kept["httponly"]
    assert kept["samesite"] == "Lax"
    assert re.search(r"/services/follow/", kept["path"])
