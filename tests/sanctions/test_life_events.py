"""What a subject's end, and later discipline, do to listings (design §4, life events and rewards)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from core.actors import Actor, acting
from core.periods import Period
from core.problems import Refused
from sanctions import selectors
from sanctions.models import Listing
from sanctions.services.listings import delist_expired, withdraw_reward
from sanctions.tasks import job_actor
from subjects.models import Subject
from subjects.services import deregister, rename
from tests.factories import sanctions as make

pytestmark = pytest.mark.django_db


def state(listing: Listing, day: date) -> str:
    return Listing.objects.with_state_on(day).get(pk=listing.pk).state_on


def test_deregistration_ends_the_entitys_measures_from_its_day() -> None:
    listing = make.listing()
    gone = listing.starts_on + timedelta(days=30)
    with clock.at(gone):
        deregister(make.actor_of("fgw", "office"), subject=listing.subject, note="注销登记通知（示例）第1号")
    listing.refresh_from_db()
    assert (listing.state, listing.over_from, listing.ends_on) == ("closed", gone, gone - timedelta(days=1))
    assert state(listing, gone - timedelta(days=1)) == "in_force"
    assert state(listing, gone) == "ended"
    assert set(listing.tasks.values_list("ends_on", flat=True)) == {gone - timedelta(days=1)}
    with clock.at(gone):
        assert delist_expired(actor=job_actor("test")) == 1
    listing.refresh_from_db()
    assert listing.state == "delisted"
    assert not listing.tasks.filter(state__in=["assigned", "acknowledged", "applied"]).exists()


def test_a_rename_ends_nothing_and_the_listing_follows_the_code() -> None:
    listing = make.listing()
    with clock.at(listing.starts_on + timedelta(days=5)):
        rename(make.actor_of("rsj", "reviewer"), subject=listing.subject, name="广元新名劳务有限公司")
    listing.refresh_from_db()
    assert listing.state == "issued"
    assert listing.subject.name == "广元新名劳务有限公司"


def test_deregistration_ends_no_listing_that_was_over_before() -> None:
    listing = make.listing()
    assert listing.ends_on is not None
    after = listing.ends_on + timedelta(days=10)
    with clock.at(after):
        deregister(make.actor_of("fgw", "office"), subject=listing.subject, note="注销登记通知（示例）第2号")
    listing.refresh_from_db()
    assert (listing.state, listing.over_from) == ("issued", None)


def test_later_discipline_nominates_the_reward_and_a_person_withdraws_it() -> None:
    reward = make.listing(entry="JL-003")
    subject = reward.subject
    later = {"period": Period(months=36), "starts_on": reward.starts_on + timedelta(days=30)}
    discipline = make.listing(subjects=[subject], decision=later)
    assert not selectors.rewards_to_reconsider(discipline.starts_on - timedelta(days=1)).exists()  # not begun yet
    day = discipline.starts_on + timedelta(days=1)
    assert [row.pk for row in selectors.rewards_to_reconsider(day)] == [reward.pk]
    assert state(reward, day) == "in_force"
    lead = make.lead_of(reward.case_subject.case)
    with clock.at(day):
        withdraw_reward(actor=lead, listing=reward, reason="已被列入失信惩戒名单")
    assert state(reward, day) == "ended"
    assert state(reward, day - timedelta(days=1)) == "in_force"
    assert not selectors.rewards_to_reconsider(day).exists()


def test_SAN_51_discipline_is_not_ended_like_a_reward() -> None:
    listing = make.listing()
    with clock.at(listing.starts_on), pytest.raises(Refused) as caught:
        withdraw_reward(actor=make.lead_of(listing.case_subject.case), listing=listing, reason="x")
    assert caught.value.code == "SAN-51"


def test_SUB_17_a_units_reviewer_cannot_end_measures_by_a_register_entry() -> None:
    listing = make.listing()
    with clock.at(listing.starts_on), pytest.raises(Refused) as caught:
        deregister(make.actor_of("rsj", "reviewer"), subject=listing.subject, note="文书")
    assert caught.value.code == "SUB-17"
    with clock.at(listing.starts_on), pytest.raises(Refused, match="未写明登记机关文书"):
        deregister(make.actor_of("fgw", "office"), subject=listing.subject)
    listing.refresh_from_db()
    assert listing.over_from is None


def test_a_folded_duplicates_listing_ends_with_the_record_that_answers_for_it() -> None:
    listing = make.listing()
    kept = make.social_org()
    with acting(Actor.job("test"), "test.fold"):
        Subject.objects.filter(pk=listing.subject_id).update(canonical=kept)
    with clock.at(listing.starts_on + timedelta(days=3)):
        deregister(make.actor_of("fgw", "office"), subject=kept, note="注销登记通知（示例）第3号")
    listing.refresh_from_db()
    assert listing.state == "closed"
