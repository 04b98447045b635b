"""What a row of a list may say, and the rows of one part as typed, checked and answered ones.

The rules are those of intake (V01 … V16): columns are declared once, for documents and for files alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from core import personal
from core.identifiers import IdentifierType
from core.intake.columns import Check, Column, ColumnType, CrossRule
from core.intake.frames import RawBatch, no_marks
from core.intake.headers import Header
from core.intake.parties import VOCABULARIES
from core.intake.profiles import Profile
from core.intake.settings import IntakeSettings
from core.intake.staging import copy, public_ids
from core.intake.table import Table
from core.masking import find_personal_numbers, mask_text
from core.text import normalize_name
from exchange.models.downflow import Extent, ListBatch, ListRow, RowOutcome

T = ColumnType
PAPERS = [kind.value for kind in IdentifierType if kind.is_personal]
LONGEST_NUMBER, LONGEST_NAME, LONGEST_MESSAGE = 128, 200, 500
_LISTED = pl.col("op").fill_null("U") == "U"
PROFILE = Profile(
    code="external-list",
    title="外部名单",
    version="1",
    columns=(
        Column(
            "number", "来源编号", "number", length=LONGEST_NUMBER, required="R", scan=True, aliases=("记录编号", "编号"),
            note="来源给这条记录的编号，同一名单内不重复", example="CK-2026-0001",
        ),
        Column("op", "操作", "op", length=1, note="U 列入或更新（空即为 U）；D 来源已结束，只用于增量", example="U"),
        Column(
            "name", "名称", "party_name", length=LONGEST_NAME, check=Check.NAME,
            aliases=("主体名称", "姓名", "企业名称", "单位名称", "机构名称"), example="广元示例食品有限公司",
        ),
        Column("uscc", "统一社会信用代码", "uscc", T.CODE, 18, check=Check.USCC, example="91510899MA620000X7"),
        Column("id_kind", "证件类型", "party_id_type", T.CHOICE, 64, vocabulary="id_kind", note="自然人；空即为身份证"),
        Column(
            "id_number", "证件号码", "party_number", T.PERSONAL, 64, check=Check.PERSONAL, kind_field="party_id_type",
            aliases=("身份证号", "身份证号码"), note="自然人；加密保存，不对外公开",
        ),
        Column("authority", "列入机关", "authority", length=200, scan=True, aliases=("认定单位", "列入单位")),
        Column("document", "依据文书", "document", length=200, scan=True, aliases=("文书号", "认定文号", "列入决定文书号")),
        Column("listed_on", "列入日期", "decided_on", T.DATE, aliases=("列入日", "认定日期"), example="2026/03/02"),
        Column(
            "expected_exit_on", "预计退出日期", "ends_on", T.DATE, long_term=True, aliases=("预计退出日",), example="2029/03/01",
        ),
        Column("ended_on", "退出日期", "ended_on", T.DATE, aliases=("移出日期", "来源退出日"), note="来源已经结束的填写"),
    ),
    key=("number",),
    identity=("uscc", "party_number"),
    target="external-list",
    vocabularies={"id_kind": VOCABULARIES["id_kind"]},
    rules=(
        CrossRule("V08", "op", "操作应为 U 或者 D", ~pl.col("op").is_in(["U", "D"])),
        CrossRule("V01", "name", "必填项“名称”没有填写", _LISTED & pl.col("party_name").is_null()),
        CrossRule("V01", "listed_on", "必填项“列入日期”没有填写", _LISTED & pl.col("decided_on__raw").is_null()),
        CrossRule(
            "V02", "uscc", "统一社会信用代码和证件号码不能同时填写",
            pl.col("uscc").is_not_null() & pl.col("party_number").is_not_null(),
        ),
        CrossRule("V06", "listed_on", "列入日期晚于今天", pl.col("decided_on") > pl.col("today")),
        CrossRule("V06", "expected_exit_on", "预计退出日期早于列入日期", pl.col("ends_on") < pl.col("decided_on")),
        CrossRule("V06", "ended_on", "退出日期早于列入日期", pl.col("ended_on") < pl.col("decided_on")),
        CrossRule("V06", "ended_on", "退出日期晚于今天", pl.col("ended_on") > pl.col("today")),
    ),
)  # fmt: skip
MEMBERS = tuple(column.code for column in PROFILE.columns)
_HEADER = Header(
    layout="", rows=(), fields=dict(enumerate(PROFILE.fields)), cells=tuple(c.header for c in PROFILE.columns)
)
_RAW = {"row": pl.UInt32} | {str(place): pl.String for place in range(len(MEMBERS))}


def settings_on(day: date) -> IntakeSettings:
    """Return what rules the reading of a list: a personal number in free text rejects the row, it would be shown."""
    return IntakeSettings(today=day, severities={"V15": "error"})


def stage_documents(batch: ListBatch, part: int, documents: Sequence[Mapping[str, Any]]) -> int:
    """Check the rows of one part and put them in waiting; returns how many. In the caller's transaction."""
    faults = {place: fault for place, row in enumerate(documents, 1) if (fault := _fault(row))}
    cells = [
        (place, *(_text(row.get(name)) for name in MEMBERS))
        for place, row in enumerate(documents, 1)
        if place not in faults
    ]
    frame, errors = pl.DataFrame(schema={"row": pl.UInt32}), pl.DataFrame(schema=_ERRORS)
    if cells:
        raw = RawBatch(pl.DataFrame(cells, schema=_RAW, orient="row"), no_marks())
        frame, errors = Table(PROFILE, settings_on(batch.received_on), _HEADER, 1).chunk(raw)
    stage_checked(batch, part, frame, errors)
    known = set(frame["row"].to_list())
    lost = {place: faults.get(place, "这一行没有内容") for place in range(1, len(documents) + 1) if place not in known}
    _copy_lost(batch, part, {place: (documents[place - 1], why) for place, why in lost.items()})
    return len(documents)


_ERRORS = {"row": pl.UInt32, "column": pl.String, "code": pl.String, "message": pl.String, "severity": pl.String}


def _fault(row: Mapping[str, Any]) -> str:
    """Return what is wrong with a row as a document, before any of its values is looked at."""
    unknown = sorted(str(name)[:40] for name in row if name not in MEMBERS)
    if unknown:
        return f"未知的字段 {'、'.join(unknown[:5])}；可用字段：{'、'.join(MEMBERS)}"
    nested = [name for name in MEMBERS if isinstance(row.get(name), list | dict | bool | float)]
    return f"字段 {'、'.join(nested)} 应为文本" if nested else ""


def _text(value: Any) -> str | None:
    text = None if value is None else str(value)
    return text.replace("\x00", "").encode(errors="replace").decode() if text else None


def stage_checked(batch: ListBatch, part: int, frame: pl.DataFrame, errors: pl.DataFrame) -> None:
    """Put typed rows in waiting, the refused ones with the first reason; numbers of persons are encrypted."""
    if frame.is_empty():
        return
    first = (
        errors.filter(pl.col("severity") == "error")
        .unique("row", keep="first", maintain_order=True)
        .select("row", "code", pl.col("message").map_elements(mask_text, return_dtype=pl.String))
    )
    rows = frame.join(first, on="row", how="left", maintain_order="left").with_columns(
        pl.col("op").fill_null("U").alias("op")
    )
    twice = pl.col("code").is_null() & pl.col("duplicate")
    ended = pl.col("code").is_null() & (pl.col("op") == "D") & pl.lit(batch.extent == Extent.FULL)
    rows = rows.with_columns(
        pl.when(twice).then(pl.lit("E2001")).when(ended).then(pl.lit("V08")).otherwise(pl.col("code")).alias("code"),
        pl.when(twice)
        .then(pl.lit("与本批次前面的一行重复"))
        .when(ended)
        .then(pl.lit("全量名单的行只能是列入，不能是结束（D）"))
        .otherwise(pl.col("message"))
        .alias("message"),
    )
    good = rows.filter(pl.col("code").is_null())
    bad = rows.filter(pl.col("code").is_not_null())
    _copy(batch, part, _with_owners(good))
    _copy(batch, part, _refused(bad))


def _with_owners(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the right rows with the one identifier that each is matched by."""
    of_person = pl.col("party_number").is_not_null() & pl.col("party_number_kind").is_in(PAPERS)
    people = rows.filter(of_person).select("party_number_kind", "party_number").unique()
    owners = personal.protect_set(people.iter_rows()) if len(people) else {}
    keys = pl.DataFrame(
        [(*pair, key) for pair, key in owners.items()],
        schema={"party_number_kind": pl.String, "party_number": pl.String, "personal_id": pl.Int64},
        orient="row",
    )
    rows = rows.join(keys, on=["party_number_kind", "party_number"], how="left", maintain_order="left")
    name = pl.col("party_name").fill_null("")
    return rows.select(
        pl.col("row").cast(pl.Int64),
        "op",
        "number",
        name.alias("name"),
        name.map_elements(normalize_name, return_dtype=pl.String).str.slice(0, LONGEST_NAME).alias("norm"),
        pl.col("party_number").is_not_null().alias("is_person"),
        pl.when(pl.col("personal_id").is_not_null())
        .then(pl.col("party_number_kind"))
        .when(pl.col("uscc").is_not_null())
        .then(pl.lit(IdentifierType.USCC.value))
        .otherwise(pl.lit(""))
        .alias("id_type"),
        pl.col("uscc").alias("id_value"),
        "personal_id",
        pl.col("authority").fill_null(""),
        pl.col("document").fill_null(""),
        pl.col("decided_on").alias("listed_on"),
        pl.col("ends_on").alias("expected_exit_on"),
        "ended_on",
        pl.lit("").alias("outcome"),
        pl.lit("").alias("code"),
        pl.lit("").alias("message"),
    )


def _refused(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the refused rows: of what they say only number and name are kept, as far as they can be shown."""
    return pl.DataFrame(
        [
            _lost(row["row"], row["number"], row["party_name"], row["code"], row["message"])
            for row in rows.iter_rows(named=True)
        ],
        schema=_LOST,
        orient="row",
    )


_LOST = {
    "row": pl.Int64, "op": pl.String, "number": pl.String, "name": pl.String, "norm": pl.String, "is_person": pl.Boolean,
    "id_type": pl.String, "id_value": pl.String, "personal_id": pl.Int64, "authority": pl.String, "document": pl.String,
    "listed_on": pl.Date, "expected_exit_on": pl.Date, "ended_on": pl.Date, "outcome": pl.String, "code": pl.String,
    "message": pl.String,
}  # fmt: skip


def _lost(row: int, number: Any, name: Any, code: str, message: str) -> tuple[Any, ...]:
    return (
        row, "U", readable(number), mask_text(str(name or ""))[:LONGEST_NAME], "", False, "", None, None, "", "", None, None,
        None, RowOutcome.REJECTED.value, code, message[:LONGEST_MESSAGE],
    )  # fmt: skip


def readable(number: Any) -> str:
    """Return the number under which the source keeps a row, or nothing where it cannot be told, or is a person's."""
    text = (_text(number) or "").strip() if not isinstance(number, list | dict) else ""
    return "" if len(text) > LONGEST_NUMBER or any(find_personal_numbers(text)) else text


def _copy_lost(batch: ListBatch, part: int, lost: Mapping[int, tuple[Mapping[str, Any], str]]) -> None:
    rows = [_lost(place, row.get("number"), row.get("name"), "V01", why) for place, (row, why) in lost.items()]
    _copy(batch, part, pl.DataFrame(rows, schema=_LOST, orient="row"))


def _copy(batch: ListBatch, part: int, rows: pl.DataFrame) -> None:
    if rows.is_empty():
        return
    copy(
        ListRow._meta.db_table,
        rows.with_columns(
            pl.lit(batch.pk).alias("batch_id"),
            pl.lit(part).alias("part"),
            pl.Series("fresh_id", public_ids(len(rows))),
        ),
    )
