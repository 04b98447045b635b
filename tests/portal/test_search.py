"""Search on the portal: reasons, filters, paging, and clear answers to whatever is typed."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client

from subjects import services
from tests.factories import subjects as subject_factory
from tests.portal.conftest import City, code_of


def text(client: Client, query: str, status: int = 200) -> str:
    answer = client.get(f"/search?{query}")
    assert answer.status_code == status, query
    return answer.content.decode()


def test_search_says_why_each_stands_there_and_narrows(client: Client, city: City) -> None:
    services.rename(subject_factory.keeper(), subject=city.reward.subject, name="剑阁县剑门茶业有限公司")
    page = text(client, "q=青川茶业")
    assert "曾用名匹配：剑阁县青川茶业有限公司" in page
    assert "剑阁县剑门<" in page.replace("剑阁县剑门茶业有限公司", "剑阁县剑门<")
    assert "守信激励" in page
    assert "代码匹配" in text(client, f"q={code_of(city.wages)}")
    assert "片段匹配" in text(client, "q=劳务 华盛")
    assert "旺达" in text(client, "q=建筑劳务&tag=discipline")
    assert "没有找到" in text(client, "q=建筑劳务&tag=incentive")
    assert "没有找到" in text(client, "q=建筑劳务&kind=institution")
    nowhere = text(client, "q=建筑劳务&district=510822")
    assert "没有找到" in nowhere
    assert "去掉类型、区县和名单的限制" in nowhere


def test_search_pages_without_losing_or_repeating(client: Client, db: None) -> None:
    for number in range(25):
        subject_factory.entity(f"广元市翻页{number:02d}商贸有限公司")
    first = text(client, "q=翻页")
    assert "共" in first
    following = re.search(r'href="\?([^"]+)">下一页', first)
    assert following
    second = text(client, following[1].replace("&amp;", "&"))
    names = re.findall(r"广元市<mark>翻页</mark>\d\d商贸", first + second)
    assert len(names) == len(set(names)) == 25
    assert "已经是最后一页" in second
    assert "翻页标记已经失效" in text(client, "q=别的&" + following[1].replace("&amp;", "&").partition("&")[2], 400)


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ("", 200, "要查哪一家"),
        ("   ", 200, "要查哪一家"),
        ("华", 400, "至少两个字"),
        ("长" * 200, 400, "最长 100 个字"),
        ("长" * 2001, 400, "q 最长 2000字"),
        ("有限公司", 200, "没有找到"),
        ("😀😀", 400, "只有符号"),
        ("%_%", 400, "只有符号"),
        ("“”''\"", 400, "只有符号"),
        ("'; DROP TABLE subjects_subject; --", 200, "没有找到"),
        ("<script>alert(1)</script>", 200, "没有找到“&lt;script&gt;"),
        ("建筑\x00", 400, "不允许的字符"),
        ("🏗️建筑工地甲乙", 200, "没有找到"),
    ],
)
def test_whatever_is_typed_gets_a_clear_answer(client: Client, db: None, typed: str, status: int, words: str) -> None:
    page = text(client, f"q={quote(typed)}", status)
    assert words in page
    assert "<script>alert" not in page


def test_what_is_wrong_with_a_question_is_named(client: Client, city: City, settings) -> None:
    unknown = text(client, "q=建筑&colour=red&utm=1", 400)
    assert "colour" in unknown
    assert "utm" in unknown
    assert f'href="/search?q={quote("建筑")}"' in unknown  # and the same question without it
    assert "kind 应为其中之一" in text(client, "q=建筑&kind=person", 400)
    assert "没有这个区县" in text(client, "q=建筑&district=999999", 400)
    one = text(client, "q=华", 400)
    assert 'role="alert"' in one
    assert 'value="华"' in one
    settings.RATE_LIMITS = {"public": "2/60"}
    answers = [client.get("/search", REMOTE_ADDR="192.0.2.77") for _ in range(4)]
    page = answers[-1].content.decode()
    assert answers[-1].status_code == 429
    assert answers[-1]["Retry-After"]
    for words in ("请求过于频繁", "信用广元", "秒后重试", "开放接口", "每 60 秒最多 2 次"):
        assert words in page, words
