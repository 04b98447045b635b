"""梳理 and 报送: a unit's handler drafts, the unit's reviewer submits; unsure citations are verified by two people."""

from __future__ import annotations

from datetime import date

from django.db.models import Max

from catalog import rules
from catalog.content import PLAIN_FIELDS, RevisionContent
from catalog.enums import OPEN_STATES, RevisionState
from catalog.models import (
    Article,
    Entry,
    EntryRevision,
    RevisionCitation,
    RevisionInitiator,
    RevisionMeasure,
    RevisionMeasureCitation,
    RevisionMeasureUnit,
)
from catalog.permissions import CITATION_VERIFY, REVISION_DRAFT, REVISION_DRAFT_ANY, REVISION_SUBMIT
from catalog.selectors.contents import Library, content_of, facts_of
from catalog.workflow import REVISION
from core import workflow
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from organizations.models import Organization


def draft_revision(
    *, actor: Actor, content: RevisionContent, on: date | None = None, reason: str = "", library: Library | None = None
) -> EntryRevision:
    """Make the next revision of an entry in state 草拟, and the entry itself where it is new.

    The revision in force is not touched. Raises NotPermitted, Refused CAT-01…CAT-09 (broken content), CAT-29 (not the
    actor's unit), CAT-30 (another revision is under way).
    """
    require(actor, REVISION_DRAFT)
    day = settled_day(actor, on, reason)
    known = library or Library.load()
    refuse([*_own_unit(actor, content, known), *rules.draft_errors(facts_of(content, known))])
    with acting(actor, "catalog.revision.draft", reason=reason, on=day):
        entry, _ = Entry.objects.get_or_create(
            code=content.entry_code, defaults={"polarity": content.polarity, "domain": content.domain}
        )
        Entry.objects.select_for_update().get(pk=entry.pk)
        known.entries[entry.code] = entry
        earlier = EntryRevision.objects.filter(entry=entry)
        refuse(_under_way(entry, earlier.filter(state__in=OPEN_STATES).first()))
        number = (earlier.aggregate(last=Max("number"))["last"] or 0) + 1
        revision = EntryRevision(
            entry=entry,
            number=number,
            submitted_by_unit=_submitting_unit(actor, content, known),
            **_columns(actor, content),
        )
        revision.save(force_insert=True)
        _write_parts(revision, content, known)
        workflow.begin(revision, REVISION, "draft", actor=actor, on=day)
    return revision


def revise_draft(*, actor: Actor, revision: EntryRevision, content: RevisionContent) -> EntryRevision:
    """Replace the content of a revision that is still 草拟.

    Raises NotPermitted, Refused CAT-30 (not a draft any more), CAT-29, CAT-01…CAT-09. Verifications of citations that
    stay the same are kept.
    """
    require(actor, REVISION_DRAFT)
    known = Library.load()
    refuse([*_own_unit(actor, content, known), *rules.draft_errors(facts_of(content, known))])
    with acting(actor, "catalog.revision.revise"):
        locked = EntryRevision.objects.select_for_update(of=("self",)).select_related("entry").get(pk=revision.pk)
        if locked.state != RevisionState.DRAFTED or locked.entry.code != content.entry_code:
            refuse(
                [
                    Violation(
                        "CAT-30",
                        f"{locked}当前为“{locked.get_state_display()}”，只有草拟中的同一事项可以修改",
                        remedy="由联席会议办公室退回修改，或者起草下一版",
                    )
                ]
            )
        columns = _columns(actor, content)
        for name, value in columns.items():
            setattr(locked, name, value)
        locked.save(update_fields=list(columns))
        if locked.entry.domain != content.domain:
            Entry.objects.filter(pk=locked.entry_id).update(domain=content.domain)
        checked = {c.article.ref: c for c in locked.citations.select_related("article__instrument")}
        _delete_parts(locked)
        _write_parts(locked, content, known, checked)
    return locked


def submit(*, actor: Actor, revision: EntryRevision, on: date | None = None, reason: str = "") -> EntryRevision:
    """Hand the draft to the office: 草拟 → 已报送, by a second person of the same unit.

    Raises NotPermitted, Refused CORE-04, CORE-05 (same officer as the drafter), CAT-10 and all content rules.
    """
    require(actor, REVISION_SUBMIT)
    day = settled_day(actor, on, reason)
    with acting(actor, "catalog.revision.submit", reason=reason, on=day):
        locked = EntryRevision.objects.select_for_update(of=("self",)).get(pk=revision.pk)
        refuse(workflow.check(locked, REVISION, "submit", actor, reason)[1])
        refuse(
            [
                *_same_unit(actor, locked),
                *_second_person(actor, locked),
                *rules.submit_errors(facts_of(content_of(locked))),
            ]
        )
        return workflow.apply(revision, REVISION, "submit", actor=actor, reason=reason, on=day)


def verify_citation(*, actor: Actor, citation: RevisionCitation, note: str = "") -> RevisionCitation:
    """Confirm that an unsure citation agrees with the official text; the second person's confirmation clears the mark.

    Only before publication: a published revision never changes. Raises NotPermitted, Refused CAT-30, CAT-31.
    """
    require(actor, CITATION_VERIFY)
    with acting(actor, "catalog.citation.verify", reason=note):
        locked = RevisionCitation.objects.select_for_update(of=("self",)).select_related("revision").get(pk=citation.pk)
        if not locked.revision.is_open:
            refuse([Violation("CAT-30", "已发布的版本不能再核改引文", remedy="起草下一版，在新版中核对引文")])
        if not locked.needs_check:
            return locked
        if not locked.first_checked_key:
            locked.first_checked_key, locked.first_checked_label = actor.key, actor.label
        elif locked.first_checked_key == actor.key:
            refuse([Violation("CAT-31", "引文须由两名不同人员核对", remedy="由另一名人员核对")])
        else:
            locked.second_checked_key, locked.second_checked_label = actor.key, actor.label
            locked.needs_check = False
        locked.note = note.strip() or locked.note
        locked.save()
    return locked


def _own_unit(actor: Actor, content: RevisionContent, library: Library) -> list[Violation]:
    if actor.may(REVISION_DRAFT_ANY):
        return []
    own = {code for code, unit in library.units.items() if unit.pk == actor.unit_id}
    if own & set(content.initiating_units):
        return []
    return [
        Violation(
            "CAT-29",
            "只能起草以本单位为发起单位的事项",
            "initiating_units",
            "由主管该行为的单位起草，或者由联席会议办公室代为起草",
            "《实施方案》二（一）1“谁主管、谁负责”",
        )
    ]


def _same_unit(actor: Actor, revision: EntryRevision) -> list[Violation]:
    if actor.may(REVISION_DRAFT_ANY) or actor.unit_id == revision.submitted_by_unit_id:
        return []
    return [Violation("CAT-29", "只能报送本单位起草的事项", remedy="由起草单位的审核人员报送")]


def _second_person(actor: Actor, revision: EntryRevision) -> list[Violation]:
    if revision.edited_by_key != actor.key:
        return []
    return [
        Violation(
            "CORE-05",
            f"起草与报送应由两名不同人员办理，{actor.label}是最后的起草人",
            remedy="由同一单位的另一名审核人员办理",
            basis="双人办理（办理机构、审核机构）",
        )
    ]


def _under_way(entry: Entry, other: EntryRevision | None) -> list[Violation]:
    if other is None:
        return []
    return [
        Violation(
            "CAT-30",
            f"事项 {entry.code} 的第{other.number}版正在办理（{other.get_state_display()}）",
            remedy="在该版上修改，或者先由联席会议办公室撤回",
        )
    ]


def _submitting_unit(actor: Actor, content: RevisionContent, library: Library) -> Organization | None:
    codes = list(content.initiating_units)
    own = [unit for unit in library.units.values() if unit.pk == actor.unit_id]
    if own and (own[0].code in codes or not codes):
        return own[0]
    return library.units[codes[0]] if codes else None


def _columns(actor: Actor, content: RevisionContent) -> dict[str, object]:
    return {
        **{name: getattr(content, name) for name in PLAIN_FIELDS},
        "evidence": list(content.evidence),
        "subject_kinds": list(content.subject_kinds),
        "edited_by_key": actor.key,
        "edited_by_label": actor.label,
    }


def _delete_parts(revision: EntryRevision) -> None:
    RevisionMeasureCitation.objects.filter(revision_measure__revision=revision).delete()
    RevisionMeasureUnit.objects.filter(revision=revision).delete()
    RevisionMeasure.objects.filter(revision=revision).delete()
    RevisionCitation.objects.filter(revision=revision).delete()
    RevisionInitiator.objects.filter(revision=revision).delete()


def _article(ref: str, instrument: str, label: str, library: Library) -> Article:
    found = library.articles.get(ref)
    if found is None:
        found, _ = Article.objects.get_or_create(instrument=library.instruments[instrument], label=label)
        library.articles[ref] = found
    return found


def _write_parts(
    revision: EntryRevision,
    content: RevisionContent,
    library: Library,
    checked: dict[str, RevisionCitation] | None = None,
) -> None:
    RevisionInitiator.objects.bulk_create(
        RevisionInitiator(revision=revision, unit=library.units[code])
        for code in dict.fromkeys(content.initiating_units)
    )
    citations: dict[str, RevisionCitation] = {}
    for item in content.citations:
        row = RevisionCitation(
            revision=revision,
            article=_article(item.ref, item.instrument, item.article, library),
            needs_check=item.needs_check,
            note=item.note,
        )
        before = (checked or {}).get(item.ref)
        if before is not None and before.needs_check == item.needs_check:
            for name in ("first_checked_key", "first_checked_label", "second_checked_key", "second_checked_label"):
                setattr(row, name, getattr(before, name))
        citations[item.ref] = row
    RevisionCitation.objects.bulk_create(citations.values())
    measures = {
        item.code: RevisionMeasure(
            revision=revision,
            measure=library.measures[item.code],
            content=item.content,
            mode=item.mode,
            statutory_min_months=item.min_months,
            statutory_max_months=item.max_months,
            statutory_permanent=item.permanent,
            statutory_start=item.start,
            statutory_exit=item.exit,
            ends_on_repair=item.ends_on_repair,
            stops_on_pause=item.stops_on_pause,
            target=item.target,
            needs_check=item.needs_check,
            note=item.note,
        )
        for item in content.measures
    }
    RevisionMeasure.objects.bulk_create(measures.values())
    RevisionMeasureCitation.objects.bulk_create(
        RevisionMeasureCitation(revision_measure=measures[item.code], citation=citations[ref])
        for item in content.measures
        for ref in dict.fromkeys(item.citations)
    )
    RevisionMeasureUnit.objects.bulk_create(
        RevisionMeasureUnit(revision=revision, measure=library.measures[item.code], unit=library.units[code])
        for item in content.measures
        for code in dict.fromkeys(item.units)
    )
