"""Revisions as plain content, and the facts that the rules judge; constant numbers of queries for any number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from catalog import rules
from catalog.content import PLAIN_FIELDS, CitationContent, MeasureContent, RevisionContent
from catalog.enums import RevisionState
from catalog.facts import CitationFacts, MeasureFacts, RevisionFacts, UnitFacts
from catalog.models import (
    Article,
    Entry,
    EntryRevision,
    LegalInstrument,
    Measure,
    RevisionCitation,
    RevisionInitiator,
    RevisionMeasure,
    RevisionMeasureCitation,
    RevisionMeasureUnit,
)
from core import clock
from core.problems import Violation
from organizations.models import Organization
from organizations.selectors import successors_on

CITATIONS = RevisionCitation.objects.select_related("article__instrument").order_by("id")
PARTS = (
    "entry",
    Prefetch("initiators", RevisionInitiator.objects.select_related("unit").order_by("id")),
    Prefetch("citations", CITATIONS),
    Prefetch("measures", RevisionMeasure.objects.select_related("measure").order_by("id")),
    Prefetch("measures__citation_links", RevisionMeasureCitation.objects.order_by("id")),
    Prefetch("measure_units", RevisionMeasureUnit.objects.select_related("unit").order_by("id")),
)


def with_parts(revisions: QuerySet[EntryRevision]) -> QuerySet[EntryRevision]:
    """Return the revisions with everything that `content_of` reads already fetched: seven queries in all."""
    return revisions.prefetch_related(*PARTS)


def _measure_content(row: RevisionMeasure, units: dict[int, list[str]], refs: dict[int, str]) -> MeasureContent:
    return MeasureContent(
        code=row.measure.code,
        content=row.content,
        units=tuple(units.get(row.measure_id, ())),
        citations=tuple(refs[link.citation_id] for link in row.citation_links.all()),
        mode=row.mode,
        min_months=row.statutory_min_months,
        max_months=row.statutory_max_months,
        permanent=row.statutory_permanent,
        start=row.statutory_start,
        exit=row.statutory_exit,
        ends_on_repair=row.ends_on_repair,
        stops_on_pause=row.stops_on_pause,
        target=row.target,
        needs_check=row.needs_check,
        note=row.note,
    )


def _content(revision: EntryRevision) -> RevisionContent:
    units: dict[int, list[str]] = {}
    for triple in revision.measure_units.all():
        units.setdefault(triple.measure_id, []).append(triple.unit.code)
    citations = list(revision.citations.all())
    refs = {citation.pk: citation.article.ref for citation in citations}
    return RevisionContent(
        entry_code=revision.entry.code,
        polarity=revision.entry.polarity,
        domain=revision.entry.domain,
        evidence=tuple(revision.evidence),
        subject_kinds=tuple(revision.subject_kinds),
        initiating_units=tuple(row.unit.code for row in revision.initiators.all()),
        citations=tuple(
            CitationContent(c.article.instrument.code, c.article.label, c.needs_check, c.note) for c in citations
        ),
        measures=tuple(_measure_content(row, units, refs) for row in revision.measures.all()),
        **{name: getattr(revision, name) for name in PLAIN_FIELDS},
    )


def contents_of(revisions: QuerySet[EntryRevision]) -> list[tuple[EntryRevision, RevisionContent]]:
    """Return each revision with its content, in the order of the queryset."""
    return [(revision, _content(revision)) for revision in with_parts(revisions)]


def content_of(revision: EntryRevision) -> RevisionContent:
    """Return what the revision says, as stored now."""
    return contents_of(EntryRevision.objects.filter(pk=revision.pk))[0][1]


def _taken_to() -> dict[str, date]:
    """Return, per entry, the last day on which an earlier revision stands whatever is published now."""
    rows = EntryRevision.objects.filter(
        Q(state__in=[RevisionState.PUBLISHED, RevisionState.SUPERSEDED])
        | Q(state=RevisionState.WITHDRAWN, activated_on__isnull=False)
    ).values_list("entry__code", "state", "effective_from", "effective_to")
    taken: dict[str, date] = {}
    for code, state, starts, ends in rows:
        last = starts if state == RevisionState.PUBLISHED else ends
        if starts is not None and last is not None and last >= starts:
            taken[code] = max(last, taken.get(code, last))
    return taken


@dataclass
class Library:
    """Instruments, articles, measures, units and entries, read once for judging many revisions."""

    instruments: dict[str, LegalInstrument] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    units: dict[str, Organization] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    taken_to: dict[str, date] = field(default_factory=dict)

    @classmethod
    def load(cls) -> Library:
        articles = Article.objects.select_related("instrument").order_by("id")
        return cls(
            instruments={row.code: row for row in LegalInstrument.objects.all()},
            articles={row.ref: row for row in articles},
            measures={row.code: row for row in Measure.objects.all()},
            units={row.code: row for row in Organization.objects.all()},
            entries={row.code: row for row in Entry.objects.all()},
            taken_to=_taken_to(),
        )

    def citation_facts(self, citation: CitationContent) -> CitationFacts:
        instrument = self.instruments.get(citation.instrument)
        if instrument is None:
            return CitationFacts(citation.ref, citation.ref, "", citation.needs_check, None, None)
        article = self.articles.get(citation.ref)
        ends = [day for day in (instrument.effective_to, article.valid_to if article else None) if day is not None]
        return CitationFacts(
            ref=citation.ref,
            label=f"《{instrument.title}》{citation.article}",
            kind=instrument.kind,
            needs_check=citation.needs_check,
            valid_from=(article.valid_from if article else None) or instrument.effective_from,
            valid_to=min(ends, default=None),
        )

    def unit_facts(self, code: str, day: date) -> UnitFacts | None:
        unit = self.units.get(code)
        if unit is None:
            return None
        gone = unit.valid_to is not None and unit.valid_to < day
        heirs = tuple(heir.name for heir in successors_on(unit, day)) if gone else ()
        return UnitFacts(unit.code, unit.name, unit.valid_to, heirs)


def facts_of(content: RevisionContent, library: Library | None = None) -> RevisionFacts:
    """Return what the rules need to judge this content today."""
    known = library or Library.load()
    day = max(clock.today(), content.effective_from or clock.today())
    named = {*content.initiating_units, *(code for measure in content.measures for code in measure.units)}
    units = {code: known.unit_facts(code, day) for code in sorted(named)}
    entry = known.entries.get(content.entry_code)
    return RevisionFacts(
        content=content,
        citations={citation.ref: known.citation_facts(citation) for citation in content.citations},
        units={code: facts for code, facts in units.items() if facts is not None},
        measures={
            code: MeasureFacts(row.code, row.name, row.polarity, row.measure_class)
            for code in {measure.code for measure in content.measures}
            if (row := known.measures.get(code)) is not None
        },
        day=day,
        existing_polarity=entry.polarity if entry else "",
        taken_to=known.taken_to.get(content.entry_code),
    )


def warnings_of(revision: EntryRevision, library: Library | None = None) -> list[Violation]:
    """Return the unsure parts of a revision: shown beside it, never silently dropped."""
    return rules.warnings(facts_of(content_of(revision), library))


def all_units(contents: Iterable[RevisionContent]) -> set[str]:
    """Return the codes of every unit that the contents name."""
    return {
        code
        for content in contents
        for code in (*content.initiating_units, *(unit for measure in content.measures for unit in measure.units))
    }
