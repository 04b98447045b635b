"""The public's forms: what was typed stays when something is refused, and the same form sent twice counts once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing

from core.fields import new_public_id
from core.problems import Problem, Violation
from portal.tips import rules

SALT, OPEN_SECONDS = "portal.tips.form", 24 * 3600
STALE = Violation("TIP-31", "页面停留过久", remedy="内容已经保留，再提交一次即可")


def new_form() -> str:
    """Return the word of a fresh form, signed."""
    return signing.dumps(new_public_id(), salt=SALT)


def form_of(given: str) -> str | None:
    """Return the word of a form that we gave out within the day; None for anything else."""
    try:
        return str(signing.loads(given, salt=SALT, max_age=OPEN_SECONDS))
    except signing.BadSignature:
        return None


class Handing(forms.Form):
    """What both forms share: refusals of the service stand at their fields, the rest at the head."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写“{field.label}”。"

    def refuse(self, problem: Problem) -> None:
        self.say(problem.errors or [Violation(problem.code, problem.detail, problem.field, problem.remedy)])

    def say(self, violations: Iterable[Violation]) -> None:
        """Put each violation at its field; a field that already says what is wrong says it once."""
        for violation in violations:
            name = violation.field if violation.field in self.fields else None
            if name is None or name not in self.errors:
                words = f"{violation.detail}。{violation.remedy or ''}".rstrip("。") + "。"
                self.add_error(name, words)


class TipForm(Handing):
    about_name = forms.CharField(
        label="反映的是谁", max_length=rules.LONGEST_NAME, help_text="单位全称；不知道全称的，写能找到它的名称"
    )
    about_code = forms.CharField(label="统一社会信用代码", max_length=18, required=False, help_text="不知道的可以不填")
    text = forms.CharField(
        label="线索内容",
        max_length=rules.LONGEST_TIP,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="什么时间、什么地点、发生了什么、怎样可以核实。不要写身份证号、手机号",
    )
    contact_name = forms.CharField(label="怎样称呼你", max_length=40, required=False, help_text="可以不填")
    phone = forms.CharField(
        label="联系电话",
        max_length=20,
        required=False,
        help_text="可以不填；加密保存，只有核查单位写明事由才能查看",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def clean(self) -> dict[str, Any]:
        """Say everything at once: what the law of tips refuses beside what is missing."""
        cleaned = super().clean() or self.cleaned_data
        given = {name: cleaned.get(name, "") for name in rules.TipText.__dataclass_fields__}
        self.say(rules.check_tip(rules.TipText(**given).stripped(), 0))
        return cleaned

    def tip(self) -> rules.TipText:
        return rules.TipText(**{name: self.cleaned_data[name] for name in rules.TipText.__dataclass_fields__})


class CommentForm(Handing):
    text = forms.CharField(
        label="写评论",
        max_length=rules.LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="审核后公开。举报具体单位请用举报线索，不要写身份证号、手机号",
    )
    nickname = forms.CharField(label="署名", max_length=rules.LONGEST_SIGNATURE, required=False, help_text="可以不填")
