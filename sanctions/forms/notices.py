"""Acts of notice, service and statement."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from core.problems import NotFound
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from sanctions.enums import Polarity
from sanctions.forms.cases import LeadAct, leads, own
from sanctions.models import Case, CaseSubject, Notice
from sanctions.services import determinations
from sanctions.services import notices as services
from subjects.forms.proof import ProofForm


def serves(actor: Actor, case: Case) -> bool:
    """Tell whether the actor may record service: the initiating unit or whoever leads."""
    return own(actor, case) or leads(actor, case)


class IssueNotices(LeadAct):
    name, label, permission, transition = "notify", "制发拟认定告知书", "sanctions.notice.issue", "notify"
    lead = "逐个主体制发。送达之后，陈述申辩期满或已陈述的，方可召集会议。"
    done = "告知书已制发，请送达并登记送达回证"
    template = "sanctions/notices_preview.html"

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return record.polarity == Polarity.DISCIPLINE and leads(actor, record)

    def perform(self) -> Any:
        return services.issue_notices(actor=self.actor, case=self.record, **self.when())

    def aside(self) -> dict[str, Any]:
        rows = self.record.subjects.select_related("subject")
        return {"previews": [(row, services.notice_text(self.record, row)) for row in rows]}


class ServiceForm(ProofForm):
    """The proof that a document of a case reached its subject."""

    permission = "sanctions.service.record"
    targeted = True


class ServeNotice(ServiceForm):
    name, label = "serve-notice", "登记告知书送达"
    lead = "陈述申辩期自送达次日起算。"
    done = "送达已登记，陈述申辩期开始计算"

    @classmethod
    def find_target(cls, record: Case, key: str) -> Notice:
        return notice_of(record, key)

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Notice) -> bool:
        return target.served_on is None and record.state == "noticed" and serves(actor, record)

    def perform(self) -> Any:
        return services.record_notice_service(actor=self.actor, notice=self.target, **self.filled())


class RecordStatement(ActForm):
    name, label, permission = "statement", "登记陈述申辩", "sanctions.service.record"
    lead = "如实记录当事人的陈述、申辩和提交的证据；放弃的写明“书面放弃陈述申辩”。"
    done, targeted = "陈述申辩已登记", True
    statement = Text(label="陈述申辩内容", rows=6, error_messages={"required": "请填写陈述申辩内容"})
    received_on = DateField(label="收到日")

    @classmethod
    def find_target(cls, record: Case, key: str) -> Notice:
        return notice_of(record, key)

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Notice) -> bool:
        waiting = target.served_on is not None and target.statement_on is None
        return waiting and record.state in {"noticed", "convened"} and serves(actor, record)

    def perform(self) -> Any:
        data = self.cleaned_data
        return services.record_statement(
            actor=self.actor,
            notice=self.target,
            statement=data["statement"],
            received_on=data["received_on"],
            **self.when(),
        )


class ServeDetermination(ServiceForm):
    name, label = "serve-decision", "登记决定送达"
    lead = "认定决定书与信用修复告知书同时送达（两书同达）。列入的主体自生效日起列入名单，任务同时下达。"
    done = "送达已登记；列入的主体已进入名单，任务已下达各实施单位"
    starts_on = DateField(label="生效日", required=False, help_text="留空为拟生效日；没有拟生效日的为送达之日")

    @classmethod
    def find_target(cls, record: Case, key: str) -> CaseSubject:
        return subject_of(record, key)

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: CaseSubject) -> bool:
        served = any(row.document == "determination" for row in target.services.all())
        return record.state == "issued" and not served and serves(actor, record)

    def perform(self) -> Any:
        return determinations.serve_determination(
            actor=self.actor,
            case_subject=self.target,
            starts_on=self.cleaned_data.get("starts_on"),
            **self.filled(),
        )


def notice_of(case: Case, public_id: str) -> Notice:
    found = (
        Notice.objects.filter(case_subject__case=case, public_id=public_id)
        .select_related("case_subject__subject", "case_subject__case")
        .first()
    )
    if found is None:
        raise NotFound("该告知书")
    return found


def subject_of(case: Case, public_id: str) -> CaseSubject:
    rows = CaseSubject.objects.filter(case=case, public_id=public_id)
    found = rows.select_related("subject", "case").prefetch_related("services").first()
    if found is None:
        raise NotFound("该事项主体")
    return found
