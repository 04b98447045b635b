"""The rules V01–V16 that need no database, by column; each finding names row, column, code, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

import polars as pl

from core.identifiers import IdentifierType, validate
from core.intake import arithmetic
from core.intake.columns import PARTIES, Check, Column, ColumnType
from core.intake.frames import ERRORS, no_errors
from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings, Severity
from core.masking import find_personal_numbers

PLACEHOLDER = "00000000000000000X"
CELL_LIMIT = 20_000  # no column is that long; what is longer is cut before it goes on
INDIVIDUAL = "92"
ADULT = 18
# A superset of what `find_personal_numbers` finds, cheap enough for every text.
MAYBE_PERSONAL = r"(?:[0-9０-９][ \-·\u200b\u2010-\u2015]?){8}"
FORMULA_LIKE = r"^[=＝@]|^[+\-][A-Za-z@=(]|\|'\s*/|\bcmd\|"
STRAY = r"[<>{}\[\]\\^~`@#$%=+|;\"?!*]|[\x00-\x1f]|--|\x{fffd}"
NOT_A_NAME = r"(?i)^(?:测试.*|.*测试数据.*|test\d*|null|none|nan|n/a|无|暂无|未知|[\d\s.\-/]+)$"
REPLACED = "\ufffd"

KINDS = {
    "身份证": IdentifierType.ID_CARD,
    "护照号": IdentifierType.PASSPORT,
    "港澳居民来往内地通行证": IdentifierType.HK_MACAO_PERMIT,
    "台湾居民来往大陆通行证": IdentifierType.TAIWAN_PERMIT,
    "港澳台居民居住证": IdentifierType.RESIDENCE_PERMIT,
    "外国人永久居留身份证": IdentifierType.FOREIGN_PERMANENT_ID,
}


@dataclass(frozen=True)
class _Rule:
    """A condition waiting to be evaluated with all the others."""

    broken: pl.Expr
    column: Column | None
    code: str
    message: str | pl.Expr | Callable[[str], str | None]
    declared: Severity | None


class Findings:
    """What is wrong with the rows of one chunk."""

    def __init__(self, profile: Profile, settings: IntakeSettings, rows: pl.Series) -> None:
        self.profile, self.settings, self.rows = profile, settings, rows
        self.parts: list[pl.DataFrame] = []
        self.rules: list[_Rule] = []

    def expect(
        self,
        broken: pl.Expr,
        column: Column | None,
        code: str,
        message: str | pl.Expr | Callable[[str], str | None],
        declared: Severity | None = None,
    ) -> None:
        """Queue a condition; a callable message is asked about each distinct text, and None from it means no finding."""
        self.rules.append(_Rule(broken, column, code, message, declared))

    def settle(self, frame: pl.DataFrame) -> None:
        """Evaluate everything queued in one pass over the rows, and note what is broken."""
        rules, self.rules = self.rules, []
        if not rules or not frame.height:
            return
        masks = frame.select(rule.broken.fill_null(value=False).alias(str(place)) for place, rule in enumerate(rules))
        hits = masks.select(pl.all().any()).row(0)
        for place, rule in enumerate(rules):
            if hits[place]:
                self._note(frame, masks[str(place)], rule)

    def _note(self, frame: pl.DataFrame, mask: pl.Series, rule: _Rule) -> None:
        if isinstance(rule.message, str):
            self.add(mask, rule.column, rule.code, rule.message, rule.declared)
            return
        broken = frame.filter(mask)
        if isinstance(rule.message, pl.Expr):
            texts = broken.select(rule.message.alias("message")).to_series()
        else:
            assert rule.column is not None
            texts = _by_text(broken[rule.column.field], rule.message)
        self._part(broken["row"], texts, rule.column, rule.code, rule.declared)

    def add(
        self, mask: pl.Series, column: Column | None, code: str, message: str, declared: Severity | None = None
    ) -> None:
        """Note the rows of the mask."""
        rows = self.rows.filter(mask.fill_null(value=False))
        if len(rows):
            self._part(rows, pl.repeat(message, len(rows), dtype=pl.String, eager=True), column, code, declared)

    def _part(
        self, rows: pl.Series, messages: pl.Series, column: Column | None, code: str, declared: Severity | None
    ) -> None:
        name = column.code if column else ""
        found = pl.DataFrame({"row": rows, "message": messages}).drop_nulls()
        severity = self.settings.severity(code, name, declared)
        self.parts.append(
            found.select(
                pl.col("row").cast(pl.UInt32),
                pl.lit(name).alias("column"),
                pl.lit(code).alias("code"),
                "message",
                pl.lit(severity).alias("severity"),
            )
        )

    def silence(self, rows: Collection[int], code: str) -> None:
        """Keep only this code's findings in these rows: what is no record has no cells to complain about."""
        if rows:
            other = pl.col("row").is_in(list(rows)) & (pl.col("code") != code)
            self.parts = [part.filter(~other) for part in self.parts]

    def frame(self) -> pl.DataFrame:
        """Return the findings in the order of the rows."""
        if not self.parts:
            return no_errors()
        return pl.concat(self.parts).cast(ERRORS).sort("row", maintain_order=True)  # type: ignore[arg-type]

    def rejected(self) -> pl.Series:
        """Return one flag per row: whether an error was found in it."""
        rows = [part.filter(pl.col("severity") == "error")["row"] for part in self.parts]
        found = pl.concat(rows).unique() if rows else pl.Series([], dtype=pl.UInt32)
        return self.rows.is_in(found.implode())


def _by_text(texts: pl.Series, say: Callable[[str], str | None]) -> pl.Series:
    """Return what `say` answers for each text, asked once for each distinct one."""
    distinct = texts.unique().drop_nulls()
    answers = pl.DataFrame(
        {"text": distinct, "say": [say(text) for text in distinct]}, schema={"text": pl.String, "say": pl.String}
    )
    return pl.DataFrame({"text": texts}).join(answers, on="text", how="left", maintain_order="left")["say"]


def check(frame: pl.DataFrame, findings: Findings, absent: frozenset[str]) -> None:
    """Run every rule over a typed frame. `absent` fields are those that the file's layout never had."""
    filled = {name for name in frame.columns if frame[name].null_count() < frame.height}
    sums = ((c.field, _ARITHMETIC[c.check]) for c in findings.profile.columns if c.check in _ARITHMETIC)
    frame = frame.with_columns(
        function(frame[name]).alias(f"{name}__valid") for name, function in sums if name in filled
    )
    _needs(frame, findings, absent)
    for column in findings.profile.columns:
        if column.field not in filled:
            continue
        if frame.schema[column.field] == pl.String:
            _length(column, findings)
        if column.type is ColumnType.TEXT:
            _text(column, findings)
        if column.check:
            _CHECKS[column.check](column, findings)
    for rule in findings.profile.rules:
        column = findings.profile.column(rule.column)
        if column.field not in absent:
            findings.expect(rule.broken, column, rule.code, rule.message, rule.severity)
    settings = findings.settings
    days = (("today", settings.today), ("on_time_since", settings.on_time_since))
    findings.settle(frame.with_columns(pl.lit(day, pl.Date).alias(name) for name, day in days))


def _length(column: Column, findings: Findings) -> None:
    """V16: longer than the column. What is longer than any column was noted when it was cut."""
    most = findings.settings.length(column)
    if most is not None:
        length = pl.col(column.field).str.len_chars()
        findings.expect((length > most) & (length <= CELL_LIMIT), column, "V16", too_long(column, length, most))


def too_long(column: Column, length: pl.Expr, most: int) -> pl.Expr:
    return pl.format("“{}”有 {} 个字符，最多 {} 个", pl.lit(column.header), length, pl.lit(most))


def _needs(frame: pl.DataFrame, findings: Findings, absent: frozenset[str]) -> None:
    """V01: what each kind of party must fill, and what it must leave blank.

    A cell whose text is no value has its own finding and is not blank: its raw text stands beside it.
    """
    profile, settings = findings.profile, findings.settings
    party = pl.col(profile.party_column) if profile.party_column else None
    for column in profile.columns:
        if column.field in absent:
            continue
        raw = f"{column.field}__raw"
        blank = pl.col(raw if raw in frame.columns else column.field).is_null()
        if party is None or column.field == profile.party_column:
            if settings.need(column, "") == "R":
                findings.expect(blank, column, "V01", f"必填项“{column.header}”没有填写")
            continue
        needs = {kind: settings.need(column, kind) for kind in PARTIES}
        if set(needs.values()) == {"R"}:
            findings.expect(blank, column, "V01", f"必填项“{column.header}”没有填写")
            continue
        for kind, need in needs.items():
            if need == "R":
                findings.expect(blank & (party == kind), column, "V01", f"{PARTIES[kind]}必须填写“{column.header}”")
            elif need == "-":
                findings.expect(~blank & (party == kind), column, "V01", f"{PARTIES[kind]}不填“{column.header}”")


def _party_code(column: Column, findings: Findings) -> None:
    """V03 and V04: the party's social credit code, its placeholder, and the prefix of its category."""
    code, name = pl.col(column.field), findings.profile.party_column
    party = pl.col(name) if name else pl.lit(None, pl.String)
    placeholder = code == PLACEHOLDER
    findings.expect(
        placeholder & (party != "G").fill_null(value=True), column, "V03",
        f"占位码 {PLACEHOLDER} 只用于没有统一社会信用代码的个体工商户",
    )  # fmt: skip
    valid = pl.col(f"{column.field}__valid")
    _said(~placeholder & ~valid, column, "V03", IdentifierType.USCC, findings)
    sound, individual = valid & ~placeholder, code.str.starts_with(INDIVIDUAL)
    for broken, message in (
        (individual & (party == "F"), "统一社会信用代码以 92 开头的是个体工商户，行政相对人类别应选“个体工商户”"),
        (~individual & (party == "G"), "行政相对人类别是“个体工商户”，统一社会信用代码应以 92 开头"),
        (
            individual & (party == "Z"),
            "个体工商户应填在法人（含个体工商户）模板中，类别选“个体工商户”，不能按自然人报送",
        ),
    ):
        findings.expect(sound & broken, column, "V04", message)


def _body_code(column: Column, findings: Findings) -> None:
    """V12 (V03 elsewhere): the code of a deciding or reporting body."""
    code = pl.col(column.field)
    rule = "V12" if column.check is Check.BODY else "V03"
    valid = pl.col(f"{column.field}__valid")
    _said(~valid, column, rule, IdentifierType.USCC, findings)
    if column.check is Check.BODY:
        trader = code.str.slice(0, 2).is_in(["91", "92", "93"])
        message = "这是企业、个体工商户或合作社的代码，应填机关、事业单位的代码"
        findings.expect(valid & trader, column, rule, message, "warning")


def _said(
    broken: pl.Expr,
    column: Column,
    code: str,
    kind: IdentifierType,
    findings: Findings,
    declared: Severity | None = None,
) -> None:
    """Queue a condition on codes whose message says what is wrong with each; the texts never show the code."""
    today = findings.settings.today

    def why(text: str) -> str | None:
        if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", text):
            return f"“{column.header}”被 Excel 改成了科学计数法，请把这一列设为文本格式后重新填写"
        found = validate(kind, text, on=today)
        return f"“{column.header}”：{found[0].detail}" if found else None

    findings.expect(broken, column, code, why, declared)


def _name(column: Column, findings: Findings) -> None:
    """V10: a name is neither test data nor a placeholder, and holds no stray characters."""
    name = pl.col(column.field)
    nothing = name.str.contains(NOT_A_NAME)
    findings.expect(nothing, column, "V10", f"“{column.header}”像是测试数据或占位文字，不是名称")
    findings.expect(~nothing & name.str.contains(STRAY), column, "V10", f"“{column.header}”含有特殊字符")
    findings.expect(~nothing & (name.str.len_chars() < 2), column, "V10", f"“{column.header}”只有一个字")


def _text(column: Column, findings: Findings) -> None:
    """IN-26, IN-27 and V15: damaged characters, what looks like a formula, personal numbers in free text."""
    text = pl.col(column.field)
    findings.expect(
        text.str.contains(REPLACED, literal=True), column, "IN-26",
        f"“{column.header}”里有无法识别的字符，文件编码可能不一致，请另存为 UTF-8 后重新填写该单元格",
    )  # fmt: skip
    formula = f"“{column.header}”像是公式或命令，应填写文字内容"
    findings.expect(text.str.contains(FORMULA_LIKE), column, "IN-27", formula)
    if not column.scan:
        return

    def why(said: str) -> str | None:
        kinds = dict.fromkeys(number.kind.value for number in find_personal_numbers(said))
        return f"“{column.header}”里出现{'、'.join(kinds)}，公示前应删去" if kinds else None

    findings.expect(text.str.contains(MAYBE_PERSONAL), column, "V15", why)


def _personal(column: Column, findings: Findings) -> None:
    """V13: an identity number obeys the rules of its kind, and its holder was of age on the day of the decision."""
    number, kind = pl.col(column.field), pl.col(f"{column.field}_kind")
    card = kind == IdentifierType.ID_CARD.value
    plausible = pl.col(f"{column.field}__valid")
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    _said(card & (~plausible | born.is_null()), column, "V13", IdentifierType.ID_CARD, findings)
    for other in KINDS.values():
        if other is not IdentifierType.ID_CARD:
            _said(kind == other.value, column, "V13", other, findings)
    day = findings.profile.decision_field
    if column.field in findings.profile.identity and day:
        minor = card & plausible & (born.dt.offset_by(f"{ADULT}y") > pl.col(day))
        findings.expect(minor, column, "V13", "当事人在决定之日未满 18 周岁，未成年人的信息不报送、不公示")


def _org_code(column: Column, findings: Findings) -> None:
    _said(pl.col(column.field).is_not_null(), column, "V03", IdentifierType.ORG_CODE, findings, "warning")


_ARITHMETIC = {
    Check.PARTY: arithmetic.uscc_valid,
    Check.BODY: arithmetic.uscc_valid,
    Check.USCC: arithmetic.uscc_valid,
    Check.PERSONAL: arithmetic.id_card_plausible,
}
_CHECKS: dict[Check, Callable[[Column, Findings], None]] = {
    Check.PARTY: _party_code,
    Check.BODY: _body_code,
    Check.USCC: _body_code,
    Check.ORG_CODE: _org_code,
    Check.NAME: _name,
    Check.PERSONAL: _personal,
}
