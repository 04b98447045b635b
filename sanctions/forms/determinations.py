"""Acts of the determination: decide per subject with one unified period, issue, file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse

from core.actors import Actor
from core.periods import Period
from core.problems import Violation
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from sanctions.enums import PeriodSource, SubjectDecision, VoteChoice
from sanctions.forms.cases import LeadAct
from sanctions.forms.meetings import attendance_known, meeting_of
from sanctions.models import Case, Determination
from sanctions.services import determinations as services

LENGTH, PERMANENT, UNTIL = "length", "permanent", "until_performed"
PERIOD_KINDS = ((LENGTH, "有期限"), (PERMANENT, "长期"), (UNTIL, "至履行完毕"))
RESULTS = ((SubjectDecision.LISTED.value, "列入"), (SubjectDecision.NOT_LISTED.value, "不予列入"))


def range_words(low: int | None, high: int | None) -> str:
    """Return a range of months in words."""
    if low is None and high is None:
        return "未规定幅度"
    if low == high:
        return f"{low} 个月"
    return f"{low if low is not None else '不限'} 至 {high if high is not None else '不限'} 个月"


class Decide(LeadAct):
    """Record what the meeting decided; results and reasons come filled in from the votes."""

    name, label, permission, transition = "decide", "记录议决", "sanctions.determination.decide", "decide"
    lead = "按表决结果逐个主体记录；统一期限依据目录清单或会议纪要确定，不得超出法定幅度。"
    done = "议决已记录，请由另一名人员印发决定"
    template, wide = "sanctions/decide.html", True
    aliases = {"period": "years"}

    period_kind = forms.ChoiceField(label="统一期限", choices=PERIOD_KINDS, widget=forms.RadioSelect, initial=LENGTH)
    years = forms.IntegerField(label="年", required=False, min_value=0, max_value=99)
    months = forms.IntegerField(label="个月", required=False, min_value=0, max_value=600)
    days = forms.IntegerField(label="日", required=False, min_value=0, max_value=9999)
    period_source = forms.ChoiceField(
        label="期限来源", choices=PeriodSource.choices, widget=forms.RadioSelect, initial=PeriodSource.CATALOGUE
    )
    period_reason = forms.CharField(label="期限说明", required=False, max_length=500, help_text="留空用目录的期限说明")
    starts_on = DateField(label="拟生效日", required=False, help_text="留空为送达之日；不得早于印发和送达")
    minutes = Text(label="会议纪要", rows=8, error_messages={"required": "请填写会议纪要"})

    @classmethod
    def secondary(cls, actor: Actor, record: Case, target: Any) -> bool:
        return not attendance_known(record)  # who came is recorded first

    def build(self) -> None:
        self.meeting = meeting_of(self.record)
        self.invited = list(self.meeting.invitees.select_related("unit"))
        self.came = [row for row in self.invited if row.attended]
        self.subjects = list(self.record.subjects.select_related("subject").prefetch_related("votes").order_by("pk"))
        self.counts = {row.pk: self._count(row) for row in self.subjects}
        for row in self.subjects:
            self._add_subject(row)
        self.statutory = [
            row for row in self.record.revision.measures.select_related("measure") if row.mode == "statutory"
        ]
        for row in self.statutory:
            self.fields[f"measure-{row.measure.code}"] = forms.IntegerField(
                label=f"{row.measure.code} {row.measure.name}",
                required=False,
                min_value=1,
                help_text=f"法定 {range_words(row.statutory_min_months, row.statutory_max_months)}；留空随统一期限取法定幅度内",
            )
        revision = self.record.revision
        self.initial.setdefault("period_kind", self._usual_kind())
        if revision.period_default_months:
            years, months = divmod(revision.period_default_months, 12)
            self.prefill(years=years, months=months)

    def _usual_kind(self) -> str:
        kind = self.record.revision.period_kind
        return kind if kind in {PERMANENT, UNTIL} else LENGTH

    def _range(self) -> tuple[int | None, int | None]:
        revision = self.record.revision
        if revision.period_kind == "fixed" and revision.period_min_months is None:
            return None, revision.period_default_months
        return revision.period_min_months, revision.period_max_months

    def _count(self, row: Any) -> dict[str, int]:
        came = {invitee.pk for invitee in self.came}
        votes = [vote.choice for vote in row.votes.all() if vote.invitee_id in came]
        return {
            "for": votes.count(VoteChoice.LIST),
            "against": votes.count(VoteChoice.NOT_LIST),
            "abstained": votes.count(VoteChoice.ABSTAIN),
            "voted": len(votes),
        }

    def _add_subject(self, row: Any) -> None:
        counted = self.counts[row.pk]
        carried = counted["for"] * 2 > len(self.came)
        word = "同意列入" if carried else "列入未过半数"
        result, reason = f"result-{row.public_id}", f"why-{row.public_id}"
        self.fields[result] = forms.ChoiceField(label="结果", choices=RESULTS, widget=forms.RadioSelect)
        self.fields[reason] = Text(label="理由", rows=2, error_messages={"required": "请填写议决理由"})
        self.initial[result] = RESULTS[0][0] if carried else RESULTS[1][0]
        self.initial[reason] = (
            f"符合目录事项 {self.record.revision.entry.code}，到会 {len(self.came)} 个单位，"
            f"同意 {counted['for']} 票，{word}"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("period_kind") == LENGTH and not any(cleaned.get(part) for part in ("years", "months", "days")):
            self.add_error("years", "请填写期限")
        return cleaned

    def period(self) -> Period:
        kind, data = self.cleaned_data["period_kind"], self.cleaned_data
        if kind != LENGTH:
            return Period(permanent=kind == PERMANENT, until_performed=kind == UNTIL)
        return Period(data.get("years") or 0, data.get("months") or 0, data.get("days") or 0)

    def field_of(self, violation: Violation) -> str | None:
        """Put a result's refusal at the subject that it names, and a measure's at that measure."""
        for row in self.subjects:
            if violation.field in {"results", "votes"} and row.subject.name in violation.detail:
                return f"result-{row.public_id}"
        for measure in self.statutory:
            if violation.field == "measure_months" and measure.measure.code in violation.detail:
                return f"measure-{measure.measure.code}"
        return super().field_of(violation)

    def perform(self) -> Determination:
        data = self.cleaned_data
        results = {
            row.pk: services.SubjectResult(
                data[f"result-{row.public_id}"] == SubjectDecision.LISTED, data[f"why-{row.public_id}"]
            )
            for row in self.subjects
        }
        own_months = {row.measure.code: data.get(f"measure-{row.measure.code}") for row in self.statutory}
        decision = services.Decision(
            results=results,
            period=self.period(),
            period_source=data["period_source"],
            period_reason=data["period_reason"],
            minutes=data["minutes"],
            starts_on=data.get("starts_on"),
            measure_months={code: months for code, months in own_months.items() if months},
        )
        return services.decide(actor=self.actor, case=self.record, decision=decision, **self.when())

    def aside(self) -> dict[str, Any]:
        return {
            "meeting": self.meeting,
            "invited": self.invited,
            "came": self.came,
            "subject_fields": [
                (row, self.counts[row.pk], self[f"result-{row.public_id}"], self[f"why-{row.public_id}"])
                for row in self.subjects
            ],
            "measure_fields": [self[f"measure-{row.measure.code}"] for row in self.statutory],
            "opinions": self.meeting.experts.filter(declined_reason="").select_related("expert"),
            "range": range_words(*self._range()),
        }


class IssueDetermination(LeadAct):
    name, label, permission, transition = "issue", "印发决定", "sanctions.determination.issue", "issue"
    lead = "由议决记录人之外的另一名人员签发。印发后自动取得连续编号，备案期限开始计算；备案不是生效条件。"
    template = "sanctions/issue.html"
    official_number = forms.CharField(
        label="正式文号", max_length=100, error_messages={"required": "请填写印发单位的正式文号"}
    )
    aliases = {"starts_on": "official_number"}

    @classmethod
    def blocked(cls, actor: Actor, record: Case, target: Any) -> str:
        determination = Determination.objects.filter(case=record).first()
        if determination is not None and determination.decided_by_key == actor.key:
            return "议决记录与签发应由两名不同人员办理，请本组另一名人员签发"
        return ""

    def perform(self) -> Determination:
        return services.issue_determination(
            actor=self.actor, case=self.record, official_number=self.cleaned_data["official_number"], **self.when()
        )

    def success(self, result: Determination) -> str:
        return f"决定已印发：{result.official_number}，平台编号 {result.numbered()}。请送达并备案。"

    def aside(self) -> dict[str, Any]:
        return {"determination": Determination.objects.filter(case=self.record).first()}


class FileDetermination(ActForm):
    """The record is the determination."""

    name, label, permission = "file", "办理备案", "sanctions.determination.file"
    lead = "确认已收到印发的决定及会议纪要，予以备案。"
    done = "已备案"

    @classmethod
    def fits(cls, actor: Actor, record: Determination, target: Any) -> bool:
        return record.issued_on is not None and record.filed_on is None

    def perform(self) -> Determination:
        return services.file_determination(actor=self.actor, determination=self.record, **self.when())

    def destination(self, result: Determination) -> str:
        return reverse("admin:sanctions_determination_change", args=[self.record.public_id])
