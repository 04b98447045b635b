"""How long a listing is published, by the regime of its decision's day; shielding; corrected law; propagation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from catalog.models import Entry
from core import clock
from core.actors import Actor
from core.models import OutboxEvent
from core.problems import NotPermitted
from publicity.models import Regime
from publicity.services import reference as law
from repair.models import EntryTerm, PublicityEnd
from repair.permissions import JOB, PERMISSIONS
from repair.selectors import is_lifted, not_shown_on, published_out
from repair.services import reference, shields
from repair.services.announcing import announce_publicity_ends, end_without_object
from repair.terms import decision_day, publicity_of, terms_of
from sanctions.models import Listing, TaskStop
from sanctions.selectors import measures_against, public_listings
from tests.factories import catalog
from tests.factories import repair as make
from tests.factories import sanctions as chain
from tests.support.refusals import database_refuses, refused, sql

pytestmark = pytest.mark.django_db
ANNOUNCER = Actor.job("repair.announce", JOB)
FIRST, SECOND = (Actor("officer", f"law-{n}", f"测试{n}", permissions=frozenset(PERMISSIONS)) for n in ("甲", "乙"))


def shown(listing: Listing, day: date) -> bool:
    return Listing.objects.filter(pk=listing.pk).exclude(not_shown_on(day)).exists()


def test_the_regime_is_that_of_the_day_of_the_decision() -> None:
    old, new = make.listing(start=date(2026, 2, 2)), make.listing(start=date(2026, 4, 8))
    assert publicity_of(old).regime.code == "order-58"
    assert publicity_of(new).regime.code == "order-36"
    assert decision_day(old) < date(2026, 4, 1) <= decision_day(new)


@pytest.mark.parametrize(("severity", "code", "months"), [
    ("minor", "order-36", (0, 3)), ("ordinary", "order-36", (3, 12)), ("serious", "order-36", (12, 36)),
    ("ordinary", "order-58", (3, 36)), ("serious", "before-2023", (6, 36)),
])  # fmt: skip
def test_the_regimes_as_loaded(severity: str, code: str, months: tuple[int, int]) -> None:
    row = Regime.objects.get(severity=severity, code=code)
    assert (row.min_months, row.max_months) == months


def test_one_record_is_switched_with_a_reason_and_its_days_follow_at_once() -> None:
    entry = catalog.make_active(severity="ordinary").entry.code
    listing = make.listing(entry=entry, initiator="rsj", units=("fgw", "czj"))
    assert terms_of(listing).law.minimum_months == 3  # no terms of its own: the regime's
    office = chain.actor_of("fgw", "office")
    assert publicity_of(listing).regime.max_months == 36
    with clock.at(make.APPLIED):
        refused("CORE-07", reference.switch_regime, actor=office, listing=listing, regime_code="order-36", reason=" ")
        refused("REP-50", reference.switch_regime, actor=office, listing=listing, regime_code="none", reason="依据")
        reference.switch_regime(actor=office, listing=listing, regime_code="order-36", reason="按新规从轻")
        with pytest.raises(NotPermitted):
            reference.switch_regime(
                actor=chain.actor_of("rsj", "reviewer"), listing=listing, regime_code="order-36", reason="从轻"
            )
    last = publicity_of(listing).last_day
    assert publicity_of(listing).regime.code == "order-36"
    assert last is not None
    assert shown(listing, last)
    assert not shown(listing, last + timedelta(days=1))


def test_sql_and_python_agree_on_the_last_day_published() -> None:
    for start in (date(2025, 1, 6), date(2025, 8, 18), date(2026, 4, 8)):
        listing = make.listing(start=start)
        last = publicity_of(listing).last_day
        assert last is not None
        for day, over in ((last, False), (last + timedelta(days=1), True)):
            assert Listing.objects.filter(published_out(day), pk=listing.pk).exists() is over
    court = make.listing(entry="CJ-001", initiator="zy")
    assert publicity_of(court).last_day is None
    assert not Listing.objects.filter(published_out(date(2099, 1, 1)), pk=court.pk).exists()


def test_the_end_of_publicity_is_announced_once_however_late() -> None:
    listing = make.listing()
    last = publicity_of(listing).last_day
    assert last is not None
    assert announce_publicity_ends(actor=ANNOUNCER, day=last) == 0
    late = last + timedelta(days=10)
    assert announce_publicity_ends(actor=ANNOUNCER, day=late, chunk=1) == 1
    assert announce_publicity_ends(actor=ANNOUNCER, day=late) == 0
    assert PublicityEnd.objects.get().last_day == last
    assert not shown(listing, last + timedelta(days=1))  # not from the announcement, from the dates


def test_a_record_under_a_longer_regime_is_announced_again_at_its_later_end() -> None:
    entry = catalog.make_active(severity="ordinary").entry.code
    listing = make.listing(entry=entry, initiator="rsj", units=("fgw", "czj"))
    office = chain.actor_of("fgw", "office")
    with clock.at(make.APPLIED):
        reference.switch_regime(actor=office, listing=listing, regime_code="order-36", reason="按新规从轻")
    shorter = publicity_of(listing).last_day
    assert shorter is not None
    after = shorter + timedelta(days=5)
    assert announce_publicity_ends(actor=ANNOUNCER, day=after) == 1
    with clock.at(after):
        reference.switch_regime(actor=office, listing=listing, regime_code="order-58", reason="适用有误")
    longer = publicity_of(listing).last_day
    assert longer is not None
    assert longer > after
    assert shown(listing, longer)
    assert PublicityEnd.objects.get().withdrawn_on == after
    assert announce_publicity_ends(actor=ANNOUNCER, day=longer) == 0
    assert announce_publicity_ends(actor=ANNOUNCER, day=longer + timedelta(days=1)) == 1
    assert announce_publicity_ends(actor=ANNOUNCER, day=longer + timedelta(days=2)) == 0
    assert list(PublicityEnd.objects.order_by("pk").values_list("last_day", flat=True)) == [shorter, longer]
    events = OutboxEvent.objects.filter(event_type__startswith="publicity.end", aggregate_id=listing.public_id)
    told = events.order_by("pk").values_list("event_type", "payload__last_day")
    assert list(told) == [
        ("publicity.ended", shorter.isoformat()),
        ("publicity.end_withdrawn", shorter.isoformat()),
        ("publicity.ended", longer.isoformat()),
    ]


def test_a_corrected_regime_withdraws_what_was_announced_too_early() -> None:
    entry = catalog.make_active(severity="ordinary").entry.code
    listing = make.listing(entry=entry, initiator="rsj", units=("fgw", "czj"))
    last = publicity_of(listing).last_day
    assert last is not None
    announce_publicity_ends(actor=ANNOUNCER, day=last + timedelta(days=1))
    old = publicity_of(listing).regime
    months = {"code": old.code, "name": old.name, "severity": old.severity, "min_months": 3, "max_months": 60}
    first, second = (replace(who, permissions=who.permissions | {law.MANAGE}) for who in (FIRST, SECOND))
    row = law.propose(
        actor=first, model=Regime, values={**months, "valid_from": old.valid_from, "valid_to": old.valid_to,
        "basis": "核对原文", "confidence": "sure"}, reason="更正",
    )  # fmt: skip
    law.confirm(actor=second, row=row)
    assert announce_publicity_ends(actor=ANNOUNCER, day=last + timedelta(days=2)) == 0
    assert PublicityEnd.objects.get().withdrawn_on == last + timedelta(days=2)
    later = publicity_of(listing).last_day
    assert later is not None
    assert announce_publicity_ends(actor=ANNOUNCER, day=later + timedelta(days=1)) == 1


def test_REP_55_every_entry_with_terms_of_its_own_is_in_the_catalogue() -> None:
    codes = set(EntryTerm.objects.values_list("entry_code", flat=True))
    assert codes <= set(Entry.objects.values_list("code", flat=True))


def test_an_application_without_an_object_is_ended() -> None:
    application = make.application_in("accepted")
    ended = chain.fresh(application.listing).ends_on
    assert end_without_object(actor=ANNOUNCER, day=ended) == 0
    assert end_without_object(actor=ANNOUNCER, day=ended + timedelta(days=1)) == 1
    assert chain.fresh(application).state == "moot"


# --- bankruptcy ------------------------------------------------------------------------------------------------------


def test_a_ruling_shields_from_confirmation_to_its_end() -> None:
    listing = make.listing()
    task = listing.tasks.filter(unit__code="zjj").first()
    found = make.shield(listing, lifted=[task], confirmed=False)
    assert shown(listing, make.APPLIED)
    with clock.at(make.APPLIED):
        recorder = make.handler(listing)
        both = Actor(**{**{f: getattr(recorder, f) for f in recorder.__slots__}, "permissions": frozenset(PERMISSIONS)})
        refused("CORE-05", shields.confirm_shield, actor=both, shield=found)
        shields.confirm_shield(actor=make.reviewer(listing), shield=found)
    assert not shown(listing, make.after(1))
    assert is_lifted(task, make.after(1))
    assert not public_listings(make.after(1)).filter(pk=listing.pk).exists()
    against = {row.task.pk for row in measures_against(listing.subject, make.after(1))}
    assert task.pk not in against  # no check answers it while the court shields
    assert against
    later = make.listing(subjects=[listing.subject], start=date(2026, 6, 1))  # for an act after the ruling
    assert shown(later, date(2026, 8, 1))
    with clock.at(date(2026, 9, 1)):
        shields.end_shield(actor=make.reviewer(listing), shield=found, reason="宣告破产")
    told = TaskStop.objects.filter(task=task).order_by("pk").values_list("kind", "ref", "sent_on")
    assert list(told) == [
        ("suspend", found.public_id, make.APPLIED),
        ("resume", found.public_id, date(2026, 9, 1)),
    ]
    assert not shown(listing, date(2026, 8, 31))
    assert shown(listing, date(2026, 9, 1))
    assert not is_lifted(task, date(2026, 9, 1))
    assert task.pk in {row.task.pk for row in measures_against(listing.subject, date(2026, 9, 1))}
    assert public_listings(date(2026, 9, 1)).filter(pk=listing.pk).exists()


def test_after_completion_everything_of_the_citys_is_repaired() -> None:
    company = make.company()
    own = make.listing(subjects=[company])
    court = make.listing(entry="CJ-001", initiator="zy", subjects=[company])
    found = make.shield(own)
    with clock.at(make.after(100)):
        who = make.reviewer(own)
        refused("REP-56", shields.complete_shield, actor=who, shield=found, document=None)
        shields.complete_shield(actor=who, shield=found, document=chain.attachment(who))
    assert chain.fresh(own).over_from == make.after(100)
    assert chain.fresh(court).state == "issued"  # its source ends it
    assert not shown(court, make.after(200))


def test_rep_56_what_a_ruling_must_hold() -> None:
    listing = make.listing()
    other = make.listing()
    who = make.handler(listing)
    with clock.at(make.APPLIED):
        call = {"actor": who, "subject": listing.subject}
        for ruling in (
            make.ruling(document=None),
            make.ruling(court=" "),
            make.ruling(kind="x"),
            make.ruling(ruled_on=make.after(1), from_on=make.after(1)),
            make.ruling(from_on=make.APPLIED - timedelta(days=1)),
        ):
            refused("REP-56", shields.record_shield, **call, ruling=ruling)
        foreign = [(other.tasks.first(), "妨碍")]
        refused("REP-56", shields.record_shield, **call, ruling=make.ruling(), lifted=foreign)
    make.shield(listing)
    with clock.at(make.APPLIED):
        refused("REP-56", shields.record_shield, **call, ruling=make.ruling())


# --- corrected law ---------------------------------------------------------------------------------------------------


def values(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "entry_code": "CJ-004", "valid_from": date(2024, 1, 1), "basis": "应急管理部令第11号第十条", "confidence": "sure",
        "min_months": 6, "evidence": ["整改验收意见书"], "condition": "列入满6个月",
    }  # fmt: skip
    return {**facts, **changes}


def test_terms_are_corrected_by_two_officers_and_an_old_case_keeps_its_old_law() -> None:
    listing = make.listing()
    assert terms_of(listing).law.minimum_months == 12
    row = reference.propose(actor=FIRST, values=values(), reason="核对原文")
    assert terms_of(listing).law.minimum_months == 12
    refused("CORE-05", reference.confirm, actor=FIRST, row=row)
    reference.confirm(actor=SECOND, row=row)
    refused("CORE-04", reference.confirm, actor=SECOND, row=row)
    assert terms_of(listing).law.minimum_months == 6
    old = EntryTerm.objects.get(entry_code="CJ-004", min_months=12)
    assert old.valid_to == date(2023, 12, 31)
    again = reference.propose(actor=SECOND, values=values(min_months=9), reason="更正")
    reference.confirm(actor=FIRST, row=again)
    assert terms_of(listing).law.minimum_months == 9
    with database_refuses("CR507"):
        sql("UPDATE repair_entryterm SET min_months = 1 WHERE id = %s", [again.pk])


def test_rep_55_a_row_that_cannot_be_law() -> None:
    for changes in ({"basis": " "}, {"channel": "market"}, {"evidence": []}, {"valid_to": date(2023, 1, 1)},
                    {"entry_code": "CJ-999"}, {"entry_code": " "}):  # fmt: skip
        call = {"actor": FIRST, "values": values(**changes), "reason": "试"}
        refused("REP-55", reference.propose, **call)
