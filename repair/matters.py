"""What is repaired: a listing that is left, or the publication of a penalty that ends early (REP-40: never the other way).

Everything in which the two repairs differ stands here; what handles, decides and revokes an application asks its matter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from core.actors import Actor
from core.periods import PeriodState
from core.problems import Problem
from organizations.models import Organization, WorkingGroup
from organizations.selectors import acting_unit_on, group_for
from publicity.enums import State as Shown
from publicity.law import Law
from publicity.models import Penalty
from publicity.selectors import follows_own_rule, is_visible, versions_of, why_ends
from publicity.services import adjusting
from repair.enums import Channel, CountsFrom, Decider, Kind
from repair.facts import STANDING, barred_until, facts_of, latest_about
from repair.models import Application
from repair.models.applications import heading_of, title_of
from repair.rules import RepairFacts, RepairTerms
from repair.terms import USUAL_EVIDENCE, Terms, publicity_of, terms_of
from sanctions.models import Listing
from sanctions.services.clocks import repair_listing, restore_listing
from subjects.models import Subject

if TYPE_CHECKING:
    from repair.known import Known

ENDING = frozenset({"publicity.record.end_early"})


class Matter(ABC):
    """One record that may be repaired, with what law and its own rows say of it."""

    kind: ClassVar[str]
    effect: ClassVar[str]  # what a published repair does, in words
    public_id: str
    subject: Subject
    starts_on: date
    known: Known | None = None  # what a page has read of the subject already

    @property
    @abstractmethod
    def columns(self) -> dict[str, Any]:
        """Return the columns by which an application names it."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Return how letters and pages call the record."""

    @property
    @abstractmethod
    def heading(self) -> str:
        """Return its code or number with what it is about."""

    @abstractmethod
    def terms(self) -> Terms: ...

    @abstractmethod
    def why_public(self) -> str:
        """Return how long the record is published, and why."""

    @abstractmethod
    def facts(self, day: date, application: Application | None = None) -> RepairFacts: ...

    @abstractmethod
    def latest(self) -> Application | None:
        """Return the newest application about it."""

    def barred_until(self, day: date | None = None) -> date | None:
        """Return the last day on which its subject may not apply, counting bars that have begun by `day`."""
        return self.known.barred_until(day) if self.known else barred_until(self.subject, day)

    @abstractmethod
    def decider(self) -> Organization: ...

    @property
    @abstractmethod
    def group(self) -> WorkingGroup | None: ...

    @abstractmethod
    def locked(self) -> Matter:
        """Return it held, as it stands: acts on one record come one after the other."""

    @abstractmethod
    def end(self, actor: Actor, on: date, reason: str) -> None:
        """Carry a published repair out: from this day the record is over."""

    @abstractmethod
    def restore(self, actor: Actor, on: date, reason: str) -> None:
        """Take a repair back: the remainder is restored from this day."""

    @property
    def payload(self) -> dict[str, str]:
        return {"listing" if self.kind == Kind.LEAVE_LIST else "disclosure": self.public_id}

    def unit(self, day: date) -> Organization:
        """Return the unit that handles its repairs on the day: it, or the one whose duties passed to it."""
        named = self.decider()
        found = acting_unit_on(named, day)
        if found is None:
            raise Problem(
                "REP-51",
                f"{named.name}已不存续，承接其修复职责的单位未登记",
                status=409,
                remedy="由系统管理员登记职责承继后再提交",
            )
        return found


class ListingMatter(Matter):
    """移出名单: the listing ends on the day of publication, and with it the measures that follow it."""

    kind = Kind.LEAVE_LIST
    effect = "移出名单，各实施单位停止实施惩戒措施"

    def __init__(self, listing: Listing, known: Known | None = None) -> None:
        self.listing, self.known = listing, known
        self.public_id, self.subject, self.starts_on = listing.public_id, listing.subject, listing.starts_on

    @property
    def columns(self) -> dict[str, Any]:
        return {"listing": self.listing}

    @property
    def title(self) -> str:
        return title_of(self.listing)

    @property
    def heading(self) -> str:
        return heading_of(self.listing)

    @property
    def group(self) -> WorkingGroup | None:
        return self.listing.case_subject.case.group

    def terms(self) -> Terms:
        return self.known.book.terms_of(self.listing) if self.known else terms_of(self.listing)

    def why_public(self) -> str:
        return publicity_of(self.listing).why

    def facts(self, day: date, application: Application | None = None) -> RepairFacts:
        return facts_of(self.listing, day, application, self.known)

    def latest(self) -> Application | None:
        return self.known.latest(self.listing) if self.known else latest_about(self.listing)

    def decider(self) -> Organization:
        by_initiator = self.terms().decider == Decider.INITIATOR
        return self.listing.case_subject.case.unit if by_initiator else self.listing.determination.lead_unit

    def locked(self) -> ListingMatter:
        rows = Listing.objects.select_for_update(of=("self",)).prefetch_related("pauses")
        related = ("subject__canonical", "revision__entry", "determination__lead_unit", "case_subject__case__unit")
        return ListingMatter(rows.select_related(*related).get(pk=self.listing.pk))

    def end(self, actor: Actor, on: date, reason: str) -> None:
        repair_listing(actor=actor, listing=self.listing, on=on, reason=reason)

    def restore(self, actor: Actor, on: date, reason: str) -> None:
        restore_listing(actor=actor, listing=self.listing, on=on, reason=reason)


class PenaltyMatter(Matter):
    """终止公示: the publication of a penalty ends on the day the repair is published; the penalty itself stands."""

    kind = Kind.END_DISCLOSURE
    effect = "终止公示该行政处罚信息"

    def __init__(self, penalty: Penalty, known: Known | None = None) -> None:
        self.penalty, self.known = penalty, known
        self.public_id, self.subject, self.starts_on = penalty.public_id, penalty.subject, penalty.decided_on

    @property
    def columns(self) -> dict[str, Any]:
        return {"penalty": self.penalty}

    @property
    def title(self) -> str:
        return title_of(self.penalty)

    @property
    def heading(self) -> str:
        return heading_of(self.penalty)

    @property
    def group(self) -> WorkingGroup | None:
        return group_for(self.subject.kind)

    def terms(self) -> Terms:
        """Return the terms by severity and by the regime of the decision's day, or the one it was switched to.

        What a vertically managed organ published goes the way of its own system.
        """
        law = self.known.law if self.known else Law()
        regime = law.regime(self.penalty.severity, self.penalty.decided_on, self.penalty.regime_code)
        elsewhere = follows_own_rule(self.penalty)
        channel = Channel.NATIONAL if elsewhere else Channel.CITY
        text = "" if regime.early_end else "该类信息公示期届满前不能申请修复"
        receiver = "“信用中国”网站" if elsewhere else ""
        return Terms(
            law=RepairTerms(regime.early_end, regime.min_months, channel, text, regime.basis),
            counts_from=CountsFrom.LISTING,
            decider=Decider.INITIATOR,
            receiver=receiver,
            evidence=USUAL_EVIDENCE,
            regime=regime,
            by_entry=False,
            needs_check=regime.needs_check,
            event="文书作出之日",
        )

    def why_public(self) -> str:
        return why_ends(self.standing(), public=True)

    def standing(self) -> Penalty:
        """Return the version of the decision that is published, or the newest there is."""
        if self.known and self.penalty.pk in self.known.shown:
            return self.penalty
        versions = versions_of(self.penalty)
        return versions.filter(state=Shown.PASSED).first() or versions.first() or self.penalty

    def facts(self, day: date, application: Application | None = None) -> RepairFacts:
        latest = application or self.latest()
        return RepairFacts(
            state=self._state(day),
            starts_on=self.starts_on,
            noun="公示",
            application=STANDING[latest.state if latest is not None else None],
            accepted_on=latest.accepted_on if latest is not None else None,
            decided_on=latest.answered_on if latest is not None else None,
            barred_until=self.barred_until(day),
        )

    def latest(self) -> Application | None:
        if self.known:
            return self.known.latest(self.penalty)
        return Application.objects.filter(penalty__in=versions_of(self.penalty)).order_by("-pk").first()

    def _state(self, day: date) -> PeriodState:
        shown = self.standing()
        if self.known and self.known.day == day and shown.pk in self.known.shown:
            return PeriodState.IN_FORCE
        if Penalty.objects.filter(is_visible(day), pk=shown.pk).exists():
            return PeriodState.IN_FORCE
        coming = shown.state == Shown.PASSED and shown.visible_from is not None and shown.visible_from > day
        return PeriodState.PENDING if coming else PeriodState.ENDED

    def decider(self) -> Organization:
        return self.penalty.authority or self.penalty.unit

    def locked(self) -> PenaltyMatter:
        keys = sorted(versions_of(self.penalty).values_list("pk", flat=True))
        held = Penalty.objects.filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
        related = held.select_related("subject__canonical", "authority", "unit")
        return PenaltyMatter(next(row for row in related if row.pk == self.penalty.pk))

    def end(self, actor: Actor, on: date, reason: str) -> None:
        adjusting.end_early(actor=_ending(actor), record=self.standing(), from_on=on, reason=reason)

    def restore(self, actor: Actor, on: date, reason: str) -> None:
        adjusting.restore(actor=_ending(actor), record=self.standing(), reason=reason)


def _ending(actor: Actor) -> Actor:
    """Return the same actor with the right to what follows from the repair that he was permitted to publish."""
    return replace(actor, permissions=actor.permissions | ENDING)


def matter_about(record: Listing | Penalty, known: Known | None = None) -> Matter:
    """Return what repairing this record is."""
    return PenaltyMatter(record, known) if isinstance(record, Penalty) else ListingMatter(record, known)


def matter_of(application: Application) -> Matter:
    """Return what an application is about."""
    return matter_about(application.record)
