"""The acts of a scenario done for real: each through the services, by the officers whose work it is, in a savepoint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

from django.db import transaction

from core import clock
from core.periods import Period
from core.problems import Problem
from objections.models import Complaint, Objection
from objections.services import answering, complaints
from objections.services.filing import Filer, Paper
from repair.models import Application
from sanctions.models import Listing
from sanctions.services.court import Ruling, court_revoke, lift_stay, stay
from sanctions.services.listings import perform_listing
from tests.factories import objections as remedies
from tests.factories import repair as repairs
from tests.factories import sanctions as chain

_documents = count(1)
NOTHING = Problem("NONE", "没有这样的记录")


class Services:
    """One real listing; `play` does an act on its day and says with which code it was refused, or nothing."""

    def __init__(self, listing: Listing, id_number: str) -> None:
        self.listing, self.id_number = listing, id_number
        kinds = ("application", "licence", "identity", "evidence")
        self.papers: tuple[Paper, ...] = tuple(remedies.paper(kind) for kind in kinds)
        self.pieces = repairs.pieces("performance", "commitment", "identity")
        self.proof = chain.attachment(repairs.handler(listing))
        self.day = listing.served_on

    def play(self, act: dict[str, Any]) -> str | None:
        self.day = date.fromisoformat(act["on"])
        period = Period(**act["period"]) if "period" in act else None
        deed: Callable[..., None] = getattr(self, act["act"])
        try:
            with clock.at(self.day), transaction.atomic():
                deed(period) if period else deed()
        except Problem as problem:
            return problem.code
        return None

    def now(self) -> Listing:
        found: Listing = chain.fresh(self.listing)
        return found

    # --- objection ---------------------------------------------------------------------------------------------------

    def _objection(self, *states: str) -> Objection:
        row = Objection.objects.filter(listing=self.listing).order_by("-pk").first()
        if row is None or (states and row.state not in states):
            raise NOTHING
        return row

    def object(self) -> None:
        filer = Filer(self.listing.subject.name, "self", "id_card", self.id_number)  # a company has no number
        row = remedies.file(self.listing, self.day, filer=filer, papers=self.papers).record
        assert isinstance(row, Objection)
        remedies.check(row, self.day)
        remedies.accept(row, self.day)

    def _answer(self, outcome: str) -> Objection:
        return remedies.answer(self._objection(), self.day, outcome)

    def reject_objection(self) -> None:
        self._answer("rejected")

    def uphold_objection(self) -> None:
        self._answer("upheld")

    def partly_uphold_objection(self, period: Period) -> None:
        remedies.redetermine(self._answer("partly_upheld"), self.day, period)

    def withdraw_objection(self) -> None:
        answering.withdraw_objection(actor=remedies.window(), objection=self._objection(), reason="书面撤回")

    # --- complaint ---------------------------------------------------------------------------------------------------

    def _complaint(self) -> Complaint:
        row = Complaint.objects.filter(objection__listing=self.listing).order_by("-pk").first()
        if row is None:
            raise NOTHING
        return row

    def complained_about(self) -> Objection:
        """Return the objection that waits for its answer, else the one answered last, else the last of all."""
        rows = Objection.objects.filter(listing=self.listing).order_by("-pk")
        waiting = rows.filter(state__in=("accepted", "drafted")).first()
        return waiting or rows.exclude(answered_on=None).first() or self._objection()

    def complain(self) -> None:
        row = remedies.complain(self.complained_about(), self.day)
        if not row.identity_result:
            complaints.check_complainant(actor=remedies.window(), complaint=row, passed=True, note="已核对")
        remedies.accept_complaint(row, self.day)

    def _rule(self, outcome: str) -> None:
        row = self._complaint()
        if row.by_office and row.state == "accepted":
            remedies.convene(row, self.day)
            remedies.experts(row, self.day)
        remedies.rule(chain.fresh(row), self.day, outcome)

    def reject_complaint(self) -> None:
        self._rule("rejected")

    def uphold_complaint(self) -> None:
        self._rule("upheld")

    def withdraw_complaint(self) -> None:
        complaints.withdraw_complaint(actor=remedies.window(), complaint=self._complaint(), reason="书面撤回")

    # --- court and performance ---------------------------------------------------------------------------------------

    def next_document(self) -> str:
        return f"（2026）测行{next(_documents)}号"

    def _court(self, deed: Callable[..., Any]) -> None:
        document = Ruling("示例市中级人民法院", self.next_document(), self.day)
        deed(actor=chain.lead_of(self.listing.case_subject.case), listing=self.listing, ruling=document)

    def court_stay(self) -> None:
        self._court(stay)

    def lift_stay(self) -> None:
        self._court(lift_stay)

    def court_revoke(self) -> None:
        self._court(court_revoke)

    def perform(self) -> None:
        unit = self.listing.case_subject.case.unit.code
        perform_listing(actor=chain.actor_of(unit, "reviewer"), listing=self.listing, reason="履行完毕")

    # --- repair ------------------------------------------------------------------------------------------------------

    def _application(self) -> Application:
        row = Application.objects.filter(listing=self.listing).order_by("-pk").first()
        if row is None:
            raise NOTHING
        return row

    def apply_repair(self) -> None:
        facts: dict[str, Any] = {"materials": self.pieces}
        if self.listing.subject.is_person:
            own = {"applicant_role": "person", "id_type": "id_card", "id_number": self.id_number}
            facts |= {"applicant_name": self.listing.subject.name, **own}
        row = repairs.filed(self.now(), on=self.day, **facts).application
        repairs.check(row, self.day)
        repairs.accept(row, self.day)

    def _decide(self, outcome: str) -> None:
        row = self._application()
        if row.state == "accepted":
            repairs.verify(row, self.day)
            repairs.opine(row, outcome, self.day)
        repairs.sign(row, outcome, self.day)

    def approve_repair(self) -> None:
        self._decide("approve")

    def reject_repair(self) -> None:
        self._decide("reject")

    def publish_repair(self) -> None:
        repairs.publish(self._application(), self.day)

    def revoke_repair(self) -> None:
        row = self._application()
        repairs.propose(row, self.day)
        repairs.revoke(row, self.day)
