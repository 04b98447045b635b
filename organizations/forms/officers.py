"""Acts on accounts and jobs: the system administrator keeps accounts, the security administrator grants and takes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.problems import NotFound, Violation
from organizations import services
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm, Group
from organizations.enums import ADMIN_ROLES, Role
from organizations.forms.choosing import DistrictField, GroupField, UnitField, present_units
from organizations.models import Assignment, Officer
from organizations.passwords import new_password
from organizations.permissions import ADMINISTRATOR_RESET, ASSIGNMENT_GRANT, OFFICER_MANAGE


class Issued(NamedTuple):
    """An account with a password that is shown once."""

    officer: Officer
    password: str


def administers(officer: Officer) -> bool:
    """Tell whether the officer is, or is going to be, one of the three administrators."""
    today = clock.today()
    current = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    return officer.assignments.filter(current, role__in=sorted(ADMIN_ROLES), is_void=False).exists()


class OpenAccount(ActForm):
    name, label, permission = "open", "建立账号", OFFICER_MANAGE
    lead = "账号建立后没有任何权限，由安全管理员授予岗位。初始密码由系统生成，只显示一次，本人首次登录时必须更换。"
    backdatable, result_template = False, "organizations/issued_password.html"
    username = forms.CharField(
        label="用户名",
        max_length=50,
        help_text="3 至 50 位字母、数字、点、横线或下划线；不要用身份证号、手机号",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(label="姓名", max_length=50)

    def perform(self) -> Issued:
        password = new_password()
        made = services.create_officer(actor=self.actor, password=password, **self.cleaned_data)
        return Issued(made, password)

    def success(self, result: Issued) -> str:
        return "账号已建立"

    def shown(self, result: Issued) -> dict[str, Any]:
        onward = reverse("admin:organizations_officer_change", args=[result.officer.public_id])
        return {"officer": result.officer, "password": result.password, "onward": onward}


class OfficerAct(ActForm):
    """An act on another's account."""

    backdatable = False

    @classmethod
    def fits(cls, actor: Actor, record: Officer, target: Any) -> bool:
        return record.is_active

    @classmethod
    def blocked(cls, actor: Actor, record: Officer, target: Any) -> str:
        return "本人的账号由另一名管理员办理" if record.pk == actor.officer_id else ""


class ResetPassword(OfficerAct):
    name, label, permission = "reset", "重置密码", OFFICER_MANAGE
    lead = "核实本人身份后办理。新密码由系统生成，只显示一次，本人登录后必须更换。"
    result_template, note_label = "organizations/issued_password.html", "说明"

    @classmethod
    def fits(cls, actor: Actor, record: Officer, target: Any) -> bool:
        return record.is_active and not administers(record)

    def perform(self) -> Issued:
        password = new_password()
        row = services.set_password(
            actor=self.actor, officer=self.record, password=password, reason=self.cleaned_data["reason"]
        )
        return Issued(row, password)

    def success(self, result: Issued) -> str:
        return "密码已重置"

    def shown(self, result: Issued) -> dict[str, Any]:
        onward = reverse("admin:organizations_officer_change", args=[result.officer.public_id])
        return {"officer": result.officer, "password": result.password, "onward": onward}


class ResetAdministrator(ResetPassword):
    """The three administrators keep each other in check: only a security administrator resets theirs."""

    name, label, permission = "reset-administrator", "重置管理员密码", ADMINISTRATOR_RESET

    @classmethod
    def fits(cls, actor: Actor, record: Officer, target: Any) -> bool:
        return record.is_active and administers(record)


class CorrectName(OfficerAct):
    name, label, permission = "correct", "更正姓名", OFFICER_MANAGE
    done, minor, note_label = "已更正", True, "说明"
    full_name = forms.CharField(label="姓名", max_length=50)

    def build(self) -> None:
        self.prefill(full_name=self.record.full_name)

    def perform(self) -> Officer:
        return services.update_officer(actor=self.actor, officer=self.record, **self.cleaned_data)


class CloseAccount(OfficerAct):
    name, label, permission = "close", "停用账号", OFFICER_MANAGE
    lead = "立即退出登录，不能再次登录；岗位和办理过的记录都保留，可以重新启用。"
    done, danger, reason_label = "账号已停用", True, "理由"

    def perform(self) -> Officer:
        reason = self.cleaned_data["reason"]
        return services.set_officer_active(actor=self.actor, officer=self.record, active=False, reason=reason)


class ReopenAccount(OfficerAct):
    name, label, permission = "reopen", "启用账号", OFFICER_MANAGE
    lead = "重新启用后，仍在任期内的岗位随即有效。"
    done, reason_label = "账号已启用", "理由"

    @classmethod
    def fits(cls, actor: Actor, record: Officer, target: Any) -> bool:
        return not record.is_active

    def perform(self) -> Officer:
        reason = self.cleaned_data["reason"]
        return services.set_officer_active(actor=self.actor, officer=self.record, active=True, reason=reason)


class GrantJob(OfficerAct):
    name, label, permission = "grant", "授予岗位", ASSIGNMENT_GRANT
    lead = "权限只来自岗位。三员（系统、安全、审计管理员）互斥，也不得兼任业务岗位；不得为本人授予。"
    done, note_label = "岗位已授予", "说明"
    aliases = {"on": "valid_from"}
    layout = (Group("", ("organization", "role", ("group", "district"), ("valid_from", "valid_to"))),)
    organization = UnitField(label="单位")
    role = forms.ChoiceField(label="岗位", choices=[("", "请选择岗位"), *Role.choices])
    group = GroupField(label="小组", required=False)
    district = DistrictField(label="县区", required=False)
    valid_from = DateField(label="任职起始日", required=False, help_text="留空为今天")
    valid_to = DateField(label="任职截止日", required=False, help_text="留空为长期；当天仍在任")

    def build(self) -> None:
        present_units(self)
        self.fields["group"].help_text = "专项小组岗位选择本单位牵头的小组；联席办岗位留空"
        self.fields["district"].help_text = "县区信用办岗位留空时，取以本单位为信用工作机构的县区"

    def perform(self) -> Assignment:
        return services.assign_officer(actor=self.actor, officer=self.record, **self.cleaned_data)

    def success(self, result: Assignment) -> str:
        return f"已授予{result.organization}{result.get_role_display()}岗位"

    def field_of(self, violation: Violation) -> str | None:
        return "role" if violation.field == "officer" else super().field_of(violation)


def job_stands(job: Assignment) -> bool:
    """Tell whether the job is held today or will be."""
    return not job.is_void and (job.valid_to is None or job.valid_to >= clock.today())


class EndJob(ActForm):
    """The job is taken back: at once, or after a last day to come."""

    label, permission = "收回岗位", ASSIGNMENT_GRANT
    lead = "留空最后一日的，立即收回；当天授予当天收回的，自始不计。"
    done, danger, backdatable, reason_label = "岗位已收回", True, False, "理由"
    last_day = DateField(label="最后任职日", required=False, help_text="留空为立即收回；也可以填写今后的一天")

    @property
    def job(self) -> Assignment:
        raise NotImplementedError

    def perform(self) -> Assignment:
        return services.end_assignment(actor=self.actor, assignment=self.job, **self.cleaned_data)

    def success(self, result: Assignment) -> str:
        if result.is_void:
            return "岗位已作废，自始不计"
        return f"最后任职日为{result.valid_to}" if self.cleaned_data["last_day"] else "岗位已收回"


class EndOwnJob(EndJob):
    """On the page of the job."""

    name = "end"

    @property
    def job(self) -> Assignment:
        return self.record

    @classmethod
    def fits(cls, actor: Actor, record: Assignment, target: Any) -> bool:
        return job_stands(record)

    @classmethod
    def blocked(cls, actor: Actor, record: Assignment, target: Any) -> str:
        return "本人的岗位由另一名安全管理员收回" if record.officer_id == actor.officer_id else ""


class EndJobOf(EndJob):
    """On the page of the officer, for one of his jobs."""

    name, targeted = "end", True

    @property
    def job(self) -> Assignment:
        return self.target

    @classmethod
    def find_target(cls, record: Officer, key: str) -> Assignment:
        found = record.assignments.select_related("officer", "organization").filter(public_id=key).first()
        if found is None:
            raise NotFound("该岗位")
        return found

    @classmethod
    def fits(cls, actor: Actor, record: Officer, target: Assignment) -> bool:
        return job_stands(target)

    @classmethod
    def blocked(cls, actor: Actor, record: Officer, target: Assignment) -> str:
        return "本人的岗位由另一名安全管理员收回" if record.pk == actor.officer_id else ""


OFFICER_ACTS: Sequence[type[ActForm]] = (
    GrantJob,
    EndJobOf,
    ResetPassword,
    ResetAdministrator,
    CorrectName,
    ReopenAccount,
    CloseAccount,
)
