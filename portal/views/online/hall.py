"""The hall and the places where a service begins: what one can do, which way, who answers, by when, on which law."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from core import clock
from core.deadlines import rule_on
from core.identifiers import IdentifierType, normalize
from core.problems import NotFound, Problem, Refused, Violation
from objections.enums import TargetKind
from portal import selectors
from portal.disclosures import KINDS as KINDS_PUBLISHED
from portal.online import drafts, matters, what_if
from portal.online.models import Service
from portal.views.base import text_of
from portal.views.online.base import AREA, remember, seen_other, service_page, typed
from publicity.selectors import records_of_subject
from subjects.models import Subject
from subjects.selectors import code_of, lookup, require_legal_entity

# The terms that the hall names, each out of its dated rule row.
TERMS = {
    "objection": ("OBJ-T01", "OBJ-T02", "OBJ-T04"),
    "complaint": ("OBJ-T05", "OBJ-T06"),
    "repair": ("REP-T01", "REP-T03"),
}


@service_page()
def hall(request: HttpRequest) -> HttpResponse:
    """Say what can be done here, which way, who answers and how long it takes."""
    day = clock.today()
    terms = {name: [rule_on(code, day) for code in codes] for name, codes in TERMS.items()}
    return render(request, "portal/online/hall.html", {"terms": terms, "at": "hall", "today": day})


def _subject(code: str) -> Subject:
    found = lookup(normalize(IdentifierType.USCC, code))
    if found is None:
        raise NotFound("该代码对应的主体")
    return require_legal_entity(found.subject)


def _asked_subject(code: str) -> tuple[Subject | None, Problem | None]:
    """Return whose matters are meant; a wrong code is said beside the field, where it can be mended."""
    if not code:
        return None, None
    try:
        return _subject(code), None
    except NotFound:
        remedy = "填写 18 位统一社会信用代码；自然人凭决定书上的编号办理"
        return None, Problem("NOT-FOUND", f"没有找到代码为“{code}”的法人或者非法人组织", status=404, remedy=remedy)


@service_page()
def repair(request: HttpRequest) -> HttpResponse:
    """The navigator: for one listing, or for everything that is public of a subject."""
    day, code, key = clock.today(), text_of(request, "code", 40), text_of(request, "listing", 16).upper()
    context: dict[str, Any] = {"at": "hall", "today": day, "code": code, "key": key}
    if key:
        row = matters.public_listing_row(key, day)
        if row is None:
            return render(request, "portal/online/repair.html", context | {"unknown": True})
        one = matters.repair_of(row, day)
        context |= {"matters": [one], "one": one, "courses": what_if.courses(row, day)}
        return render(request, "portal/online/repair.html", context)
    if shown := text_of(request, "disclosure", 16).upper():
        penalty = matters.public_penalty(shown, day)
        found = [matters.repair_of(penalty, day)] if penalty is not None else []
        context |= {"penalties": found, "unknown": not found, "key": "", "one": found[0] if found else None}
        return render(request, "portal/online/repair.html", context)
    subject, problem = _asked_subject(code)
    context |= {"subject": subject, "problem": problem}
    if subject is not None:
        context["matters"], context["penalties"] = matters.repairs_of(subject, day)
    return render(request, "portal/online/repair.html", context, status=404 if problem else 200)


KINDS = [
    ("listing", "名单列入（联合认定）"),
    ("facts", "认定的事实"),
    ("disclosure", "行政许可、行政处罚公示信息"),
    ("base_record", "主体基础信息有误，要求更正"),
    ("measure", "某个单位实施措施不当"),
    ("repair_refusal", "不予修复、不予受理修复"),
    ("reward", "激励不予认定或者被取消"),
    ("source_list", "法院、税务等源名单的列入"),
]


@service_page(post="follow")
def objection(request: HttpRequest) -> HttpResponse:
    """Where an objection begins: from the page of what it is about, by a subject's code, or by the decision's number."""
    kind, key = text_of(request, "kind", 20), text_of(request, "key", 40).upper()
    code, day = text_of(request, "code", 40), clock.today()
    context: dict[str, Any] = {"at": "hall", "today": day, "kinds": KINDS, "kind": kind, "key": key, "code": code}
    if key and kind in TargetKind.values:
        try:
            context["matter"] = matters.objection(kind, key, day)
        except Problem as refusal:
            context["problem"] = refusal
            return render(request, "portal/online/object.html", context, status=refusal.status)
        return render(request, "portal/online/object.html", context)
    if key:
        wrong = Refused([Violation("OBJ-43", "请选择要异议的是哪一类事项", "kind", "从列表中选择")])
        return render(request, "portal/online/object.html", context | {"problem": wrong}, status=409)
    subject, problem = _asked_subject(code)
    context |= {"subject": subject, "problem": problem}
    if subject is not None:
        context["found"] = _public_targets(subject, day)
    return render(request, "portal/online/object.html", context, status=404 if problem else 200)


def _public_targets(subject: Subject, day: Any) -> list[tuple[str, str, str, str]]:
    """Return what everybody can see of this subject and it may object to: kind, key, label, what stands beside it."""
    found = [
        ("listing", row.public_id, row.revision.title, f"{row.determination.lead_unit.name}认定")
        for row in selectors.listings_of_subject(subject, day)
        if row.polarity == "discipline"
    ]
    for kind, label in KINDS_PUBLISHED.items():
        found += [
            ("disclosure", row.public_id, f"{label} {row.document_number}", row.authority_name)
            for row in records_of_subject(subject, day, kind)
        ]
    return [*found, ("base_record", subject.public_id, "基础信息（名称、代码、法定代表人、住所等）", code_of(subject))]


@service_page(post="follow")
def complain(request: HttpRequest) -> HttpResponse:
    """Say when one can complain, and lead to the objection whose answer is complained about."""
    day = clock.today()
    return render(
        request,
        "portal/online/complain.html",
        {"at": "hall", "terms": [rule_on(code, day) for code in ("OBJ-T04", *TERMS["complaint"])]},
    )


@service_page(post="filing")
def start(request: HttpRequest) -> HttpResponse:
    """Begin a draft about a matter that may be filed today, and go to its page."""
    service, kind = typed(request, "service"), typed(request, "kind")
    key = typed(request, "key").upper()
    if request.method != "POST" or service not in (Service.OBJECTION, Service.REPAIR):
        return HttpResponseRedirect(reverse("portal:hall"))
    found = matters.matter(service, kind, key, clock.today())
    if found.obstacles:
        context = {"at": "hall", "today": clock.today(), "matter": found, "one": found}
        context["matters" if found.kind == TargetKind.LISTING else "penalties"] = [found]
        page = "repair" if service == Service.REPAIR else "object"
        return render(request, f"portal/online/{page}.html", context, status=409)
    return opened(request, drafts.start(service=service, kind=kind, key=key))


def opened(request: HttpRequest, started: drafts.Started) -> HttpResponse:
    """Go to the page of a new draft, whose key the browser keeps for that page alone."""
    address = reverse("portal:draft", args=[started.draft.public_id])
    response = seen_other(address)
    hold_open(request, response, started.draft.public_id, started.key)
    return response


def hold_open(request: HttpRequest, response: HttpResponse, number: str, key: str) -> None:
    remember(request, response, f"draft_{number}", key, 30 * 86_400, f"{AREA}drafts/{number}")
