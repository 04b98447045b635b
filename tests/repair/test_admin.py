"""The workbench of repair by its forms: window, handler, reviewer and office do the whole flow by clicking."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import Actor
from repair.models import Application, EntryTerm, Shield
from subjects.selectors import code_of
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
ADD = "/admin/repair/application/add/"


def paper(name: str = "验收.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "验收合格\n".encode(), content_type="text/plain")


def act(actor: Actor, record: Any, name: str, on: date, **fields: Any) -> Any:
    """Open an act's form as the actor, then post it on that day."""
    meta = record._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_act", args=[record.public_id, name])
    with clock.at(on):
        client = signed_in(actor)
        assert client.get(address).status_code in {200, 302, 403, 404}
        return client.post(address, fields)


def done(answer: Any) -> None:
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", words(answer))[-3000:]


def page(actor: Actor, record: Any, on: date) -> str:
    meta = record._meta
    with clock.at(on):
        answer = signed_in(actor).get(
            reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[record.public_id])
        )
    assert answer.status_code == 200, answer.status_code
    return words(answer)


def counter_form(subject: Any, **fields: Any) -> dict[str, Any]:
    data = {
        "code": code_of(subject),
        "applicant_role": "representative",
        "applicant_name": make.CHIEF,
        "id_type": "id_card",
        "id_number": "",
        "statement": "隐患已整改并通过验收",
        "commitment": "on",
        "performance": paper(),
    }
    return {**data, **fields}


def test_the_whole_flow_by_forms() -> None:
    listing = make.listing()
    window, handler, reviewer = make.window(), make.handler(listing), make.reviewer(listing)
    with clock.at(make.APPLIED):
        assert signed_in(window).get(ADD).status_code == 200
        answer = signed_in(window).post(ADD, counter_form(listing.subject))
    assert answer.status_code == 200
    application = Application.objects.get()
    told = words(answer)
    assert application.receipt in told
    assert "只显示这一次" in told
    assert application.via == "window"
    assert "等待办理单位核验身份" in page(window, application, make.APPLIED)
    done(act(window, application, "check-identity", make.APPLIED, note="营业执照、身份证原件一致"))
    done(act(handler, application, "accept", make.after(1)))
    done(
        act(handler, application, "material", make.after(1), kind="other", title="现场照片说明", file=paper("说明.txt"))
    )
    findings = {"method": "现场核查", "findings": "已整改", "corrected": "yes", "materials_true": "yes"}
    done(act(handler, application, "verify", make.after(2), **findings))
    done(act(handler, application, "opine", make.after(2), outcome="approve", text="核实无误"))
    done(act(reviewer, application, "approve", make.after(3), reason=""))
    done(act(handler, application, "publish", make.after(3)))
    application.refresh_from_db()
    assert application.state == "published"
    shown = page(chain.actor_of("fgw", "office"), application, make.after(4))
    for text in ("修复决定书", "谁已跟进", "信用修复已于2026年3月13日公布", "为什么是这些日期", "公布修复结果"):
        assert text in shown, text
    for kind, text in (("receipt", "收件回执"), ("decision", "广信修〔2026〕1号"), ("result", "停止实施")):
        address = reverse("admin:repair_application_document", args=[application.public_id, kind])
        assert text in words(signed_in(handler).get(address)), kind
    done(
        act(
            handler,
            application,
            "propose-revocation",
            make.after(30),
            ground="false_material",
            findings="验收意见书系伪造",
            proof=paper(),
        )
    )
    done(act(reviewer, application, "revoke", make.after(31), reason="材料虚假"))
    application.refresh_from_db()
    assert application.state == "revoked"
    assert "不得再次申请" in page(handler, application, make.after(32)) or "以前不得再申请" in page(
        handler, application, make.after(32)
    )


def test_another_channel_is_forwarded_and_mirrored_by_forms() -> None:
    court = make.listing(entry="CJ-001", initiator="zy")
    application = make.check(make.filed(court).application)
    handler = make.handler(application)
    assert "转交办理渠道" in page(handler, application, make.APPLIED)
    done(act(handler, application, "forward", make.APPLIED))
    done(act(handler, application, "source-accept", make.after(1), accepted_on=str(make.after(1))))
    result = {"source": "广元市中级人民法院", "document_number": "（2026）川08执1号", "decided_on": str(make.after(2))}
    late = act(handler, application, "mirror-approval", make.after(2), **result, ended_on=str(make.after(3)))
    assert late.status_code == 409
    assert "来源办理之后再登记结果" in words(late)
    assert "（2026）川08执1号" in words(late)  # what was typed stays
    done(act(handler, application, "mirror-approval", make.after(3), **result, ended_on=str(make.after(3))))
    assert chain.fresh(court).over_from == make.after(3)


def test_refusals_stay_at_their_field_and_keep_what_was_typed_and_uploaded() -> None:
    listing = make.listing()
    with clock.at(make.APPLIED):
        client = signed_in(make.window())
        answer = client.post(ADD, counter_form(listing.subject, applicant_name="测试路人", commitment=""))
    assert answer.status_code == 409
    shown = words(answer)
    for text in ("不是登记的法定代表人", "没有提交信用承诺书", "测试路人", "已收下：验收.txt", "修复导航"):
        assert text in shown, text
    with clock.at(make.APPLIED):
        unknown = client.post(ADD, counter_form(listing.subject, code="91510802TESTTEST00"))
    assert unknown.status_code == 422
    assert "没有找到该主体" in words(unknown)
    assert Application.objects.count() == 0


def test_one_of_several_records_is_chosen() -> None:
    company = make.company()
    first = make.listing(subjects=[company])
    make.listing(entry="CJ-001", initiator="zy", subjects=[company])
    with clock.at(make.APPLIED):
        client = signed_in(make.window())
        asked = client.post(ADD, counter_form(company))
        assert asked.status_code == 422
        assert "有多条记录" in words(asked)
        answer = client.post(ADD, counter_form(company, listing=first.public_id))
    assert answer.status_code == 200, words(answer)[-2000:]
    assert Application.objects.get().listing == first


def test_a_person_at_the_counter_is_found_by_his_own_number() -> None:
    number = chain.subject_factory.new_id_number()
    person = chain.subject_factory.person(number=number)
    make.listing(subjects=[person])
    form = counter_form(person, code="", applicant_role="person", applicant_name=person.name, id_number=number)
    with clock.at(make.APPLIED):
        answer = signed_in(make.window()).post(ADD, form)
    assert answer.status_code == 200, words(answer)[-2000:]
    assert number not in words(answer)
    assert Application.objects.get().listing.subject == person


def test_the_drafter_sees_a_greyed_button_and_strangers_see_nothing() -> None:
    application = make.application_in("opined")
    drafter = make.handler(application)
    assert "签发同意修复" not in page(drafter, application, make.after(4))
    stranger = signed_in(chain.stranger())
    address = reverse("admin:repair_application_change", args=[application.public_id])
    assert stranger.get(address).status_code == 404
    file = application.materials.all()[0].attachment
    served = reverse("admin:repair_attachment", args=[file.public_id])
    assert stranger.get(served).status_code == 404
    assert signed_in(drafter).get(served).status_code == 200
    assert Client().get(served).status_code == 302
    for role, place in (("security_admin", "fgw"), ("audit_admin", "fgw")):
        assert signed_in(chain.actor_of(place, role)).get(address).status_code in {403, 404}


@pytest.mark.parametrize("state", ["received", "declined", "rejected", "withdrawn", "proposed", "revoked", "published"])
def test_every_state_has_a_page(state: str) -> None:
    application = make.application_in(state)
    shown = page(make.reviewer(application), application, make.after(40))
    assert "下一步" in shown
    if state == "declined":
        address = reverse("admin:repair_application_document", args=[application.public_id, "declined"])
        assert "救济途径" in words(signed_in(make.handler(application)).get(address))


def test_lists_and_cards() -> None:
    application = make.application_in("opined")
    with clock.at(make.after(4)):
        reviewer = signed_in(make.reviewer(application))
        shown = words(reviewer.get("/admin/repair/application/?todo=sign"))
        assert application.listing.subject.name in shown
        assert "修复决定待签发" in words(reviewer.get("/admin/"))
        for place in ("repair/shield", "publicity/regime", "repair/entryterm"):
            assert reviewer.get(f"/admin/{place}/").status_code == 200


def test_a_shield_by_forms() -> None:
    listing = make.listing()
    task = listing.tasks.filter(unit__code="zjj").first()
    handler, reviewer = make.handler(listing), make.reviewer(listing)
    ruling = {
        "code": code_of(listing.subject), "kind": "reorganisation", "court": "广元市中级人民法院",
        "ruling_number": "（2026）川08破1号之三", "ruled_on": str(make.APPLIED), "from_on": str(make.APPLIED),
        "ruling": paper("裁定书.txt"), "lifted": [task.public_id], "hindrance": "妨碍投资人招标",
    }  # fmt: skip
    with clock.at(make.APPLIED):
        done(signed_in(handler).post("/admin/repair/shield/add/", ruling))
    shield = Shield.objects.get()
    done(act(reviewer, shield, "confirm", make.APPLIED))
    assert task.measure.name in page(reviewer, shield, make.APPLIED)
    done(act(reviewer, shield, "complete", make.after(90), document=paper("终结.txt")))
    assert chain.fresh(listing).over_from == make.after(90)


def test_law_is_corrected_by_two_administrators_by_forms() -> None:
    first, second = (chain.actor_of("fgw", "system_admin", number) for number in (1, 2))
    row = {
        "entry_code": "CJ-004", "repairable": "on", "min_months": "6", "counts_from": "listing", "channel": "city",
        "decider": "initiator", "evidence": "整改验收意见书\n缴款凭证", "condition": "列入满6个月",
        "valid_from": "2026-05-01", "basis": "应急管理部令第11号第十条", "confidence": "sure", "reason": "核对原文",
    }  # fmt: skip
    client = signed_in(first)
    assert client.get("/admin/repair/entryterm/add/").status_code == 200
    done(client.post("/admin/repair/entryterm/add/", row))
    proposed = EntryTerm.objects.get(confirmed_by_key="")
    assert proposed.evidence == ["整改验收意见书", "缴款凭证"]
    assert act(first, proposed, "confirm", make.APPLIED).status_code == 409
    done(act(second, proposed, "confirm", make.APPLIED))
    proposed.refresh_from_db()
    assert proposed.confirmed_by_key
    assert "列入满6个月" in page(second, proposed, make.APPLIED)


def test_the_window_asks_the_navigator_before_it_fills_in() -> None:
    listing = make.listing()
    code = code_of(listing.subject)
    with clock.at(make.APPLIED):
        window = signed_in(make.window())
        assert f'href="{ADD}"' in words(window.get("/admin/"))
        shown = words(window.get(ADD, {"for": code}))
        for part in ("修复导航", "最早可以申请", "需要的材料", f'name="code" value="{code}"'):
            assert part in shown, part
        assert "没有找到该主体" in words(window.get(ADD, {"for": "91510899MA00000000"}))
