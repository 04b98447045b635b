"""Acts on tasks and listings: acknowledge, apply, refuse, insist; perform, withdraw a reward; sum up."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from core import clock
from core.actors import Actor
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm
from organizations.models import WorkingGroup
from sanctions.enums import GovernedBy, Polarity, TaskDuty
from sanctions.forms.cases import leads, own
from sanctions.models import ExecutionTask, GroupSummary, Listing
from sanctions.services import listings, monitoring
from sanctions.services import tasks as services
from sanctions.workflow import LISTING, TASK


class TaskAct(ActForm):
    """An act of the implementing unit on its own task."""

    workflow, permission = TASK, "sanctions.task.handle"

    @classmethod
    def fits(cls, actor: Actor, record: ExecutionTask, target: Any) -> bool:
        return record.unit_id in actor.unit_ids


class AcknowledgeTask(TaskAct):
    name, label, transition = "acknowledge", "签收", "acknowledge"
    lead = "签收后，反馈期限开始计算。"
    done = "已签收，请实施后反馈"

    def perform(self) -> ExecutionTask:
        return services.acknowledge_task(actor=self.actor, task=self.record, **self.when())


class ApplyTask(TaskAct):
    name, label, transition = "apply", "反馈已实施", "apply"
    lead = "写明在哪项业务中采取了什么措施。措施生效之前、到期之后和暂停期间不得实施。"
    done = "反馈已记录"

    done_on = DateField(label="实施日")
    matter = forms.CharField(label="业务事项", max_length=200, error_messages={"required": "请填写业务事项"})
    detail = Text(label="执行内容", error_messages={"required": "请填写执行内容"})
    amount = forms.DecimalField(
        label="涉及金额（万元）", required=False, max_digits=18, decimal_places=6, help_text="没有金额的留空"
    )
    effect = Text(label="成效", required=False, rows=2)
    evidence = UploadField(label="佐证材料", required=False)

    def build(self) -> None:
        cast("UploadField", self.fields["evidence"]).wanted = self.record.duty == TaskDuty.DUTY

    @classmethod
    def offered(cls, actor: Actor, record: Any, target: Any = None) -> bool:
        """Offer it also on an applied task: further feedback is added."""
        more = record.state == "applied" and actor.may(cls.permission) and cls.fits(actor, record, target)
        return more or super().offered(actor, record, target)

    def perform(self) -> Any:
        data = self.cleaned_data
        done = services.Done(
            done_on=data["done_on"],
            matter=data["matter"],
            detail=data["detail"],
            amount=data["amount"],
            effect=data["effect"],
            evidence=data["evidence"],
        )
        return services.apply_task(actor=self.actor, task=self.record, done=done, **self.when())


class RefuseTask(TaskAct):
    name, label, transition = "refuse", "不予实施", "refuse"
    lead = "写明不能实施的法定理由；专项小组可以要求继续实施。"
    done, danger, reason_label = "已登记不予实施，专项小组将看到理由", True, "不予实施的理由"

    def perform(self) -> ExecutionTask:
        return services.refuse_task(actor=self.actor, task=self.record, **self.when())


class InsistOnTask(ActForm):
    name, label, permission = "insist", "要求继续实施", "sanctions.task.insist"
    workflow, transition = TASK, "insist"
    lead = "任务退回实施单位重新签收，签收期限重新计算。"
    done, reason_label = "已要求继续实施", "理由"

    @classmethod
    def fits(cls, actor: Actor, record: ExecutionTask, target: Any) -> bool:
        return record.duty == TaskDuty.DUTY

    def perform(self) -> ExecutionTask:
        return services.insist_on_task(actor=self.actor, task=self.record, **self.when())


class PerformListing(ActForm):
    name, label, permission = "perform", "确认履行完毕", "sanctions.listing.perform"
    workflow, transition = LISTING, "perform"
    lead = "期限为“至履行完毕”的，确认义务已履行：当日仍在名单，次日起结束。"
    done, reason_label = "已确认履行完毕", "履行情况"

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return record.determination.until_performed and own(actor, record.case_subject.case)

    def perform(self) -> Listing:
        return listings.perform_listing(actor=self.actor, listing=self.record, **self.when())


class RecordSourceExit(ActForm):
    name, label, permission = "source-exit", "登记源名单移出", "sanctions.listing.perform"
    workflow, transition = LISTING, "source_exit"
    lead = "依源名单列入的，以来源的移出为准：自移出日起本市措施结束。"
    done, reason_label = "源名单移出已登记", "移出依据"
    ended_on = DateField(label="源名单移出日")

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return record.governed_by == GovernedBy.SOURCE and own(actor, record.case_subject.case)

    def perform(self) -> Listing:
        ended_on = self.cleaned_data["ended_on"]
        return listings.record_source_exit(actor=self.actor, listing=self.record, ended_on=ended_on, **self.when())


class WithdrawReward(ActForm):
    name, label, permission = "withdraw-reward", "取消激励", "sanctions.determination.issue"
    workflow, transition = LISTING, "withdraw_reward"
    lead = "自办理日起不再享受激励；由作出认定的专项小组或联席办办理。"
    done, danger, reason_label = "激励已取消", True, "取消理由"

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return record.polarity == Polarity.INCENTIVE and leads(actor, record.case_subject.case)

    def perform(self) -> Listing:
        return listings.withdraw_reward(actor=self.actor, listing=self.record, **self.when())


class MakeSummary(ActForm):
    """Sum up one group's execution over a period; the record is the group, or nothing on the list's own button."""

    name, label, permission = "make", "汇总实施情况", "sanctions.summary.make"
    lead = "按季度汇总本组名单的任务签收、实施、不予实施情况，报联席会议办公室。同一起始日只汇总一次。"
    done = "已汇总"
    group = forms.ChoiceField(label="专项小组")
    from_on = DateField(label="自")
    to_on = DateField(label="至")

    def build(self) -> None:
        self.groups = {row.public_id: row for row in groups_of(self.actor)}
        self.choose_among("group", [(key, row.name) for key, row in self.groups.items()])
        first, last = monitoring.last_quarter(clock.today())
        self.initial = {"from_on": first, "to_on": last}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("from_on"), cleaned.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", "结束日早于起始日，核对后重新填写")
        return cleaned

    def perform(self) -> GroupSummary:
        data = self.cleaned_data
        return monitoring.make_summary(
            actor=self.actor,
            group=self.groups[data["group"]],
            from_on=data["from_on"],
            to_on=data["to_on"],
            **self.when(),
        )


def groups_of(actor: Actor) -> list[WorkingGroup]:
    """Return the groups whose execution this actor may sum up: the own ones, for the office all."""
    rows = WorkingGroup.objects.order_by("pk")
    return list(rows if actor.may("sanctions.case.see_all") else rows.filter(pk__in=actor.group_ids))


def governed_words(listing: Listing) -> str:
    """Return who decides about entry and exit of the listing."""
    if listing.governed_by == GovernedBy.SOURCE:
        return "列入、退出和救济依源名单的法律规定，本市只执行措施"
    return "由本市认定，列入、移出和救济在本市办理"


TASK_ACTS: tuple[type[ActForm], ...] = (AcknowledgeTask, ApplyTask, RefuseTask, InsistOnTask)
LISTING_ACTS: tuple[type[ActForm], ...] = (PerformListing, RecordSourceExit, WithdrawReward)
