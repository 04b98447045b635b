"""DRF's exceptions as problem documents, with every wrong field named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as ModelValidationError
from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from core.api.actors import not_authenticated
from core.api.responses import problem_of as django_problem
from core.api.responses import problem_of_status, problem_response, unexpected
from core.problems import Problem, Violation

NOT_A_FIELD = frozenset({"non_field_errors", "__all__"})


def problem_exception_handler(exc: Exception, context: dict[str, Any]) -> HttpResponse:
    """Return the problem document for any exception of a DRF view; an unforeseen one is logged under an id."""
    set_rollback()
    problem = problem_of(exc)
    if problem is None:
        problem = unexpected(exc, type(context.get("view")).__name__)
    response = problem_response(problem)
    wait = getattr(exc, "wait", None)
    if wait:
        response["Retry-After"] = str(int(wait) + 1)
    return response


def problem_of(exc: Exception) -> Problem | None:
    """Return the problem that an exception means, or None where nobody foresaw it."""
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(list(_violations(exc.detail, "")))
    if isinstance(exc, ModelValidationError):
        return _invalid(list(_violations(_model_errors(exc), "")))
    if isinstance(exc, exceptions.ParseError):
        return Problem("bad_json", "请求正文不是合法的 JSON", remedy="核对 JSON 语法，使用 UTF-8 编码")
    if isinstance(exc, exceptions.AuthenticationFailed):
        return not_authenticated("身份验证失败：登录或访问令牌无效")
    if isinstance(exc, exceptions.NotAuthenticated):
        return not_authenticated()
    if isinstance(exc, exceptions.APIException):
        return _api_problem(exc)
    return django_problem(exc)


def _api_problem(exc: exceptions.APIException) -> Problem:
    known = problem_of_status(exc.status_code)
    if exc.status_code in (404, 405, 415):
        return known
    return Problem(
        getattr(exc, "default_code", known.code), str(exc.detail), status=exc.status_code, remedy=known.remedy
    )


def _invalid(errors: list[Violation]) -> Problem:
    first = errors[0] if errors else Violation("invalid", "提交的内容有误")
    return Problem(
        first.code,
        "；".join(f"{error.field}：{error.detail}" if error.field else error.detail for error in errors[:5]),
        field=first.field,
        remedy="按各字段的说明修改后重新提交",
        errors=errors,
        title="提交的内容有误",
    )


def _violations(detail: Any, path: str) -> Iterator[Violation]:
    """Yield one violation per message, with the path of its field (`items[2].code`)."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _violations(inner, _place(path, name))
    elif isinstance(detail, list | tuple):
        for number, inner in enumerate(detail):
            place = f"{path}[{number}]" if isinstance(inner, dict) and inner else path
            yield from _violations(inner, place)
    else:
        yield Violation(str(getattr(detail, "code", "invalid")), str(detail), path or None)


def _place(path: str, name: object) -> str:
    if name in NOT_A_FIELD:
        return path
    if isinstance(name, int):  # an item of a list serializer
        return f"{path}[{name}]"
    return f"{path}.{name}" if path else str(name)


def _model_errors(exc: ModelValidationError) -> Any:
    def messages(error: ModelValidationError) -> list[exceptions.ErrorDetail]:
        return [
            exceptions.ErrorDetail(message, one.code or "invalid")
            for one in error.error_list
            for message in one.messages
        ]

    if hasattr(exc, "error_dict"):
        return {name: [m for error in errors for m in messages(error)] for name, errors in exc.error_dict.items()}
    return messages(exc)
