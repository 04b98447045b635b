"""The list and the page of subjects; nothing is edited in place."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import personal
from core.actors import Actor
from core.paging import CappedPaginator
from core.problems import Problem
from core.text import normalize_name
from organizations.acts.pages import Row, ScopedAdmin, Section, address
from organizations.acts.words import AMBER, GREY, JADE, SEAL, chip, zh
from subjects import page_sections, selectors
from subjects.enums import SubjectKind, SubjectStatus
from subjects.forms.life import SUBJECT_ACTS
from subjects.forms.registering import RegisterEntity, RegisterPerson
from subjects.models import Identifier, Subject, SubjectName

MOST_FOUND = 200
TONES = {SubjectStatus.ACTIVE.value: JADE, SubjectStatus.REVOKED_LICENCE.value: SEAL}


def shown_number(row: Identifier) -> str:
    """Return the number as the page shows it: those of persons with their middle hidden."""
    return personal.masked(row.personal) if row.personal else row.value or ""


def link(subject: Subject) -> SafeString:
    return format_html('<a href="{}">{}</a>', address(subject), subject)


@admin.register(Subject)
class SubjectAdmin(ScopedAdmin):
    acts = tuple(SUBJECT_ACTS)
    openings = (RegisterEntity, RegisterPerson)
    page_template = "subjects/admin/subject.html"
    paginator = CappedPaginator
    list_display = ("name", "code", "kind", "status", "district_code", "is_provisional", "is_demo")
    list_filter = ("kind", "status", "is_provisional")
    search_fields = ("name",)
    search_help_text = "名称中的两个字以上、曾用名、统一社会信用代码；自然人按姓名全称"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        """Return folded records too: their page says where they lead."""
        return selectors.visible_to(actor).select_related("canonical", "branch_of")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(canonical__isnull=True)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find as the portal does, in its order, and persons in sight by their whole name."""
        if not search_term.strip():
            return queryset, False
        try:
            found = [hit.subject_id for hit in selectors.search(search_term, limit=MOST_FOUND).items]
        except Problem as problem:
            messages.warning(request, str(problem))
            return queryset.none(), False
        named = SubjectName.objects.filter(norm=normalize_name(search_term), grams__isnull=True)
        answering = named.annotate(root=Coalesce("subject__canonical", "subject")).values("root")
        seen = queryset.filter(kind=SubjectKind.NATURAL_PERSON, pk__in=answering).order_by("pk")
        persons = list(seen.values_list("pk", flat=True)[:MOST_FOUND])
        rank = Case(
            *(When(pk=key, then=Value(place)) for place, key in enumerate(found)),
            default=Value(len(found)),
            output_field=IntegerField(),
        )
        return queryset.filter(pk__in=[*found, *persons]).annotate(place=rank).order_by("place", "pk"), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Fetch the codes of the page in one statement."""
        changelist = super().get_changelist_instance(request)
        codes = selectors.codes_of(row.pk for row in changelist.result_list)
        for row in changelist.result_list:
            row.shown_code = codes[row.pk]
        return changelist

    @admin.display(description="代码")
    def code(self, obj: Subject) -> str:
        return "" if obj.is_person else getattr(obj, "shown_code", "")

    def page(self, request: HttpRequest, actor: Actor, record: Subject) -> dict[str, Any]:
        profile = selectors.profile(record)
        return {
            "kicker": record.get_kind_display(),
            "sub": "" if record.is_person else profile.code,
            "state": chip(record.get_status_display(), TONES.get(record.status, GREY)),
            "marks": [chip(word, AMBER) for word, is_so in marks(record) if is_so],
            "facts": facts(record),
            "parent": link(record.branch_of) if record.branch_of else "",
            "kept": link(record.canonical) if record.canonical else "",
            "sections": [*page_sections.sections_for(actor, record, request.GET.dict()), *sections(profile)],
        }


def marks(record: Subject) -> list[tuple[str, bool]]:
    return [("待核实", record.is_provisional), ("演示数据", record.is_demo)]


def facts(record: Subject) -> list[tuple[str, object]]:
    """Return what is on file besides names and numbers; of a person only the year of birth."""
    if record.is_person:
        known: list[tuple[str, object]] = [("出生年份", record.birth_on.year if record.birth_on else "")]
    else:
        known = [
            ("成立日期", zh(record.established_on)),
            ("法定代表人", record.legal_representative),
            ("住所", record.address),
            ("行业", record.industry),
        ]
    changed = [(f"{record.get_status_display()}日期", zh(record.status_on))] if record.status_on else []
    return [*changed, *known, ("建档日期", zh(record.registered_on)), ("公开编号", record.public_id)]


def sections(profile: selectors.Profile) -> list[Section]:
    """Return the tables of a subject's page: numbers, former names, changes, branches."""
    numbers = [
        Row([row.get_type_display(), shown_number(row), zh(row.valid_from), zh(row.valid_to)])
        for row in profile.identifiers
    ]
    names = [Row([f"{row.name}（{zh(row.valid_from)}至{zh(row.valid_to)}）"]) for row in profile.former_names]
    events = [
        Row(
            [
                zh(row.on),
                row.get_kind_display(),
                " · ".join(str(part) for part in (row.detail, row.counterpart, row.note) if part),
            ]
        )
        for row in profile.life_events
    ]
    branches = [Row([link(row), row.get_status_display()]) for row in profile.branches]
    found = [
        Section("证照号码", ("类型", "号码", "启用", "停用"), numbers, "没有登记号码"),
        Section("曾用名", ("名称",), names, "没有曾用名"),
        Section("主体变动", ("日期", "变动", "内容"), events, "没有变动记录"),
    ]
    return [*found, Section("分支机构", ("名称", "状态"), branches)] if branches else found
