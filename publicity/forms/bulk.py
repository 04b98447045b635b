"""办理 and 审核 in sets: filters, the number that fits, a random sample to look at, then the act on exactly that set."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.db.models import Count, Max, QuerySet

from core.masking import mask_text
from core.problems import Violation
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm, Group
from organizations.acts.pages import address
from organizations.acts.refusals import error_text
from publicity.enums import RecordKind, Scope, Severity
from publicity.models import Penalty
from publicity.selectors import MODELS, TABLES
from publicity.services import reviewing
from publicity.services.reviewing import Outcome
from publicity.words import ends_words

SAMPLE, MOST_SAMPLE = 5, 50
SALT = "publicity.bulk"
HELD_SECONDS = 3600


class BulkForm(ActForm):
    """A set is shown first: how many records, and a random sample; the tick stands for this very set and sample."""

    backdatable = False
    template, wide = "publicity/bulk.html", True
    layout = (
        Group(
            "范围和抽样",
            (
                ("batch_no", "unit_name"),
                ("matter", "scope"),
                ("decided_from", "decided_to"),
                "clean_only",
                "sample_size",
            ),
        ),
    )
    kind: ClassVar[str]
    step: ClassVar[str]
    batch_no = forms.CharField(label="导入批次", max_length=40, required=False)
    unit_name = forms.CharField(label="报送单位含", max_length=60, required=False)
    matter = forms.CharField(label="类别含", max_length=60, required=False)
    decided_from = DateField(label="决定日自", required=False)
    decided_to = DateField(label="决定日至", required=False)
    scope = forms.ChoiceField(label="公开方式", choices=[("", "全部"), *Scope.choices], required=False)
    clean_only = forms.BooleanField(label="只办没有疑点、程度有据的", required=False)
    sample_size = forms.IntegerField(
        label="抽看条数", min_value=1, max_value=MOST_SAMPLE, initial=SAMPLE, help_text="随机抽取，逐条打开核对"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = 0
        self.makeup: list[str] = []
        self.sample: list[Any] = []
        self.held: dict[str, Any] | None = None
        self.fields["seen"] = forms.BooleanField(
            label="样本已逐条核对，整批按此办理", required=False, widget=forms.HiddenInput()
        )
        self.fields["held"] = forms.CharField(required=False, widget=forms.HiddenInput(), max_length=4000)

    # --- the set -------------------------------------------------------------------------------------------------

    def rows(self, upto: int | None = None) -> QuerySet[Any]:
        """Return the records of the filters that are in the state of this step and in scope, not newer than `upto`."""
        given = self.cleaned_data
        model = MODELS[self.kind]
        rows = model.objects.visible_to(self.actor)
        rows = rows.filter(state__in=TABLES[self.kind].transition(self.step).sources)
        if self.step == "pass":
            rows = rows.exclude(checked_by_key=self.actor.key)
        for name, lookup in (
            ("batch_no", "batch_no"),
            ("unit_name", "unit__name__icontains"),
            ("matter", "kinds_text__icontains" if self.kind == RecordKind.PENALTY else "licence_kind__icontains"),
            ("decided_from", "decided_on__gte"),
            ("decided_to", "decided_on__lte"),
            ("scope", "scope"),
        ):
            if given.get(name):
                rows = rows.filter(**{lookup: given[name]})
        if given.get("clean_only"):
            rows = rows.filter(findings=[])
            if self.kind == RecordKind.PENALTY:
                rows = rows.filter(severity_sure=True)
        return rows.filter(pk__lte=upto) if upto is not None else rows

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        held = self._held()
        if held is None or not cleaned.get("seen"):
            self._draw()
        else:
            self.held = held
        return cleaned

    def _asked(self) -> list[str]:
        return [str(self.cleaned_data.get(name) or "") for name in FILTERS]

    def _draw(self) -> None:
        """Fix the set as it stands, and draw the sample from it."""
        newest = self.rows().aggregate(newest=Max("pk"))["newest"] or 0
        rows = self.rows(newest)
        self.count = rows.count()
        self.makeup = _made_of(rows, self.kind) if self.count else []
        self.sample = list(rows.select_related("subject", "unit").order_by("?")[: self.cleaned_data["sample_size"]])
        packed = {"upto": newest, "count": self.count, "asked": self._asked(), "who": self.actor.key}
        self.fields["held"].initial = signing.dumps(packed, salt=SALT)

    def _held(self) -> dict[str, Any] | None:
        """Return the set that was shown; none where it is another's, too old, or the filters were changed since."""
        token = self.cleaned_data.get("held")
        if not token:
            return None
        try:
            held: dict[str, Any] = signing.loads(token, salt=SALT, max_age=HELD_SECONDS)
        except signing.BadSignature:
            held = {}
        if held.get("who") != self.actor.key or held.get("asked") != self._asked():
            again = Violation("PUB-30", "筛选条件变了或者页面已过时", remedy="按重新抽取的样本核对后再办理")
            self.add_error(None, error_text(again))
            self._draw()
            return None
        return held

    def only_asks(self) -> bool:
        return self.held is None

    def perform(self) -> Outcome:
        assert self.held is not None
        if self.step == "return":
            rows = self.rows(self.held["upto"])
            return reviewing.send_back_set(
                actor=self.actor, kind=self.kind, rows=rows, reason=self.cleaned_data["reason"]
            )
        act = reviewing.check_set if self.step == "check" else reviewing.approve_set
        reason = f"批量办理，抽看 {self.cleaned_data['sample_size']} 条"
        return act(actor=self.actor, kind=self.kind, rows=self.rows(self.held["upto"]), reason=reason)

    def success(self, result: Outcome) -> str:
        return result.words(DONE[self.step])

    def aside(self) -> dict[str, Any]:
        return {
            "shown": self.is_bound and not self.errors and self.held is None,
            "count": self.count,
            "makeup": self.makeup,
            "sample": [(row, address(row), _matter(row), ends_words(row)) for row in self.sample],
            "token": self.fields["held"].initial,
        }


DONE = {"check": "已办理，等待审核", "pass": "已审核", "return": "已退回"}
LONGEST_MATTER = 60


def _matter(row: Any) -> str:
    """Return what was decided, short, with numbers of persons masked."""
    kind = row.kinds_text if isinstance(row, Penalty) else row.licence_kind
    text = mask_text(f"{kind}：{row.content}")
    return text if len(text) <= LONGEST_MATTER else f"{text[:LONGEST_MATTER]}…"


def _made_of(rows: QuerySet[Any], kind: str) -> list[str]:
    """Return in words what a set is made of, so that nothing in it comes as a surprise."""
    said = []
    for column, title, labels in (
        ("scope", "公开方式", dict(Scope.choices)),
        ("severity", "失信程度", dict(Severity.choices)),
    ):
        if column == "severity" and kind != RecordKind.PENALTY:
            continue
        counted = rows.order_by().values_list(column).annotate(number=Count("pk")).order_by("-number")
        said.append(f"{title}：" + "、".join(f"{labels[value]} {number} 条" for value, number in counted))
    unseen = rows.exclude(findings=[]).filter(looked_at=False).count()
    return [*said, *([f"有未查看疑点的 {unseen} 条，不会办理"] if unseen else [])]


FILTERS = ("batch_no", "unit_name", "matter", "decided_from", "decided_to", "scope", "clean_only", "sample_size")


class CheckPenalties(BulkForm):
    name, label, permission = "check-set", "批量办理", "publicity.record.check"
    lead = "按条件选出已报送的处罚，抽看样本后整批提请审核；有未查看疑点的、已过最后公示日的不会办理。"
    kind, step = RecordKind.PENALTY.value, "check"


class ApprovePenalties(BulkForm):
    name, label, permission = "approve-set", "批量审核", "publicity.record.pass"
    lead = "按条件选出已办理的处罚，抽看样本后整批公示；本人办理的不在其内。"
    kind, step = RecordKind.PENALTY.value, "pass"


class CheckLicences(BulkForm):
    name, label, permission = "check-set", "批量办理", "publicity.record.check"
    lead = "按条件选出已报送的许可，抽看样本后整批提请审核；有未查看疑点的不会办理。"
    kind, step = RecordKind.LICENCE.value, "check"


class ApproveLicences(BulkForm):
    name, label, permission = "approve-set", "批量审核", "publicity.record.pass"
    lead = "按条件选出已办理的许可，抽看样本后整批公示；本人办理的不在其内。"
    kind, step = RecordKind.LICENCE.value, "pass"


class ReturnPenalties(BulkForm):
    name, label, permission = "return-set", "批量退回", "publicity.record.return"
    lead = "按条件选出还没有公示的处罚（例如整批报错的），抽看样本后连同理由退回报送单位。"
    danger, reason_label = True, "退回的理由"
    kind, step = RecordKind.PENALTY.value, "return"


class ReturnLicences(BulkForm):
    name, label, permission = "return-set", "批量退回", "publicity.record.return"
    lead = "按条件选出还没有公示的许可（例如整批报错的），抽看样本后连同理由退回报送单位。"
    danger, reason_label = True, "退回的理由"
    kind, step = RecordKind.LICENCE.value, "return"
