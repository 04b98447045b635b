"""Published penalties whose act stands in the catalogue, as leads for the unit that may start a case. Never a case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.enums import Polarity
from catalog.models import RevisionCitation, RevisionInitiator
from catalog.selectors import revisions_in_force
from core import clock
from core.actors import Actor, acting
from core.masking import no_personal_numbers
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from publicity.models import Candidate, CandidateState

_COUNTRY = re.compile(r"^中华人民共和国")
_AMENDED = re.compile(r"[(（][^()（）]*[)）]$")  # a law is cited without the year of its amendment
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Act:
    """An entry's act, as texts to compare with: its title, and each article that it rests on."""

    revision: Any
    subject_kinds: frozenset[str]
    articles: tuple[tuple[str, str], ...]
    units: tuple[int, ...]


def acts_on(day: date) -> list[Act]:
    """Return the disciplined acts of the catalogue on the day with their articles and initiators; three queries."""
    revisions = list(revisions_in_force(day).filter(entry__polarity=Polarity.DISCIPLINE))
    keys = [row.pk for row in revisions]
    articles: dict[int, list[tuple[str, str]]] = {}
    cited = RevisionCitation.objects.filter(revision__in=keys).select_related("article__instrument")
    for row in cited:
        title = _COUNTRY.sub("", _AMENDED.sub("", row.article.instrument.title.strip("《》")))
        articles.setdefault(row.revision_id, []).append((title, row.article.label))
    units: dict[int, list[int]] = {}
    for named in RevisionInitiator.objects.filter(revision__in=keys):
        units.setdefault(named.revision_id, []).append(named.unit_id)
    return [
        Act(row, frozenset(row.subject_kinds), tuple(articles.get(row.pk, ())), tuple(units.get(row.pk, ())))
        for row in revisions
    ]


def reason_for(act: Act, penalty: Any, text: str) -> str:
    """Return why the penalty's act stands in the entry, in words; nothing where it does not."""
    if penalty.subject.kind not in act.subject_kinds:
        return ""
    for title, label in act.articles:
        if title and label and title in text and label in text.split(title, 1)[1][:60]:
            return f"处罚引用《{title}》{label}，为清单事项“{act.revision.title}”的依据"
    if len(act.revision.title) >= 4 and act.revision.title in text:
        return f"违法行为记载有“{act.revision.title}”"
    return ""


def find(penalties: Iterable[Any], *, on: date) -> int:
    """Write down the candidates among freshly published penalties, once each; inside the act that published them."""
    rows = list(getattr(penalties, "select_related", lambda *_: penalties)("subject"))
    if not rows:
        return 0
    acts = acts_on(on)
    found = []
    for penalty in rows:
        text = _BLANKS.sub("", f"{penalty.violation}\n{penalty.facts}\n{penalty.basis}")
        for act in acts:
            words = reason_for(act, penalty, text)
            if not words:
                continue
            concerned = [unit for unit in act.units if unit in {penalty.authority_id, penalty.unit_id}]
            for unit in concerned or act.units:
                found.append(
                    Candidate(penalty=penalty, revision=act.revision, unit_id=unit, reasons=words, found_on=on)
                )
    return len(Candidate.objects.bulk_create(found, ignore_conflicts=True, batch_size=1000))


def settle(*, actor: Actor, candidate: Candidate, taken: bool, note: str) -> Candidate:
    """Record what the unit made of a candidate; a case, if any, is started by hand in its own act."""
    require(actor, "publicity.candidate.settle")
    found = no_personal_numbers(note, "note", "研判意见")
    if not note.strip():
        found.append(Violation("CORE-07", "研判必须写明意见", "note", "填写意见"))
    refuse(found)
    with acting(actor, "publicity.candidate.settle", reason=note):
        locked = Candidate.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=candidate.pk).first()
        if locked is None:
            raise NotFound("该线索")
        if locked.state != CandidateState.OPEN:
            refuse([Violation("CORE-04", "该线索已经研判", remedy="刷新页面查看最新状态")])
        locked.state = CandidateState.TAKEN if taken else CandidateState.DISMISSED
        locked.settled_on, locked.settled_by_key, locked.settled_note = clock.today(), actor.key, note.strip()
        locked.save(update_fields=["state", "settled_on", "settled_by_key", "settled_note"])
    return locked
