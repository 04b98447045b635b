"""What was asked: words, normal form, or a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from core.identifiers import IdentifierType, normalize
from core.problems import Problem
from core.text import bigrams, characters, covering_groups, like_escape, normalize_name, words

LONGEST = 100
CODE_FROM = 6
_CODE = re.compile(rf"[0-9A-Z]{{{CODE_FROM},18}}")
_HAS_DIGIT = re.compile(r"[0-9]")


@dataclass(frozen=True)
class Query:
    """A query in normal form. `norm` is the whole without blanks, `words` its blank-separated parts."""

    norm: str
    words: tuple[str, ...]
    code: str

    @classmethod
    def read(cls, text: str) -> Query:
        """Return the query; Problem for an empty one, one character, or more than a name can hold."""
        if len(text) > LONGEST:
            raise Problem(
                "SUB-21", f"检索词最长 {LONGEST} 个字", field="q", remedy="只填写名称中的一段，或完整的统一社会信用代码"
            )
        norm = normalize_name(text)
        if not norm:
            missing = "检索词里只有符号，没有可以查的字" if text.strip() else "请输入检索词"
            raise Problem("SUB-20", missing, field="q", remedy="填写名称、曾用名中的两个字以上，或统一社会信用代码")
        if len(norm) < 2:
            raise Problem("SUB-20", "检索词至少两个字", field="q", remedy="补充名称中的其他字，或改用统一社会信用代码")
        return cls(norm, tuple(dict.fromkeys(words(text))), normalize(IdentifierType.USCC, text))

    @property
    def may_be_code(self) -> bool:
        """Whether this looks like the beginning of a code, or the organisation code inside one."""
        return bool(_CODE.fullmatch(self.code)) and bool(_HAS_DIGIT.search(self.code))

    @property
    def upper(self) -> str:
        """The bound below which all normal forms that begin with this one stand."""
        return self.norm + "\U0010ffff"

    @cached_property
    def word_grams(self) -> list[list[str]]:
        """The grams of each word; where every word is one character, those of the whole."""
        long_words = [bigrams(word) for word in self.words if len(word) > 1]
        return long_words or [bigrams(self.norm)]

    @cached_property
    def patterns(self) -> list[str]:
        """LIKE patterns that a name must all match: each word as it stands."""
        held = self.words if any(len(word) > 1 for word in self.words) else (self.norm,)
        return [f"%{like_escape(word)}%" for word in held]

    @cached_property
    def groups(self) -> list[list[str]]:
        """The covering groups of all words: a name that holds one gram of each holds the query in pieces."""
        return [group for word in self.words if len(word) > 1 for group in covering_groups(word)]

    @cached_property
    def single_characters(self) -> list[str]:
        """LIKE patterns of the words of one character."""
        return [f"%{like_escape(word)}%" for word in self.words if len(word) == 1]

    @cached_property
    def every_character(self) -> list[str]:
        """LIKE patterns of all characters."""
        return [f"%{like_escape(character)}%" for character in characters(self.norm)]

    @cached_property
    def grams(self) -> list[str]:
        """All grams of all words."""
        return list(dict.fromkeys(gram for grams in self.word_grams for gram in grams))
