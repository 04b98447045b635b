"""What was decided after a check, measure by measure: in the workbench one at a time, on the check page all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms

from core import clock
from core.actors import Actor
from core.problems import NotFound, Problem, Violation
from organizations.acts.fields import DateField, UploadField
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from sanctions.checks.feedback import Report, give_feedback
from sanctions.checks.rights import FEEDBACK
from sanctions.checks.shown import Line, Measure, lines_of
from sanctions.enums import CheckAction, CheckDecision
from sanctions.models import Check, CheckFeedback

_NEITHER = (CheckDecision.GRANTED_DESPITE, CheckDecision.WITHDRAWN)
# What may be said about an answer, the usual decision first; the service judges.
FITTING = {
    CheckAction.FORBID: (CheckDecision.REFUSED, CheckDecision.RESTRICTED, *_NEITHER),
    CheckAction.RESTRICT: (CheckDecision.RESTRICTED, *_NEITHER),
    CheckAction.INCENTIVE: (CheckDecision.REWARDED, CheckDecision.GRANTED, CheckDecision.WITHDRAWN),
    CheckAction.REMIND: (CheckDecision.GRANTED, CheckDecision.WITHDRAWN),
}
WHY = "仍予办理的，必须写明依据和理由"


def choices_for(measure: Measure) -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in FITTING[CheckAction(measure.action)]]


@dataclass(frozen=True, slots=True)
class Target:
    """One measure of one line."""

    line: Line
    measure: Measure

    def __str__(self) -> str:
        return f"{self.line.name} {self.measure.word}：{self.measure.measure['name']}"


class GiveFeedback(ActForm):
    name, label, permission = "feedback", "反馈办理结果", FEEDBACK
    lead = "作出决定后反馈。落实了措施的，同时记入实施任务，不必再到任务中反馈。"
    done = "反馈已记录"
    targeted, backdatable = True, False
    note_label, reason_limit = "说明或理由（仍予办理的必须写明）", 2000
    decision = forms.ChoiceField(label="办理结果", widget=forms.RadioSelect)
    decided_on = DateField(label="决定日")
    amount = forms.DecimalField(
        label="涉及金额（万元）", required=False, max_digits=18, decimal_places=6, help_text="没有金额的留空"
    )
    evidence = UploadField(label="佐证材料", required=False, help_text="可以不传：核查回执本身就是凭据")

    def build(self) -> None:
        choices = choices_for(self.target.measure)
        self.choose_among("decision", choices)
        self.prefill(decided_on=clock.today())

    @classmethod
    def fits(cls, actor: Actor, record: Check, target: Target | None) -> bool:
        return record.unit_id in actor.unit_ids and target is not None and target.measure.told is None

    @classmethod
    def find_target(cls, record: Check, key: str) -> Target:
        number, _, task = key.partition("-")
        for line in lines_of(record):
            for measure in line.measures:
                if str(line.row.line) == number and measure.task == task:
                    return Target(line, measure)
        raise NotFound("答复中的这项措施")

    def perform(self) -> CheckFeedback:
        data = self.cleaned_data
        names = ("decision", "decided_on", "reason", "amount", "evidence")
        return give_feedback(
            actor=self.actor,
            number=self.record.public_id,
            line=self.target.line.row.line,
            task=self.target.measure.task,
            report=Report(**{name: data[name] for name in names}),
        )


class PageFeedback(forms.Form):
    """All open measures of the one subject of a check page: a decision each, one day, one reason."""

    decided_on = DateField(label="决定日")
    reason = forms.CharField(
        label="说明或理由", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=WHY
    )

    def __init__(self, data: Any = None, *, check: Check) -> None:
        super().__init__(data, initial={"decided_on": clock.today()}, label_suffix="")
        self.check = check
        self.line = next(iter(lines_of(check)))
        decisions: dict[str, forms.Field] = {}
        for measure in self.line.open_measures:
            label = f"{measure.word}：{measure.measure['name']}"
            choices = [("", "尚未决定"), *choices_for(measure)]
            decisions[f"decision-{measure.task}"] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.fields = {**decisions, **self.fields}
        self.given = 0

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(value for name, value in cleaned.items() if name.startswith("decision-")):
            self.add_error(None, "还没有选择办理结果")
        return cleaned

    def perform(self, actor: Actor) -> bool:
        """Tell each decision that was chosen; one that is refused is shown at its field, the others stand."""
        data = self.cleaned_data
        for measure in self.line.open_measures:
            if not (decision := data.get(f"decision-{measure.task}")):
                continue
            report = Report(decision, data["decided_on"], data["reason"])
            try:
                give_feedback(
                    actor=actor,
                    number=self.check.public_id,
                    line=self.line.row.line,
                    task=measure.task,
                    report=report,
                )
                self.given += 1
            except Problem as problem:
                self._refuse(problem, f"decision-{measure.task}")
        return not self.errors

    def _refuse(self, problem: Problem, name: str) -> None:
        found = problem.errors or (Violation(problem.code, problem.detail, problem.field, problem.remedy),)
        for violation in found:
            self.add_error(
                violation.field if violation.field in {"decided_on", "reason"} else name, error_text(violation)
            )

    def done(self) -> str:
        return f"已反馈 {self.given} 项，办理结果已记录。"
