"""A refusal in words for a form: what failed, how it is mended, by which rule; also where the database refuses."""

from __future__ import annotations

from django.db import Error as DatabaseError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.api.responses import busy
from core.problems import Problem, Violation


def error_text(violation: Violation) -> SafeString:
    """Return a violation in words for a form: what failed, how it is mended, and by which rule."""
    parts = [format_html("<span class='wb-what'>{}</span>", violation.detail)]
    if violation.remedy:
        parts.append(format_html("<span class='wb-remedy'>怎样办理：{}</span>", violation.remedy))
    source = " · ".join(filter(None, [violation.code, violation.basis]))
    parts.append(format_html("<span class='wb-rule'>{}</span>", source))
    return format_html_join("", "{}", ((part,) for part in parts))


def problem_of_database(error: DatabaseError) -> Problem | None:
    """Return the database's own refusal (a guard's CR code, a second writer), or that it is busy; None for a fault."""
    cause = error.__cause__
    state = getattr(cause, "pgcode", "") or ""
    diagnosis = getattr(cause, "diag", None)
    if state.startswith("CR") and diagnosis is not None:
        return Problem(state, diagnosis.message_primary, status=409, remedy=diagnosis.message_hint)
    if state == "23505":
        return Problem("CORE-04", "已有人办理了同一业务", status=409, remedy="返回查看最新状态，无需重复办理")
    return busy(error)
