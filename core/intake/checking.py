"""The rules V01–V16 that need no database, by column; each finding names row, column, code, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

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


class Findings:
    """What is wrong with the rows of one chunk."""

    def __init__(self, profile: Profile, settings: IntakeSettings, rows: pl.Series) -> None:
        self.profile, self.settings, self.rows = profile, settings, rows
        self.parts: list[pl.DataFrame] = []

    def add(
        self,
        mask: pl.Series,
        column: Column | None,
        code: str,
        message: str | pl.Series,
        declared: Severity | None = None,
    ) -> None:
        """Note the rows of the mask; `message` is one text, or one for each row of the chunk."""
        mask = mask.fill_null(value=False)
        if not mask.any():
            return
        name = column.code if column else ""
        table = pl.DataFrame({"row": self.rows, "message": message}) if isinstance(message, pl.Series) else None
        found = table.filter(mask) if table is not None else pl.DataFrame({"row": self.rows.filter(mask)})
        if table is None:
            found = found.with_columns(pl.lit(message).alias("message"))
        self.parts.append(
            found.select(
                pl.col("row").cast(pl.UInt32),
                pl.lit(name).alias("column"),
                pl.lit(code).alias("code"),
                "message",
                pl.lit(self.settings.severity(code, name, declared)).alias("severity"),
            )
        )

    def frame(self) -> pl.DataFrame:
        """Return the findings in the order of the rows."""
        if not self.parts:
            return no_errors()
        return pl.concat(self.parts).cast(ERRORS).sort("row", maintain_order=True)  # type: ignore[arg-type]

    def rejected(self) -> pl.Series:
        """Return one flag per row: whether an error was found in it."""
        rows = [part.filter(pl.col("severity") == "error")["row"] for part in self.parts]
        return (
            self.rows.is_in(pl.concat(rows).unique().implode())
            if rows
            else pl.repeat(value=False, n=len(self.rows), eager=True)
        )


def check(frame: pl.DataFrame, findings: Findings, absent: frozenset[str]) -> None:
    """Run every rule over a typed frame. `absent` fields are those that the file's layout never had."""
    profile = findings.profile
    for column in profile.columns:
        if column.field in frame.columns:
            _length(frame, column, findings)
    _needs(frame, findings, absent)
    for column in profile.columns:
        if column.check is Check.PARTY:
            _party_code(frame, column, findings)
        elif column.check in {Check.BODY, Check.USCC}:
            _body_code(frame, column, findings)
        elif column.check is Check.ORG_CODE:
            _explained(frame[column.field], column, "V03", IdentifierType.ORG_CODE, findings, "warning")
        elif column.check is Check.NAME:
            _name(frame, column, findings)
        elif column.check is Check.PERSONAL:
            _personal(frame, column, findings)
        if column.type is ColumnType.TEXT:
            _text(frame, column, findings)
    _cross(frame, findings)


def _length(frame: pl.DataFrame, column: Column, findings: Findings) -> None:
    most = findings.settings.length(column)
    if most is None or frame.schema[column.field] != pl.String:
        return
    length = frame[column.field].str.len_chars()
    over = (length > most) & (length <= CELL_LIMIT)  # what is longer still was noted when it was cut
    if over.fill_null(value=False).any():
        message = pl.select(
            pl.format("“{}”有 {} 个字符，最多 " + str(most) + " 个", pl.lit(column.header), length)
        ).to_series()
        findings.add(over, column, "V16", message)


def _needs(frame: pl.DataFrame, findings: Findings, absent: frozenset[str]) -> None:
    """V01: what each kind of party must fill, and what it must leave blank."""
    profile, settings = findings.profile, findings.settings
    party = frame[profile.party_column] if profile.party_column else None
    for column in profile.columns:
        if column.field in absent:
            continue
        blank = _unfilled(frame, column)
        if party is None or column.field == profile.party_column:
            if settings.need(column, "") == "R":
                findings.add(blank, column, "V01", f"必填项“{column.header}”没有填写")
            continue
        needs = {kind: settings.need(column, kind) for kind in PARTIES}
        if set(needs.values()) == {"R"}:
            findings.add(blank, column, "V01", f"必填项“{column.header}”没有填写")
            continue
        for kind, need in needs.items():
            if need == "R":
                findings.add(blank & (party == kind), column, "V01", f"{PARTIES[kind]}必须填写“{column.header}”")
            elif need == "-":
                findings.add(~blank & (party == kind), column, "V01", f"{PARTIES[kind]}不填“{column.header}”")


def _unfilled(frame: pl.DataFrame, column: Column) -> pl.Series:
    """Which rows left the cell blank; a cell whose text is no value has its own finding and is not blank."""
    raw = f"{column.field}__raw"
    return frame[raw if raw in frame.columns else column.field].is_null()


def _party_code(frame: pl.DataFrame, column: Column, findings: Findings) -> None:
    """V03 and V04: the party's social credit code, its placeholder, and the prefix of its category."""
    codes = frame[column.field]
    party_field = findings.profile.party_column
    party = frame[party_field] if party_field else pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    placeholder = codes == PLACEHOLDER
    findings.add(
        placeholder & (party != "G").fill_null(value=True), column, "V03",
        f"占位码 {PLACEHOLDER} 只用于没有统一社会信用代码的个体工商户",
    )  # fmt: skip
    wrong = codes.is_not_null() & ~placeholder & ~arithmetic.uscc_valid(codes)
    _explain(codes, wrong, column, "V03", IdentifierType.USCC, findings, None)
    sound = codes.is_not_null() & ~placeholder & ~wrong
    individual = codes.str.starts_with(INDIVIDUAL)
    findings.add(
        sound & individual & (party == "F"), column, "V04",
        "统一社会信用代码以 92 开头的是个体工商户，行政相对人类别应选“个体工商户”",
    )  # fmt: skip
    findings.add(
        sound & ~individual & (party == "G"), column, "V04",
        "行政相对人类别是“个体工商户”，统一社会信用代码应以 92 开头",
    )  # fmt: skip
    findings.add(
        sound & individual & (party == "Z"), column, "V04",
        "个体工商户应填在法人（含个体工商户）模板中，类别选“个体工商户”，不能按自然人报送",
    )  # fmt: skip


def _body_code(frame: pl.DataFrame, column: Column, findings: Findings) -> None:
    """V12 (V03 elsewhere): the code of a deciding or reporting body."""
    codes = frame[column.field]
    code = "V12" if column.check is Check.BODY else "V03"
    wrong = codes.is_not_null() & ~arithmetic.uscc_valid(codes)
    _explain(codes, wrong, column, code, IdentifierType.USCC, findings, None)
    if column.check is Check.BODY:
        trader = codes.str.slice(0, 2).is_in(["91", "92", "93"])
        findings.add(
            ~wrong & trader, column, code, "这是企业、个体工商户或合作社的代码，应填机关、事业单位的代码", "warning"
        )


def _explained(
    codes: pl.Series, column: Column, code: str, kind: IdentifierType, findings: Findings, declared: Severity | None
) -> None:
    _explain(codes, codes.is_not_null(), column, code, kind, findings, declared)


def _explain(
    codes: pl.Series,
    wrong: pl.Series,
    column: Column,
    code: str,
    kind: IdentifierType,
    findings: Findings,
    declared: Severity | None,
) -> None:
    """Say of each wrong code what is wrong with it; the texts never show the code."""
    if not wrong.any():
        return

    def why(text: str) -> str | None:
        if re.fullmatch(r"\d(?:\.\d+)?E\+\d+", text):
            return f"“{column.header}”被 Excel 改成了科学计数法，请把这一列设为文本格式后重新填写"
        found = validate(kind, text, on=findings.settings.today)
        return f"“{column.header}”：{found[0].detail}" if found else None

    messages = _by_text(codes.filter(wrong), why)
    everywhere = pl.repeat(None, len(codes), dtype=pl.String, eager=True)
    everywhere = everywhere.scatter(wrong.arg_true(), messages)
    findings.add(everywhere.is_not_null(), column, code, everywhere, declared)


def _by_text(texts: pl.Series, say: Callable[[str], str | None]) -> pl.Series:
    """Return what `say` answers for each text, asked once for each distinct one."""
    distinct = texts.unique()
    answers = pl.DataFrame(
        {"text": distinct, "say": [say(text) for text in distinct]}, schema={"text": pl.String, "say": pl.String}
    )
    return pl.DataFrame({"text": texts}).join(answers, on="text", how="left", maintain_order="left")["say"]


def _name(frame: pl.DataFrame, column: Column, findings: Findings) -> None:
    """V10: a name is neither test data nor a placeholder, and holds no stray characters."""
    names = frame[column.field]
    nothing = names.str.contains(NOT_A_NAME)
    findings.add(nothing, column, "V10", f"“{column.header}”像是测试数据或占位文字，不是名称")
    findings.add(~nothing & names.str.contains(STRAY), column, "V10", f"“{column.header}”含有特殊字符")
    short = names.str.len_chars() < 2
    findings.add(~nothing & short, column, "V10", f"“{column.header}”只有一个字")


def _text(frame: pl.DataFrame, column: Column, findings: Findings) -> None:
    """IN-26, IN-27 and V15: damaged characters, what looks like a formula, personal numbers in free text."""
    texts = frame[column.field]
    findings.add(
        texts.str.contains(REPLACED, literal=True), column, "IN-26",
        f"“{column.header}”里有无法识别的字符，文件编码可能不一致，请另存为 UTF-8 后重新填写该单元格",
    )  # fmt: skip
    findings.add(texts.str.contains(FORMULA_LIKE), column, "IN-27", f"“{column.header}”像是公式或命令，应填写文字内容")
    if not column.scan:
        return
    maybe = texts.str.contains(MAYBE_PERSONAL).fill_null(value=False)
    if not maybe.any():
        return

    def why(text: str) -> str | None:
        kinds = dict.fromkeys(number.kind.value for number in find_personal_numbers(text))
        return f"“{column.header}”里出现{'、'.join(kinds)}，公示前应删去" if kinds else None

    everywhere = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    everywhere = everywhere.scatter(maybe.arg_true(), _by_text(texts.filter(maybe), why))
    findings.add(everywhere.is_not_null(), column, "V15", everywhere)


def _personal(frame: pl.DataFrame, column: Column, findings: Findings) -> None:
    """V13: an identity number obeys the rules of its kind, and its holder was of age on the day of the decision."""
    numbers, kinds = frame[column.field], frame[f"{column.field}_kind"]
    filled = numbers.is_not_null()
    cards = filled & (kinds == IdentifierType.ID_CARD.value)
    suspect = cards & ~arithmetic.id_card_plausible(numbers)
    for kind in KINDS.values():
        wrong = suspect if kind is IdentifierType.ID_CARD else filled & (kinds == kind.value)
        _explain(numbers, wrong, column, "V13", kind, findings, None)
    if column.field != "party_number" or not cards.any():
        return
    born = numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    unborn = cards & ~suspect & born.is_null()
    _explain(numbers, unborn, column, "V13", IdentifierType.ID_CARD, findings, None)
    day = next((c.field for c in findings.profile.columns if c.field == "decided_on"), None)
    if day is None:
        return
    minor = born.dt.offset_by(f"{ADULT}y") > frame[day]
    findings.add(cards & minor, column, "V13", "当事人在决定之日未满 18 周岁，未成年人的信息不报送、不公示")


def _cross(frame: pl.DataFrame, findings: Findings) -> None:
    """Run the profile's own conditions over several columns."""
    rules = findings.profile.rules
    if not rules:
        return
    settings = findings.settings
    whole = frame.with_columns(
        pl.lit(settings.today, pl.Date).alias("today"), pl.lit(settings.on_time_since, pl.Date).alias("on_time_since")
    )
    masks = whole.select(rule.broken.alias(str(place)) for place, rule in enumerate(rules))
    for place, rule in enumerate(rules):
        findings.add(masks[str(place)], findings.profile.column(rule.column), rule.code, rule.message, rule.severity)


def columns_with(profile: Profile, types: Iterable[ColumnType]) -> list[Column]:
    """Return the columns of these types."""
    wanted = set(types)
    return [column for column in profile.columns if column.type in wanted]
