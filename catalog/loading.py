"""初始装载: the reference catalogue, through the same services as everybody, by two named jobs that say so."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalog import rules
from catalog.content import RevisionContent
from catalog.fixture_files import read_entries, read_instruments, read_measures
from catalog.models import EntryRevision, LegalInstrument, Measure
from catalog.permissions import PERMISSIONS, REFERENCE_LOAD
from catalog.selectors.contents import Library, contents_of, facts_of
from catalog.services import drafting, publishing
from core.actors import Actor, acting
from core.permissions import require

REASON = "初始装载：依据随附参考文件，引文把握见各条标注"
FIRST = Actor(kind="job", key="reference.first", label="初始装载（一）", permissions=frozenset(PERMISSIONS))
SECOND = Actor(kind="job", key="reference.second", label="初始装载（二）", permissions=frozenset(PERMISSIONS))


@dataclass
class LoadReport:
    """What a load did; a second load of the same files changes nothing."""

    instruments: int = 0
    measures: int = 0
    entries: int = 0
    unchanged: int = 0
    activated: list[str] = field(default_factory=list)
    drafted: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)


def load_reference(actor: Actor) -> LoadReport:
    """Load what is missing of instruments, measures and the 40 entries; never rewrites what is there.

    An entry that a sure citation carries is published and activated, by two job actors and with the reason
    “初始装载”; any other stays 草拟 until officers have verified its citations. An entry that officers have changed
    is reported as differing and left alone.
    """
    if actor.kind != "job":
        require(actor, REFERENCE_LOAD)
    report = LoadReport()
    with acting(actor, "catalog.reference.load", reason=REASON):
        known = set(LegalInstrument.objects.values_list("code", flat=True))
        instruments = [LegalInstrument(**row) for row in read_instruments() if row["code"] not in known]
        report.instruments = len(LegalInstrument.objects.bulk_create(instruments))
        have = set(Measure.objects.values_list("code", flat=True))
        measures = [Measure(**row) for row in read_measures() if row["code"] not in have]
        report.measures = len(Measure.objects.bulk_create(measures))
        library = Library.load()
        present = _first_contents()
        for content in read_entries():
            before = present.get(content.entry_code)
            if before is None:
                _load_entry(content, library, report)
            elif before == content:
                report.unchanged += 1
            else:
                report.differing.append(content.entry_code)
    return report


def _first_contents() -> dict[str, RevisionContent]:
    return {content.entry_code: content for _, content in contents_of(EntryRevision.objects.filter(number=1))}


def _load_entry(content: RevisionContent, library: Library, report: LoadReport) -> None:
    revision = drafting.draft_revision(actor=FIRST, content=content, reason=REASON, library=library)
    report.entries += 1
    if rules.activation_errors(facts_of(content, library)):
        report.drafted.append(content.entry_code)
        return
    drafting.submit(actor=SECOND, revision=revision, reason=REASON)
    publishing.compile_revision(actor=FIRST, revision=revision, reason=REASON)
    publishing.open_comment(actor=FIRST, revision=revision, reason=REASON)
    publishing.review(actor=SECOND, revision=revision, reason=REASON)
    publishing.publish(actor=FIRST, revision=revision, reason=REASON, library=library)
    publishing.confirm_activation(actor=FIRST, revision=revision, reason=REASON, library=library)
    publishing.confirm_activation(actor=SECOND, revision=revision, reason=REASON, library=library)
    report.activated.append(content.entry_code)
