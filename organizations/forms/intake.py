"""Acts at the upload desk: handing a table in, taking a batch back, deciding rows that were held."""

from __future__ import annotations

from typing import Any

from django import forms

from core.actors import Actor
from core.intake import deciding
from core.intake.profiles import PROFILES
from core.intake.queueing import hand_over
from core.intake.receiving import receive
from core.intake.rights import DECIDE, SUBMIT, WITHDRAW
from core.intake.workflow import BATCH, QUESTION
from core.models.intake import TAKING_BACK, BatchMode, IntakeBatch, QuestionedRow, QuestionState
from organizations.acts.forms import ActForm
from organizations.acts.pages import address

ENDINGS = ".xlsx,.xls,.et,.csv,.txt,.json"


class HandIn(ActForm):
    """A file of one profile; the answer is a page on which its progress is seen."""

    name, label, permission, button = "hand_in", "报送数据", SUBMIT, "报送数据"
    lead = (
        "选择数据类型和文件。正确的行入库，每一处错误按行、栏目说明，可以下载更正后再报；同一文件重复报送不产生变化。"
    )
    backdatable = False
    template = "organizations/hand_in.html"
    aliases = {"unit": "profile"}
    profile = forms.ChoiceField(label="数据类型", error_messages={"required": "请选择数据类型"})
    file = forms.FileField(
        label="数据文件",
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        help_text="Excel（.xlsx、.xls，不超过 10 万行）、CSV（UTF-8 或者 GB18030）、JSON",
        error_messages={"required": "请选择文件", "empty": "文件是空的，核对后重新选择文件"},
    )
    mode = forms.ChoiceField(
        label="有错误行时", choices=BatchMode.choices, initial=BatchMode.PARTIAL.value, widget=forms.RadioSelect
    )

    def build(self) -> None:
        self.choose_among("profile", [(one.code, one.title) for one in PROFILES.values()])

    def aside(self) -> dict[str, Any]:
        return {"profiles": list(PROFILES.values())}

    def perform(self) -> IntakeBatch:
        data = self.cleaned_data
        batch = receive(
            self.actor, profile=data["profile"], upload=data["file"], name=data["file"].name, mode=data["mode"]
        )
        hand_over(batch)
        return batch

    def success(self, result: IntakeBatch) -> str:
        return f"已收下，回执编号 {result.public_id}"

    def destination(self, result: IntakeBatch) -> str:
        return address(result)


class WithdrawBatch(ActForm):
    name, label, permission = "withdraw", "撤回批次", WITHDRAW
    workflow, transition = BATCH, "withdraw"
    lead = "本批写入而尚未公示的记录一并撤回，被本批更新的待审记录恢复待办，待认定的行不再入库。已经公示的，须逐条登记后撤下。"
    done, danger, minor, backdatable, reason_label = "开始撤回，进度见本页", True, True, False, "撤回理由"

    def perform(self) -> IntakeBatch:
        return deciding.withdraw(self.actor, batch=self.record, reason=self.cleaned_data["reason"])


class Deciding(ActForm):
    """What both decisions on a held row share: another officer, and a reason."""

    permission, workflow, backdatable, reason_label = DECIDE, QUESTION, False, "认定理由"

    @classmethod
    def blocked(cls, actor: Actor, record: QuestionedRow, target: Any) -> str:
        return "不能认定本人报送的数据，由另一名审核人员认定" if record.batch.actor_key == actor.key else ""


class AcceptRow(Deciding):
    name, label, transition, done = "accept", "认定入库", "accept", "已入库"
    lead = "经核实该行与代码属于同一主体时认定入库。记录归入代码所属的主体，主体档案上的名称不因此改变。"

    @classmethod
    def fits(cls, actor: Actor, record: QuestionedRow, target: Any) -> bool:
        return record.decidable and record.batch.state not in TAKING_BACK

    def perform(self) -> QuestionedRow:
        return deciding.accept_row(self.actor, question=self.record, reason=self.cleaned_data["reason"])


class RefuseRow(Deciding):
    name, label, transition, done, minor = "refuse", "不予入库", "refuse", "不予入库", True
    lead = "该行不入库。报送单位更正后可以重新报送。"

    @classmethod
    def fits(cls, actor: Actor, record: QuestionedRow, target: Any) -> bool:
        return bool(record.state == QuestionState.HELD)

    def perform(self) -> QuestionedRow:
        return deciding.refuse_row(self.actor, question=self.record, reason=self.cleaned_data["reason"])
