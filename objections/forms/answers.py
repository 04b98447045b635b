"""Acts of the unit that answers: accept, forward, extend, draft, sign, determine anew, correct."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from core.actors import Actor
from core.periods import Period
from core.text import zh_day
from core.workflow import Workflow
from objections import permissions
from objections.enums import Answerer, Outcome
from objections.forms.filing import resolved
from objections.letters import EFFECTS
from objections.models import Objection
from objections.services import acceptance, answering, asking
from objections.workflow import OBJECTION
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm

OUTCOMES = [(row.value, row.label) for row in Outcome if row.value]


def to_source(record: Objection) -> bool:
    return bool(record.route.answerer == Answerer.FORWARDED)


def effect_of(record: Any) -> str:
    """Return what signing does, in words."""
    objection = getattr(record, "objection", record)
    outcome = Outcome(record.outcome)
    if objection.listing_id is None or outcome not in EFFECTS:
        return "需要更正的，由答复单位更正后登记。"
    return EFFECTS[outcome]


def own_part(actor: Actor, record: Objection) -> str:
    """Return why this officer stands aside from answering, or nothing."""
    return "本人经办或签发过原认定，应当回避" if actor.key in resolved(record).took_part else ""


class AnswerAct(ActForm):
    """An act of the answering unit."""

    workflow: ClassVar[Workflow | None] = OBJECTION

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.answering_unit_id in actor.unit_ids


class Accept(AnswerAct):
    name, label, permission, transition = "accept", "受理", permissions.ACCEPT, "accept"
    lead = "受理当日起名单暂停执行，各实施单位收到暂停通知；任何查询不再给出限制结论。"
    done = "异议已受理，措施暂停执行"

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return not to_source(record) and super().fits(actor, record, target)

    @classmethod
    def blocked(cls, actor: Actor, record: Objection, target: Any) -> str:
        return "" if record.identity_result == "passed" else "先核验申请人身份和授权"

    def perform(self) -> Objection:
        return acceptance.accept_objection(actor=self.actor, objection=self.record, **self.when())

    def success(self, result: Objection) -> str:
        if result.by_silence:
            return f"受理期限已过，自{zh_day(result.accepted_on)}起视为受理"
        return self.done if result.listing_id else "异议已受理，该事项标注“异议中”"


class Decline(AnswerAct):
    name, label, permission, transition = "decline", "不予受理", permissions.ACCEPT, "decline"
    lead = "写明理由。期限届满未作决定的视为受理。"
    done, danger, reason_label = "已作出不予受理决定", True, "不予受理的理由"

    def perform(self) -> Objection:
        return acceptance.decline_objection(actor=self.actor, objection=self.record, **self.when())


class AskForPapers(AnswerAct):
    name, label, permission, workflow = "ask", "通知补交材料", permissions.ASK, None
    lead = "写明缺少哪些材料；期限自动计算并告知申请人。受理和答复的期限照常计算，不因此停止。"
    done, minor, reason_label = "已通知申请人补交材料", True, "需要补交的材料"

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.state in {"received", "accepted"} and super().fits(actor, record, target)

    def perform(self) -> Objection:
        return asking.ask_for_papers(actor=self.actor, objection=self.record, **self.when())


class Forward(AnswerAct):
    name, label, permission, transition = "forward", "转送源单位", permissions.FORWARD, "forward"
    lead = "源名单的列入、退出由其认定单位决定。转送后告知申请人，本市措施不因此暂停。"
    done = "已转送源单位"
    receipt = forms.CharField(label="转送文号或签收情况", max_length=200)

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return to_source(record) and super().fits(actor, record, target)

    @classmethod
    def blocked(cls, actor: Actor, record: Objection, target: Any) -> str:
        return "" if record.identity_result == "passed" else "先核验申请人身份和授权"

    def perform(self) -> Objection:
        receipt = self.cleaned_data["receipt"]
        return acceptance.forward_objection(actor=self.actor, objection=self.record, receipt=receipt, **self.when())


class RecordSourceAnswer(AnswerAct):
    name, label, permission = "source-answer", "登记源单位答复", permissions.FORWARD
    transition = "record_source_answer"
    done = "源单位答复已登记"
    answer = Text(label="答复内容", error_messages={"required": "请摘录源单位的答复"})
    answered_on = DateField(label="源单位答复日")
    source_answer = UploadField(label="答复文书", required=False)

    def perform(self) -> Objection:
        data = self.cleaned_data
        held = data["source_answer"]
        papers = (acceptance.Paper("source_answer", held),) if held else ()
        return acceptance.record_source_answer(
            actor=self.actor,
            objection=self.record,
            answer=data["answer"],
            answered_on=data["answered_on"],
            papers=papers,
            **self.when(),
        )


class Extend(AnswerAct):
    name, label, permission, transition = "extend", "延长答复", permissions.DRAFT, "extend"
    lead = "只能延长一次，在原期限届满之前办理；理由告知申请人。"
    done, minor, reason_label = "答复期限已延长", True, "延长的理由"

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.extended_on is None and super().fits(actor, record, target)

    def perform(self) -> Objection:
        return answering.extend_answer(actor=self.actor, objection=self.record, **self.when())


class DraftAnswer(AnswerAct):
    name, label, permission, transition = "draft", "拟写答复", permissions.DRAFT, "draft_answer"
    lead = "逐项回应异议理由。由另一名审核人员签发后生效。"
    done, wide = "答复已拟写，请由另一名审核人员签发", True
    outcome = forms.ChoiceField(
        label="处理结果",
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        help_text="成立：撤销认定，自始无效；部分成立：暂停至重新认定；不成立：签发当日恢复执行",
    )
    answer_text = Text(label="答复内容和理由", rows=8, error_messages={"required": "请填写答复内容和理由"})

    def build(self) -> None:
        self.prefill(outcome=self.record.outcome, answer_text=self.record.answer_text)

    @classmethod
    def blocked(cls, actor: Actor, record: Objection, target: Any) -> str:
        return own_part(actor, record)

    @classmethod
    def secondary(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.state == "drafted"

    def perform(self) -> Objection:
        data = self.cleaned_data
        return answering.draft_answer(
            actor=self.actor,
            objection=self.record,
            outcome=data["outcome"],
            text=data["answer_text"],
            **self.when(),
        )


class ReturnAnswer(AnswerAct):
    name, label, permission, transition = "return", "退回重拟", permissions.SIGN, "return_answer"
    done, minor, reason_label = "已退回重拟", True, "需要修改之处"

    def perform(self) -> Any:
        return answering.return_answer(actor=self.actor, objection=self.record, **self.when())


class SignAnswer(AnswerAct):
    name, label, permission, transition = "sign", "签发答复", permissions.SIGN, "reject"
    lead = "签发即生效。与拟稿人、原认定的经办人和签发人应为不同人员。"
    done = "答复已签发并生效"
    template = "objections/sign.html"

    def aside(self) -> dict[str, Any]:
        return {"effect": effect_of(self.record)}

    @classmethod
    def blocked(cls, actor: Actor, record: Objection, target: Any) -> str:
        if record.drafted_by_key == actor.key:
            return "本人拟写了该答复，由另一名审核人员签发"
        return own_part(actor, record)

    def perform(self) -> Objection:
        return answering.sign_answer(actor=self.actor, objection=self.record, **self.when())


class PeriodAct(ActForm):
    """An act that determines the unified period anew."""

    aliases = {"period": "years"}
    done, wide, reason_label = "已重新认定，措施按新的期限恢复执行", True, "重新认定的理由"
    lead = "新的期限自原生效日起算，不得长于原期限，不得超出目录法定幅度；自办理日恢复执行。"
    years = forms.IntegerField(label="年", required=False, min_value=0, max_value=99)
    months = forms.IntegerField(label="个月", required=False, min_value=0, max_value=600)
    days = forms.IntegerField(label="日", required=False, min_value=0, max_value=9999)
    official_number = forms.CharField(label="变更决定文号", max_length=100)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("years", "months", "days")):
            self.add_error("years", "请填写新的统一期限")
        return cleaned

    def period(self) -> Period:
        data = self.cleaned_data
        return Period(data["years"] or 0, data["months"] or 0, data["days"] or 0)


class Redetermine(PeriodAct, AnswerAct):
    name, label, permission, transition = "redetermine", "重新认定", permissions.REDETERMINE, "redetermine"

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.listing_id is not None and super().fits(actor, record, target)

    @classmethod
    def blocked(cls, actor: Actor, record: Objection, target: Any) -> str:
        return own_part(actor, record)

    def perform(self) -> Objection:
        return answering.redetermine(
            actor=self.actor,
            objection=self.record,
            period=self.period(),
            official_number=self.cleaned_data["official_number"],
            **self.when(),
        )


class RecordCorrection(AnswerAct):
    name, label, permission, transition = "correct", "登记更正", permissions.CORRECT, "record_correction"
    lead = "写明更正了什么、在何处更正。"
    done = "更正已登记"
    correction = Text(label="更正情况", error_messages={"required": "请填写更正情况"})

    @classmethod
    def fits(cls, actor: Actor, record: Objection, target: Any) -> bool:
        return record.listing_id is None and super().fits(actor, record, target)

    def perform(self) -> Objection:
        text = self.cleaned_data["correction"]
        return answering.record_correction(actor=self.actor, objection=self.record, correction=text, **self.when())


ANSWER_ACTS: tuple[type[ActForm], ...] = (
    Accept,
    Forward,
    RecordSourceAnswer,
    AskForPapers,
    DraftAnswer,
    SignAnswer,
    Redetermine,
    RecordCorrection,
    Extend,
    ReturnAnswer,
    Decline,
)
