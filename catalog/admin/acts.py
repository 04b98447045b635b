"""Legal acts on a revision as buttons: which form each asks for, and which service does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSingleDateWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog import selectors, services
from catalog.enums import RevisionState
from catalog.models import EntryRevision
from catalog.permissions import REVISION_COMMENT, REVISION_DRAFT
from catalog.workflow import REVISION
from core import workflow
from core.actors import Actor


class ReasonForm(forms.Form):
    reason = forms.CharField(label="说明", required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))
    on = forms.DateField(
        label="办理日期",
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text="不填即今天；补录更早日期须有权限并写明理由",
    )


class MustReasonForm(ReasonForm):
    reason = forms.CharField(label="理由", widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


class PublishForm(ReasonForm):
    effective_from = forms.DateField(
        label="生效日",
        required=False,
        widget=UnfoldAdminSingleDateWidget,
        help_text="不填即按草案所列生效日（所依法律的施行日），与录入日无关",
    )


class CommentForm(forms.Form):
    text = forms.CharField(label="意见", widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))


class NextForm(forms.Form):
    effective_from = forms.DateField(
        label="新版生效日", widget=UnfoldAdminSingleDateWidget, help_text="新版所依法律的施行日，须晚于现行版本的生效日"
    )


class TextForm(forms.Form):
    """The plain texts of a draft; citations, measures and units are edited in the workbook."""

    title = forms.CharField(label="行为", max_length=300, widget=UnfoldAdminTextInputWidget)
    cause = forms.CharField(label="实施事由/奖励事由", widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))
    handling = forms.CharField(label="处理措施", widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))
    evidence = forms.CharField(label="证据材料（每行一项）", widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}))
    period_min_months = forms.IntegerField(label="最短（月）", required=False, widget=UnfoldAdminIntegerFieldWidget)
    period_max_months = forms.IntegerField(label="最长（月）", required=False, widget=UnfoldAdminIntegerFieldWidget)
    period_default_months = forms.IntegerField(label="通常（月）", required=False, widget=UnfoldAdminIntegerFieldWidget)
    period_text = forms.CharField(label="期限说明", required=False, widget=UnfoldAdminTextInputWidget)
    repair_condition = forms.CharField(label="修复/退出条件", widget=UnfoldAdminTextInputWidget)
    effective_from = forms.DateField(label="生效日", widget=UnfoldAdminSingleDateWidget)


Do = Callable[[Actor, EntryRevision, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One button: its form, its service, and when it is offered."""

    name: str
    label: str
    form: type[forms.Form]
    do: Do
    transition: str = ""
    permission: str = ""
    states: tuple[str, ...] = ()
    lead: str = ""

    def offered(self, actor: Actor, revision: EntryRevision) -> bool:
        """Tell whether the button is shown; the service decides again."""
        if self.transition:
            names = {item.name for item in workflow.allowed(revision, REVISION, actor)}
            return self.transition in names and self._makes_sense(revision)
        return actor.may(self.permission) and revision.state in self.states

    def _makes_sense(self, revision: EntryRevision) -> bool:
        if self.name == "confirm":
            return revision.activated_on is None
        return True


def _timed(service: Callable[..., EntryRevision]) -> Do:
    return lambda actor, revision, data: service(actor=actor, revision=revision, **data)


def _comment(actor: Actor, revision: EntryRevision, data: dict[str, Any]) -> Any:
    return services.add_comment(actor=actor, revision=revision, text=data["text"])


def _next(actor: Actor, revision: EntryRevision, data: dict[str, Any]) -> EntryRevision:
    content = replace(selectors.content_of(revision), effective_from=data["effective_from"])
    return services.draft_revision(actor=actor, content=content)


def _edit(actor: Actor, revision: EntryRevision, data: dict[str, Any]) -> EntryRevision:
    evidence = tuple(line.strip() for line in data["evidence"].splitlines() if line.strip())
    content = replace(selectors.content_of(revision), **{**data, "evidence": evidence})
    return services.revise_draft(actor=actor, revision=revision, content=content)


S = RevisionState
ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("edit", "修改文字", TextForm, _edit, permission=REVISION_DRAFT, states=(S.DRAFTED.value,)),
        Act(
            "submit",
            "审核报送",
            ReasonForm,
            _timed(services.submit),
            "submit",
            lead="由起草人以外的另一名审核人员办理。",
        ),
        Act("compile", "汇编", ReasonForm, _timed(services.compile_revision), "compile"),
        Act("open_comment", "征求意见", ReasonForm, _timed(services.open_comment), "open_comment"),
        Act("comment", "反馈意见", CommentForm, _comment, permission=REVISION_COMMENT, states=(S.COMMENTED.value,)),
        Act("review", "复核", ReasonForm, _timed(services.review), "review", lead="由汇编人以外的另一名人员办理。"),
        Act("redraft", "退回修改", MustReasonForm, _timed(services.redraft), "redraft"),
        Act(
            "publish",
            "发布",
            PublishForm,
            _timed(services.publish),
            "publish",
            lead="发布后本版内容不能再改；现行版本到新版生效日前一日为止。",
        ),
        Act(
            "confirm",
            "确认启用",
            ReasonForm,
            _timed(services.confirm_activation),
            "confirm",
            lead="须由两名人员先后确认；没有法律、行政法规、地方性法规或者中央文件确定依据的一类措施不予执行。",
        ),
        Act(
            "next",
            "起草下一版",
            NextForm,
            _next,
            permission=REVISION_DRAFT,
            states=(S.PUBLISHED.value,),
            lead="以本版内容为底稿；本版在新版生效前继续有效。",
        ),
        Act("withdraw", "撤回", MustReasonForm, _timed(services.withdraw), "withdraw", lead="自办理日起不再有效。"),
    )
}


def initial_of(act: Act, revision: EntryRevision) -> dict[str, Any]:
    """Return what the act's form shows at first."""
    if act.form is not TextForm:
        return {}
    content = selectors.content_of(revision)
    names = [name for name in TextForm.base_fields if name != "evidence"]
    return {**{name: getattr(content, name) for name in names}, "evidence": "\n".join(content.evidence)}
