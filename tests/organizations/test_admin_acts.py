"""Acts on units, officers, experts, groups and clients by clicking: as the role that may, as one that may not, refused."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from organizations import impact, selectors, services
from organizations.acts.fields import DateField
from organizations.enums import GroupCode, Role, SuccessionKind
from organizations.models import ApiClient, Assignment, Expert, Officer, Organization, WorkingGroup
from tests.factories.organizations import KEEPER, make_assignment, make_expert, make_officer, make_unit
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def of(role: str, unit: str = "fgw") -> Client:
    client = OfficerClient()
    client.force_login(make_assignment(role, unit).officer)
    return client


def address(record: Any, act: str = "", key: str = "") -> str:
    base = f"admin:organizations_{record._meta.model_name}"
    if not act:
        return reverse(f"{base}_change", args=[record.public_id])
    return reverse(f"{base}_act_on" if key else f"{base}_act", args=[record.public_id, act, *([key] if key else [])])


def adding(model: str) -> str:
    return reverse(f"admin:organizations_{model}_add")


def seen(client: Client, unit: Organization, act: str) -> str:
    """Read the preview as a person does; return what its confirmation carries."""
    page = client.get(address(unit, act))
    assert page.status_code == 200
    return page.context["form"].fields["seen"].choices[0][0]


def error(answer: Any, field: str | None) -> str:
    assert answer.status_code in (403, 409, 422), answer.status_code
    form = answer.context["form"]
    return str(form.errors[field] if field else form.non_field_errors())


# --- units ---


def test_a_unit_is_set_up_renamed_and_corrected() -> None:
    admin = of(Role.SYSTEM_ADMIN)
    typed = {
        "title": "示例数据局",
        "short_name": "示例数据局",
        "code": "sjj-new",
        "kind": "administration",
        "level": "city",
    }
    answer = admin.post(adding("organization"), typed | {"joint_member": "on"})
    unit = selectors.unit("sjj-new")
    assert answer.url == address(unit)
    assert (unit.joint_member, unit.valid_from) == (True, TODAY)
    taken = admin.post(adding("organization"), typed)
    assert "ORG-21" in error(taken, "code")
    assert taken.context["form"]["title"].value() == "示例数据局"
    with clock.at(date(2026, 12, 1)):
        answer = admin.post(address(unit, "rename"), {"title": "示例数据管理局", "short_name": "示例数据局"})
        assert answer.status_code == 302
    assert "示例数据管理局" in admin.get(address(unit)).content.decode()
    facts = {"kind": "institution", "level": "city", "note": "公益一类", "joint_member": "on"}
    assert admin.post(address(unit, "correct"), facts).status_code == 302
    wrong = admin.post(address(unit, "correct"), facts | {"uscc": "91510800MA00000000"})
    assert "ORG-21" in error(wrong, "uscc")


def test_ORG_06_a_rename_to_the_same_name_is_refused_at_its_field() -> None:
    unit = make_unit(name="示例旧局")
    answer = of(Role.SYSTEM_ADMIN).post(address(unit, "rename"), {"title": "示例旧局", "short_name": "旧局"})
    assert "ORG-06" in error(answer, "title")
    assert answer.context["form"]["short_name"].value() == "旧局"


def test_a_merge_shows_what_hangs_on_the_unit_and_hands_it_on() -> None:
    unit, heir = selectors.unit("rsj"), selectors.unit("ybj")
    job = make_assignment(Role.HANDLER, unit)
    admin = of(Role.SYSTEM_ADMIN)
    page = admin.get(address(unit, "merge")).content.decode()
    for words in ("在任岗位", "目录事项", "CJ-003", "在办任务", job.officer.full_name):
        assert words in page
    unread = admin.post(address(unit, "merge"), {"successor": heir.public_id})
    assert "核对上列影响后勾选" in error(unread, "seen")
    assert unread.context["form"]["successor"].value() == heir.public_id
    answer = admin.post(address(unit, "merge"), {"successor": heir.public_id, "seen": seen(admin, unit, "merge")})
    assert answer.status_code == 302
    unit.refresh_from_db()
    assert unit.valid_to == date(2026, 11, 22)
    assert unit.successions.get(on=TODAY).kind == SuccessionKind.MERGE
    assert admin.get(address(unit, "merge")).status_code == 302  # a unit that has ended is not merged again


def test_what_changed_since_the_preview_has_to_be_read_again() -> None:
    unit, heir = make_unit(), make_unit()
    admin = of(Role.SYSTEM_ADMIN)
    stale = seen(admin, unit, "merge")
    make_assignment(Role.HANDLER, unit)
    answer = admin.post(address(unit, "merge"), {"successor": heir.public_id, "seen": stale})
    assert "影响有变化" in error(answer, "seen")
    unit.refresh_from_db()
    assert unit.valid_to is None


def rows(*heirs: tuple[Organization, str]) -> dict[str, str]:
    data = {"heirs-TOTAL_FORMS": str(len(heirs)), "heirs-INITIAL_FORMS": "0"}
    for number, (unit, duties) in enumerate(heirs):
        data |= {f"heirs-{number}-unit": unit.public_id, f"heirs-{number}-duties": duties}
    return data


def test_ORG_15_a_split_has_two_heirs_and_then_is_done() -> None:
    unit, one, other = make_unit(), make_unit(), make_unit()
    admin = of(Role.SYSTEM_ADMIN)
    confirmed = {"seen": seen(admin, unit, "split")}
    alone = admin.post(address(unit, "split"), rows((one, "审批")) | confirmed)
    assert "ORG-15" in error(alone, None)
    assert 'value="审批"' in alone.content.decode()
    assert admin.post(address(unit, "split"), rows((one, "审批"), (other, "监管")) | confirmed).status_code == 302
    assert {row.duties for row in unit.successions.all()} == {"审批", "监管"}


def test_ORG_18_ORG_19_a_leading_unit_is_not_dissolved_and_a_reason_is_asked_for() -> None:
    lead = WorkingGroup.objects.get(code=GroupCode.ENTERPRISE).lead_unit
    admin = of(Role.SYSTEM_ADMIN)
    reason = {"reason": "机构改革", "seen": seen(admin, lead, "dissolve")}
    answer = admin.post(address(lead, "dissolve"), reason)
    assert "ORG-18" in error(answer, None)
    assert answer.context["form"]["reason"].value() == "机构改革"
    unit = make_unit()
    confirmed = {"seen": seen(admin, unit, "dissolve")}
    assert "请填写撤销依据" in error(admin.post(address(unit, "dissolve"), confirmed), "reason")
    assert admin.post(address(unit, "dissolve"), confirmed | {"reason": "机构改革"}).status_code == 302
    assert "已撤并" in admin.get(address(unit)).content.decode()


def test_duties_are_handed_over_and_a_credit_office_named() -> None:
    unit, heir = make_unit(), make_unit()
    admin = of(Role.SYSTEM_ADMIN)
    duties = {"successor": heir.public_id, "duties": "价格监督"}
    assert admin.post(address(unit, "take-over"), duties).status_code == 302
    assert unit.successions.get().kind == SuccessionKind.TAKEOVER
    assert admin.post(address(unit, "credit-office"), {"district": "510802"}).status_code == 302
    assert selectors.district("510802").credit_office == unit


UNIT_ACTS = ["rename", "correct", "credit-office", "take-over", "merge", "split", "dissolve"]


@pytest.mark.parametrize("role", [Role.HANDLER, Role.OFFICE, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_units_are_kept_by_the_system_administrator_only(role: str) -> None:
    client, unit = of(role), make_unit()
    for act in UNIT_ACTS:
        answer = client.post(address(unit, act), {"reason": "越权"})
        assert answer.status_code == 403, act
        assert "organizations.unit.manage" in answer.content.decode()
    page = client.get(address(unit)).content.decode()
    assert "现在可以办理" not in page
    unit.refresh_from_db()
    assert unit.valid_to is None


def test_every_part_of_the_preview_says_what_becomes_of_it() -> None:
    preview = impact.preview(selectors.unit("scjgj"), TODAY)
    assert {part.title for part in preview.parts} >= {
        "在任岗位",
        "牵头的专项小组",
        "目录事项",
        "在办事项",
        "未移出名单",
    }
    assert all(part.effect for part in preview.parts)
    assert preview.serious
    assert preview.fingerprint == impact.preview(selectors.unit("scjgj"), TODAY).fingerprint


# --- accounts and jobs ---


def test_an_account_is_opened_and_its_password_shown_once() -> None:
    admin = of(Role.SYSTEM_ADMIN)
    answer = admin.post(adding("officer"), {"username": "zhang.san", "full_name": "示例张三"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    officer = Officer.objects.get(username="zhang.san")
    assert officer.check_password(answer.context["password"])
    assert officer.must_change_password
    assert answer.context["password"] not in admin.get(address(officer)).content.decode()
    again = admin.post(adding("officer"), {"username": "ZHANG.SAN", "full_name": "示例李四"})
    assert "ORG-12" in error(again, "username")
    assert again.context["form"]["full_name"].value() == "示例李四"


def test_passwords_are_reset_by_whom_the_three_administrators_allow() -> None:
    officer, keeper = make_officer(), make_assignment(Role.SYSTEM_ADMIN, "fgw").officer
    system, security = of(Role.SYSTEM_ADMIN), of(Role.SECURITY_ADMIN)
    answer = system.post(address(officer, "reset"), {"reason": "本人申请"})
    officer.refresh_from_db()
    assert officer.check_password(answer.context["password"])
    assert "organizations.administrator.reset" in error(system.post(address(keeper, "reset")), None)
    assert system.post(address(keeper, "reset-administrator")).status_code == 403
    answer = security.post(address(keeper, "reset-administrator"))
    keeper.refresh_from_db()
    assert keeper.check_password(answer.context["password"])


def test_an_account_is_closed_with_a_reason_and_opened_again() -> None:
    officer, system = make_officer(), of(Role.SYSTEM_ADMIN)
    assert "请填写理由" in error(system.post(address(officer, "close"), {}), "reason")
    assert system.post(address(officer, "close"), {"reason": "调离"}).status_code == 302
    assert system.get(address(officer, "close")).status_code == 302
    assert system.post(address(officer, "reopen"), {"reason": "调回"}).status_code == 302
    officer.refresh_from_db()
    assert officer.is_active
    assert system.post(address(officer, "correct"), {"full_name": "示例更正"}).status_code == 302


def test_ORG_01_ORG_09_jobs_are_granted_and_taken_back_by_another_security_administrator() -> None:
    officer, unit = make_officer(), selectors.unit("rsj")
    mine = make_assignment(Role.SECURITY_ADMIN, "fgw")
    security = OfficerClient()
    security.force_login(mine.officer)
    job = {"organization": unit.public_id, "role": "handler", "valid_to": "2027-12-31"}
    assert security.post(address(officer, "grant"), job).status_code == 302
    given = officer.assignments.get()
    assert (given.organization, given.valid_from, given.valid_to) == (unit, TODAY, date(2027, 12, 31))
    both = security.post(address(officer, "grant"), {"organization": unit.public_id, "role": "system_admin"})
    assert "ORG-01" in error(both, "role")
    assert "ORG-09" in error(security.post(address(mine.officer, "grant"), job), "role")
    past = security.post(address(officer, "grant"), job | {"role": "reviewer", "valid_from": "2026-01-01"})
    assert "CORE-03" in error(past, "valid_from")
    lead = security.post(address(officer, "grant"), job | {"role": "group_lead"})
    assert "ORG-07" in error(lead, "group")
    assert f"do/end/{given.public_id}/" in security.get(address(officer)).content.decode()
    assert "请填写理由" in error(security.post(address(officer, "end", given.public_id), {}), "reason")
    assert security.post(address(officer, "end", given.public_id), {"reason": "调离"}).status_code == 302
    given.refresh_from_db()
    assert given.is_void
    assert "ORG-09" in error(security.post(address(mine, "end"), {"reason": "不干了"}), None)


def test_the_job_of_another_officer_is_not_reached_through_this_one() -> None:
    theirs, officer = make_assignment(Role.HANDLER, "rsj"), make_officer()
    security = of(Role.SECURITY_ADMIN)
    assert security.post(address(officer, "end", theirs.public_id), {"reason": "误"}).status_code == 404
    assert security.post(address(theirs, "end"), {"reason": "调离", "last_day": "2026-12-31"}).status_code == 302
    theirs.refresh_from_db()
    assert theirs.valid_to == date(2026, 12, 31)


def test_accounts_and_jobs_are_not_the_business_of_others() -> None:
    officer, job = make_officer(), make_assignment(Role.HANDLER, "rsj")
    for role, acts in {
        Role.SYSTEM_ADMIN: ["grant"],
        Role.SECURITY_ADMIN: ["reset", "close", "reopen", "correct"],
        Role.AUDIT_ADMIN: ["grant", "reset", "close"],
    }.items():
        client = of(role)
        for act in acts:
            assert client.post(address(officer, act), {"reason": "越权"}).status_code == 403, (role, act)
    reviewer = of(Role.REVIEWER, "rsj")
    assert reviewer.get(address(job.officer)).status_code == 200
    assert reviewer.get(address(officer)).status_code == 404
    assert reviewer.post(address(job, "end"), {"reason": "越权"}).status_code == 403
    assert of(Role.HANDLER, "rsj").get(address(job.officer)).status_code == 403
    assert not Assignment.objects.filter(pk=job.pk, is_void=True).exists()


# --- experts and groups ---


def test_experts_join_are_corrected_stand_aside_and_leave() -> None:
    office = of(Role.OFFICE)
    typed = {"title_name": "示例专家赵", "title": "教授", "employer": "示例大学"}
    assert "至少选择一个领域" in error(office.post(adding("expert"), typed), "specialities")
    assert office.post(adding("expert"), typed | {"specialities": ["law"]}).status_code == 302
    expert = Expert.objects.get(name="示例专家赵")
    unit = selectors.unit("rsj")
    changed = {"title": "教授", "employer": unit.name, "employer_unit": unit.public_id, "specialities": ["law"]}
    assert office.post(address(expert, "correct"), changed).status_code == 302
    nobody = office.post(address(expert, "recuse"), {"why": "近亲属任职"})
    assert "ORG-14" in error(nobody, "organization")
    assert nobody.context["form"]["why"].value() == "近亲属任职"
    number = {"why": "亲属", "subject_code": "510802199001010011"}
    assert "不要填写证件号码" in error(office.post(address(expert, "recuse"), number), "subject_code")
    aside = {"why": "近亲属任职", "organization": selectors.unit("ybj").public_id}
    assert office.post(address(expert, "recuse"), aside).status_code == 302
    assert "回避中" in office.get(address(expert)).content.decode()
    assert office.post(address(expert, "end-recusal", "1"), {"reason": "情形消除"}).status_code == 302
    assert office.post(address(expert, "end-recusal", "2"), {"reason": "没有"}).status_code == 404
    assert expert.recusals.get().valid_to == TODAY
    assert office.post(address(expert, "leave"), {"reason": "本人申请"}).status_code == 302
    assert office.post(address(expert, "rejoin"), {"reason": "本人申请"}).status_code == 302


def test_the_pool_is_kept_by_the_office_only() -> None:
    expert = make_expert()
    lead = OfficerClient()
    group = WorkingGroup.objects.get(code=GroupCode.ENTERPRISE)
    lead.force_login(make_assignment(Role.GROUP_LEAD, group.lead_unit, group=group).officer)
    assert lead.get(address(expert)).status_code == 200
    for act in ("correct", "recuse", "leave"):
        assert lead.post(address(expert, act), {"reason": "越权"}).status_code == 403
    assert lead.get(adding("expert")).status_code == 403
    assert of(Role.HANDLER, "rsj").get(address(expert)).status_code == 403


def test_ORG_16_a_group_is_changed_by_the_office_and_a_kind_belongs_to_one_group() -> None:
    office, group = of(Role.OFFICE), WorkingGroup.objects.get(code=GroupCode.SOCIAL)
    form = office.get(address(group, "update")).context["form"]
    typed = {row.name: row.value() for row in form if row.value()}
    taken = office.post(address(group, "update"), typed | {"subject_kinds": ["natural_person"]})
    assert "ORG-16" in error(taken, "subject_kinds")
    members = [selectors.unit("mzj").public_id, selectors.unit("rsj").public_id]
    assert office.post(address(group, "update"), typed | {"members": members}).status_code == 302
    assert set(group.members.values_list("code", flat=True)) == {"mzj", "rsj"}
    assert of(Role.SYSTEM_ADMIN).post(address(group, "update"), typed).status_code == 403


# --- outside systems ---


def test_a_client_is_registered_its_secret_shown_once_replaced_and_closed() -> None:
    security, unit = of(Role.SECURITY_ADMIN), selectors.unit("zrzyj")
    typed = {"organization": unit.public_id, "title": "不动产登记系统"}
    assert "至少选择一项授权范围" in error(security.post(adding("apiclient"), typed), "scopes")
    answer = security.post(adding("apiclient"), typed | {"scopes": ["checks", "feedback"]})
    secret, client = answer.context["secret"], ApiClient.objects.get(name="不动产登记系统")
    assert secret in answer.content.decode()
    again = security.post(adding("apiclient"), typed | {"scopes": ["checks", "feedback"]})
    assert "ORG-27" in error(again, "title")
    assert again.context["form"]["scopes"].value() == ["checks", "feedback"]
    assert "no-store" in answer["Cache-Control"]
    page = security.get(address(client)).content.decode()
    assert secret not in page
    assert not re.search(r"pbkdf2|argon2|client_secret", page)
    fresh = security.post(address(client, "rotate"), {"reason": "人员变动"}).context["secret"]
    assert fresh != secret
    changed = {
        "scopes": ["checks"],
        "expires_on": "2027-06-30",
        "requests_per_minute": "90",
        "signature_required": "on",
    }
    late = security.post(address(client, "change"), changed | {"expires_on": "2026-11-22", "reason": "收紧"})
    assert "ORG-28" in error(late, "expires_on")
    assert security.post(address(client, "change"), changed | {"reason": "收紧"}).status_code == 302
    page = security.get(address(client)).content.decode()
    assert all(word in page for word in ("2027年6月30日", "每 60 秒 90 次", "必须（SM3-HMAC）", "近一天没有请求"))
    assert "请填写理由" in error(security.post(address(client, "close"), {}), "reason")
    assert security.post(address(client, "close"), {"reason": "系统下线"}).status_code == 302
    client.refresh_from_db()
    assert not client.is_active
    assert security.get(address(client, "rotate")).status_code == 302


def test_clients_are_registered_by_the_security_administrator_only() -> None:
    made = services.register_api_client(
        actor=KEEPER, organization=selectors.unit("rsj"), name="示例系统", scopes=["checks"]
    ).client
    for role in (Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN):
        client = of(role)
        assert client.get(address(made)).status_code == 200
        for act in ("change", "rotate", "close"):
            assert client.post(address(made, act), {"reason": "越权"}).status_code == 403
    assert of(Role.OFFICE).get(address(made)).status_code == 403


def test_ORG_26_every_form_carries_the_assignment_it_was_opened_under() -> None:
    unit = make_unit()
    admin = of(Role.SYSTEM_ADMIN)
    page = admin.get(address(unit, "rename"))
    assert f'value="{page.context["assignment_token"]}"' in page.content.decode()
    typed = {"title": "示例新局", "short_name": "新局", "acting_assignment": "OTHER"}
    answer = admin.post(address(unit, "rename"), typed)
    assert "ORG-26" in error(answer, None)
    assert answer.context["form"]["title"].value() == "示例新局"


def test_ORG_26_a_post_without_the_assignment_is_refused_and_keeps_what_was_typed() -> None:
    unit = make_unit()
    admin = Client()  # adds nothing to what is posted
    admin.force_login(make_assignment(Role.SYSTEM_ADMIN, "fgw").officer)
    answer = admin.post(address(unit, "rename"), {"title": "示例新局", "short_name": "新局", "from_on": "2026-03-10"})
    assert answer.status_code in {403, 409, 422}
    assert answer.context["form"]["title"].value() == "示例新局"
    unit.refresh_from_db()
    assert unit.name != "示例新局"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_counts_from_is_refused_at_its_field(day: str) -> None:
    unit, admin = make_unit(), of(Role.SYSTEM_ADMIN)
    form = admin.get(address(unit, "rename")).context["form"]
    days = [name for name, field in form.fields.items() if isinstance(field, DateField)]
    answer = admin.post(address(unit, "rename"), {"title": "示例新局", "short_name": "新局"} | dict.fromkeys(days, day))
    assert "核对年份" in error(answer, days[0])


def test_odd_filters_and_addresses_are_no_faults() -> None:
    admin = of(Role.SYSTEM_ADMIN)
    listed = reverse("admin:organizations_organization_changelist")
    for odd in ("?level=%00", "?level__exact=%00", "?q=%00", "?p=99999999999999999999", "?o=99.-99"):
        assert admin.get(listed + odd).status_code in {200, 302, 400}, odd
    for odd in ("%00", "0" * 16, "a" * 300, "%F0%9F%98%80"):
        assert admin.get(f"{listed}{odd}/change/").status_code == 404, odd
        assert admin.get(f"{listed}{odd}/do/rename/").status_code == 404, odd
