"""Life events and duplicates: what changes, what stays, who is nominated, and the way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core import clock
from core.models import OutboxEvent
from core.problems import NotFound, Refused
from subjects import selectors, services
from subjects.enums import NominationState
from subjects.models import LifeEvent, Subject, SubjectMerge
from subjects.search import search
from tests.factories import subjects as make

pytestmark = pytest.mark.usefixtures("db")


def events() -> list[str]:
    return list(OutboxEvent.objects.order_by("id").values_list("event_type", flat=True))


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {violation.code for violation in refused.value.errors}


def test_a_rename_keeps_code_and_former_name_with_dates() -> None:
    subject = make.entity("广元市旧名贸易有限公司", established_on=date(2015, 1, 1))
    code = selectors.code_of(subject)
    services.rename(make.keeper(), subject=subject, name="广元市新名贸易有限公司", on=date(2024, 6, 1))
    assert subject.name == "广元市新名贸易有限公司"
    assert selectors.by_code(code).name == "广元市新名贸易有限公司"
    assert selectors.name_on(subject, date(2024, 5, 31)) == "广元市旧名贸易有限公司"
    assert selectors.name_on(subject, date(2024, 6, 1)) == "广元市新名贸易有限公司"
    former = subject.names.get(is_current=False)
    assert (former.valid_from, former.valid_to) == (date(2015, 1, 1), date(2024, 5, 31))
    (hit,) = search("旧名贸易").items
    assert (hit.name, hit.reason, hit.matched) == ("广元市新名贸易有限公司", "former_name", "广元市旧名贸易有限公司")
    assert events()[-1] == "subject.renamed"


def test_SUB07_nothing_is_recorded_before_it_happens_or_before_the_subject_exists() -> None:
    subject = make.entity(established_on=date(2020, 1, 1))
    for day in (clock.today() + timedelta(days=1), date(2019, 12, 31)):
        with pytest.raises(Refused) as refused:
            services.rename(make.keeper(), subject=subject, name="广元市新名有限公司", on=day)
        assert codes(refused) == {"SUB-07"}
    assert not LifeEvent.objects.exists()


def test_SUB06_an_entity_ends_once_and_a_person_is_not_deregistered() -> None:
    subject, person = make.entity(), make.person()
    services.revoke_licence(make.keeper(), subject=subject, on=date(2025, 1, 1))
    services.deregister(make.keeper(), subject=subject, on=date(2025, 3, 1))
    assert subject.status == "deregistered"
    for act in (services.deregister, services.revoke_licence):
        with pytest.raises(Refused) as refused:
            act(make.keeper(), subject=subject)
        assert codes(refused) == {"SUB-06"}
    with pytest.raises(Refused):
        services.record_death(make.keeper(), subject=subject)
    with pytest.raises(Refused):
        services.deregister(make.keeper(), subject=person)
    services.record_death(make.keeper(), subject=person, on=date(2026, 1, 5))
    assert person.status == "deceased"
    assert events()[-1] == "subject.deceased"
    assert OutboxEvent.objects.order_by("-id")[0].payload == {"kind": "natural_person"}


def test_SUB13_a_merger_ends_the_old_ones_and_only_nominates_the_new_one() -> None:
    old, other, new = make.entity(), make.entity(), make.entity()
    nominations = services.record_merger(make.keeper(), predecessors=[old, other], successor=new, on=date(2026, 1, 10))
    assert [n.state for n in nominations] == ["nominated", "nominated"]
    for subject, status in ((old, "deregistered"), (other, "deregistered"), (new, "active")):
        subject.refresh_from_db()
        assert subject.status == status
    assert events().count("subject.successor_nominated") == 2
    decided = services.decide_nomination(make.keeper(), nomination=nominations[0], accepted=True, reason="协议约定")
    assert decided.state == NominationState.CONFIRMED
    with pytest.raises(Refused):
        services.decide_nomination(make.keeper(), nomination=nominations[0], accepted=False, reason="反悔")
    with pytest.raises(Refused) as refused:
        services.record_merger(make.keeper(), predecessors=[new], successor=new)
    assert codes(refused) == {"SUB-13"}


@pytest.mark.parametrize("survives", [True, False])
def test_SUB13_a_split_nominates_every_new_one(survives: bool) -> None:
    old, one, two = make.entity(), make.entity(), make.entity()
    nominations = services.record_split(make.keeper(), subject=old, successors=[one, two], survives=survives)
    assert len(nominations) == 2
    old.refresh_from_db()
    assert old.status == ("active" if survives else "deregistered")
    with pytest.raises(Refused) as refused:
        services.record_split(make.keeper(), subject=one, successors=[make.person()], survives=True)
    assert codes(refused) == {"SUB-13"}


def provisional(name: str) -> Subject:
    return services.register_subject(make.keeper(), kind="enterprise", name=name, is_provisional=True)


def test_duplicates_redirect_and_part_again_without_rewriting_anything() -> None:
    kept, twice = make.entity("广元市保留有限公司"), provisional("广元保留公司")
    services.add_identifier(make.keeper(), subject=twice, type_="social_org_certificate", value="X-1")
    names, numbers = twice.names.get().pk, twice.identifiers.get().pk
    preview = selectors.preview_merge(twice, kept)
    assert (preview.violations, preview.codes, preview.names) == ([], ["X-1"], ["广元保留公司"])
    merged = services.merge(make.keeper(), source=twice, target=kept, reason="同一营业执照")
    found = selectors.lookup(twice.public_id)
    assert found
    assert found.subject == kept
    assert found.redirected
    assert selectors.find_by_identifier("social_org_certificate", "X-1") == kept
    assert selectors.family(kept) == [kept.pk, twice.pk]
    (hit,) = search("广元保留公司").items
    assert (hit.public_id, hit.name, hit.reason) == (kept.public_id, "广元市保留有限公司", "former_name")
    assert len(search("保留").items) == 1
    assert (twice.names.get().pk, twice.identifiers.get().pk) == (names, numbers)
    services.undo_merge(make.keeper(), merged=merged, reason="经核对是两家")
    found = selectors.lookup(twice.public_id)
    assert found
    assert found.subject == twice
    assert not found.redirected
    assert len(search("保留").items) == 2


def test_a_chain_of_merges_leads_to_its_end_and_unrolls() -> None:
    first, second, third = provisional("广元甲有限公司"), provisional("广元乙有限公司"), make.entity("广元丙有限公司")
    one = services.merge(make.keeper(), source=first, target=second, reason="重复")
    two = services.merge(make.keeper(), source=second, target=third, reason="重复")
    assert selectors.by_code(first.public_id) == third
    services.undo_merge(make.keeper(), merged=two, reason="误并")
    assert selectors.by_code(first.public_id) == second
    services.undo_merge(make.keeper(), merged=one, reason="误并")
    assert selectors.by_code(first.public_id) == first
    with pytest.raises(Refused):
        services.undo_merge(make.keeper(), merged=one, reason="再撤")


def test_SUB08_who_is_not_a_duplicate() -> None:
    entity, other, person, shop = (
        make.entity(),
        make.entity(),
        make.person(),
        make.entity(kind="individual_business"),
    )
    cases = [(entity, person), (entity, entity), (entity, shop), (entity, other)]
    for source, target in cases:
        with pytest.raises(Refused) as refused:
            services.merge(make.keeper(), source=source, target=target, reason="重复")
        assert codes(refused) == {"SUB-08"}
    twice = provisional("广元重复有限公司")
    with pytest.raises(Refused):
        services.merge(make.keeper(), source=twice, target=entity, reason=" ")
    services.merge(make.keeper(), source=twice, target=entity, reason="重复")
    with pytest.raises(Refused) as refused:
        services.merge(make.keeper(), source=twice, target=other, reason="重复")
    assert codes(refused) == {"SUB-08"}
    with pytest.raises(Refused) as refused:
        services.rename(make.keeper(), subject=twice, name="广元又名有限公司")
    assert codes(refused) == {"SUB-12"}


def test_by_code_knows_codes_and_public_ids_and_no_personal_numbers() -> None:
    subject, number = make.entity(), make.new_id_number()
    person = make.person(number=number)
    assert selectors.by_code(selectors.code_of(subject).lower()) == subject
    assert selectors.by_code(person.public_id) == person
    assert selectors.code_of(person) == person.public_id
    assert selectors.find_by_identifier("id_card", number) == person
    for unknown in (number, "", "91510802MA00000000"):
        with pytest.raises(NotFound):
            selectors.by_code(unknown)


def test_branches_are_found_by_code_root() -> None:
    parent = make.entity("广元市总部有限公司", code=make.new_code(root="TRAAT002"))
    branch = services.register_branch(make.keeper(), parent=parent, name="广元市总部有限公司分公司")
    assert list(selectors.by_code_root("TRAAT002")) == [parent, branch]


def folded() -> tuple[Subject, Subject, SubjectMerge]:
    source, target = provisional("广元重复有限公司"), make.entity("广元保留有限公司")
    return source, target, services.merge(make.keeper(), source=source, target=target, reason="重复")


@pytest.mark.parametrize(("answer", "status"), [(True, "deregistered"), (False, "active")])
def test_SUB16_parting_settles_an_end_that_came_meanwhile(answer: bool, status: str) -> None:
    source, target, merged = folded()
    services.revoke_licence(make.keeper(), subject=target)
    services.deregister(make.keeper(), subject=target)
    with pytest.raises(Refused) as refused:
        services.undo_merge(make.keeper(), merged=merged, reason="误并")
    assert codes(refused) == {"SUB-16"}
    assert "注销" in refused.value.detail
    services.undo_merge(make.keeper(), merged=merged, reason="误并", source_ended=answer)
    source.refresh_from_db()
    assert (source.status, source.canonical) == (status, None)
    assert source.life_events.count() == (2 if answer else 0)


def test_parting_asks_nothing_where_nothing_happened_or_the_duplicate_had_ended_before() -> None:
    source, target = provisional("广元重复有限公司"), make.entity("广元保留有限公司")
    services.deregister(make.keeper(), subject=source)
    merged = services.merge(make.keeper(), source=source, target=target, reason="重复")
    services.deregister(make.keeper(), subject=target)
    services.undo_merge(make.keeper(), merged=merged, reason="误并")
    source.refresh_from_db()
    assert source.life_events.count() == 1


@pytest.mark.parametrize(
    "words", ["身份证510802198808080011", "电话 138 0000 0000", "５１０８０２１９８８０８０８００１１"]
)
def test_CORE11_life_events_and_reasons_hold_no_personal_numbers(words: str) -> None:
    subject = make.entity()
    with pytest.raises(Refused) as refused:
        services.deregister(make.keeper(), subject=subject, note=words)
    assert codes(refused) == {"CORE-11"}
    with pytest.raises(Refused) as refused:
        services.rename(make.keeper(), subject=subject, name="广元市新名有限公司", reason=words)
    assert codes(refused) == {"CORE-11"}
    assert "理由中不要写身份证号、手机号" in refused.value.detail
    services.deregister(make.keeper(), subject=subject, note="广审〔2026〕510802号，91510802MA6000015K")
