"""Acts of the 联席会议办公室 on a complaint: accept, study with recusal and experts, rule."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from core import clock
from core.actors import Actor
from core.problems import NotFound
from core.workflow import Workflow
from objections import permissions
from objections.enums import Outcome
from objections.forms.answers import OUTCOMES, PeriodAct, effect_of
from objections.forms.filing import RenewSecret
from objections.models import Complaint, ComplaintDraw, ComplaintExpert, ComplaintParticipant
from objections.services import asking, complaints, rulings
from objections.targets import resolve
from objections.workflow import COMPLAINT
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.models import Officer
from organizations.selectors import assignments_on, expert_fields

RESULTS = (("passed", "核验通过"), ("failed", "核验不通过"))


def part_of(actor: Actor, record: Complaint) -> str:
    """Return why this officer stands aside from the complaint, or nothing."""
    objection = record.objection
    because = rulings.involved(objection, resolve(objection.target_kind, objection.target_key)).get(actor.key)
    return f"本人{because}，应当回避" if because else ""


class ComplaintAct(ActForm):
    workflow: ClassVar[Workflow | None] = COMPLAINT


class CheckComplainant(ComplaintAct):
    name, label, permission, transition = "check", "核验投诉人身份", permissions.CHECK, "check_identity"
    done = "核验已登记"
    result = forms.ChoiceField(label="核验结果", choices=RESULTS, widget=forms.RadioSelect)
    note = Text(label="核验说明", rows=3, error_messages={"required": "请填写核验说明"})
    aliases = {"papers": "result"}

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.identity_result != "passed"

    def perform(self) -> Complaint:
        data = self.cleaned_data
        return complaints.check_complainant(
            actor=self.actor,
            complaint=self.record,
            passed=data["result"] == "passed",
            note=data["note"],
            **self.when(),
        )


class AcceptComplaint(ComplaintAct):
    name, label, permission, transition = "accept", "受理投诉", permissions.COMPLAINT_ACCEPT, "accept"
    lead = "受理当日起名单暂停执行。异议逾期未答复的，由投诉接续处理，原单位不能再答复。"
    done = "投诉已受理，措施暂停执行"

    @classmethod
    def blocked(cls, actor: Actor, record: Complaint, target: Any) -> str:
        return "" if record.identity_result == "passed" else "先核验投诉人身份和授权"

    def perform(self) -> Complaint:
        return complaints.accept_complaint(actor=self.actor, complaint=self.record, **self.when())


class AskComplainant(ComplaintAct):
    name, label, permission, workflow = "ask", "通知补交材料", permissions.COMPLAINT_STUDY, None
    lead = "写明缺少哪些材料；期限自动计算并告知投诉人。受理和处理的期限照常计算，不因此停止。"
    done, minor, reason_label = "已通知投诉人补交材料", True, "需要补交的材料"

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.state in {"received", "accepted", "convened"}

    def perform(self) -> Complaint:
        return asking.ask_complainant(actor=self.actor, complaint=self.record, **self.when())


class DeclineComplaint(ComplaintAct):
    name, label, permission, transition = "decline", "不予受理", permissions.COMPLAINT_ACCEPT, "decline"
    done, danger, reason_label = "已作出不予受理决定", True, "不予受理的理由"

    def perform(self) -> Complaint:
        return complaints.decline_complaint(actor=self.actor, complaint=self.record, **self.when())


class Convene(ComplaintAct):
    name, label, permission, transition = "convene", "召集研究", permissions.COMPLAINT_STUDY, "convene"
    lead = (
        "参与原认定或异议办理的人员回避，不在可选名单中。认定由联席办作出的，必须召集研究、听取专家意见，由召集人签发。"
    )
    done, wide = "研究已召集", True
    held_on = DateField(label="研究日期")
    convenor = forms.ChoiceField(label="召集人")
    participants = forms.MultipleChoiceField(label="研究人员", widget=forms.CheckboxSelectMultiple)

    def build(self) -> None:
        objection = self.record.objection
        self.prefill(held_on=clock.today())
        target = resolve(objection.target_kind, objection.target_key)
        out = rulings.involved(objection, target)
        units = {self.record.unit_id, objection.answering_unit_id, objection.initiating_unit_id} - {None}
        rows = assignments_on(clock.today()).filter(organization__in=units)
        found = {
            row.officer.public_id: row
            for row in rows.order_by("organization", "officer__full_name")
            if row.officer.public_id not in out and row.role in {"office", "group_lead", "reviewer", "handler"}
        }
        self.officers = {key: row.officer for key, row in found.items()}
        words = [(key, f"{row.organization.short_name} {row.officer.full_name}") for key, row in found.items()]
        office = [pair for pair in words if found[pair[0]].organization_id == self.record.unit_id]
        self.choose_among("convenor", office)
        self.choose_among("participants", words)

    def perform(self) -> Complaint:
        data = self.cleaned_data
        return rulings.convene_study(
            actor=self.actor,
            complaint=self.record,
            held_on=data["held_on"],
            convenor=self.officers[data["convenor"]],
            participants=[self.officers[key] for key in data["participants"]],
            **self.when(),
        )

    @classmethod
    def secondary(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return not record.by_office or record.state != "accepted"


class PrepareExperts(ComplaintAct):
    name, label, permission, workflow = "experts", "抽取专家", permissions.COMPLAINT_STUDY, None
    lead = "先公布候选名单与随机种子的摘要，再公布种子和抽中名单，任何人可以复算。"
    done, backdatable = "专家已抽取", False
    field = forms.ChoiceField(label="专业")
    number = forms.IntegerField(label="人数", min_value=1, max_value=9, initial=1)

    def build(self) -> None:
        self.choose_among("field", [(row.code, row.name) for row in expert_fields()])

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.state == "convened"

    @classmethod
    def secondary(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return not record.by_office or record.experts.exists()

    def perform(self) -> list[ComplaintExpert]:
        data = self.cleaned_data
        waiting = self.record.draws.filter(drawn_on__isnull=True).first()
        prepared: ComplaintDraw = waiting or rulings.prepare_experts(
            actor=self.actor, complaint=self.record, demand={data["field"]: data["number"]}
        )
        return rulings.draw_experts(actor=self.actor, draw=prepared)


class RecordExpert(ComplaintAct):
    name, label, permission, workflow = "expert", "记录专家意见", permissions.COMPLAINT_STUDY, None
    button, targeted, done = "记录意见", True, "专家意见已记录"
    backdatable = False
    opinion = Text(label="专家意见", required=False)
    declined = forms.CharField(label="不能参加的理由", required=False, max_length=300)

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.state == "convened"

    @classmethod
    def blocked(cls, actor: Actor, record: Complaint, target: Any) -> str:
        heard = isinstance(target, ComplaintExpert) and (target.opinion or target.declined_reason)
        return "已经记录" if heard else super().blocked(actor, record, target)

    @classmethod
    def find_target(cls, record: Complaint, key: str) -> ComplaintExpert:
        seat = record.experts.select_related("expert", "complaint").filter(expert__public_id=key).first()
        if seat is None:
            raise NotFound("该专家")
        return seat

    def perform(self) -> ComplaintExpert:
        data = self.cleaned_data
        return rulings.record_expert(
            actor=self.actor, seat=self.target, opinion=data["opinion"], declined=data["declined"]
        )


class RecordView(ComplaintAct):
    name, label, permission, workflow = "view", "记录研究意见", permissions.COMPLAINT_STUDY, None
    button, targeted, done, backdatable = "记录意见", True, "意见已记录", False
    opinion = Text(label="意见", error_messages={"required": "请填写意见"})

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.state == "convened" and not (target and target.recused_because)

    @classmethod
    def find_target(cls, record: Complaint, key: str) -> ComplaintParticipant:
        seat = record.participants.select_related("officer").filter(officer__public_id=key).first()
        if seat is None:
            raise NotFound("该研究人员")
        return seat

    def perform(self) -> ComplaintParticipant:
        opinion, officer = self.cleaned_data["opinion"], self.target.officer
        return rulings.record_view(actor=self.actor, complaint=self.record, officer=officer, opinion=opinion)


class DraftRuling(ComplaintAct):
    name, label, permission, transition = "draft", "拟写处理决定", permissions.COMPLAINT_STUDY, "draft_ruling"
    lead = "由另一名人员签发后生效；处理决定告知复议和诉讼途径。"
    done, wide = "处理决定已拟写，请由另一名人员签发", True
    outcome = forms.ChoiceField(label="处理结果", choices=OUTCOMES, widget=forms.RadioSelect)
    answer_text = Text(label="处理意见和理由", rows=8, error_messages={"required": "请填写处理意见和理由"})
    minutes = Text(label="研究记录", rows=4, required=False)
    remedies = Text(label="进一步救济途径", rows=3)

    def build(self) -> None:
        row = self.record
        self.prefill(
            outcome=row.outcome,
            answer_text=row.answer_text,
            minutes=row.minutes,
            remedies=row.remedies or rulings.REMEDIES,
        )

    @classmethod
    def blocked(cls, actor: Actor, record: Complaint, target: Any) -> str:
        return part_of(actor, record)

    @classmethod
    def secondary(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.state == "drafted"

    def perform(self) -> Complaint:
        data = self.cleaned_data
        return rulings.draft_ruling(
            actor=self.actor,
            complaint=self.record,
            outcome=data["outcome"],
            text=data["answer_text"],
            minutes=data["minutes"],
            remedies=data["remedies"],
            **self.when(),
        )


class SignRuling(ComplaintAct):
    name, label, permission, transition = "sign", "签发处理决定", permissions.COMPLAINT_RULE, "reject"
    lead = "签发即生效，平台程序终结。"
    done = "处理决定已签发并生效"
    template = "objections/sign.html"

    def aside(self) -> dict[str, Any]:
        return {"effect": effect_of(self.record)}

    @classmethod
    def blocked(cls, actor: Actor, record: Complaint, target: Any) -> str:
        if record.drafted_by_key == actor.key:
            return "本人拟写了该处理决定，由另一名人员签发"
        convenor: Officer | None = record.convenor
        if record.by_office and convenor and convenor.public_id != actor.key:
            return f"认定由联席办作出，由召集人{convenor.full_name}签发"
        return part_of(actor, record)

    def perform(self) -> Complaint:
        return rulings.sign_ruling(actor=self.actor, complaint=self.record, **self.when())


class RedetermineAfterComplaint(PeriodAct, ComplaintAct):
    name, label, permission, transition = "redetermine", "重新认定", permissions.REDETERMINE, "redetermine"

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.objection.listing_id is not None and record.objection.answering_unit_id in actor.unit_ids

    def perform(self) -> Complaint:
        return rulings.redetermine_after_complaint(
            actor=self.actor,
            complaint=self.record,
            period=self.period(),
            official_number=self.cleaned_data["official_number"],
            **self.when(),
        )


class CorrectAfterComplaint(ComplaintAct):
    name, label, permission, transition = "correct", "登记更正", permissions.CORRECT, "record_correction"
    done = "更正已登记"
    correction = Text(label="更正情况", error_messages={"required": "请填写更正情况"})

    @classmethod
    def fits(cls, actor: Actor, record: Complaint, target: Any) -> bool:
        return record.objection.listing_id is None and record.objection.answering_unit_id in actor.unit_ids

    def perform(self) -> Complaint:
        text = self.cleaned_data["correction"]
        return rulings.correct_after_complaint(actor=self.actor, complaint=self.record, correction=text, **self.when())


class WithdrawComplaint(ComplaintAct):
    name, label, permission, transition = "withdraw", "登记撤回", permissions.WITHDRAW, "withdraw"
    done, danger, reason_label = "撤回已登记", True, "撤回的书面依据"

    def perform(self) -> Complaint:
        return complaints.withdraw_complaint(actor=self.actor, complaint=self.record, **self.when())


def outcome_words(record: Any) -> str:
    return str(Outcome(record.outcome).label)


COMPLAINT_ACTS: tuple[type[ActForm], ...] = (
    CheckComplainant,
    AcceptComplaint,
    Convene,
    PrepareExperts,
    RecordExpert,
    RecordView,
    DraftRuling,
    SignRuling,
    RedetermineAfterComplaint,
    CorrectAfterComplaint,
    AskComplainant,
    RenewSecret,
    DeclineComplaint,
    WithdrawComplaint,
)
