"""Problems (RFC 9457): what failed, at which field, and who can mend it, in words an officer understands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

SCOPE = "scope."  # what a client may do is a permission of this name


@dataclass(frozen=True, slots=True)
class Violation:
    """One condition of a rule that is not met.

    code: stable rule code (`SAN-12`); detail: what failed; field: the input at fault, if any;
    remedy: who can mend it and how; basis: the article behind the rule.
    """

    code: str
    detail: str
    field: str | None = None
    remedy: str | None = None
    basis: str | None = None

    def as_dict(self) -> dict[str, str]:
        pairs = (
            ("code", self.code),
            ("detail", self.detail),
            ("field", self.field),
            ("remedy", self.remedy),
            ("basis", self.basis),
        )
        return {name: value for name, value in pairs if value}


class Problem(Exception):
    """A refusal that can be shown as it is: in an API answer, on a page, on a terminal."""

    title = "请求未能完成"

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int = 400,
        field: str | None = None,
        remedy: str | None = None,
        errors: Sequence[Violation] = (),
        title: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.code, self.detail, self.status = code, detail, status
        self.field, self.remedy, self.errors = field, remedy, tuple(errors)
        self.title = title or self.title

    def as_dict(self) -> dict[str, Any]:
        """Return the problem document, ready for `application/problem+json`."""
        document: dict[str, Any] = {
            "type": f"urn:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
        }
        if self.field:
            document["field"] = self.field
        if self.remedy:
            document["remedy"] = self.remedy
        if self.errors:
            document["errors"] = [violation.as_dict() for violation in self.errors]
        return document

    def __str__(self) -> str:
        return f"{self.detail}（{self.remedy}）" if self.remedy else self.detail


class Refused(Problem):
    """One or more rules forbid the act; the first violation gives the code, all are listed."""

    title = "不符合办理条件"

    def __init__(self, violations: Sequence[Violation], *, status: int = 409) -> None:
        first = violations[0]
        super().__init__(
            first.code,
            "；".join(violation.detail for violation in violations),
            status=status,
            field=first.field,
            remedy="；".join(dict.fromkeys(v.remedy for v in violations if v.remedy)) or None,
            errors=violations,
        )


class NotPermitted(Problem):
    """The actor lacks a permission or, as a client, a scope; the answer names it and who grants it."""

    title = "没有办理权限"

    def __init__(self, permission: str, label: str, *, who: str = "") -> None:
        scope = permission.removeprefix(SCOPE) if permission.startswith(SCOPE) else ""
        if scope:
            detail = f"{f'{who}的' if who else ''}访问令牌没有“{label}”（{scope}）接口范围"
            remedy = f"取令牌时申请 {scope} 范围；该接口客户端没有获准的，由安全管理员授予"
        else:
            detail = f"{f'{who}的' if who else ''}当前岗位没有“{label}”（{permission}）权限"
            remedy = "由安全管理员为本人授予具备该权限的岗位，或切换到已有岗位"
        super().__init__("AUTH-01", detail, status=403, remedy=remedy)


class NotFound(Problem):
    """The thing does not exist, or the actor may not know that it does."""

    title = "未找到"

    def __init__(self, what: str, remedy: str = "核对编号，或确认该事项是否属于本单位办理范围") -> None:
        super().__init__("NOT-FOUND", f"未找到{what}", status=404, remedy=remedy)


def refuse(violations: Iterable[Violation], *, status: int = 409) -> None:
    """Raise `Refused` naming every violation, or return when there is none."""
    found = list(violations)
    if found:
        raise Refused(found, status=status)
