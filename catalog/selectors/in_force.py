"""What holds on a day, and when something does not: which condition failed and who can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from catalog import rules
from catalog.enums import FROZEN_STATES, STRONG_KINDS, MeasureClass, Polarity, RevisionState
from catalog.models import (
    Article,
    EntryRevision,
    RevisionCitation,
    RevisionInitiator,
    RevisionMeasure,
    RevisionMeasureCitation,
    RevisionMeasureUnit,
)
from catalog.selectors.lookups import Executable, InForce, day_value
from core.problems import Refused, Violation
from organizations.models import Organization

OFFICE = "联席会议办公室"


def revisions_in_force(on: date) -> QuerySet[EntryRevision]:
    """Return every revision in force on the day, at most one per entry, by entry code."""
    return (
        EntryRevision.objects.filter(state__in=FROZEN_STATES, activated_on__isnull=False, effective_from__lte=on)
        .filter(InForce(F("pk"), day_value(on)))
        .select_related("entry")
        .order_by("entry__code")
    )


def revision_in_force(entry_code: str, on: date) -> EntryRevision | None:
    """Return the revision of the entry in force on the day, or None: then ask `why_not_in_force`."""
    return revisions_in_force(on).filter(entry__code=entry_code).first()


def is_in_force(revision: EntryRevision, on: date) -> bool:
    """Tell whether this very revision is in force on the day."""
    return revisions_in_force(on).filter(pk=revision.pk).exists()


def require_in_force(entry_code: str, on: date) -> EntryRevision:
    """Return the revision in force on the day; Refused with the reason and who can mend it otherwise."""
    found = revision_in_force(entry_code, on)
    if found is None:
        reason = why_not_in_force(entry_code, on)
        raise Refused([reason] if reason else [_unknown(entry_code)])
    return found


def _unknown(entry_code: str) -> Violation:
    return Violation(
        "CAT-20",
        f"目录清单中没有事项 {entry_code}",
        "entry",
        f"不得对清单之外的行为实施联合奖惩；确需纳入的由主管单位梳理后报{OFFICE}",
        rules.SEED,
    )


def _unpublished(entry_code: str, rows: Sequence[EntryRevision]) -> Violation:
    state = rows[-1].get_state_display() if rows else "未起草"
    return Violation(
        "CAT-21",
        f"事项 {entry_code} 还没有发布的版本（最新状态：{state}）",
        "entry",
        f"由起草单位核对引文后报送，{OFFICE}审核发布",
        rules.SEED,
    )


def why_not_in_force(entry_code: str, on: date) -> Violation | None:
    """Return which condition keeps the entry from being in force on the day; None when it is in force."""
    rows = list(
        EntryRevision.objects.filter(entry__code=entry_code)
        .annotate(holds=InForce(F("pk"), day_value(on)))
        .order_by("number")
    )
    if any(getattr(row, "holds", False) for row in rows):
        return None
    return absence_of(entry_code, rows, on)


def absence_of(entry_code: str, rows: Sequence[EntryRevision], on: date) -> Violation:
    """Return why none of the entry's revisions, in order and none of them in force on the day, is; no query."""
    if not rows:
        return _unknown(entry_code)
    dated = [row for row in rows if row.state in FROZEN_STATES and row.effective_from is not None]
    published = [row for row in dated if row.activated_on or row.state != RevisionState.WITHDRAWN]
    if not published:
        return _unpublished(entry_code, rows)
    covering = [
        row
        for row in published
        if row.effective_from is not None
        and row.effective_from <= on
        and (row.effective_to is None or row.effective_to >= on)
    ]
    if covering:
        return _covered_but_not_in_force(entry_code, covering[-1], on)
    starts = min(row.effective_from for row in published if row.effective_from is not None)
    if starts > on:
        return Violation(
            "CAT-23",
            f"事项 {entry_code} 自 {starts} 起生效，{on} 尚未生效",
            "on",
            "认定日不得早于清单版本生效日",
            rules.SEED,
        )
    ends = max(row.effective_to for row in published if row.effective_to is not None)
    return Violation("CAT-24", f"事项 {entry_code} 的最后有效日为 {ends}，{on} 已失效", "on", f"由{OFFICE}发布新版本")


def _covered_but_not_in_force(entry_code: str, row: EntryRevision, on: date) -> Violation:
    if row.activated_on is None:
        missing = "尚缺一名人员确认" if row.first_confirmed_key else "尚未经两名人员确认"
        return Violation(
            "CAT-22", f"事项 {entry_code} 已发布但未启用，{missing}", "entry", f"由{OFFICE}两名人员分别确认启用"
        )
    return Violation(
        "CAT-25",
        f"事项 {entry_code} 在 {on} 没有一条仍然有效的确定依据",
        "entry",
        f"由{OFFICE}改引现行条款后发布新版本",
        rules.GUIDANCE,
    )


@dataclass(frozen=True, slots=True)
class Prescribed:
    """One measure of a revision with the units that carry it out and the citations that carry it."""

    row: RevisionMeasure
    units: tuple[Organization, ...]
    citations: tuple[RevisionCitation, ...]

    @property
    def code(self) -> str:
        return self.row.measure.code

    @property
    def unit_codes(self) -> tuple[str, ...]:
        return tuple(unit.code for unit in self.units)


def measures_of(revision: EntryRevision) -> list[Prescribed]:
    """Return the measures of a revision in order, each with its units and citations; three queries."""
    rows = RevisionMeasure.objects.filter(revision=revision).select_related("measure").order_by("id")
    units: dict[int, list[Organization]] = {}
    for triple in RevisionMeasureUnit.objects.filter(revision=revision).select_related("unit").order_by("id"):
        units.setdefault(triple.measure_id, []).append(triple.unit)
    citations: dict[int, list[RevisionCitation]] = {}
    links = RevisionMeasureCitation.objects.filter(revision_measure__revision=revision)
    for link in links.select_related("citation__article__instrument").order_by("id"):
        citations.setdefault(link.revision_measure_id, []).append(link.citation)
    return [Prescribed(row, tuple(units.get(row.measure_id, ())), tuple(citations.get(row.pk, ()))) for row in rows]


def initiators_of(revision: EntryRevision) -> list[Organization]:
    """Return the units that may report conduct under the revision."""
    rows = RevisionInitiator.objects.filter(revision=revision).select_related("unit").order_by("id")
    return [row.unit for row in rows]


def citations_of(revision: EntryRevision) -> QuerySet[RevisionCitation]:
    return RevisionCitation.objects.filter(revision=revision).select_related("article__instrument").order_by("id")


def class1_support(revision_measure: RevisionMeasure, on: date) -> Article | None:
    """Return the article of law, 行政法规, 地方性法规 or central document that carries the measure on the day."""
    links = RevisionMeasureCitation.objects.filter(
        revision_measure=revision_measure,
        citation__needs_check=False,
        citation__article__instrument__kind__in=STRONG_KINDS,
    ).select_related("citation__article__instrument")
    for link in links.order_by("id"):
        article = link.citation.article
        starts = article.valid_from or article.instrument.effective_from
        ends = [day for day in (article.valid_to, article.instrument.effective_to) if day is not None]
        if starts is not None and starts <= on and all(day >= on for day in ends):
            return article
    return None


def executable_measures(revision: EntryRevision, on: date) -> set[str]:
    """Return the codes of the measures that may be tasked on the day; one query."""
    rows = RevisionMeasure.objects.filter(revision=revision).filter(
        Executable(F("revision_id"), F("measure_id"), day_value(on))
    )
    return set(rows.values_list("measure__code", flat=True))


def is_executable(revision_measure: RevisionMeasure, on: date) -> bool:
    """Tell whether the measure may be tasked on the day: revision in force, supported, its basis in force."""
    rows = RevisionMeasure.objects.filter(pk=revision_measure.pk)
    return rows.filter(Executable(F("revision_id"), F("measure_id"), day_value(on))).exists()


def check_initiator(revision: EntryRevision, unit: Organization) -> list[Violation]:
    """Return CAT-28 when the unit may not report conduct under the revision."""
    allowed = initiators_of(revision)
    if unit.pk in {row.pk for row in allowed}:
        return []
    names = "、".join(row.name for row in allowed)
    return [Violation("CAT-28", f"{unit.name}不是该事项的发起单位", "unit", f"由清单所列单位发起：{names}", rules.SEED)]


def check_measure(revision: EntryRevision, measure_code: str, unit: Organization | None, on: date) -> list[Violation]:
    """Return why this unit may not carry out this measure under the revision on the day; empty when it may.

    CAT-26 measure not in the entry, CAT-27 unit not named for it, CAT-03 no basis, CAT-25/22… entry not in force.
    """
    entry_code = revision.entry.code
    prescribed = {item.code: item for item in measures_of(revision)}
    item = prescribed.get(measure_code)
    if item is None:
        have = "、".join(prescribed)
        return [
            Violation(
                "CAT-26",
                f"措施 {measure_code} 不在事项 {entry_code} 之内",
                "measure",
                f"只能采取清单所列措施：{have}",
                rules.SEED,
            )
        ]
    found = []
    if unit is not None and unit.pk not in {row.pk for row in item.units}:
        names = "、".join(row.name for row in item.units)
        found.append(
            Violation(
                "CAT-27",
                f"{unit.name}不是措施 {measure_code} 的实施单位",
                "unit",
                f"清单所列实施单位：{names}",
                rules.SEED,
            )
        )
    if not is_executable(item.row, on):
        weak = not item.row.supported or (
            item.row.measure.measure_class == MeasureClass.RIGHTS
            and revision.entry.polarity == Polarity.DISCIPLINE
            and class1_support(item.row, on) is None
        )
        reason = None if weak and revision.activated_on else why_not_in_force(entry_code, on)
        found.append(reason or rules.unsupported(measure_code, item.row.content))
    return found
