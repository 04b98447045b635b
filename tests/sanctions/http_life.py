"""The acts of a scenario done over HTTP: by the officers' own forms, and by what a member of the public files himself.

`Desk` opens and posts the forms of the workbench, as the officers whose work each one is. `Wire` files, complains,
applies and withdraws at the public API; what officers do about it has no API and goes by the forms.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from core.actors import Actor
from core.periods import Period
from core.problems import Problem
from objections.models import Complaint, ContestedSubject, Objection
from objections.services.rulings import REMEDIES
from organizations.acts.forms import ActForm
from organizations.acts.pages import address
from repair.models import Application
from sanctions.models import Listing
from subjects.selectors import code_of
from tests.factories import objections as remedies
from tests.factories import repair as repairs
from tests.factories import sanctions as chain
from tests.factories.organizations import make_expert
from tests.sanctions.services_life import NOTHING, Services
from tests.support.workbench import signed_in

OBJECTIONS, COMPLAINTS, REPAIRS = (f"/api/v1/public/{name}" for name in ("objections", "complaints", "repairs"))
UNKNOWN = "0" * 16
RULE = re.compile(r"wb-rule.>([A-Z]+-[0-9A-Z]+)")


def paper(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{name}.txt", f"{name}\n".encode(), content_type="text/plain")


def encoded(kind: str, **more: str) -> dict[str, str]:
    return {"kind": kind, "name": f"{kind}.txt", "content": base64.b64encode(f"{kind}\n".encode()).decode(), **more}


def shown(form: ActForm) -> list[str]:
    """Return the codes of the rules that a refused form shows, the refusal's own first."""
    return [code for errors in form.errors.values() for error in errors for code in RULE.findall(str(error))]


class Desk(Services):
    """Every act by the form of the officer whose work it is."""

    looks_first = True

    def __init__(self, listing: Listing, id_number: str) -> None:
        super().__init__(listing, id_number)
        self.clients: dict[int | None, Client] = {}

    def play(self, act: dict[str, Any]) -> str | None:
        self.clients = {}  # a refused act takes back its sessions too
        return super().play(act)

    def client(self, actor: Actor) -> Client:
        if actor.officer_id not in self.clients:
            self.clients[actor.officer_id] = signed_in(actor)
        return self.clients[actor.officer_id]

    def press(self, actor: Actor, record: Any, name: str, key: str = "", **fields: Any) -> Any:
        """Open the form and post it; raises what the service refuses. What it does, the page must have offered."""
        base = f"admin:{record._meta.app_label}_{record._meta.model_name}_act"
        where = reverse(f"{base}_on" if key else base, args=[record.public_id, name, *([key] if key else [])])
        offered = self.client(actor).get(where).status_code == 200 if self.looks_first else True
        answer = self.posted(actor, where, fields)
        assert offered, (name, "done, though the page did not offer it")
        return answer

    def posted(self, actor: Actor, where: str, fields: dict[str, Any]) -> Any:
        answer = self.client(actor).post(where, fields)
        if answer.status_code in {200, 302}:
            assert "login" not in answer.get("Location", ""), where
            return answer
        if answer.status_code == 404:
            raise NOTHING
        codes = shown(answer.context["form"])
        assert codes, (where, answer.status_code, answer.context["form"].errors)
        raise Problem(codes[0], "refused at the form", status=answer.status_code)

    def nothing_at(self, model: type[Any], name: str) -> None:
        """There is no record that the act could be about: its address leads nowhere."""
        where = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_act", args=[UNKNOWN, name])
        client = self.client(remedies.window())
        assert (client.get(where).status_code, client.post(where, {}).status_code) == (404, 404)

    # --- objection ---------------------------------------------------------------------------------------------------

    def _objection(self, *states: str) -> Objection:
        try:
            return super()._objection(*states)
        except Problem:
            self.nothing_at(Objection, "withdraw")
            raise

    def object(self) -> None:
        row = self.filed_objection()
        self.press(self.checker(row), row, "check", result="passed", note="已核对证件")
        self.press(remedies.answerer(remedies.case_of(row)), row, "accept")

    def filed_objection(self) -> Objection:
        who, subject = remedies.window(), self.listing.subject
        found: dict[str, Any] = {"code": code_of(subject)}
        if subject.is_person:
            found = {"person": subject.name, "id_type": "id_card", "id_number": self.id_number}
        where = self.posted(who, reverse("admin:objections_objection_add"), found)["Location"]
        contested = ContestedSubject.objects.get(pk=subject.pk)
        assert where == address(contested)
        form = {
            "relation": "self",
            "filer_name": subject.name,
            "id_type": "id_card",
            "id_number": self.id_number,
            "grounds": remedies.GROUNDS,
            "claims": remedies.CLAIMS,
            "application": paper("申请书"),
            "licence": paper("执照"),
            "identity": paper("身份证件"),
        }
        self.press(who, contested, "object", f"listing-{self.listing.public_id}", **form)
        return super()._objection()

    def checker(self, row: Objection | Application) -> Actor:
        return remedies.window()

    def _answer(self, outcome: str) -> Objection:
        row = self._objection()
        case = remedies.case_of(row)
        self.press(remedies.answerer(case), row, "draft", outcome=outcome, answer_text="逐项答复如下")
        self.press(remedies.answerer(case, 4), row, "sign")
        return row

    def partly_uphold_objection(self, period: Period) -> None:
        row = self._answer("partly_upheld")
        who = remedies.answerer(remedies.case_of(row), 5)
        given = {"years": period.years or "", "months": period.months or "", "days": period.days or ""}
        self.press(who, row, "redetermine", official_number="测信组〔2026〕9号", reason="部分成立，缩短期限", **given)

    def withdraw_objection(self) -> None:
        self.press(remedies.window(), self._objection(), "withdraw", reason="书面撤回")

    # --- complaint ---------------------------------------------------------------------------------------------------

    def _complaint(self) -> Complaint:
        try:
            return super()._complaint()
        except Problem:
            self.nothing_at(Complaint, "withdraw")
            raise

    def complain(self) -> None:
        row = self.filed_complaint(self.complained_about())
        if not row.identity_result:
            self.press(remedies.window(), row, "check", result="passed", note="已核对")
        self.press(remedies.office(), row, "accept")

    def filed_complaint(self, about: Objection) -> Complaint:
        self.press(remedies.window(), about, "complain", grounds="答复没有回应新证据", claims="请求撤销")
        return super()._complaint()

    def _rule(self, outcome: str) -> None:
        row = self._complaint()
        if row.by_office and row.state == "accepted":
            self._study(row)
        remedy = {"remedies": REMEDIES, "minutes": "研究记录"}
        self.press(remedies.office(), row, "draft", outcome=outcome, answer_text="经研究，处理如下", **remedy)
        self.press(remedies.office(8), row, "sign")

    def _study(self, row: Complaint) -> None:
        office, convenor = remedies.office(), remedies.office(8)
        seats = {"held_on": self.day, "convenor": convenor.key, "participants": [office.key]}
        self.press(office, row, "convene", **seats)
        make_expert("law")
        self.press(office, row, "experts", field="law", number=1)
        for seat in row.experts.select_related("expert"):
            self.press(office, row, "expert", seat.expert.public_id, opinion="依据不足，建议重新核查")

    def withdraw_complaint(self) -> None:
        self.press(remedies.window(), self._complaint(), "withdraw", reason="书面撤回")

    # --- court and performance ---------------------------------------------------------------------------------------

    def _court_act(self, name: str) -> None:
        lead = chain.lead_of(self.listing.case_subject.case)
        number = self.next_document()
        self.press(lead, self.listing, name, court="示例市中级人民法院", document=number, made_on=self.day)

    def court_stay(self) -> None:
        self._court_act("court-stay")

    def lift_stay(self) -> None:
        self._court_act("court-lift")

    def court_revoke(self) -> None:
        self._court_act("court-revoke")

    def perform(self) -> None:
        who = chain.actor_of(self.listing.case_subject.case.unit.code, "reviewer")
        self.press(who, self.listing, "perform", reason="履行完毕")

    # --- repair ------------------------------------------------------------------------------------------------------

    def _application(self) -> Application:
        try:
            return super()._application()
        except Problem:
            self.nothing_at(Application, "withdraw")
            raise

    def apply_repair(self) -> None:
        row = self.filed_application()
        self.press(self.checker(row), row, "check-identity", note="证件原件一致")
        self.press(repairs.handler(row), row, "accept")

    def filed_application(self) -> Application:
        subject = self.listing.subject
        form = {
            "code": "" if subject.is_person else code_of(subject),
            "applicant_role": "person" if subject.is_person else "representative",
            "applicant_name": subject.name if subject.is_person else subject.legal_representative,
            "id_type": "id_card",
            "id_number": self.id_number,
            "statement": "已经纠正",
            "commitment": "on",
            "performance": paper("履行证明"),
            "identity": paper("身份证件"),
        }
        self.posted(repairs.window(), reverse("admin:repair_application_add"), form)
        return super()._application()

    def _decide(self, outcome: str) -> None:
        row = self._application()
        handler = repairs.handler(row)
        if row.state == "accepted":
            answers = {"corrected": "yes", "materials_true": "yes"}
            self.press(handler, row, "verify", method="现场核查", findings="已整改", **answers)
            self.press(handler, row, "opine", outcome=outcome, text="核实无误")
        self.press(repairs.reviewer(row), row, outcome, reason="理由成立")

    def publish_repair(self) -> None:
        row = self._application()
        self.press(repairs.handler(row), row, "publish")

    def revoke_repair(self) -> None:
        row = self._application()
        facts = {"ground": "false_commitment", "findings": "验收意见书系伪造", "proof": paper("复查记录")}
        self.press(repairs.handler(row), row, "propose-revocation", **facts)
        self.press(repairs.reviewer(row), row, "revoke", reason="承诺不实")


class Wire(Desk):
    """What the public does itself, by the API; the rest by the officers' forms."""

    looks_first = False  # the other door has

    def __init__(self, listing: Listing, id_number: str) -> None:
        super().__init__(listing, id_number)
        self.secrets: dict[str, str] = {}

    def sent(self, where: str, document: dict[str, Any], **headers: str) -> dict[str, Any]:
        """Post a document; returns the answer, raises the problem that it names."""
        answer = Client().post(where, json.dumps(document), content_type="application/json", headers=headers)
        told: dict[str, Any] = answer.json()
        if answer.status_code == 404:
            raise NOTHING
        if answer.status_code >= 400:
            assert told["detail"], told
            assert told.get("remedy"), told
            raise Problem(told["code"], told["detail"], status=answer.status_code)
        return told

    def checker(self, row: Objection | Application) -> Actor:
        return remedies.answerer(remedies.case_of(row)) if isinstance(row, Objection) else repairs.handler(row)

    def filed_objection(self) -> Objection:
        subject = self.listing.subject
        told = self.sent(
            OBJECTIONS,
            {
                "target_kind": "listing",
                "target_key": self.listing.public_id,
                "subject_code": subject.public_id if subject.is_person else code_of(subject),
                "filer_name": subject.name,
                "relation": "self",
                **({"id_number": self.id_number} if subject.is_person else {}),
                "grounds": remedies.GROUNDS,
                "claims": remedies.CLAIMS,
                "files": [encoded(kind) for kind in ("application", "licence", "identity")],
            },
        )
        self.secrets[told["number"]] = told["secret"]
        return Objection.objects.get(public_id=told["number"])

    def withdraw_objection(self) -> None:
        self._withdraw(OBJECTIONS, Objection.objects.filter(listing=self.listing))

    def filed_complaint(self, about: Objection) -> Complaint:
        words = {"secret": self.secrets[about.public_id], "grounds": "答复没有回应新证据", "claims": "请求撤销"}
        told = self.sent(f"{OBJECTIONS}/{about.public_id}/complaints", words)
        self.secrets[told["number"]] = told["secret"]
        return Complaint.objects.get(public_id=told["number"])

    def withdraw_complaint(self) -> None:
        self._withdraw(COMPLAINTS, Complaint.objects.filter(objection__listing=self.listing))

    def _withdraw(self, door: str, rows: Any) -> None:
        row = rows.order_by("-pk").first()
        number = row.public_id if row is not None else UNKNOWN
        self.sent(f"{door}/{number}/withdrawal", {"secret": self.secrets.get(number, UNKNOWN), "reason": "书面撤回"})

    def filed_application(self) -> Application:
        subject = self.listing.subject
        own = {"name": subject.legal_representative, "role": "representative"}
        if subject.is_person:
            own = {"name": subject.name, "role": "person", "id_type": "id_card", "id_number": self.id_number}
        told = self.sent(
            REPAIRS,
            {
                "subject": subject.public_id if subject.is_person else code_of(subject),
                "listing": self.listing.public_id,
                "applicant": own,
                "statement": "已经纠正",
                "commitment": "承诺材料真实",
                "materials": [encoded("performance", title="履行证明"), encoded("identity", title="身份证件")],
            },
        )
        return Application.objects.get(public_id=told["receipt"])
