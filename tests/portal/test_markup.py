"""Structured text: every tag is ours, every word is shown as it was typed, links lead to this site only."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.editorial.markup import plain, render

OURS = {"h2", "h3", "p", "br", "ul", "ol", "li", "blockquote", "strong", "a"}
PIECES = st.sampled_from(
    ["## 标题", "- 一项", "1. 第一", "> 引文", "**粗**", "[站内](/catalogue)", "[外](https://x.example)", "<script>", "\n", "\n\n",
     "[坏](//evil.example)", "[台](/admin/)", "&lt;", "\"'", "文字", " ", "[x](/a\" onclick=\"b)", "**", "](", "#"]
)  # fmt: skip


def test_the_parts_of_a_text() -> None:
    html = render(
        "## 一、依据\n\n按**国办发〔2025〕22号**办理，\n见[目录清单](/catalogue)。\n\n- 甲\n- 乙\n\n1. 先\n2. 后\n\n> 引文"
    )
    assert html == (
        "<h2>一、依据</h2>\n"
        '<p>按<strong>国办发〔2025〕22号</strong>办理，<br>见<a href="/catalogue">目录清单</a>。</p>\n'
        "<ul><li>甲</li><li>乙</li></ul>\n<ol><li>先</li><li>后</li></ol>\n<blockquote><p>引文</p></blockquote>"
    )
    assert plain("## 一\n\n按**此**办理，见[清单](/catalogue)") == "一 按此办理，见清单"


def test_links_lead_nowhere_else() -> None:
    for text in ("[a](https://x.example)", "[a](//x.example)", "[a](/admin/)", "[a](javascript:x)", "[a](/x y)"):
        assert "<a" not in render(text), text


@settings(max_examples=300, deadline=None, database=None)
@given(text=st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=200)))
def test_whatever_is_typed_no_tag_but_ours_comes_out(text: str) -> None:
    html = render(text)
    for name, rest in re.findall(r"<\s*/?\s*([a-zA-Z0-9]*)([^>]*)>", html):
        assert name in OURS, html
        assert rest == "" or re.fullmatch(r' href="/(?!/|admin)[^"<>\s]*"', rest), html
    assert html.count("<") == len(re.findall(r"</?[a-z0-9]+(?: href=\"[^\"]*\")?>", html))
