"""Tips and comments: handed in without login, opened by number and secret, answered by the unit; nobody is listed by one."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import Actor, acting
from core.attachments import store
from core.models import PersonalReveal
from core.problems import NotFound, NotPermitted, Refused
from organizations.selectors import unit
from portal.editorial import services as editorial
from portal.editorial.rules import Text
from portal.models import Article, CaseComment, Tip
from portal.tips import services
from portal.tips.pages import new_form
from portal.tips.rules import TipText
from sanctions.models import Case, Listing
from tests.factories import sanctions as chain
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
PHONE = "13812345678"
ABOUT = "示例拖欠建筑劳务有限公司"
STORY = "今年三月起拖欠工地二十名工人工资，工友都可以作证，考勤表在项目部。"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    cache.clear()
    with clock.at(TODAY):
        yield
    cache.clear()


def filed(**changes: Any) -> services.Receipt:
    given = {"about_name": ABOUT, "text": STORY, "phone": PHONE} | changes
    form = str(given.pop("form", new_form()))
    return services.file_tip(actor=services.PUBLIC, tip=TipText(**given), form=form)


def office() -> Actor:
    return chain.actor_of("fgw", "office")


def handler(code: str = "rsj") -> Actor:
    return chain.actor_of(code, "handler")


def codes(caught: Any) -> set[str]:
    return {row.code for row in caught.value.errors} or {caught.value.code}


def posted(client: Client, **changes: Any) -> Any:
    token = re.search(r'name="form" value="([^"]+)"', words(client.get("/tips")))
    assert token is not None
    form = {"form": token[1], "about_name": ABOUT, "about_code": "", "text": STORY, "contact_name": "", "phone": ""}
    return client.post("/tips/file", form | changes)


def test_a_tip_from_the_form_to_the_answer(client: Client) -> None:
    paper = SimpleUploadedFile("考勤.txt", "三月考勤\n".encode(), content_type="text/plain")
    receipt = posted(client, phone=PHONE, contact_name="工友", files=[paper])
    assert receipt.status_code == 200, words(receipt)
    assert receipt.headers["Cache-Control"] == "no-store"
    number, secret = re.findall(r'<dd class="num">(\w+)</dd>', words(receipt))
    tip = Tip.objects.get(public_id=number)
    assert PHONE not in str(list(Tip.objects.values()))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_historicaltip WHERE to_jsonb(portal_historicaltip)::text LIKE %s",
                       [f"%{PHONE}%"])  # fmt: skip
        assert cursor.fetchone() == (0,)
    base = f"/admin/portal/tip/{number}/"
    assert signed_in(handler()).get(f"{base}change/").status_code == 404  # not passed on yet
    window = signed_in(chain.actor_of("ggzy", "window"))
    assert ABOUT in words(window.get(f"{base}change/"))
    assert window.post(f"{base}do/forward/", {"unit": unit("rsj").public_id, "reason": ""}).status_code == 302
    assert window.get(f"{base}change/").status_code == 404  # it is the unit's now
    own = signed_in(handler())
    page = words(own.get(f"{base}change/"))
    assert "138****5678" in page
    assert PHONE not in page
    told = own.post(f"{base}do/phone/", {"reason": "核实考勤"})
    assert PHONE in words(told)
    assert PersonalReveal.objects.get().reason == "核实考勤"
    assert own.post(f"{base}do/answer/", {"text": "已责令限期支付，六月底复查。"}).status_code == 302
    shown = client.post("/tips/follow", {"number": number, "secret": secret.lower()})
    assert "已责令限期支付" in words(shown)
    assert "工友" not in words(shown)
    wrong = [client.post("/tips/follow", {"number": n, "secret": "X"}) for n in (number, "NONE")]
    assert [answer.status_code for answer in wrong] == [404, 404]
    alike = [re.sub(r'value="[^"]*"', "", words(answer)) for answer in wrong]
    assert alike[0] == alike[1]
    for _ in range(5):
        client.post("/tips/follow", {"number": number, "secret": "X"})
    assert client.post("/tips/follow", {"number": number, "secret": secret}).status_code == 429  # shut for a while
    assert tip.files.count() == 1
    assert not Listing.objects.exists()
    assert not Case.objects.exists()


def test_a_lost_secret_is_replaced_for_who_can_be_recognised(client: Client) -> None:
    receipt, nameless = filed(contact_name="工友"), filed(phone="")
    tip, officer = receipt.record, signed_in(chain.actor_of("ggzy", "window"))
    act = reverse("admin:portal_tip_act", args=[tip.public_id, "secret"])
    assert "怎样核对是提交人本人" in words(officer.get(act))
    fresh = officer.post(act, {"reason": "回拨所留电话，说出了线索内容"}).context["result"].secret
    assert client.post("/tips/follow", {"number": tip.public_id, "secret": receipt.secret}).status_code == 404
    assert ABOUT in words(client.post("/tips/follow", {"number": tip.public_id, "secret": fresh}))
    assert fresh not in str(list(Tip.history.values()))
    for who, which, reason, code in (
        (office(), nameless.record, "口述", "TIP-24"),
        (office(), tip, " ", "CORE-07"),
        (office(), tip, f"回拨 {PHONE}", "CORE-11"),
    ):
        with pytest.raises(Refused) as caught:
            services.renew_secret(actor=who, tip=which, reason=reason)
        assert code in codes(caught)
    with pytest.raises(NotFound):  # a unit that it was not passed to
        services.renew_secret(actor=handler(), tip=tip, reason="核对")
    with pytest.raises(DatabaseError), transaction.atomic(), acting(Actor.job("test"), "test.tip"):
        Tip.objects.filter(pk=tip.pk).update(text="改写")


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(client: Client) -> None:
    answer = posted(client, text=f"联系我 {PHONE} 他们拖欠工资", about_name="", about_code="123")
    page = words(answer)
    assert answer.status_code == 422
    assert f"联系我 {PHONE}" in page
    assert "请填写“反映的是谁”" in page
    assert "统一社会信用代码不正确" in page  # all at once
    answer = posted(client, text=f"联系我 {PHONE} 他们拖欠工资", about_code="123")
    page = words(answer)
    assert answer.status_code == 422
    assert "不要写身份证号、手机号" in page
    assert "统一社会信用代码不正确" in page
    assert ABOUT in page
    bad = SimpleUploadedFile("x.exe", b"MZ\x00\x00", content_type="application/octet-stream")
    assert posted(client, files=[bad]).status_code >= 400
    assert "再提交一次" in words(posted(client, form="forged"))
    assert not Tip.objects.exists()
    with pytest.raises(Refused) as caught:
        services.file_tip(actor=services.PUBLIC, tip=TipText(ABOUT, "短"), form=new_form(), files=())
    assert codes(caught) == {"TIP-01"}
    with pytest.raises(NotPermitted):
        services.file_tip(actor=Actor.applicant("x"), tip=TipText(ABOUT, STORY), form=new_form())


def test_the_same_form_sent_twice_is_one_tip_with_one_secret() -> None:
    form = new_form()
    first, second = filed(form=form), filed(form=form, text=STORY + "补充")
    assert first == second
    assert Tip.objects.count() == 1
    assert services.tip_by_secret(first.record.public_id, second.secret).text == STORY


def test_only_the_unit_concerned_answers_and_a_tip_only_names_a_case_of_its_own() -> None:
    tip = filed().record
    with pytest.raises(NotPermitted):
        services.forward(actor=handler(), tip=tip, unit=unit("rsj"))
    services.forward(actor=office(), tip=tip, unit=unit("rsj"))
    with pytest.raises(NotFound):
        services.answer(actor=handler("zjj"), tip=tip, text="不归我们")
    services.send_back(actor=handler(), tip=tip, reason="属于住建部门")
    services.forward(actor=office(), tip=tip, unit=unit("zjj"))
    foreign = chain.draft(initiator="rsj")
    with pytest.raises(NotFound):
        services.nominate(actor=handler("zjj"), tip=tip, case=foreign)
    services.send_back(actor=handler("zjj"), tip=tip, reason="属于人社部门")
    services.forward(actor=office(), tip=tip, unit=unit("rsj"))
    services.nominate(actor=handler(), tip=tip, case=foreign)
    tip.refresh_from_db()
    assert (tip.case, Listing.objects.count()) == (foreign, 0)
    with pytest.raises(Refused) as caught:
        services.answer(actor=handler(), tip=tip, text=f"请联系 {PHONE}")
    assert codes(caught) == {"CORE-11"}
    services.answer(actor=handler(), tip=tip, text="已立案。")
    with pytest.raises(Refused) as caught:
        services.decline(actor=office(), tip=tip, reason="晚了")
    assert codes(caught) == {"CORE-04"}
    declined = services.decline(actor=office(), tip=filed().record, reason="属于民事纠纷，请向法院起诉。")
    assert declined.answer == "属于民事纠纷，请向法院起诉。"
    for statement in ("UPDATE portal_tip SET text = '改'", "DELETE FROM portal_tip"):
        with pytest.raises(DatabaseError), acting(Actor.job("t"), "t"), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE portal_tip SET answer = '无人'")


def case_article() -> Article:
    text = Text(kind="case", title="补发工资以后", body="某企业补发工资。", source="市人社局")
    article = editorial.write(actor=handler(), text=text)
    editorial.submit(actor=handler(), article=article)
    return editorial.publish(actor=office(), article=article)


def test_a_comment_is_seen_only_after_an_officer_passed_it(client: Client) -> None:
    article = case_article()
    address = f"/articles/{article.public_id}"
    page = words(client.get(address))
    token = re.search(r'name="form" value="([^"]+)"', page)
    assert token is not None
    assert "还没有公开的评论" in page
    body = {"form": token[1], "text": "护照 E12345678 的工友也拿到了工资 <b>谢谢</b>", "nickname": ""}
    assert client.post(f"{address}/comments", body).status_code == 200
    comment = CaseComment.objects.get()
    assert "谢谢" not in words(client.get(address))
    with pytest.raises(NotFound):
        services.show(actor=handler("zjj"), comment=comment)
    with pytest.raises(NotPermitted):
        services.show(actor=chain.actor_of("ggzy", "window"), comment=comment)
    services.show(actor=handler(), comment=comment, reply="已转告。")
    page = words(client.get(address))
    assert "&lt;b&gt;谢谢" in page
    assert "E12345678" not in page
    assert "已转告。" in page
    with pytest.raises(Refused) as caught:
        services.hide(actor=handler(), comment=comment, reason="")
    assert codes(caught) == {"CORE-07"}
    services.hide(actor=office(), comment=comment, reason="作者要求")
    assert "谢谢" not in words(client.get(address))
    refused = client.post(f"{address}/comments", {"form": new_form(), "text": f"找我 {PHONE}"})
    assert refused.status_code == 409
    assert f"找我 {PHONE}" in words(refused)
    assert client.post("/articles/NONE/comments", body).status_code == 404
    editorial.withdraw(actor=office(), article=article, reason="到期")
    assert client.post(f"{address}/comments", body).status_code == 404


def test_files_of_tips_are_for_their_officers_only(client: Client) -> None:
    held = store(io.BytesIO("照片说明\n".encode()), actor=services.PUBLIC, name="说明.txt")
    tip = services.file_tip(actor=services.PUBLIC, tip=TipText(ABOUT, STORY), form=new_form(), files=[held]).record
    address = f"/admin/portal/tip/files/{held.public_id}/"
    assert signed_in(office()).get(address).status_code == 200
    assert signed_in(handler()).get(address).status_code == 404
    services.forward(actor=office(), tip=tip, unit=unit("rsj"))
    assert signed_in(handler()).get(address).status_code == 200
    assert client.get(address).status_code in {302, 403}


def test_filing_is_limited_by_address(client: Client, settings: Any) -> None:
    settings.RATE_LIMITS = {"follow": "2/3600"}
    answers = [client.post("/tips/follow", {"number": "A", "secret": "B"}).status_code for _ in range(3)]
    assert answers == [404, 404, 429]
