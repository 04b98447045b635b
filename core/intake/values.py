"""Text of a cell → value: every form of a date, an amount, a code that real files contain. Pure functions.

Common forms are converted in columns; the few that are left over go through Python, once for each distinct text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import polars as pl

# What stands around a text without being part of it: blanks of every width, marks of no width.
BLANK = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
FIRST_YEAR, LAST_YEAR = 1949, 2199
LONG_TERM_DAY = date(2099, 12, 31)
LONG_TERM = frozenset(
    {"长期", "长期有效", "永久", "永久有效", "无期限", "无固定期限", "长期（无固定期限）", "长期(无固定期限)"}
)
# Serial numbers of Excel's 1900 calendar, from 1949-10-01 to 2199-12-31; fewer digits are years or slips of the pen.
FIRST_SERIAL, LAST_SERIAL = 18172, 109574
SERIAL_ZERO = date(1899, 12, 30)
MOST_AMOUNT = Decimal("1e12")
PLACES = Decimal("0.000001")
TEN_THOUSANDS = Decimal(1)  # 万元, the unit of the standard

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_TIME = re.compile(
    r"[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$|(?<=日)\s*\d{1,2}[时点](?:\d{1,2}分)?(?:\d{1,2}秒)?$"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
_SERIAL = re.compile(r"(\d{5,6})(?:\.\d+)?$")
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?$")
_CHINESE_DAY = re.compile(
    r"([〇零○OＯ一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日?$"
)
_DIGITS = dict(zip("〇零○O一二三四五六七八九", "0000123456789", strict=True))
_AMOUNT = re.compile(
    r"(-?)(?:[￥¥]|RMB|CNY|人民币)?(-?)(\d+(?:\.\d*)?|\.\d+)(?:[Ee]([+-]?\d{1,3}))?(亿元|万元|万|元|圆)?(?:整|正)?$"
)
_SCALES = {
    "亿元": Decimal(10000),
    "万元": Decimal(1),
    "万": Decimal(1),
    "元": Decimal("0.0001"),
    "圆": Decimal("0.0001"),
}
_GROUPS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")


def folded(text: str) -> str:
    """Return the text with full-width digits and signs as ASCII and without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip(BLANK)


def parse_date(text: str, *, long_term: bool = False) -> tuple[date | None, str]:
    """Return the day, or None and what is wrong with the text, in words that an officer understands."""
    plain = folded(text)
    if plain in LONG_TERM:
        return (LONG_TERM_DAY, "") if long_term else (None, "此项应填写具体日期，不能填“长期”")
    plain = _TIME.sub("", plain)
    if match := _DATE.match(plain):
        year, month, day = match.groups()
        return _day(int(year), int(month), int(day), year)
    if match := _COMPACT.match(plain):
        year, month, day = match.groups()
        return _day(int(year), int(month), int(day), year)
    if match := _SERIAL.match(plain):
        serial = int(match.group(1))
        if FIRST_SERIAL <= serial <= LAST_SERIAL:
            return SERIAL_ZERO + timedelta(days=serial), ""
        return None, "像是 Excel 日期序号，但超出 1949 至 2199 年"
    if match := _CHINESE_DAY.match(plain):
        year, month, day = match.groups()
        digits = "".join(_DIGITS[character] for character in year)
        return _day(int(digits), _chinese(month), _chinese(day), digits)
    if _SHORT_YEAR.match(plain):
        return None, "年份应写四位，并按年、月、日的顺序"
    return None, "不是日期"


def _day(year: int, month: int, day: int, written: str) -> tuple[date | None, str]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None, f"年份 {written} 不合常理"
    try:
        return date(year, month, day), ""
    except ValueError:
        return None, f"{year} 年没有 {month} 月 {day} 日" if 1 <= month <= 12 else f"没有 {month} 月"


def _chinese(text: str) -> int:
    tens, found, ones = text.partition("十")
    if not found:
        return int(_DIGITS[text]) if len(text) == 1 else 0
    try:
        return (int(_DIGITS[tens]) if tens else 1) * 10 + (int(_DIGITS[ones]) if ones else 0)
    except KeyError:
        return 0


def parse_amount(text: str, scale: Decimal = Decimal(1)) -> tuple[Decimal | None, str]:
    """Return the amount in 万元 with six places, or None and what is wrong; `scale` is the unit of the header."""
    plain = _GROUPS.sub("", re.sub(r"\s+", "", folded(text)))
    match = _AMOUNT.match(plain)
    if not match:
        return None, "不是数字，金额用阿拉伯数字填写" if re.search(
            r"[零壹贰叁肆伍陆柒捌玖拾佰仟]", plain
        ) else "不是数字"
    sign, inner, number, exponent, unit = match.groups()
    try:
        value = Decimal(number) * Decimal(10) ** int(exponent or 0) * (_SCALES[unit] if unit else scale)
    except (InvalidOperation, ArithmeticError):
        return None, "不是数字"
    if (sign or inner) and value:
        return None, "金额不能为负"
    if value >= MOST_AMOUNT:
        return None, "金额超出可登记的范围"
    rounded = value.quantize(PLACES)
    # A sheet computes 0.1 + 0.2; what it is off by is no money.
    if abs(value - rounded) > Decimal("1e-9"):
        return None, "金额最多精确到分（万元后 6 位小数）"
    return rounded, ""


def parse_integer(text: str) -> tuple[int | None, str]:
    """Return the whole number, or None and what is wrong."""
    plain = folded(text)
    if re.fullmatch(r"-?\d{1,15}(?:\.0+)?", plain):
        return int(plain.split(".", maxsplit=1)[0]), ""
    return None, "不是整数"


def trimmed(name: str) -> pl.Expr:
    """The cell without outer blanks; blank cells are null."""
    text = pl.col(name).str.strip_chars(BLANK)
    return pl.when(text.str.len_bytes() > 0).then(text).alias(name)


def code_form(text: pl.Expr) -> pl.Expr:
    """The cell as a code: half width, capitals, without blanks, apostrophes, and Excel's ="…"."""
    plain = text.str.normalize("NFKC").str.replace_all(r"[\s\u200b-\u200f\u2060\ufeff'`]+", "")
    return plain.str.replace(r'^="(.*)"$', "$1").str.to_uppercase()


def converted(
    series: pl.Series, parse: Callable[[str], tuple[object, str]], dtype: pl.DataType | type[pl.DataType]
) -> tuple[pl.Series, pl.Series]:
    """Return the values and, where a text is none, what is wrong with it; each distinct text is parsed once."""
    if series.null_count() == len(series):
        nothing = pl.repeat(None, len(series), eager=True)
        return nothing.cast(dtype), nothing.cast(pl.String)
    texts = series.unique().drop_nulls()
    parsed = [parse(text) for text in texts]
    values = pl.Series([value for value, _ in parsed], dtype=dtype)
    wrong = pl.Series([reason or None for _, reason in parsed], dtype=pl.String)
    table = pl.DataFrame({"text": texts, "value": values, "wrong": wrong}, schema_overrides={"text": pl.String})
    found = pl.DataFrame({"text": series}).join(table, on="text", how="left", maintain_order="left")
    return found["value"], found["wrong"]


def dates(series: pl.Series, parse: Callable[[str], tuple[date | None, str]]) -> tuple[pl.Series, pl.Series]:
    """Return the days of a column and what is wrong with the texts that are none."""
    return converted(series, parse, pl.Date)


def amounts(
    series: pl.Series, parse: Callable[[str], tuple[Decimal | None, str]], *, plain: bool
) -> tuple[pl.Series, pl.Series]:
    """Return the amounts of a column; plain decimals are cast at once when the header counts in 万元."""
    decimal = pl.Decimal(18, 6)
    if not plain:
        return converted(series, parse, decimal)
    text = pl.col("text")
    common = text.str.contains(r"^[0-9]{1,11}(?:\.[0-9]{1,6})?$")
    frame = pl.DataFrame({"text": series}, schema={"text": pl.String}).select(
        pl.when(common).then(text).cast(decimal).alias("cast"), pl.when(~common).then(text).alias("rest")
    )
    found, wrong = converted(frame["rest"], parse, decimal)
    return pl.select(pl.coalesce(frame["cast"], found)).to_series(), wrong


class Choices:
    """The words of one vocabulary, and how people write them."""

    def __init__(self, words: tuple[str, ...], synonyms: Mapping[str, str], open_prefix: str, *, several: bool) -> None:
        self.known = {self._plain(word): word for word in words}
        self.known |= {self._plain(text): word for text, word in synonyms.items()}
        self.open_prefix, self.several = open_prefix, several
        self.words = words

    @staticmethod
    def _plain(text: str) -> str:
        return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()

    def parse(self, text: str) -> tuple[str | None, str]:
        """Return the text in the words of the vocabulary, or None and what is wrong."""
        if len(text) > 1000:
            return None, "文字过长，不是选项"
        parts = re.split(r"[;；、,，|]", text) if self.several else [text]
        found = []
        for part in (part.strip() for part in parts):
            if not part:
                continue
            word, wrong = self._one(part)
            if word is None:
                return None, wrong
            found.append(word)
        return (";".join(dict.fromkeys(found)), "") if found else (None, "没有填写选项")

    def _one(self, part: str) -> tuple[str | None, str]:
        if word := self.known.get(self._plain(part)):
            return word, ""
        if self.open_prefix:
            match = re.match(r"其他\s*[-—－:：(（]+\s*(.*?)[)）]?$", part)
            if match and match.group(1):
                return self.open_prefix + match.group(1), ""
            if self._plain(part) in {"其他", self._plain(self.open_prefix)}:
                return None, f"选“其他”的，应写明内容，例如“{self.open_prefix}补办”"
        shown = "、".join(self.words[:12]) + ("等" if len(self.words) > 12 else "")
        return None, f"“{part[:30]}”不在选项之内（{shown}）"
