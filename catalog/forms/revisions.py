"""Acts on a revision, from draft to activation and withdrawal, and the edition that fixes them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from catalog import selectors, services
from catalog.enums import RevisionState
from catalog.models import Edition, EntryRevision
from catalog.permissions import (
    EDITION_MAKE,
    REVISION_ACTIVATE,
    REVISION_COMMENT,
    REVISION_COMPILE,
    REVISION_DRAFT,
    REVISION_PUBLISH,
    REVISION_REVIEW,
    REVISION_SUBMIT,
    REVISION_WITHDRAW,
)
from catalog.services import ImportReceipt
from catalog.workbook.importing import MAX_BYTES
from catalog.workflow import REVISION
from core.actors import Actor
from core.attachments import open_attachment
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.forms import ActForm, Group


class Stage(ActForm):
    """A step of the revision's own workflow."""

    workflow = REVISION
    note_label = "说明"
    service: ClassVar[Callable[..., EntryRevision]]

    def perform(self) -> EntryRevision:
        return type(self).service(actor=self.actor, revision=self.record, **self.when())


class Submit(Stage):
    name, label, permission, transition = "submit", "审核报送", REVISION_SUBMIT, "submit"
    lead = "由起草人以外的另一名审核人员办理。"
    done, service = "已报送联席会议办公室", staticmethod(services.submit)


class Compile(Stage):
    name, label, permission, transition = "compile", "汇编", REVISION_COMPILE, "compile"
    done, service = "已汇编", staticmethod(services.compile_revision)


class OpenComment(Stage):
    name, label, permission, transition = "open_comment", "征求意见", REVISION_COMPILE, "open_comment"
    lead = "各单位可以看到该版本并反馈意见。"
    done, service = "已开始征求意见", staticmethod(services.open_comment)


class Review(Stage):
    name, label, permission, transition = "review", "复核", REVISION_REVIEW, "review"
    lead = "由汇编人以外的另一名人员办理。"
    done, service = "已复核", staticmethod(services.review)


class Redraft(Stage):
    name, label, permission, transition = "redraft", "退回修改", REVISION_COMPILE, "redraft"
    lead = "退回起草单位，写明缺什么、怎样改。"
    done, service, danger = "已退回修改", staticmethod(services.redraft), True
    reason_label, note_label = "理由", ""


class Publish(Stage):
    name, label, permission, transition = "publish", "发布", REVISION_PUBLISH, "publish"
    lead = "发布后本版内容不能再改；现行版本到新版生效前一日为止。"
    done = "已发布，待两名人员确认启用"
    effective_from = DateField(
        label="生效日",
        required=False,
        help_text="留空按草案所列生效日（所依法律的施行日），与录入日无关",
    )

    def perform(self) -> EntryRevision:
        starts = self.cleaned_data["effective_from"]
        return services.publish(actor=self.actor, revision=self.record, effective_from=starts, **self.when())


class Confirm(Stage):
    name, label, permission, transition = "confirm", "确认启用", REVISION_ACTIVATE, "confirm"
    lead = "须由两名人员先后确认；没有法律、行政法规、地方性法规或者中央文件确定依据的一类措施不予执行。"
    service = staticmethod(services.confirm_activation)

    @classmethod
    def fits(cls, actor: Actor, record: EntryRevision, target: Any) -> bool:
        return record.activated_on is None

    @classmethod
    def blocked(cls, actor: Actor, record: EntryRevision, target: Any) -> str:
        return "已由本人确认，请另一名人员确认" if record.first_confirmed_key == actor.key else ""

    def success(self, result: EntryRevision) -> str:
        return "已启用" if result.activated_on else "已确认，尚缺另一名人员"


class Withdraw(Stage):
    name, label, permission, transition = "withdraw", "撤回", REVISION_WITHDRAW, "withdraw"
    lead = "自办理日起不再有效。"
    done, service, danger = "已撤回", staticmethod(services.withdraw), True
    reason_label, note_label = "理由", ""


class Comment(ActForm):
    name, label, permission = "comment", "反馈意见", REVISION_COMMENT
    done, backdatable = "意见已提交", False
    text = Text(label="意见", rows=4, error_messages={"required": "请填写意见"})

    @classmethod
    def fits(cls, actor: Actor, record: EntryRevision, target: Any) -> bool:
        return record.state == RevisionState.COMMENTED

    def perform(self) -> Any:
        return services.add_comment(actor=self.actor, revision=self.record, text=self.cleaned_data["text"])


class EditText(ActForm):
    """The plain texts of a draft; units, citations and measures have acts of their own."""

    name, label, permission = "edit", "修改文字", REVISION_DRAFT
    done, backdatable, wide, minor = "已修改", False, True, True
    layout = (
        Group("", ("title", "cause", "handling", "evidence")),
        Group("", (("period_min_months", "period_max_months", "period_default_months"), "period_text")),
        Group("", (("repair_condition", "effective_from"),)),
    )
    title = forms.CharField(label="行为", max_length=300)
    cause = Text(label="实施事由/奖励事由", rows=3)
    handling = Text(label="处理措施", rows=3)
    evidence = Text(label="证据材料（每行一项）", rows=5)
    period_min_months = forms.IntegerField(label="最短（月）", required=False, min_value=0)
    period_max_months = forms.IntegerField(label="最长（月）", required=False, min_value=0)
    period_default_months = forms.IntegerField(label="通常（月）", required=False, min_value=0)
    period_text = forms.CharField(label="期限说明", required=False, max_length=300)
    repair_condition = forms.CharField(label="修复/退出条件", max_length=500)
    effective_from = DateField(label="生效日")

    @classmethod
    def fits(cls, actor: Actor, record: EntryRevision, target: Any) -> bool:
        return record.state == RevisionState.DRAFTED

    def build(self) -> None:
        content = selectors.content_of(self.record)
        self.initial = {name: getattr(content, name) for name in self.base_fields}
        self.initial["evidence"] = "\n".join(content.evidence)

    def perform(self) -> EntryRevision:
        data = dict(self.cleaned_data)
        data["evidence"] = tuple(line.strip() for line in data["evidence"].splitlines() if line.strip())
        content = replace(selectors.content_of(self.record), **data)
        return services.revise_draft(actor=self.actor, revision=self.record, content=content)


class DraftNext(ActForm):
    name, label, permission = "next", "起草下一版", REVISION_DRAFT
    lead = "以本版内容为底稿；本版在新版生效前继续有效。"
    backdatable, minor = False, True
    effective_from = DateField(label="新版生效日", help_text="新版所依法律的施行日，须晚于现行版本的生效日")

    @classmethod
    def fits(cls, actor: Actor, record: EntryRevision, target: Any) -> bool:
        return record.state == RevisionState.PUBLISHED

    def perform(self) -> EntryRevision:
        content = replace(selectors.content_of(self.record), effective_from=self.cleaned_data["effective_from"])
        return services.draft_revision(actor=self.actor, content=content)

    def success(self, result: EntryRevision) -> str:
        return f"已起草{result}"

    def destination(self, result: EntryRevision) -> str:
        return reverse("admin:catalog_entryrevision_change", args=[result.public_id])


REVISION_ACTS: Sequence[type[ActForm]] = (
    EditText,
    Submit,
    Compile,
    OpenComment,
    Comment,
    Review,
    Publish,
    Confirm,
    DraftNext,
    Redraft,
    Withdraw,
)


class ImportWorkbook(ActForm):
    name, label, permission = "import", "导入工作簿", REVISION_DRAFT
    lead = "以导出的工作簿为样式修改后导入；只形成草拟版本，与现有内容一致的行不产生变化，每一行都有答复。"
    result_template, backdatable = "catalog/admin/imported.html", False
    file = UploadField(label="工作簿", help_text=f"由本系统导出后修改的 .xlsx，不超过 {MAX_BYTES // 1024 // 1024} MiB")

    def perform(self) -> ImportReceipt:
        with open_attachment(self.cleaned_data["file"]) as opened:
            return services.import_workbook(actor=self.actor, data=opened.read(MAX_BYTES + 1))

    def shown(self, result: ImportReceipt) -> dict[str, Any]:
        return {"receipt": result, "counts": result.as_dict()}


class MakeEdition(ActForm):
    name, label, permission = "edition", "编制清单版次", EDITION_MAKE
    button, backdatable = "编制版次", False
    lead = "把所选日期现行有效的全部事项固定为一个版次，编成后不能修改。"
    aliases = {"label": "title"}
    title = forms.CharField(label="版次名称", max_length=100, help_text="如“2026年版”")
    effective_on = DateField(label="截至日", required=False, help_text="留空为今天")

    def perform(self) -> Edition:
        data = self.cleaned_data
        return services.make_edition(actor=self.actor, label=data["title"], effective_on=data["effective_on"])

    def success(self, result: Edition) -> str:
        return f"已编成{result}，共 {result.items.count()} 项"

    def destination(self, result: Edition) -> str:
        return reverse("admin:catalog_edition_changelist")
