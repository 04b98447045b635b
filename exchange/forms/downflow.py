"""Acts on batches of lists: a held batch is let in or sent back by two persons."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.workflow import records_for
from exchange.downflow import deciding
from exchange.downflow.files import take_file
from exchange.downflow.judging import bars_release
from exchange.downflow.receiving import Manifest
from exchange.downflow.workflow import LIST_BATCH
from exchange.models import ListBatch
from exchange.models.downflow import Extent
from exchange.permissions import DECIDE_LISTS, TAKE_LISTS
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm
from sanctions.models import ExternalSource

REASON_LIMIT = 500


class _Decision(ActForm):
    permission, workflow = DECIDE_LISTS, LIST_BATCH
    backdatable = False
    reason_limit = REASON_LIMIT
    first: ClassVar[str] = ""

    @classmethod
    def blocked(cls, actor: Actor, record: ListBatch, target: Any) -> str:
        """Say to the one who has proposed that another has to confirm."""
        return "由本人提请，应由另一名联席办人员复核" if cls.first and _proposer(record, cls.first) == actor.key else ""

    @property
    def reason(self) -> str:
        return str(self.cleaned_data["reason"])


def _proposer(batch: ListBatch, transition: str) -> str:
    from_table = records_for(batch, LIST_BATCH).filter(transition=transition)
    return from_table.order_by("-pk").values_list("actor_key", flat=True).first() or ""


class ProposeRelease(_Decision):
    name, label, transition = "propose-release", "提请放行", "propose_release"
    lead = "看过将要新增、变更和结束的记录，并向来源核实之后办理。放行还须另一人复核，复核之前不写入任何记录。"
    done = "已提请放行，由另一人复核"
    reason_label = "理由（怎样向来源核实的）"

    @classmethod
    def blocked(cls, actor: Actor, record: ListBatch, target: Any) -> str:
        found = bars_release(record)
        return f"不能放行：{found[0]['detail']}，只能退回" if found else ""

    def perform(self) -> ListBatch:
        return deciding.propose(actor=self.actor, batch=self.record, release=True, reason=self.reason)


class Release(_Decision):
    name, label, transition, first = "release", "复核放行", "release", "propose_release"
    lead = "复核之后立即入库：全量名单不再列有的记录记为来源已退出。"
    done, danger = "已放行，正在入库", True
    reason_label = "复核意见"

    def perform(self) -> ListBatch:
        return deciding.release(actor=self.actor, batch=self.record, reason=self.reason)


class ProposeRefuse(_Decision):
    name, label, transition = "propose-refuse", "提请退回", "propose_refuse"
    lead = "退回后本批次不写入任何记录，由来源重新发送。退回还须另一人复核。"
    done = "已提请退回，由另一人复核"
    reason_label = "理由"

    def perform(self) -> ListBatch:
        return deciding.propose(actor=self.actor, batch=self.record, release=False, reason=self.reason)


class Refuse(_Decision):
    name, label, transition, first = "refuse", "复核退回", "refuse", "propose_refuse"
    lead = "退回后本批次不写入任何记录。"
    done = "已退回"
    reason_label = "复核意见"

    def perform(self) -> ListBatch:
        return deciding.send_back(actor=self.actor, batch=self.record, reason=self.reason)


class HoldOn(_Decision):
    name, label, transition = "hold", "不同意提请", "hold"
    lead = "批次继续隔离，可以重新提请。"
    done, minor = "批次继续隔离", True
    reason_label = "理由"

    def perform(self) -> ListBatch:
        return deciding.hold_on(actor=self.actor, batch=self.record, reason=self.reason)


BATCH_ACTS = (ProposeRelease, Release, ProposeRefuse, Refuse, HoldOn)


class TakeFile(ActForm):
    """A list that came as a file: read by a worker, judged and merged like any other batch."""

    name, label, permission = "take", "接收名单文件", TAKE_LISTS
    lead = (
        "用于来源以文件送来的名单。表头：来源编号、名称、统一社会信用代码、证件类型、证件号码、列入机关、依据文书、列入日期、"
        "预计退出日期、退出日期。全量名单不再列有的记录，入库后记为来源已退出；少得多的会先隔离。"
    )
    done, backdatable = "已接收，正在核验", False
    aliases = {"list": "source", "rows": "file", "count": "rows_told"}
    source = forms.ChoiceField(label="名单")
    extent = forms.ChoiceField(label="范围", choices=Extent.choices, widget=forms.RadioSelect)
    number = forms.CharField(label="批次号", max_length=64, help_text="来源给这一批的编号，或者来文的文号")
    as_of = DateField(label="来源数据截至日")
    rows_told = forms.IntegerField(
        label="来源所称行数", min_value=0, required=False, help_text="填写的，行数不符时隔离"
    )
    file = forms.FileField(label="文件", help_text="xlsx、xls、CSV、JSON；证件号码加密保存")

    def build(self) -> None:
        lists = ExternalSource.objects.filter(is_active=True)
        shown = [(row.public_id, f"{row.list_name}（{row.name}）") for row in lists]
        self.choose_among("source", [("", "请选择名单"), *shown])
        self.prefill(as_of=clock.today())

    def perform(self) -> ListBatch:
        data = self.cleaned_data
        chosen = ExternalSource.objects.get(public_id=data["source"])
        manifest = Manifest(
            source=chosen.code,
            list_code=chosen.list_code,
            number=data["number"].strip(),
            extent=data["extent"],
            as_of=data["as_of"],
            count=data["rows_told"],
        )
        return take_file(actor=self.actor, manifest=manifest, upload=data["file"], name=data["file"].name)

    def destination(self, result: ListBatch) -> str:
        return reverse("admin:exchange_listbatch_change", args=[result.public_id])
