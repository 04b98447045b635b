"""Which terms of repair and which publicity a listing has: dated rows of the day of its decision, made comparable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.periods import Period, ends_on
from core.problems import Problem
from core.text import zh_day
from publicity.enums import Severity
from publicity.models import Regime
from repair import rules
from repair.enums import Channel, CountsFrom, Decider
from repair.models import EntryTerm, RegimeChoice
from repair.rules import RepairTerms
from sanctions.enums import GovernedBy
from sanctions.models import Listing

DAY = timedelta(days=1)
USUAL_EVIDENCE = ("失信行为已经纠正、处罚（处理）决定履行完毕的证明",)
SOURCE_UNKNOWN = "名单来源部门"


def decision_day(listing: Listing) -> date:
    """Return the day of the document by which the listing was decided: its law is the law of that day."""
    return listing.determination.issued_on or listing.determination.decided_on


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything that answers when, where and with what a listing may be repaired.

    law: what the pure rules compare; counts_from: listing or correction; receiver: who decides outside the city.
    """

    law: RepairTerms
    counts_from: str
    decider: str
    receiver: str
    evidence: tuple[str, ...]
    regime: Regime
    by_entry: bool
    needs_check: bool
    event: str = "列入生效日"

    @property
    def channel(self) -> str:
        return self.law.channel

    def first_day(self, starts_on: date, corrected_on: date | None = None) -> date:
        """Return the first day on which the minimum is over; by the listing's first day where no correction is told."""
        start = starts_on
        if self.counts_from == CountsFrom.CORRECTION and corrected_on is not None:
            start = corrected_on
        if not self.law.minimum_months:
            return max(start, starts_on)
        last = ends_on(start, Period(months=self.law.minimum_months))
        return max(last + DAY if last else start, starts_on)

    def why(self, starts_on: date, corrected_on: date | None = None) -> str:
        """Return the sentence that explains the first day."""
        corrected = self.counts_from == CountsFrom.CORRECTION
        known = corrected and corrected_on is not None
        start, event = (corrected_on, "改正之日") if known else (starts_on, self.event)
        first = self.first_day(starts_on, corrected_on)
        length = f"满{self.law.minimum_months}个月" if self.law.minimum_months else "履行义务后即可"
        source = "事项规定" if self.by_entry else f"{self.regime.name}，{self.regime.get_severity_display()}失信"
        text = (
            f"自{event}（{zh_day(start)}）起{length}，最早 {zh_day(first)} 可以申请（{source}；依据：{self.law.basis}）"
        )
        if corrected and not known:
            text += "；该事项自改正之日起计算，改正日不同的以核实为准"
        return text + ("；该期限的依据尚待核对" if self.needs_check else "")


@dataclass(frozen=True, slots=True)
class Publicity:
    """How long one listing is published: counted from the day of the document, both ends included."""

    from_on: date
    minimum_to: date
    last_day: date | None
    regime: Regime
    why: str


class Book:
    """The confirmed rows of regimes and terms, and the switched records among some listings: three queries in all."""

    def __init__(self, listings: Iterable[Listing]) -> None:
        self.regimes = list(Regime.objects.in_use().newest_first())
        self.terms = list(EntryTerm.objects.in_use().newest_first())
        chosen = RegimeChoice.objects.filter(listing__in=[row.pk for row in listings]).order_by("pk")
        self.chosen = dict(chosen.values_list("listing_id", "regime_code"))  # the newest row rules

    def term_on(self, entry_code: str, day: date) -> EntryTerm | None:
        """Return the entry's own terms on `day`, or None where nothing but the general rules holds."""
        return next((row for row in self.terms if row.entry_code == entry_code and row.holds_on(day)), None)

    def regime_of(self, listing: Listing) -> Regime:
        """Return the regime of a listing: the one switched to, else the one of the day of its decision.

        Problem REP-50 where no row covers the day.
        """
        day, severity = decision_day(listing), listing.revision.severity or Severity.SERIOUS
        code = self.chosen.get(listing.pk)
        for row in self.regimes:
            if row.severity == severity and (row.code == code if code else row.holds_on(day)):
                return row
        raise Problem(
            "REP-50", f"{day} 没有适用的公示期规则", status=409, remedy="由系统管理员补录公示期规则并由第二人复核"
        )

    def terms_of(self, listing: Listing) -> Terms:
        """Return the terms of one listing: the entry's own, else the minimum of its publicity regime.

        A list that is governed by its source is repaired by its source, whatever the entry's row says.
        """
        regime = self.regime_of(listing)
        term = self.term_on(listing.revision.entry.code, decision_day(listing))
        from_source = listing.governed_by == GovernedBy.SOURCE
        if term is None:
            law = RepairTerms(
                repairable=regime.early_end,
                minimum_months=regime.min_months,
                channel=Channel.SOURCE if from_source else Channel.CITY,
                text=listing.revision.repair_condition,
                basis=regime.basis,
            )
            receiver = SOURCE_UNKNOWN if from_source else ""
            return Terms(
                law, CountsFrom.LISTING, Decider.INITIATOR, receiver, USUAL_EVIDENCE, regime, False, regime.needs_check
            )
        law = RepairTerms(
            repairable=term.repairable,
            minimum_months=rules.minimum_of(term.min_months, "serious", {"serious": regime.min_months}),
            channel=Channel.SOURCE if from_source and term.channel == Channel.CITY else term.channel,
            text=term.condition,
            basis=term.basis if term.min_months is not None else regime.basis,
        )
        return Terms(
            law=law,
            counts_from=term.counts_from,
            decider=term.decider,
            receiver=term.receiver or (SOURCE_UNKNOWN if law.channel != Channel.CITY else ""),
            evidence=tuple(term.evidence) or USUAL_EVIDENCE,
            regime=regime,
            by_entry=term.min_months is not None,
            needs_check=term.needs_check,
        )

    def publicity_of(self, listing: Listing) -> Publicity:
        """Return the publicity of a listing; no last day where another channel governs it: the city never ends it."""
        regime, start = self.regime_of(listing), decision_day(listing)
        minimum = ends_on(start, Period(months=regime.min_months)) if regime.min_months else start
        last = ends_on(start, Period(months=regime.max_months))
        head = f"{regime.name}，{regime.get_severity_display()}失信：自文书作出之日（{zh_day(start)}）起公示"
        if self.terms_of(listing).channel != Channel.CITY:
            why = f"{head}；终止公示以来源渠道的结果为准"
            return Publicity(start, minimum or start, None, regime, why)
        why = f"{head}，最短{regime.min_months}个月，最长{regime.max_months}个月，{zh_day(last)}届满自动停止公示"
        return Publicity(start, minimum or start, last, regime, why)


def terms_of(listing: Listing) -> Terms:
    """Return the terms of one listing."""
    return Book([listing]).terms_of(listing)


def publicity_of(listing: Listing) -> Publicity:
    """Return how long one listing is published."""
    return Book([listing]).publicity_of(listing)


def with_city_channel(law: RepairTerms) -> RepairTerms:
    """Return the terms as the rules read them for an application that goes to the right channel."""
    return replace(law, channel=rules.CITY)
