"""What other floors may ask about subjects: the only readers that cross apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Substr

from core import personal
from core.fields import PUBLIC_ID_LENGTH
from core.identifiers import IdentifierType, normalize
from core.problems import NotFound, Violation
from subjects import rules
from subjects.models import Identifier, LifeEvent, Subject, SubjectName
from subjects.search import Among, Hit, SearchPage, search
from subjects.visibility import visible_to, world_of

__all__ = [
    "Among",
    "Hit",
    "Lookup",
    "MergePreview",
    "Profile",
    "SearchPage",
    "by_code",
    "by_code_root",
    "canonical",
    "code_of",
    "codes_of",
    "family",
    "find_by_identifier",
    "lookup",
    "name_on",
    "preview_merge",
    "profile",
    "register_preview",
    "require_legal_entity",
    "search",
    "visible_to",
    "world_of",
]


@dataclass(frozen=True, slots=True)
class Lookup:
    """What stands behind a code: the record that answers, and whether another one was asked for."""

    subject: Subject
    asked: Subject
    code: str

    @property
    def redirected(self) -> bool:
        return self.subject.pk != self.asked.pk


def canonical(subject: Subject) -> Subject:
    """Return the record that answers for this one: itself, or the one it was folded into."""
    return subject if subject.canonical is None else subject.canonical


def family(subject: Subject) -> list[int]:
    """Return the keys of all records that this subject's record answers for; readers filter foreign keys by them."""
    root = subject.canonical_id or subject.pk
    return [root, *Subject.objects.filter(canonical=root).order_by("pk").values_list("pk", flat=True)]


def lookup(code: str) -> Lookup | None:
    """Return who stands behind a social credit code, current or former, or a public id; None where nobody does.

    Natural persons are found by public id only.
    """
    rows = Subject.objects.select_related("canonical")
    plain = normalize(IdentifierType.USCC, code)
    found: Subject | None = None
    if len(plain) == PUBLIC_ID_LENGTH:
        found = rows.filter(public_id=plain).first()
    elif plain.isprintable() and plain:
        found = rows.filter(identifiers__type=IdentifierType.USCC, identifiers__value=plain).first()
    if found is None:
        return None
    subject = canonical(found)
    return Lookup(subject, found, code_of(subject))


def by_code(code: str) -> Subject:
    """Return the subject that answers for this code or public id; NotFound otherwise."""
    found = lookup(code)
    if found is None:
        raise NotFound("该代码对应的主体")
    return found.subject


def find_by_identifier(type_: str, value: str) -> Subject | None:
    """Return the subject that owns this identifier, personal numbers included, or None; for joining records."""
    rows = Identifier.objects.select_related("subject__canonical")
    if IdentifierType(type_).is_personal:
        protected = personal.find(type_, value)
        row = rows.filter(personal=protected).first() if protected else None
    else:
        row = rows.filter(type=type_, value=normalize(type_, value)).first()
    return canonical(row.subject) if row else None


def by_code_root(root: str) -> QuerySet[Subject]:
    """Return the body whose codes share these eight characters, with its branches."""
    own = (
        Identifier.objects.annotate(root=Substr("value", 9, 8))
        .filter(type=IdentifierType.USCC, root=root)
        .values("subject")
    )
    by_org_code = Identifier.objects.filter(type=IdentifierType.ORG_CODE, value__gte=root, value__lt=f"{root}~").values(
        "subject"
    )
    holders = Q(pk__in=own) | Q(pk__in=by_org_code)
    return Subject.objects.filter(holders | Q(branch_of__in=Subject.objects.filter(holders))).order_by("pk")


# By hand: every list asks it. One valid code of this type at the most, says the database.
CODES = """
SELECT s.id, coalesce(i.value, s.public_id) FROM subjects_subject s
  LEFT JOIN subjects_identifier i ON i.subject_id = s.id AND i.type = 'uscc' AND i.valid_to IS NULL
 WHERE s.id = ANY (%s)
"""


def codes_of(subjects: Iterable[int]) -> dict[int, str]:
    """Return the code under which each subject is addressed: its valid social credit code, else its public id."""
    with connection.cursor() as cursor:
        cursor.execute(CODES, [list(subjects)])
        return dict(cursor.fetchall())


def code_of(subject: Subject) -> str:
    """Return the code under which the subject is addressed in paths; for persons always the public id."""
    return subject.public_id if subject.is_person else codes_of([subject.pk])[subject.pk]


def name_on(subject: Subject, day: date) -> str:
    """Return the name that the subject had on a day; an old record keeps showing it."""
    names = SubjectName.objects.filter(subject=subject)
    row = (
        names.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )
        .order_by("-is_current", "-valid_from", "-pk")
        .first()
    )
    return row.name if row else subject.name


@dataclass(frozen=True, slots=True)
class Profile:
    """What is on the record of one subject, its folded duplicates included."""

    subject: Subject
    code: str
    identifiers: list[Identifier]
    former_names: list[SubjectName]
    life_events: list[LifeEvent]
    branches: list[Subject]
    branch_of: str | None


def profile(subject: Subject) -> Profile:
    """Return the record of a subject in six statements, seven with a parent, whatever stands on it."""
    keys = family(subject)
    names = SubjectName.objects.filter(subject__in=keys).exclude(subject=subject, is_current=True)
    parent = subject.branch_of_id and codes_of([subject.branch_of_id])[subject.branch_of_id]
    return Profile(
        subject=subject,
        code=code_of(subject),
        identifiers=list(Identifier.objects.filter(subject__in=keys).select_related("personal").order_by("pk")),
        former_names=list(names.order_by("valid_to", "pk")),
        life_events=list(LifeEvent.objects.filter(subject__in=keys).select_related("counterpart").order_by("on", "pk")),
        branches=list(Subject.objects.filter(branch_of__in=keys).order_by("pk")[:50]),
        branch_of=parent or None,
    )


Preview = Callable[[Subject, Subject], Mapping[str, int]]
_previews: list[Preview] = []


def register_preview(contributor: Preview) -> None:
    """Let a higher floor tell what of its own a merge of duplicates would show under the kept record."""
    if contributor not in _previews:
        _previews.append(contributor)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What folding `source` into `target` would do: what forbids it, what leads there, what both hold."""

    source: Subject
    target: Subject
    violations: list[Violation]
    codes: list[str]
    names: list[str]
    folded_before: int
    effects: dict[str, int]

    @property
    def fingerprint(self) -> str:
        """Return a short digest of what is shown: the same only where two previews say the same."""
        told = (self.source.pk, self.target.pk, self.codes, self.names, self.folded_before, self.effects)
        return sha256(repr(told).encode()).hexdigest()[:16]


def preview_merge(source: Subject, target: Subject) -> MergePreview:
    """Return the effects of a merge of duplicates without writing anything."""
    violations = rules.can_fold(source, target)
    violations += rules.codes_do_not_clash(source.valid_codes(), target.valid_codes())
    effects: dict[str, int] = {}
    for contributor in _previews:
        effects.update(contributor(source, target))
    values = (
        Identifier.objects.filter(subject=source, value__isnull=False).order_by("pk").values_list("value", flat=True)
    )
    return MergePreview(
        source,
        target,
        violations,
        [value for value in values if value],
        list(SubjectName.objects.filter(subject=source).order_by("pk").values_list("name", flat=True)),
        Subject.objects.filter(canonical=source).count(),
        effects,
    )


def require_legal_entity(subject: Subject) -> Subject:
    """Return the subject unless it is a natural person, whom public pages answer as not found."""
    if subject.is_person or subject.is_provisional:
        raise NotFound("该代码对应的主体")
    return subject
