"""The impact preview: what a repealed article, a dissolved unit or a dropped measure touches, before anyone confirms."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from catalog import rules
from catalog.content import MeasureContent, RevisionContent
from catalog.enums import OPEN_STATES, RevisionState
from catalog.facts import CitationFacts, RevisionFacts
from catalog.impact import Impact, ImpactEntry, ImpactQuestion, contributions
from catalog.models import Article, EntryRevision, Measure
from catalog.selectors.contents import Library, contents_of, facts_of
from core import clock
from organizations.models import Organization
from organizations.selectors import successors_on


def impact_of(
    *,
    article: Article | None = None,
    unit: Organization | None = None,
    measure: Measure | None = None,
    on: date | None = None,
) -> Impact:
    """Return everything that ending the article, the unit or the measure on `on` would touch; writes nothing.

    `on` is the first day without it. Queries do not grow with the catalogue.
    """
    day = on or clock.today()
    if sum(item is not None for item in (article, unit, measure)) != 1:
        raise ValueError("ask about exactly one article, unit or measure")
    rows = _touched(article, unit, measure, day)
    library = Library.load() if article else None
    entries = []
    for revision, content in contents_of(rows):
        if article is not None and library is not None:
            effects, serious = _without_article(content, article, day, library)
        elif unit is not None:
            effects, serious = _without_unit(content, unit)
        else:
            effects, serious = _without_measure(content, measure)
        entries.append(
            ImpactEntry(
                entry_code=content.entry_code,
                title=content.title,
                revision_id=revision.pk,
                public_id=revision.public_id,
                number=revision.number,
                state=revision.get_state_display(),
                effects=tuple(effects),
                is_serious=serious,
            )
        )
    question = ImpactQuestion(
        on=day,
        article_id=article.pk if article else None,
        unit_id=unit.pk if unit else None,
        measure_id=measure.pk if measure else None,
        revision_ids=frozenset(entry.revision_id for entry in entries),
    )
    return Impact(
        question=_words(article, unit, measure, day),
        on=day,
        entries=tuple(entries),
        lines=contributions(question),
        heirs=tuple(heir.name for heir in _heirs(unit, day)) if unit else (),
    )


def _heirs(unit: Organization, day: date) -> list[Organization]:
    return [heir for heir in successors_on(unit, day) if heir.pk != unit.pk]


def _words(article: Article | None, unit: Organization | None, measure: Measure | None, day: date) -> str:
    if article is not None:
        return f"自 {day} 起废止{article}"
    if unit is not None:
        return f"自 {day} 起撤销{unit.name}"
    return f"自 {day} 起停用措施 {measure}"


def _touched(
    article: Article | None, unit: Organization | None, measure: Measure | None, day: date
) -> QuerySet[EntryRevision]:
    alive = Q(state__in=OPEN_STATES) | (
        Q(state__in=[RevisionState.PUBLISHED, RevisionState.SUPERSEDED])
        & (Q(effective_to__isnull=True) | Q(effective_to__gte=day))
    )
    rows = EntryRevision.objects.filter(alive)
    if article is not None:
        rows = rows.filter(citations__article=article)
    elif unit is not None:
        rows = rows.filter(Q(initiators__unit=unit) | Q(measure_units__unit=unit))
    else:
        rows = rows.filter(measures__measure=measure)
    return rows.distinct().order_by("entry__code", "number")


def _without_article(content: RevisionContent, article: Article, day: date, library: Library) -> tuple[list[str], bool]:
    facts = facts_of(content, library)
    left = {ref: fact for ref, fact in facts.citations.items() if ref != article.ref and fact.in_force_on(day)}
    effects = [f"引用该条款（{'待核' if facts.citations[article.ref].needs_check else '确定'}）"]
    stays = any(fact.carries(content.polarity) for fact in left.values())
    if not stays:
        effects.append("失去最后一条确定依据：该事项自该日起不再有效，不能据以新认定")
    weakened = [
        measure
        for measure in content.measures
        if article.ref in measure.citations and rules.is_carried(facts, measure) and not _still(facts, measure, left)
    ]
    effects += [f"措施 {m.code} {m.content} 失去依据，自该日起不能再下达任务" for m in weakened]
    others = [m.code for m in content.measures if article.ref in m.citations and m not in weakened]
    if others:
        effects.append(f"措施 {'、'.join(others)} 仍有其他依据或者不要求法定依据")
    return effects, not stays or bool(weakened)


def _still(facts: RevisionFacts, measure: MeasureContent, left: dict[str, CitationFacts]) -> bool:
    if not rules.class_one(facts, measure):
        return True
    return any(ref in left and left[ref].is_strong for ref in measure.citations)


def _without_unit(content: RevisionContent, unit: Organization) -> tuple[list[str], bool]:
    effects, serious = [], False
    if unit.code in content.initiating_units:
        alone = len(content.initiating_units) == 1
        serious = serious or alone
        effects.append("唯一的发起单位：没有承继单位的，此后无人可以发起" if alone else "发起单位之一")
    for measure in content.measures:
        if unit.code in measure.units:
            alone = len(measure.units) == 1
            serious = serious or alone
            effects.append(f"措施 {measure.code} 的{'唯一实施单位' if alone else '实施单位之一'}：{measure.content}")
    return effects, serious


def _without_measure(content: RevisionContent, measure: Measure | None) -> tuple[list[str], bool]:
    code = measure.code if measure else ""
    rows = [item for item in content.measures if item.code == code]
    alone = len(content.measures) == len(rows)
    effects = [f"规定了该措施：{item.content}（{len(item.units)} 个实施单位）" for item in rows]
    return [*effects, *(["该事项唯一的措施"] if alone else [])], alone
