"""Normal forms: tolerant, stable and compositional."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import bigrams, covering_groups, fold, like_escape, normalize_name, words

NAMES = st.text(alphabet="广元市利州区華盛乾坤建築工程有限公司（）() ·ＡａB1２發髮", min_size=2, max_size=24)


@pytest.mark.parametrize(
    "spelling",
    [
        "广元市华盛建筑（集团）有限公司",
        "广元市华盛建筑(集团)有限公司",
        " 广元市 华盛建筑　集团 有限公司",
        "廣元市華盛建築【集團】有限公司",
        "广元市华盛·建筑集团-有限公司",
    ],
)
def test_spellings_of_one_name_have_one_normal_form(spelling: str) -> None:
    assert normalize_name(spelling) == "广元市华盛建筑集团有限公司"


def test_width_and_case_are_folded() -> None:
    assert normalize_name("ＡＢＣ科技１２") == normalize_name("abc科技12") == "abc科技12"
    assert fold("（Ａ）") == "(a)"


@given(NAMES, st.data())
def test_a_piece_of_a_name_normalises_to_a_piece_of_its_normal_form(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    stop = data.draw(st.integers(start + 1, len(name)))
    assert normalize_name(name[start:stop]) in normalize_name(name)


@given(NAMES)
def test_normalising_twice_changes_nothing(name: str) -> None:
    assert normalize_name(normalize_name(name)) == normalize_name(name)


def test_phrase_rules_do_not_break_pieces() -> None:
    assert normalize_name("乾") in normalize_name("乾坤")


def test_bigrams_are_distinct_and_ordered() -> None:
    assert bigrams("有限有限") == ["有限", "限有"]
    assert bigrams("广") == ["广"]
    assert bigrams("") == []


def test_words_are_split_at_blanks_of_any_width() -> None:
    assert words("华盛　建築  - (广元)") == ["华盛", "建筑", "广元"]


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(2, 5)), min_size=1, max_size=4))
def test_a_query_glued_from_pieces_of_a_name_is_covered_by_it(cuts: list[tuple[int, int]]) -> None:
    name = "广元市华盛建筑工程有限公司"
    query = "".join(piece for start, size in cuts if len(piece := name[start : start + size]) >= 2)
    held = set(bigrams(name))
    assert all(held & set(group) for group in covering_groups(query))


def test_groups_that_another_group_implies_are_left_out() -> None:
    assert covering_groups("华盛建筑") == [["华盛"], ["建筑"]]


def test_like_escape_keeps_wildcards_literal() -> None:
    assert like_escape("a_b%c\\") == "a\\_b\\%c\\\\"
