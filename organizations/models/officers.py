"""Officers and their dated assignments; there is no superuser, every right comes from an assignment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Func, Value, When
from django.db.models.functions import Lower

from core import clock
from core.actors import Actor, acting
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.permissions import permissions_of
from organizations import admin_access
from organizations.enums import ADMIN_ROLES, Role
from organizations.models.base import in_force, point, sane_period, span
from organizations.models.groups import WorkingGroup
from organizations.models.units import District, Organization

USERNAME_SHAPE = r"^[A-Za-z0-9][A-Za-z0-9._-]{2,49}$"
USERNAME = RegexValidator(USERNAME_SHAPE, "用户名为 3 至 50 位字母、数字、点、横线或下划线")


class OfficerManager(BaseUserManager["Officer"]):
    """Accounts are made by `services.create_officer`; Django's ways around it are closed."""

    def get_by_natural_key(self, username: str | None) -> Officer:
        return self.get(username__iexact=username)

    def create_superuser(self, *args: Any, **kwargs: Any) -> Officer:
        raise NotImplementedError("there is no superuser; see docs/adr/0007-officers-without-superuser.md")


class Officer(AbstractBaseUser):
    """A person who signs in; holds no right of his own, only current assignments do."""

    public_id = PublicIdField()
    username = models.CharField("用户名", max_length=50, unique=True, validators=[USERNAME])
    full_name = models.CharField("姓名", max_length=50)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=True)
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)
    last_login = None
    history = TriggerHistory(excluded_fields=["password"])

    objects: ClassVar[OfficerManager] = OfficerManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    acting_under: Assignment | None = None
    choice_lost: bool = False  # the chosen assignment is gone: no role until another one is chosen
    _current: tuple[Any, list[Assignment]] | None = None

    class Meta:
        verbose_name = "经办人员"
        verbose_name_plural = "经办人员"
        ordering = ["username"]
        constraints = [models.UniqueConstraint(Lower("username"), name="organizations_officer_username_ci")]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether the password is right; a hash of an older kind is renewed under the sign-in job's name."""

        def renew(password: str) -> None:
            self.set_password(password)
            self._password = None
            with acting(Actor.job("sign-in"), "organizations.password.renew"):
                self.save(update_fields=["password"])

        return check_password(raw_password, self.password, renew)

    def current_assignments(self) -> list[Assignment]:
        """Return the assignments in force today, oldest first; read once per request."""
        day = clock.today()
        if self._current is None or self._current[0] != day:
            rows = (
                self.assignments.filter(in_force(day), is_void=False)
                .select_related("organization", "district", "group")
                .order_by("valid_from", "id")
            )
            self._current = (day, list(rows))
        return self._current[1]

    def forget_assignments(self) -> None:
        """Read the assignments again next time."""
        self._current = None

    def acting_assignments(self) -> list[Assignment]:
        """Return the assignments in the unit acted for: that of the chosen assignment, of the oldest if none was
        chosen.

        None where the chosen one is gone.
        """
        current = [] if self.choice_lost else self.current_assignments()
        chosen = self.acting_under if self.acting_under in current else (current[0] if current else None)
        return [] if chosen is None else [row for row in current if row.organization_id == chosen.organization_id]

    def acting_roles(self) -> frozenset[str]:
        return frozenset(assignment.role for assignment in self.acting_assignments())

    @property
    def is_superuser(self) -> bool:
        return False

    @property
    def is_staff(self) -> bool:
        """Tell whether the workbench opens: the account is active and some assignment is in force."""
        return self.is_active and bool(self.current_assignments())

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Answer for a permission code (`organizations.unit.manage`) or an admin one (`app.view_model`)."""
        if not self.is_active:
            return False
        roles = self.acting_roles()
        return perm in permissions_of(roles) or admin_access.allows(perm, roles)

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and admin_access.opens_app(app_label, self.acting_roles())


class Assignment(models.Model):
    """An officer does a job for a unit in a period; the 三员 exclusivity is a constraint."""

    public_id = PublicIdField()
    officer = models.ForeignKey(Officer, verbose_name="人员", on_delete=models.PROTECT, related_name="assignments")
    organization = models.ForeignKey(
        Organization, verbose_name="单位", on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    district = models.ForeignKey(
        District, verbose_name="区划", on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    group = models.ForeignKey(
        WorkingGroup, verbose_name="小组", on_delete=models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    valid_from = models.DateField("任职起始日")
    valid_to = models.DateField("任职截止日", null=True, blank=True)
    granted_by = models.ForeignKey(
        Officer,
        verbose_name="授予人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="assignments_granted",
    )
    is_void = models.BooleanField("作废", default=False, help_text="生效当日即收回，自始不计")
    history = TriggerHistory()

    class Meta:
        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ["officer", "valid_from", "id"]
        indexes = [models.Index(name="organizations_assign_unit", fields=["organization", "role"])]
        constraints = [
            sane_period("organizations_assignment_period"),
            models.CheckConstraint(
                name="organizations_assignment_not_by_self",
                condition=models.Q(granted_by__isnull=True) | ~models.Q(granted_by=F("officer")),
                violation_error_message="不得为本人授予岗位",
            ),
            # An administrator's role spans every value, a business role only its own row: two rows of one officer
            # on one day collide exactly when at least one of them is an administrator's.
            ExclusionConstraint(
                name="organizations_three_administrators",
                expressions=[
                    (point("officer"), RangeOperators.OVERLAPS),
                    (span(), RangeOperators.OVERLAPS),
                    (
                        Case(
                            When(
                                role__in=sorted(ADMIN_ROLES),
                                then=Func(
                                    Value(None, output_field=models.BigIntegerField()),
                                    Value(None, output_field=models.BigIntegerField()),
                                    function="int8range",
                                    output_field=models.TextField(),
                                ),
                            ),
                            default=point("id"),
                            output_field=models.TextField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(is_void=False),
                violation_error_message="三员互斥：管理员岗位不得与其他岗位兼任",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.organization} {self.get_role_display()}"


class SignIn(models.Model):
    """A sign-in took place; not a legal record, kept so that the account row itself never changes by it."""

    officer = models.ForeignKey(Officer, verbose_name="人员", on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField("登录时间", default=clock.now)

    class Meta:
        verbose_name = "登录记录"
        verbose_name_plural = "登录记录"
        ordering = ["-at"]
        indexes = [models.Index(name="organizations_sign_in_recent", fields=["officer", "-at"])]

    def __str__(self) -> str:
        return f"{self.officer} {self.at:%Y-%m-%d %H:%M}"
