"""The city's reference data: which file fills which table, see reference_files.py for what a load may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.db import IntegrityError, models

from core.actors import Actor, acting
from core.permissions import require
from core.problems import Problem
from organizations.models import (
    District,
    Expert,
    ExpertField,
    ExpertSpeciality,
    Organization,
    OrganizationName,
    ReferenceRow,
    Succession,
    WorkingGroup,
    WorkingGroupMember,
)
from organizations.permissions import REFERENCE_LOAD
from organizations.reference_files import Loader, LoadReport, Row, digest_of

__all__ = ["FIXTURES", "LoadReport", "load_reference"]

FIXTURES = Path(__file__).resolve().parent / "fixtures"
HOME_DISTRICT = "510800"
MEND = "由系统管理员改正文件后重新载入"


def load_reference(actor: Actor, *, directory: Path = FIXTURES) -> LoadReport:
    """Load districts, units, names, successions, groups and experts; a second load changes nothing.

    Needs 载入参考数据; a job of the command line needs no grant. One transaction; raises ORG-30 where a file cannot be read
    or names an unknown code.
    """
    if actor.kind != "job":
        require(actor, REFERENCE_LOAD)
    loader = Loader(directory)
    try:
        with acting(actor, "organizations.reference.load"):
            districts = _load_districts(loader)
            units = _load_units(loader, districts)
            _load_credit_offices(loader, units)
            _load_names(loader, units)
            _load_successions(loader, units)
            _load_groups(loader, units)
            _load_experts(loader, units)
            return loader.finish()
    except KeyError as error:
        raise Problem("ORG-30", f"参考数据缺少或引用了不存在的 {error}", remedy=MEND) from error
    except IntegrityError as error:
        raise Problem("ORG-30", f"参考数据前后矛盾，未载入任何内容：{error}", remedy=MEND) from error


def _sourced(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {"confidence": entry["mark"], "note": entry.get("note", "")}


def _load_districts(loader: Loader) -> dict[str, int]:
    return loader.settle(
        "district",
        District,
        [
            Row(
                entry["code"],
                {"code": entry["code"]},
                {
                    "name": entry["name"],
                    "is_gb": entry.get("is_gb", True),
                    "export_code": entry.get("export_code", entry["code"]),
                    **_sourced(entry),
                },
            )
            for entry in loader.read("districts")
        ],
    )


def _load_credit_offices(loader: Loader, units: Mapping[str, int]) -> None:
    """Credit offices come after the units, which themselves lie in districts."""
    present = {row.code: row for row in District.objects.all()}
    marks = {mark.key: mark for mark in ReferenceRow.objects.filter(kind="credit_office")}
    edited, fresh = [], []
    for entry in loader.read("districts"):
        key, office = entry["code"], units[entry["credit_office"]]
        mark, row = marks.get(key), present[key]
        values = {"credit_office_id": office}
        if mark is not None and mark.values == values:
            continue
        if row.credit_office_id != (mark.values["credit_office_id"] if mark else None):
            loader.report.left.append(f"credit_office {key}：信用工作机构经人员指定，文件的改动未采用")
            continue
        row.credit_office_id = office
        edited.append(row)
        fresh.append(
            ReferenceRow(kind="credit_office", key=key, object_pk=row.pk, values=values, digest=digest_of(values))
        )
    if edited:
        District.objects.bulk_update(edited, ["credit_office"])
        ReferenceRow.objects.filter(kind="credit_office", key__in=[mark.key for mark in fresh]).delete()
        ReferenceRow.objects.bulk_create(fresh)
        loader.report.updated["credit_office"] += len(edited)


def _load_units(loader: Loader, districts: Mapping[str, int]) -> dict[str, int]:
    """Parents first, so that every row is written once with its parent."""
    entries = loader.read("units")
    placed: dict[str, int] = {}
    depth = _depths({entry["code"]: entry.get("parent") for entry in entries})
    waiting = sorted(entries, key=lambda entry: depth[entry["code"]])
    for level in range(max(depth.values(), default=0) + 1):
        layer = [entry for entry in waiting if depth[entry["code"]] == level]
        placed |= loader.settle("unit", Organization, [_unit_row(entry, districts, placed) for entry in layer])
    return placed


def _depths(parents: Mapping[str, str | None]) -> dict[str, int]:
    def depth(code: str, seen: frozenset[str]) -> int:
        parent = parents[code]
        if parent is None:
            return 0
        if parent in seen:
            raise Problem("ORG-30", f"单位 {code} 的上级成环", remedy=MEND)
        return 1 + depth(parent, seen | {parent})

    return {code: depth(code, frozenset({code})) for code in parents}


def _unit_row(entry: Mapping[str, Any], districts: Mapping[str, int], placed: Mapping[str, int]) -> Row:
    return Row(
        entry["code"],
        {"code": entry["code"]},
        {
            "name": entry["name"],
            "short_name": entry["short_name"],
            "kind": entry["kind"],
            "level": entry.get("level", "city"),
            "district_id": districts[entry.get("district", HOME_DISTRICT)],
            "vertical": entry.get("vertical", False),
            "joint_member": entry.get("joint_member", False),
            "uscc": entry.get("uscc"),
            "is_demo_code": "uscc" in entry,
            "valid_from": entry.get("valid_from"),
            "valid_to": entry.get("valid_to"),
            "parent_id": placed[entry["parent"]] if "parent" in entry else None,
            "sort": entry["sort"],
            **_sourced(entry),
        },
    )


def _load_names(loader: Loader, units: Mapping[str, int]) -> None:
    loader.settle(
        "name",
        OrganizationName,
        [
            Row(
                f"{entry['unit']}:{name['name']}",
                {"organization_id": units[entry["unit"]], "name": name["name"]},
                {
                    "short_name": name["short_name"],
                    "valid_from": name.get("valid_from"),
                    "valid_to": name.get("valid_to"),
                    **_sourced(name),
                },
            )
            for entry in loader.read("names")
            for name in entry["names"]
        ],
    )


def _load_successions(loader: Loader, units: Mapping[str, int]) -> None:
    loader.settle(
        "succession",
        Succession,
        [
            Row(
                f"{entry['predecessor']}>{entry['successor']}:{entry['kind']}",
                {
                    "predecessor_id": units[entry["predecessor"]],
                    "successor_id": units[entry["successor"]],
                    "kind": entry["kind"],
                },
                {"on": entry["since"], "duties": entry["duties"], **_sourced(entry)},
            )
            for entry in loader.read("successions")
        ],
    )


def _load_groups(loader: Loader, units: Mapping[str, int]) -> None:
    entries = loader.read("groups")
    groups = loader.settle(
        "group",
        WorkingGroup,
        [
            Row(
                entry["code"],
                {"code": entry["code"]},
                {
                    "name": entry["name"],
                    "lead_unit_id": units[entry["lead_unit"]],
                    "co_lead_unit_id": units[entry["co_lead_unit"]] if "co_lead_unit" in entry else None,
                    "subject_kinds": entry["subject_kinds"],
                    "is_office": entry.get("is_office", False),
                    **_sourced(entry),
                },
            )
            for entry in entries
        ],
    )
    _load_links(
        loader,
        "group_member",
        WorkingGroupMember,
        ("group_id", "organization_id"),
        [
            (f"{entry['code']}:{member}", groups[entry["code"]], units[member])
            for entry in entries
            for member in entry["members"]
        ],
    )


def _load_experts(loader: Loader, units: Mapping[str, int]) -> None:
    fields = loader.settle(
        "expert_field",
        ExpertField,
        [
            Row(entry["code"], {"code": entry["code"]}, {"name": entry["name"], "sort": position * 10})
            for position, entry in enumerate(loader.read("expert_fields"), start=1)
        ],
    )
    entries = loader.read("experts")
    experts = loader.settle(
        "expert",
        Expert,
        [
            Row(
                entry["key"],
                {"name": entry["name"], "employer": entry["employer"]},
                {
                    "title": entry["title"],
                    "employer_unit_id": units[entry["employer_unit"]] if "employer_unit" in entry else None,
                    **_sourced(entry),
                },
            )
            for entry in entries
        ],
    )
    _load_links(
        loader,
        "expert_speciality",
        ExpertSpeciality,
        ("expert_id", "field_id"),
        [
            (f"{entry['key']}:{code}", experts[entry["key"]], fields[code])
            for entry in entries
            for code in entry["fields"]
        ],
    )


def _load_links(
    loader: Loader,
    kind: str,
    model: type[models.Model],
    columns: tuple[str, str],
    links: Iterable[tuple[str, int, int]],
) -> None:
    """Load rows that only join two others; one that an officer removed is not put back."""
    loader.settle(kind, model, [Row(key, {columns[0]: left, columns[1]: right}, {}) for key, left, right in links])
