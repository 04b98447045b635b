"""Entries and revisions for tests, made through the services by two named officers of the office."""

from dataclasses import replace
from datetime import date
from itertools import count

from catalog import selectors, services
from catalog.content import CitationContent, MeasureContent, RevisionContent
from catalog.models import EntryRevision, LegalInstrument
from catalog.permissions import PERMISSIONS
from core.actors import BACKDATE, Actor

_numbers = count(900)
GRANTED = frozenset([*PERMISSIONS, BACKDATE])
FIRST = Actor(kind="job", key="test.first", label="测试甲", permissions=GRANTED)
SECOND = Actor(kind="job", key="test.second", label="测试乙", permissions=GRANTED)
LAW, RULE, MEMO = "nongmingong-gongzi/第四十八条", "renshe-45/第五条", "beiwang-2018-331/全文"
STARTS = date(2024, 1, 1)


def citation(ref: str, *, needs_check: bool = False, note: str = "") -> CitationContent:
    instrument, _, article = ref.partition("/")
    return CitationContent(instrument, article, needs_check, note)


def measure(code: str = "P02", *, cite: tuple[str, ...] = (LAW,), units: tuple[str, ...] = ("fgw", "ggzy"), **facts):
    return MeasureContent(
        code=code, content=facts.pop("content", f"测试措施{code}"), units=units, citations=cite, **facts
    )


def make_content(**changes) -> RevisionContent:
    """A complete discipline entry carried by 保障农民工工资支付条例 Article 48, with P02 (class 1) and P14 (class 2)."""
    content = RevisionContent(
        entry_code=f"CJ-{next(_numbers)}",
        polarity="discipline",
        domain="测试领域",
        title="示例失信行为",
        cause="示例事由",
        handling="示例处理措施",
        evidence=("行政处罚决定书", "送达回证"),
        subject_kinds=("enterprise", "natural_person"),
        initiating_units=("rsj",),
        period_kind="range",
        period_min_months=12,
        period_max_months=36,
        period_default_months=12,
        period_text="1至3年",
        repair_condition="改正",
        group_code="enterprise",
        severity="serious",
        effective_from=STARTS,
        citations=(citation(LAW), citation(RULE, needs_check=True)),
        measures=(measure(), measure("P14", cite=(), units=("czj",))),
    )
    return replace(content, **changes)


def make_draft(content: RevisionContent | None = None, **changes) -> EntryRevision:
    """A revision in state 草拟."""
    return services.draft_revision(actor=FIRST, content=content or make_content(**changes))


def make_revision(state: str = "published", content: RevisionContent | None = None, **changes) -> EntryRevision:
    """A revision carried by two officers as far as `state` (not activated)."""
    revision = make_draft(content, **changes)
    steps = [
        ("submitted", lambda: services.submit(actor=SECOND, revision=revision)),
        ("compiled", lambda: services.compile_revision(actor=FIRST, revision=revision)),
        ("commented", lambda: services.open_comment(actor=FIRST, revision=revision)),
        ("reviewed", lambda: services.review(actor=SECOND, revision=revision)),
        ("published", lambda: services.publish(actor=FIRST, revision=revision)),
    ]
    for reached, act in steps:
        if revision.state == state:
            break
        act()
        assert revision.state == reached
    return revision


def make_active(content: RevisionContent | None = None, **changes) -> EntryRevision:
    """A published revision that two officers have activated."""
    revision = make_revision("published", content, **changes)
    services.confirm_activation(actor=FIRST, revision=revision)
    services.confirm_activation(actor=SECOND, revision=revision)
    revision.refresh_from_db()
    return revision


def make_next(current: EntryRevision, effective_from: date, **changes) -> EntryRevision:
    """The next revision of the same entry, active from `effective_from`."""
    content = replace(selectors.content_of(current), effective_from=effective_from, **changes)
    return make_active(content)


def make_instrument(kind: str = "law", *, effective_from: date = date(2020, 1, 1)) -> LegalInstrument:
    number = next(_numbers)
    return services.add_instrument(
        actor=FIRST, code=f"shili-{number}", title=f"示例法{number}", kind=kind, effective_from=effective_from
    )
