"""A subject, the identifiers that are its own, and the names it has had."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Substr

from core import clock
from core.fields import PublicIdField
from core.history import TriggerHistory
from core.identifiers import PERSONAL_TYPES, IdentifierType
from subjects.enums import SubjectKind, SubjectStatus

PERSON = SubjectKind.NATURAL_PERSON.value
PERSONAL = sorted(kind.value for kind in PERSONAL_TYPES)
DEMO_MARK = "示例"
ADULT_DAY = Func(
    F("birth_on"), template="((%(expressions)s + interval '18 years')::date)", output_field=models.DateField()
)
OF_A_PERSON = Q(kind=PERSON, type__in=PERSONAL, value__isnull=True, personal__isnull=False)
OF_AN_ENTITY = ~Q(kind=PERSON) & ~Q(type__in=PERSONAL) & Q(value__isnull=False, personal__isnull=True)
# In words that both the partial indexes and the search statements use.
SEARCHED = Q(grams__isnull=False)


class Subject(models.Model):
    """Somebody whom credit information is about. Its kind never changes; its records never move to another row."""

    public_id = PublicIdField()
    kind = models.CharField("主体类型", max_length=24, choices=SubjectKind)
    name = models.CharField("名称", max_length=200)
    status = models.CharField("状态", max_length=20, choices=SubjectStatus, default=SubjectStatus.ACTIVE)
    status_on = models.DateField("状态日期", null=True, blank=True)
    established_on = models.DateField("成立日期", null=True, blank=True)
    birth_on = models.DateField("出生日期", null=True, blank=True)
    district_code = models.CharField("行政区划", max_length=6, blank=True)
    address = models.CharField("住所", max_length=300, blank=True)
    industry = models.CharField("行业", max_length=100, blank=True)
    legal_representative = models.CharField("法定代表人", max_length=100, blank=True)
    registrar = models.CharField("登记机关", max_length=100, blank=True)
    registered_on = models.DateField("建档日期", default=clock.today)
    registered_by = models.ForeignKey(
        "organizations.Organization",
        models.PROTECT,
        verbose_name="建档单位",
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    branch_of = models.ForeignKey(
        "self", models.PROTECT, verbose_name="所属主体", null=True, blank=True, related_name="branches", db_index=False
    )
    canonical = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name="并入主体",
        null=True,
        blank=True,
        related_name="duplicates",
        db_index=False,
    )
    is_provisional = models.BooleanField("待核实", default=False)
    is_demo = models.BooleanField("演示数据", default=False)
    history = TriggerHistory(no_db_index=["registered_by", "branch_of", "canonical"])

    class Meta:
        verbose_name = "信用主体"
        verbose_name_plural = "信用主体"
        constraints = [
            models.UniqueConstraint(fields=["id", "kind"], name="subjects_subject_kind"),
            models.CheckConstraint(
                condition=Q(kind=PERSON, birth_on__isnull=False) | (~Q(kind=PERSON) & Q(birth_on__isnull=True)),
                name="subjects_birth_of_persons",
                violation_error_message="自然人必须有出生日期，其他主体没有出生日期",
            ),
            models.CheckConstraint(
                condition=Q(birth_on__isnull=True) | Q(registered_on__gte=ADULT_DAY),
                name="subjects_adults_only",
                violation_error_message="未满十八周岁的自然人不建立信用档案",
            ),
            models.CheckConstraint(
                condition=~Q(status=SubjectStatus.DECEASED) | Q(kind=PERSON), name="subjects_only_persons_die"
            ),
            models.CheckConstraint(
                condition=~Q(kind=PERSON) | Q(status__in=[SubjectStatus.ACTIVE, SubjectStatus.DECEASED]),
                name="subjects_persons_are_not_deregistered",
            ),
            models.CheckConstraint(
                condition=~Q(is_demo=True) | Q(name__contains=DEMO_MARK),
                name="subjects_demo_names_say_so",
                violation_error_message="演示数据的名称必须含“示例”",
            ),
            models.CheckConstraint(
                condition=(Q(branch_of__isnull=True) | ~Q(branch_of=F("id")))
                & (Q(canonical__isnull=True) | ~Q(canonical=F("id"))),
                name="subjects_not_its_own_parent",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(canonical__isnull=False) | Q(is_provisional=True), name="subjects_set_aside"
            ),
            # Few subjects have any of these, so the plain indexes of the foreign keys would be all nulls.
            *(
                models.Index(fields=[name], condition=Q(**{f"{name}__isnull": False}), name=f"subjects_{short}")
                for name, short in (("registered_by", "of_unit"), ("branch_of", "of_parent"), ("canonical", "folded"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_person(self) -> bool:
        return self.kind == PERSON

    def valid_codes(self) -> set[str]:
        """Return the social credit codes that are this record's own and still in use: none or one."""
        rows = self.identifiers.filter(type=IdentifierType.USCC, valid_to__isnull=True)
        return {value for value in rows.values_list("value", flat=True) if value}


class Identifier(models.Model):
    """One number by which a subject is known; it belongs to one subject for ever, whoever writes it.

    `kind` repeats the subject's kind under a composite foreign key, so that the database itself keeps personal
    numbers of natural persons out of this table: they hang on `core.PersonalIdentifier`.
    """

    subject = models.ForeignKey(
        Subject,
        models.PROTECT,
        verbose_name="主体",
        related_name="identifiers",
        db_constraint=False,  # composite, see 0002
    )
    kind = models.CharField("主体类型", max_length=24, choices=SubjectKind, editable=False)
    type = models.CharField("证照类型", max_length=32, choices=IdentifierType)
    value = models.CharField("号码", max_length=50, null=True, blank=True, db_collation="C")
    personal = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, verbose_name="自然人证件", null=True, blank=True, related_name="+"
    )
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)
    history = TriggerHistory(no_db_index=["personal"])

    class Meta:
        verbose_name = "证照号码"
        verbose_name_plural = "证照号码"
        constraints = [
            models.UniqueConstraint(fields=["type", "value"], name="subjects_identifier_one_owner"),
            models.UniqueConstraint(fields=["personal"], name="subjects_personal_one_owner"),
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(type=IdentifierType.USCC, valid_to__isnull=True),
                name="subjects_one_uscc",
            ),
            models.CheckConstraint(
                condition=OF_A_PERSON | OF_AN_ENTITY,
                name="subjects_personal_numbers_apart",
                violation_error_message="自然人证件号码只能加密保存，其他主体不能登记自然人证件",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="subjects_identifier_span",
            ),
        ]
        indexes = [
            models.Index(fields=["value", "id"], condition=Q(value__isnull=False), name="subjects_identifier_value"),
            models.Index(Substr("value", 9, 8), condition=Q(type=IdentifierType.USCC), name="subjects_identifier_root"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.value or '（加密保存）'}"


class SubjectName(models.Model):
    """A name that a subject has or had, in the form that search compares; grams only for legal entities."""

    subject = models.ForeignKey(
        Subject,
        models.PROTECT,
        verbose_name="主体",
        related_name="names",
        db_constraint=False,  # composite, see 0002
    )
    kind = models.CharField("主体类型", max_length=24, choices=SubjectKind, editable=False)
    name = models.CharField("名称", max_length=200)
    norm = models.CharField("比对形式", max_length=200, db_collation="C", editable=False)
    grams = ArrayField(models.TextField(), verbose_name="二字片段", null=True, editable=False)
    is_current = models.BooleanField("现用名", default=True)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)
    history = TriggerHistory(excluded_fields=["norm", "grams"])

    class Meta:
        verbose_name = "名称"
        verbose_name_plural = "名称"
        constraints = [
            models.UniqueConstraint(fields=["subject"], condition=Q(is_current=True), name="subjects_one_current_name"),
            models.CheckConstraint(
                condition=Q(kind=PERSON, grams__isnull=True)
                | (~Q(kind=PERSON) & Q(grams__isnull=False, grams__len__gt=0)),
                name="subjects_persons_are_not_searched",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="subjects_name_span",
            ),
        ]
        indexes = [
            GinIndex(fields=["grams"], condition=SEARCHED, fastupdate=False, name="subjects_name_grams"),
            models.Index(fields=["norm", "id"], condition=SEARCHED, name="subjects_name_norm"),
            models.Index(fields=["id"], condition=SEARCHED, name="subjects_name_searched"),
            models.Index(fields=["kind", "id"], condition=SEARCHED, name="subjects_name_kind"),
            models.Index(fields=["norm"], condition=Q(grams__isnull=True), name="subjects_name_of_person"),
        ]

    def __str__(self) -> str:
        return self.name


class GramFrequency(models.Model):
    """How many searched names hold a common gram; the empty gram counts all names. Rebuilt by a job, never edited."""

    gram = models.CharField("片段", max_length=2, primary_key=True, db_collation="C")
    names = models.PositiveIntegerField("名称数")

    class Meta:
        verbose_name = "常见片段"
        verbose_name_plural = "常见片段"

    def __str__(self) -> str:
        return f"{self.gram} {self.names}"
