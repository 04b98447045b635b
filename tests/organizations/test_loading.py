"""Reference data: complete, idempotent, and never over an officer's edit."""

import shutil
from pathlib import Path

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.actors import Actor
from core.identifiers import uscc_valid
from core.problems import NotPermitted, Problem
from organizations import services
from organizations.enums import Confidence, GroupCode, UnitKind, UnitLevel
from organizations.loading import FIXTURES
from organizations.models import District, Expert, Organization, OrganizationName, Succession, WorkingGroup
from tests.factories.organizations import KEEPER, edited_by_hand

pytestmark = pytest.mark.django_db


def history_rows() -> int:
    return sum(
        model.history.count() for model in (District, Organization, OrganizationName, Succession, WorkingGroup, Expert)
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES, tmp_path / "files")
    return tmp_path / "files"


def edit(files: Path, name: str, old: str, new: str) -> None:
    path = files / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_city_is_complete():
    services.load_reference(KEEPER)
    present = Organization.objects.filter(valid_to__isnull=True)
    assert present.filter(joint_member=True).count() >= 45
    assert District.objects.filter(credit_office__isnull=False).count() == 9
    assert present.filter(kind=UnitKind.COURT, level=UnitLevel.COUNTY).count() == 7
    assert present.filter(kind=UnitKind.GOVERNMENT, level=UnitLevel.COUNTY).count() == 7
    assert set(WorkingGroup.objects.values_list("code", flat=True)) == set(GroupCode.values)
    assert Expert.objects.count() >= 40
    assert all("示例" in name for name in Expert.objects.values_list("name", flat=True))
    assert present.filter(code__in=["swj", "hg", "ycj", "xfjy", "pbc"], vertical=True).count() == 5


def test_demo_codes_are_valid_and_of_no_real_division():
    services.load_reference(KEEPER)
    for code, kind in Organization.objects.filter(uscc__isnull=False).values_list("uscc", "kind"):
        assert uscc_valid(code), code
        assert code[2:8] == "510899"
        assert code[:2] != "12" or kind == UnitKind.INSTITUTION
    assert not Organization.objects.filter(uscc__isnull=False, is_demo_code=False).exists()


def test_every_fact_carries_a_known_mark():
    for name in ("districts", "units", "successions", "groups", "experts"):
        for entry in yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8")):
            assert entry["mark"] in Confidence.values, entry


def test_present_name_agrees_with_the_last_name_period():
    services.load_reference(KEEPER)
    for row in OrganizationName.objects.filter(valid_to__isnull=True).select_related("organization"):
        assert (row.name, row.short_name) == (row.organization.name, row.organization.short_name)


def test_ended_units_end_the_day_before_their_succession():
    services.load_reference(KEEPER)
    for row in Succession.objects.exclude(kind="takeover").select_related("predecessor"):
        assert (row.on - row.predecessor.valid_to).days == 1, row


def test_second_load_changes_nothing():
    services.load_reference(KEEPER)
    before = history_rows()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = services.load_reference(KEEPER)
    assert report.changed == 0
    assert report.left == report.gone == []
    assert history_rows() == before
    assert len(queries) < 80
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_edited_file_changes_only_its_row(files: Path):
    services.load_reference(KEEPER)
    before = history_rows()
    edit(files, "units", "name: 绵阳海关,", "name: 成都海关所属绵阳海关,")
    report = services.load_reference(KEEPER, directory=files)
    assert report.changed == 1
    assert report.updated["unit"] == 1
    assert Organization.objects.get(code="hg").name == "成都海关所属绵阳海关"
    assert history_rows() == before + 1


def test_officers_edit_is_kept_and_reported(files: Path):
    services.load_reference(KEEPER)
    edited_by_hand(Organization.objects.get(code="hg"), note="经核实覆盖广元")
    assert services.load_reference(KEEPER).left == []
    edit(files, "units", "name: 绵阳海关,", "name: 成都海关所属绵阳海关,")
    report = services.load_reference(KEEPER, directory=files)
    assert report.changed == 0
    assert [line for line in report.left if "unit hg" in line]
    assert Organization.objects.get(code="hg").name == "绵阳海关"


def test_new_lead_unit_set_by_the_office_survives_a_load():
    services.load_reference(KEEPER)
    group = WorkingGroup.objects.get(code=GroupCode.SOCIAL)
    services.update_group(actor=KEEPER, group=group, lead_unit=Organization.objects.get(code="scjgj"))
    services.load_reference(KEEPER)
    group.refresh_from_db()
    assert group.lead_unit.code == "scjgj"


def test_unit_made_by_hand_is_not_taken_over(files: Path):
    services.load_reference(KEEPER)
    services.create_organization(actor=KEEPER, code="jgsw", name="广元市机关事务管理局", short_name="市机关事务局")
    extra = '- {code: jgsw, name: 别名, short_name: 别名, kind: administration, sort: 5000, mark: "M?"}\n'
    path = files / "units.yaml"
    path.write_text(path.read_text(encoding="utf-8") + extra, encoding="utf-8")
    report = services.load_reference(KEEPER, directory=files)
    assert [line for line in report.left if "unit jgsw" in line]
    assert Organization.objects.get(code="jgsw").name == "广元市机关事务管理局"


def test_entry_removed_from_the_file_stays_in_the_table(files: Path):
    services.load_reference(KEEPER)
    path = files / "experts.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "demo-42" not in line), encoding="utf-8")
    report = services.load_reference(KEEPER, directory=files)
    assert [line for line in report.gone if "demo-42" in line]
    assert report.changed == 0


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("groups", "lead_unit: gaj", "lead_unit: nobody"),
        ("units", "- {code: fgw", "- {code: [fgw"),
        ("names", "valid_to: 2023-08-17", "valid_to: 2023-08-18"),
    ],
)
def test_org_30_bad_file_is_refused_whole(files: Path, name: str, old: str, new: str):
    services.load_reference(KEEPER)
    before = history_rows()
    edit(files, "units", "short_name: 绵阳海关,", "short_name: 绵关,")
    edit(files, name, old, new)
    with pytest.raises(Problem) as refused:
        services.load_reference(KEEPER, directory=files)
    assert refused.value.code == "ORG-30"
    assert history_rows() == before


def test_load_needs_the_permission():
    nobody = Actor(kind="officer", key="X", label="某人")
    with pytest.raises(NotPermitted):
        services.load_reference(nobody)
