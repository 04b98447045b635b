"""Taking a login's proof: once per token, kept without the number in clear."""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from django.db import IntegrityError, transaction

from core import personal
from core.identifiers import IdentifierType, normalize
from core.problems import Violation, refuse
from core.text import normalize_name
from subjects.enums import LoginCapacity
from subjects.identity.providers import BASIS, REMEDY, provider
from subjects.models import Identifier, LoginProof, Subject
from subjects.selectors import family


def prove(token: str) -> LoginProof:
    """Keep the proof of a token, inside the filing's transaction: a filing that is refused uses no token up.

    Raises Refused SUB-30 where no login is joined, SUB-31 for a false token, SUB-32 for an old one, SUB-33 for one
    that was used already.
    """
    login = provider()
    found = login.read(token)
    hasher = hashes.Hash(hashes.SM3())
    hasher.update(f"{login.code}:{found.reference}".encode())
    try:
        with transaction.atomic():
            return LoginProof.objects.create(
                provider=login.code,
                provider_label=login.label,
                reference_digest=hasher.finalize().hex(),
                name=found.name,
                identifier=personal.protect(found.id_type, found.id_number, field="login"),
                acts_for=normalize(IdentifierType.USCC, found.acts_for),
                capacity=found.capacity,
                logged_in_at=found.logged_in_at,
            )
    except IntegrityError as error:
        if "subjects_login_once" not in str(error):
            raise
    refuse([Violation("SUB-33", "登录凭证已经用过", "login", REMEDY, BASIS)])
    raise AssertionError  # refuse always raises for a violation


def speaks_for(proof: LoginProof | None, subject: Subject) -> bool:
    """Tell whether the login has bound the person to this very subject: as its legal representative or agent."""
    if proof is None or proof.capacity == LoginCapacity.SELF or not proof.acts_for:
        return False
    return Identifier.objects.filter(subject__in=family(subject), value=proof.acts_for).exists()


def agrees(proof: LoginProof | None, name: str, field: str) -> list[Violation]:
    """SUB-34: who files is who logged in."""
    if proof is None or normalize_name(name) == normalize_name(proof.name):
        return []
    wrong = f"填写的姓名与{proof.provider_label}的登录人不一致"
    return [Violation("SUB-34", wrong, field, "按本人登录的姓名填写；代他人办理的，由代理人本人登录", BASIS)]


def words(proof: LoginProof | None) -> str:
    """Return what an officer reads about a proof; no number in it."""
    if proof is None:
        return ""
    bound = f"，登记为 {proof.acts_for} 的{proof.get_capacity_display()}" if proof.acts_for else ""
    return f"{proof.provider_label}：{proof.name}本人登录，证件号码已核实{bound}"
