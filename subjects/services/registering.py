"""Opening the record of a subject and giving it its identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.db.models.functions import Substr

from core import actors, clock, outbox, personal
from core.actors import Actor, acting
from core.identifiers import IdentifierType, normalize
from core.models import PersonalIdentifier
from core.permissions import require
from core.problems import Violation, refuse
from core.text import bigrams, normalize_name
from subjects import permissions, rules
from subjects.models import Identifier, Subject, SubjectName
from subjects.models.subject import PERSON
from subjects.visibility import visible_to

ROOT_LOCK = 0x5352  # first key of the advisory locks that serialise one code root
REGISTER_LOCK = 0x5353  # shared by those who register one subject, taken alone by those who register many
# The only numbers that an event may carry and that public search may answer with.
PUBLIC_TYPES = frozenset({IdentifierType.USCC.value, IdentifierType.ORG_CODE.value})
ONE_OWNER = ("subjects_identifier_one_owner", "subjects_personal_one_owner")


@dataclass(frozen=True, slots=True)
class NewIdentifier:
    """A number to be given to a subject, as it was handed in."""

    type: str
    value: str
    valid_from: date | None = None
    valid_to: date | None = None


def write_name(subject: Subject, name: str, *, current: bool, since: date | None, until: date | None = None) -> None:
    """Write one name row; only those of legal entities carry grams."""
    norm = normalize_name(name)
    SubjectName.objects.create(
        subject=subject,
        kind=subject.kind,
        name=name,
        norm=norm,
        grams=None if subject.is_person else bigrams(norm),
        is_current=current,
        valid_from=since,
        valid_to=until,
    )


def owned_already(actor: Actor, owner: Subject | None, type_: str) -> Violation:
    """SUB-04: the identifier has an owner; it is named only to those who may see it."""
    label = IdentifierType(type_).label
    seen = owner is not None and visible_to(actor).filter(pk=owner.pk).exists()
    whose = f"“{owner}”" if seen else "另一主体"
    mend = f"在{whose}的档案上办理" if seen else "由联席办核对两份档案"
    return Violation("SUB-04", f"该{label}已登记在{whose}名下", "identifier", f"{mend}；确属重复建档的，由联席办合并")


def _owner_of(type_: str, value: str | None, personal_id: int | None) -> Subject | None:
    match = Q(personal=personal_id) if personal_id else Q(type=type_, value=value)
    found = Identifier.objects.filter(match).select_related("subject").first()
    return found.subject if found else None


def lock_registering(*, alone: bool = False) -> None:
    """Let nobody give out identifiers by set while others do it one by one; held until the transaction ends."""
    shared = "" if alone else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(%s, 0)", [REGISTER_LOCK])


def _lock_roots(roots: set[str]) -> None:
    """Serialise the writers of one code root: the constraint on codes cannot see that two codes share a root."""
    lock_registering()
    with connection.cursor() as cursor:
        for root in sorted(roots):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [ROOT_LOCK, root])


def _sharing_root(roots: set[str]) -> list[Identifier]:
    rows = Identifier.objects.select_related("subject")
    by_uscc = rows.annotate(root=Substr("value", 9, 8)).filter(type=IdentifierType.USCC, root__in=roots)
    by_code = rows.filter(
        reduce(or_, (Q(value__gte=root, value__lt=f"{root}~") for root in roots)), type=IdentifierType.ORG_CODE
    )
    return [*by_uscc, *by_code]


def _root_is_free(actor: Actor, subject: Subject, roots: set[str]) -> list[Violation]:
    """SUB-09: one code root is one body; whoever shares it is that body, its branch or its parent."""
    if not roots:
        return []
    family = {subject.pk, subject.branch_of_id}
    for other in _sharing_root(roots):
        if other.subject_id in family or (subject.pk and other.subject.branch_of_id in family - {None}):
            continue
        seen = visible_to(actor).filter(pk=other.subject_id).exists()
        whose = f"“{other.subject}”" if seen else "另一主体"
        return [
            Violation(
                "SUB-09",
                f"代码主体标识与{whose}相同，属于同一机构或其分支机构",
                "identifier",
                "是分支机构的，登记为该主体的分支；是同一机构的，在原档案上补充代码",
                "GB 11714-1997",
            )
        ]
    return []


def _give(actor: Actor, subject: Subject, new: NewIdentifier) -> Identifier:
    """Write one identifier; whoever comes second gets SUB-04, two at once included."""
    kind = IdentifierType(new.type)
    row = Identifier(
        subject=subject, kind=subject.kind, type=kind.value, valid_from=new.valid_from, valid_to=new.valid_to
    )
    if kind.is_personal:
        row.personal = personal.protect(kind.value, new.value)
    else:
        row.value = normalize(kind.value, new.value)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if any(name in str(error) for name in ONE_OWNER):
            refuse([owned_already(actor, _owner_of(row.type, row.value, row.personal_id), row.type)])
        if "subjects_one_uscc" in str(error):
            refuse(
                [Violation("SUB-04", "该主体已有现行有效的统一社会信用代码", "identifier", "先登记原代码的停用日期")]
            )
        raise
    return row


def give_identifiers(actor: Actor, subject: Subject, wanted: Sequence[NewIdentifier], on: date) -> list[Identifier]:
    """Check and write identifiers of one subject, all or none."""
    found: list[Violation] = []
    for new in wanted:
        found += rules.identifier_is_valid(subject.kind, new.type, new.value, on=on)
    refuse(found)
    plain = [(new.type, normalize(new.type, new.value)) for new in wanted if subject.kind != PERSON]
    roots = {root for type_, value in plain if (root := rules.code_root(type_, value))}
    _lock_roots(roots)
    for type_, value in plain:
        if owner := _owner_of(type_, value, None):
            refuse([owned_already(actor, owner, type_)])
    refuse(_root_is_free(actor, subject, roots))
    return [_give(actor, subject, new) for new in wanted]


def announce(event: str, subject: Subject, on: date, **payload: object) -> None:
    """Emit an event about a subject; of natural persons it tells the kind and nothing else."""
    told = {"kind": subject.kind} if subject.is_person else {"kind": subject.kind, "name": subject.name, **payload}
    outbox.emit(event, subject, on=on, payload=told)


def public_code(row: Identifier) -> str | None:
    """Return the number where its type is one that may be published, else None."""
    return row.value if row.type in PUBLIC_TYPES else None


def register_subject(
    actor: Actor,
    *,
    kind: str,
    name: str,
    code: str | None = None,
    identifiers: Sequence[NewIdentifier] = (),
    on: date | None = None,
    established_on: date | None = None,
    district_code: str = "",
    address: str = "",
    industry: str = "",
    legal_representative: str = "",
    registrar: str = "",
    branch_of: Subject | None = None,
    is_provisional: bool = False,
    is_demo: bool = False,
    reason: str = "",
) -> Subject:
    """Open the record of a legal entity under its own code, or refuse without writing anything.

    Refuses SUB-01 name, ID-01…08 and SUB-02 codes, SUB-03 without any identifier unless it is a branch or
    provisional, SUB-04 an identifier that has an owner, SUB-09 a code root that has one, SUB-11 demo marks.
    Emits `subject.registered`.
    """
    require(actor, permissions.REGISTER)
    settled = actors.settled_day(actor, on, reason)
    wanted = [*([NewIdentifier(IdentifierType.USCC, code)] if code else []), *identifiers]
    found = rules.name_is_usable(name) + rules.day_has_come(
        established_on, clock.today(), field="established_on", label="成立日期"
    )
    if kind not in rules.LEGAL_ENTITY_KINDS:
        found.append(Violation("SUB-10", "自然人请按自然人建档", "kind", "使用自然人建档并填写证件号码"))
    if not wanted and branch_of is None and not is_provisional:
        found.append(Violation("SUB-03", "没有任何证照号码", "code", "填写统一社会信用代码；确无代码的，标为待核实"))
    codes = [normalize(n.type, n.value) for n in wanted if n.type == IdentifierType.USCC]
    refuse(found + rules.demo_data_says_so(name, codes, is_demo=is_demo))
    with acting(actor, "subjects.register", reason=reason, on=settled):
        subject = Subject.objects.create(
            kind=kind,
            name=name.strip(),
            established_on=established_on,
            district_code=district_code,
            address=address,
            industry=industry,
            legal_representative=legal_representative,
            registrar=registrar,
            registered_on=settled,
            registered_by_id=actor.unit_id,
            branch_of=branch_of,
            is_provisional=is_provisional,
            is_demo=is_demo,
        )
        write_name(subject, subject.name, current=True, since=established_on)
        give_identifiers(actor, subject, wanted, settled)
        announce("subject.registered", subject, settled, code=codes[0] if codes else None)
    return subject


def register_branch(
    actor: Actor, *, parent: Subject, name: str, code: str | None = None, on: date | None = None, reason: str = ""
) -> Subject:
    """Open the record of a branch under its parent; only a branch may share its parent's code root.

    A branch of a branch is refused (SUB-09); a branch without a code of its own is known through its parent.
    """
    if parent.branch_of_id is not None:
        refuse([Violation("SUB-09", f"“{parent}”本身是分支机构", "parent", "登记在法人主体之下")])
    refuse(rules.record_is_open(parent))
    return register_subject(
        actor,
        kind=parent.kind,
        name=name,
        code=code,
        on=on,
        district_code=parent.district_code,
        industry=parent.industry,
        branch_of=parent,
        is_demo=parent.is_demo,
        reason=reason,
    )


def register_person(
    actor: Actor,
    *,
    name: str,
    id_type: str,
    number: str,
    birth_on: date | None = None,
    on: date | None = None,
    district_code: str = "",
    is_demo: bool = False,
    reason: str = "",
) -> Subject:
    """Return the one record of this person, opened now if need be; minors on the day of the act are refused (SUB-05).

    The number goes into `PersonalIdentifier` and nowhere else. Whoever gives a person's whole number and right name
    gets the record that is on file, whichever unit opened it: he knows who it is, and one person has one record. What
    the record holds is then shown by `visible_to` and masked as everywhere. With another name it is refused (SUB-04)
    without saying whose it is: a rename is an act of its own.
    """
    require(actor, permissions.REGISTER_PERSON)
    settled = actors.settled_day(actor, on, reason)
    refuse(rules.name_is_usable(name) + rules.identifier_is_valid(PERSON, id_type, number, on=settled, field="number"))
    birth, found = rules.birth_of(id_type, number, birth_on)
    refuse(found + rules.person_is_of_age(birth, settled) + _demo_person(name, id_type, number, is_demo))
    with acting(actor, "subjects.register_person", reason=reason, on=settled):
        protected = personal.protect(id_type, number, field="number")
        PersonalIdentifier.objects.select_for_update().get(pk=protected.pk)  # two registrations at once: one record
        known = _owner_of(id_type, None, protected.pk)
        if known is not None:
            if normalize_name(known.name) != normalize_name(name):
                refuse([owned_already(actor, known, id_type)])
            return known.canonical or known
        subject = Subject.objects.create(
            kind=PERSON,
            name=name.strip(),
            birth_on=birth,
            district_code=district_code,
            registered_on=settled,
            registered_by_id=actor.unit_id,
            is_demo=is_demo,
        )
        write_name(subject, subject.name, current=True, since=None)
        _give(actor, subject, NewIdentifier(id_type, number))
        announce("subject.registered", subject, settled)
    return subject


def _demo_person(name: str, id_type: str, number: str, is_demo: bool) -> list[Violation]:
    regions = [f"  {normalize(id_type, number)[:6]}"] if id_type == IdentifierType.ID_CARD else []
    return rules.demo_data_says_so(name, regions, is_demo=is_demo)


def add_identifier(
    actor: Actor,
    *,
    subject: Subject,
    type_: str,
    value: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
) -> Identifier:
    """Give a subject one more identifier that nobody owns; refuses as `register_subject` does. Emits its kind only."""
    require(actor, permissions.REGISTER_PERSON if subject.is_person else permissions.REGISTER)
    with acting(actor, "subjects.add_identifier", reason=reason) as act:
        locked = Subject.objects.select_for_update(of=("self",)).get(pk=subject.pk)
        codes = [normalize(type_, value)] if type_ == IdentifierType.USCC else []
        refuse(rules.record_is_open(locked) + rules.demo_data_says_so(locked.name, codes, is_demo=locked.is_demo))
        new = NewIdentifier(type_, value, valid_from, valid_to)
        row = give_identifiers(actor, locked, [new], act.on)[0]
        announce("subject.identifier_added", locked, act.on, type=row.type, code=public_code(row))
    return row


def end_identifier(actor: Actor, *, identifier: Identifier, valid_to: date, reason: str) -> Identifier:
    """Record the last day on which a number was in use; it stays its owner's for ever. Refuses SUB-07 a day to come."""
    require(actor, permissions.RECORD_LIFE)
    refuse(
        rules.day_has_come(valid_to, clock.today(), field="valid_to", label="停用日期")
        + rules.not_before(valid_to, identifier.valid_from, "启用日期")
    )
    with acting(actor, "subjects.end_identifier", reason=reason) as act:
        row = Identifier.objects.select_for_update(of=("self",)).get(pk=identifier.pk)
        row.valid_to = valid_to
        row.save(update_fields=["valid_to"])
        told = {"type": row.type, "code": public_code(row), "last_day": valid_to.isoformat()}
        announce("subject.identifier_ended", row.subject, act.on, **told)
    return row
