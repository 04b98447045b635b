"""Search: tolerant, ranked, complete when paged, and never emptied by a longer correct query."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.problems import Problem
from core.text import normalize_name
from subjects import services
from subjects.models import GramFrequency, SubjectName
from subjects.search import Hit, refresh_statistics, search, statistics
from tests.factories import subjects as make

pytestmark = pytest.mark.usefixtures("db")


def names(q: str, **scope: object) -> list[str]:
    return [hit.name for hit in search(q, **scope).items]  # type: ignore[arg-type]


def pages(q: str, limit: int, **scope: object) -> list[Hit]:
    """All pages of a query, glued."""
    found: list[Hit] = []
    cursor: str | None = None
    while True:
        page = search(q, cursor=cursor, limit=limit, **scope)  # type: ignore[arg-type]
        found += page.items
        if page.next is None:
            return found
        cursor = page.next


@pytest.mark.parametrize(
    "spelling",
    [
        "华盛建筑",
        "華盛建築",
        "华盛 建筑",
        "华盛　建筑",
        "（华盛）建筑",
        "建筑 华盛",
        "ABC",
        "ａｂｃ",
        "abc 华盛",
        "广元市华盛建筑（ABC）有限公司",
    ],
)
def test_spellings_find_the_name(spelling: str) -> None:
    make.entity("广元市华盛建筑(ABC)有限公司")
    make.entity("旺苍县嘉禾餐饮有限公司")
    assert names(spelling) == ["广元市华盛建筑(ABC)有限公司"]


def test_ranked_exact_then_beginning_then_contiguous_then_fragments() -> None:
    wanted = ["嘉禾餐饮", "嘉禾餐饮有限公司", "广元市嘉禾餐饮有限公司", "嘉禾广元餐饮有限公司"]
    for name in reversed(wanted):
        make.entity(name)
    assert names("嘉禾 餐饮") == wanted
    found = search("嘉禾 餐饮").items
    assert [hit.tier for hit in found] == [0, 1, 2, 3]
    assert [hit.reason for hit in found] == ["name", "name", "name", "fragments"]


def test_pieces_are_found_only_where_nothing_holds_the_query() -> None:
    make.entity("广元市嘉禾餐饮管理有限公司")
    (hit,) = search("嘉禾餐饮公司").items
    assert hit.reason == "fragments"
    (hit,) = search("嘉禾管理广元").items
    assert hit.reason == "fragments"
    make.entity("旺苍县嘉禾餐饮公司")
    assert names("嘉禾餐饮公司") == ["旺苍县嘉禾餐饮公司"]
    assert names("嘉禾矿业") == []


@pytest.mark.parametrize(("q", "code"), [("华", "SUB-20"), ("（）", "SUB-20"), ("", "SUB-20"), ("华" * 101, "SUB-21")])
def test_too_short_and_too_long_queries_say_so(q: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        search(q)
    assert (refused.value.code, refused.value.field) == (code, "q")
    assert refused.value.remedy


def test_codes_are_found_whole_by_organisation_code_and_by_beginning() -> None:
    subject = make.entity(code=make.new_code(root="TEAQ0001", region="510822"))
    make.entity(code=make.new_code(root="TEAQ0002", region="510822"))
    code = str(subject.identifiers.get().value)
    for q in (code, code.lower(), f"{code[:8]} {code[8:]}", code[8:17], f"{code[8:16]}-{code[16]}"):
        (hit,) = search(q).items
        assert (hit.name, hit.reason, hit.matched) == (subject.name, "code", code)
    assert len(search("91510822TEAQ").items) == 2
    assert len(pages("91510822", 1)) == 2
    services.end_identifier(
        make.keeper(), identifier=subject.identifiers.get(), valid_to=subject.registered_on, reason="换"
    )
    services.add_identifier(make.keeper(), subject=subject, type_="uscc", value=make.new_code())
    (hit,) = search(code).items
    assert hit.matched == code
    assert hit.code != code


def test_natural_persons_never_come_out() -> None:
    number = make.new_id_number()
    person = make.person("欧阳测试", number=number)
    for q in ("欧阳测试", "欧阳", number, person.public_id):
        assert search(q).items == []
    assert search("欧阳", kind="natural_person").items == []


def test_kinds_districts_and_provisional_records_can_be_left_out() -> None:
    make.entity("广元市嘉禾有限公司", district_code="510802")
    make.entity("嘉禾便利店", kind="individual_business", district_code="510822")
    services.register_subject(make.keeper(), kind="enterprise", name="嘉禾待核实公司", is_provisional=True)
    assert names("嘉禾", kind="individual_business") == ["嘉禾便利店"]
    assert names("嘉禾", district="510802") == ["广元市嘉禾有限公司"]
    assert "嘉禾待核实公司" in names("嘉禾")
    assert "嘉禾待核实公司" not in names("嘉禾", provisional=False)


def test_a_subject_comes_once_at_its_best_place() -> None:
    subject = make.entity("嘉禾商贸有限公司")
    services.rename(make.keeper(), subject=subject, name="广元市嘉禾商贸有限公司")
    (hit,) = search("嘉禾商贸").items
    assert (hit.name, hit.reason, hit.tier) == ("广元市嘉禾商贸有限公司", "former_name", 1)


PLACES, STYLES = ["广元市", "旺苍县", "青川县", ""], ["嘉禾", "华盛", "宏达", "瑞丰", "嘉华"]
TRADES, FORMS = ["建筑", "餐饮管理", "商贸"], ["有限公司", "厂"]
CITY = [place + style + trade + form for place in PLACES for style in STYLES for trade in TRADES for form in FORMS]


@pytest.fixture
def city(db: None) -> None:
    for number, name in enumerate(CITY):
        subject = make.entity(name)
        if number % 10 == 0:
            services.rename(make.keeper(), subject=subject, name=f"{name}新")


@pytest.fixture
def common(city: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Statistics as a large city has them, so that common words are walked."""
    monkeypatch.setattr(statistics, "COMMON_FROM", 2)
    refresh_statistics()
    monkeypatch.setattr(statistics.Statistics, "walk_is_cheaper", lambda _, expected, __: expected >= 4)
    return


def place_of(hit: Hit, norm: str) -> tuple[int, str]:
    held = normalize_name(hit.matched)
    return (0 if held == norm else 1, held) if held.startswith(norm) else (2, "")


@pytest.mark.parametrize("q", ["有限公司", "嘉禾", "广元", "建筑 嘉禾", "公司 有限", "广元市嘉禾"])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_walked_pages_lose_nothing_repeat_nothing_and_keep_the_order(common: None, q: str, limit: int) -> None:
    found = pages(q, limit)
    wanted = {
        name.subject.public_id
        for name in SubjectName.objects.select_related("subject")
        if all(normalize_name(word) in name.norm for word in q.split())
    }
    assert len(found) == len(wanted)
    assert {hit.public_id for hit in found} == wanted
    places = [place_of(hit, normalize_name(q)) for hit in found]
    assert places == sorted(places)


@pytest.mark.parametrize("limit", [1, 7, 200])
def test_indexed_pages_are_the_walked_pages(city: None, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for q in ("有限公司", "嘉禾", "广元市嘉禾", "嘉禾 公司", "嘉禾公司", "嘉禾华盛公司"):
        by_index = pages(q, limit)
        assert len({hit.public_id for hit in by_index}) == len(by_index)
        assert len(by_index) == search(q).count
    indexed = [hit.public_id for hit in pages("有限公司", limit)]
    monkeypatch.setattr(statistics.Statistics, "walk_is_cheaper", lambda *_: True)
    assert [hit.public_id for hit in pages("有限公司", limit)] == indexed


def test_a_walk_whose_stretches_are_short_still_finds_everything(common: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subjects.search.engine.WINDOW", 10)
    wanted = {hit.public_id for hit in pages("嘉禾", 200)}
    assert {hit.public_id for hit in pages("嘉禾", 3)} == wanted
    assert len(pages("有限公司", 3)) == len(set(CITY)) / 2


def test_a_cursor_of_another_question_is_refused(city: None) -> None:
    cursor = search("嘉禾", limit=2).next
    for q, scope in (("华盛", {}), ("嘉禾", {"kind": "enterprise"})):
        with pytest.raises(Problem) as refused:
            search(q, cursor=cursor, **scope)
        assert refused.value.code == "bad_cursor"


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_longer_correct_query_never_finds_nothing(common: None, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(CITY))
    size = data.draw(st.integers(2, len(name)))
    start = data.draw(st.integers(0, len(name) - size))
    q = name[start : start + size]
    assert any(hit for hit in pages(q, 200) if name in hit.name)
    for _ in range(data.draw(st.integers(1, 4))):
        first = data.draw(st.integers(0, len(name) - 1))
        last = data.draw(st.integers(first + 1, len(name)))
        q += data.draw(st.sampled_from(["", " ", "　"])) + name[first:last]
        if len(q) > 90:
            break
        assert search(q).items, q


def test_one_page_is_one_statement(city: None) -> None:
    statistics.current()
    for q in ("嘉禾", "广元市嘉禾建筑有限公司", "嘉禾 建筑", "公司"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            search(q)
        assert len(queries) == 1, q
    with CaptureQueriesContext(connection) as queries:
        assert not search("饕餮盛宴").items
    assert len(queries) <= 3


def test_statistics_count_common_grams_and_all_names(city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "COMMON_FROM", 10)
    refresh_statistics()
    held = dict(GramFrequency.objects.values_list("gram", "names"))
    assert held[""] == SubjectName.objects.count()
    assert held["公司"] == SubjectName.objects.filter(norm__contains="公司").count()
    assert "瑞丰" in held
    assert "家禾" not in held


def test_very_common_grams_are_left_to_the_recheck() -> None:
    known = statistics.Statistics(1_000_000, {"有限": 800_000, "公司": 900_000, "嘉禾": 300})
    assert known.telling(["有限", "公司", "嘉禾"]) == ["嘉禾"]
    assert known.telling(["有限", "公司"]) == ["有限"]
    assert known.walk_is_cheaper(known.together([["有限", "公司"]]), 21)
    assert not known.walk_is_cheaper(known.together([["嘉禾"], ["公司"]]), 21)


def test_the_gram_index_is_used(city: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM subjects_subjectname n WHERE n.grams @> ARRAY['嘉禾']")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "subjects_name_grams" in plan
