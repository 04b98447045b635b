"""The plain structured text of articles: headings, paragraphs, lists, quotes; everything else is shown as it was typed.

A blank line ends a paragraph. `## ` and `### ` begin headings, `- ` and `1. ` items of lists, `> ` a quotation; inside
a line `**bold**` and `[words](/address)` to a page of this site. There is no raw HTML and no address elsewhere, so
nothing has to be cleaned: all tags are ours, all text is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"^(#{2,3})\s+(.+)$")
_ITEM = re.compile(r"^[-*]\s+(.+)$")
_NUMBERED = re.compile(r"^\d{1,3}[.、]\s*(.+)$")
_QUOTE = re.compile(r"^>\s?(.*)$")
_BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
# After escaping: an address of this site, never of the workbench, never with a second slash that names a host.
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\((/(?!/|admin)[\w./?=&;%\-\u4e00-\u9fff]{0,300})\)")
_KINDS = (("item", _ITEM), ("numbered", _NUMBERED), ("quote", _QUOTE))
_FRAMES = {"item": ("<ul>", "</ul>"), "numbered": ("<ol>", "</ol>"), "quote": ("<blockquote>", "</blockquote>")}


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a text; `kind` is h2, h3, paragraph, item, numbered or quote."""

    kind: str
    lines: tuple[str, ...]


def _kind_of(line: str) -> tuple[str, str]:
    heading = _HEADING.match(line)
    if heading:
        return ("h2" if len(heading[1]) == 2 else "h3"), heading[2]
    for kind, pattern in _KINDS:
        match = pattern.match(line)
        if match:
            return kind, match[1]
    return "paragraph", line


def blocks(text: str) -> Iterator[Block]:
    """Give the parts of a text in order; lines of one kind that follow each other belong together."""
    held: list[str] = []
    kind = ""
    for raw in [*text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        line = raw.strip()
        found, words = _kind_of(line) if line else ("", "")
        if held and (found != kind or kind in ("h2", "h3")):
            yield Block(kind, tuple(held))
            held = []
        kind = found
        if line:
            held.append(words)


def _inline(line: str) -> str:
    shown = _BOLD.sub(r"<strong>\1</strong>", str(escape(line)))
    return _LINK.sub(r'<a href="\2">\1</a>', shown)


def _shown(block: Block) -> str:
    lines = [_inline(line) for line in block.lines]
    if block.kind in ("h2", "h3"):
        return f"<{block.kind}>{lines[0]}</{block.kind}>"
    if block.kind == "paragraph":
        return f"<p>{'<br>'.join(lines)}</p>"
    begin, end = _FRAMES[block.kind]
    if block.kind == "quote":
        return f"{begin}<p>{'<br>'.join(lines)}</p>{end}"
    return begin + "".join(f"<li>{line}</li>" for line in lines) + end


def render(text: str) -> SafeString:
    """Return the text as HTML; the only tags are those made here."""
    return mark_safe("\n".join(_shown(block) for block in blocks(text)))  # noqa: S308  (escaped line by line)


def plain(text: str) -> str:
    """Return the words alone, for descriptions and digests."""
    words = " ".join(line for block in blocks(text) for line in block.lines)
    return re.sub(r"\[([^\[\]]+)\]\([^)]*\)", r"\1", words.replace("**", ""))
