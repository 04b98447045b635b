"""The datasets: which fields, from which rows, and by which tables one can tell that nothing has changed.

Penalties and discipline lists are not among them: whoever holds a copy must follow what is removed from it. A
registered client that does takes them from `exchange.snapshots`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from catalog.selectors import public_catalogue
from portal import selectors
from portal.statistics import selectors as statistics
from publicity import selectors as publicity

CHUNK = 2_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name in JSON, its head in CSV, and what it says."""

    name: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One set of rows. `watched`: models (app.Model) whose changes are the only ones that can change it within a day."""

    code: str
    title: str
    about: str
    fields: Sequence[Field]
    rows: Callable[[date], Iterator[Row]]
    watched: Sequence[str]

    def row(self, given: Row) -> Row:
        """Return the row with exactly the declared fields, in their order."""
        return {field.name: given[field.name] for field in self.fields}


def by_key(rows: QuerySet[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """Give all rows in chunks, each asked for after the key of the one before: no long transaction, flat memory."""
    after = 0
    while True:
        chunk = list(rows.filter(pk__gt=after).order_by("pk")[:size])
        if not chunk:
            return
        yield chunk
        after = chunk[-1].pk


def licences(day: date) -> Iterator[Row]:
    """Give every licence that is public on the day, of legal entities and individual businesses."""
    for chunk in by_key(publicity.public_records_of_entities(day, "licence")):
        for row in chunk:
            yield publicity.public_record(row)


def incentives(day: date) -> Iterator[Row]:
    """Give every incentive listing that is in force or paused on the day."""
    for chunk in by_key(selectors.listings_on(day, "incentive")):
        for row in selectors.shown(chunk):
            yield row | {
                "code": row["subject"]["code"],
                "name": row["subject"]["name"],
                "entry_code": row["entry"]["code"],
                "entry_title": row["entry"]["title"],
            }


def catalogue(day: date) -> Iterator[Row]:
    """Give every entry in force on the day; lists inside an entry become one text each."""
    for entry in sorted(public_catalogue(day), key=lambda row: str(row["code"])):
        yield entry | {
            "kind": entry["polarity_label"],
            "subjects": "；".join(kind["label"] for kind in entry["subject_kinds"]),
            "units": "；".join(unit["name"] for unit in entry["initiating_units"]),
            "laws": "；".join(f"{row['instrument']}{row['article']}" for row in entry["basis"]),
            "measures": "；".join(_measure(row) for row in entry["measures"]),
            "period": entry["period"]["text"],
            "effective_from": entry["revision"]["effective_from"],
        }


def _measure(row: Row) -> str:
    units = "、".join(unit["short_name"] for unit in row["units"])
    return f"{row['code']} {row['name']}（{units}）"


def figures(day: date) -> Iterator[Row]:
    """Give the newest published statistics as rows."""
    found = statistics.latest(day)
    if found is None:
        return
    for title, label, where, value in statistics.rows(found.figures):
        yield {"on": found.on, "figure": title, "part": label, "of": where, "value": value}


DATASETS: dict[str, Dataset] = {
    one.code: one
    for one in (
        Dataset(
            "licences",
            "行政许可",
            "今天公示中的法人、非法人组织和个体工商户的行政许可，一件一行。自然人的许可不提供。",
            (
                Field("id", "公开编号", "本平台的唯一编号"),
                Field("name", "行政相对人名称"),
                Field("party", "行政相对人类别"),
                Field("code", "统一社会信用代码"),
                Field("document_number", "决定文书号"),
                Field("document_title", "决定文书名称"),
                Field("licence_kind", "许可类别"),
                Field("certificate_name", "许可证书名称"),
                Field("certificate_number", "许可编号"),
                Field("content", "许可内容", "其中的证件号码、手机号码已经遮盖"),
                Field("decided_on", "决定日期"),
                Field("valid_from", "有效期自"),
                Field("valid_to", "有效期至", "长期有效的为空"),
                Field("authority_name", "许可机关"),
                Field("authority_code", "许可机关代码"),
                Field("visible_from", "公示起始日"),
                Field("last_public_day", "最后公示日", "没有期限的为空"),
            ),
            licences,
            ("publicity.Licence", "publicity.PersonRule"),
        ),
        Dataset(
            "incentives",
            "守信激励名单",
            "今天有效的守信激励，一项一行；只有法人和非法人组织。",
            (
                Field("id", "公开编号", "本平台的唯一编号"),
                Field("code", "统一社会信用代码", "没有的为公开编号"),
                Field("name", "名称"),
                Field("entry_code", "事项编码"),
                Field("entry_title", "事项名称"),
                Field("decided_by", "认定单位"),
                Field("document", "认定决定文号"),
                Field("basis", "依据"),
                Field("starts_on", "生效日"),
                Field("ends_on", "最后有效日", "没有确定截止日的为空"),
                Field("state_label", "今日状态"),
            ),
            incentives,
            (
                "sanctions.Listing", "sanctions.ListingPause", "sanctions.Amendment", "sanctions.Determination",
                "subjects.Subject", "subjects.Identifier", "repair.Application", "repair.Shield",
            ),
        ),
        Dataset(
            "catalogue",
            "目录清单",
            "今天有效的联合奖惩事项，一个事项一行。清单之外不得实施联合奖惩。",
            (
                Field("code", "事项编码"),
                Field("kind", "事项类别"),
                Field("domain", "领域"),
                Field("title", "事项名称"),
                Field("cause", "实施事由"),
                Field("subjects", "适用主体"),
                Field("units", "发起单位"),
                Field("laws", "依据"),
                Field("measures", "措施", "编码、名称和实施单位"),
                Field("period", "期限"),
                Field("repair_condition", "修复、退出条件"),
                Field("effective_from", "本版施行日"),
            ),
            catalogue,
            (
                "catalog.EntryRevision", "catalog.RevisionMeasure", "catalog.RevisionCitation",
                "catalog.RevisionInitiator", "catalog.LegalInstrument", "catalog.Article", "catalog.Measure",
                "organizations.Organization", "organizations.OrganizationName",
            ),
        ),
        Dataset(
            "statistics",
            "信用统计",
            "统计页面上的全部数字，一个数一行，每天统计一次。",
            (
                Field("on", "统计日"),
                Field("figure", "指标"),
                Field("part", "分类"),
                Field("of", "月份、单位或者领域"),
                Field("value", "数值", "没有可统计的为空，不以零代替"),
            ),
            figures,
            ("portal.PublishedFigures",),
        ),
    )
}  # fmt: skip
