"""Examples of requests and answers, in Chinese: beside the view, or in the `api/examples.yaml` of its app.

A test holds every operation to having one, and every example to its schema.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps

from core.api.actors import not_authenticated
from core.api.lean import LeanView
from core.api.limits import Standing, too_many
from core.api.responses import problem_of_status
from core.api.shapes import Shape
from core.problems import NotFound, NotPermitted, Problem, Refused, Violation


@cache
def written() -> dict[str, dict[str, Any]]:
    """Return the examples of every app by operation: `body`, `response`, or both."""
    found: dict[str, dict[str, Any]] = {}
    for config in apps.get_app_configs():
        path = Path(config.path) / "api" / "examples.yaml"
        if path.exists():
            found |= yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def of_answer(view: type[LeanView], operation: str) -> Any:
    """Return an example of a view's answer, or None where nobody wrote one."""
    if view.example is not None:
        return view.example
    known = written().get(operation, {}).get("response")
    if known is not None:
        return known
    one = view.response.example if isinstance(view.response, Shape) else None
    if one is None or not view.paged:
        return one
    return {"items": [one], "next": None, "count": 1, "count_capped": False}


def of_body(view: type[LeanView], operation: str) -> Any:
    """Return an example of a view's JSON body, or None where nobody wrote one."""
    return view.example_body if view.example_body is not None else written().get(operation, {}).get("body")


def of_problem(status: int) -> dict[str, Any]:
    """Return the problem document that a status usually means, as the house words it."""
    known: dict[int, Problem] = {
        400: Problem(
            "unknown_parameter",
            "未知的查询参数 page",
            field="page",
            title="查询参数有误",
            remedy="可用参数：kind、cursor、limit",
            errors=[Violation("unknown_parameter", "未知的查询参数 page", "page", "可用参数：kind、cursor、limit")],
        ),
        401: not_authenticated("访问令牌无效或已过期"),
        403: NotPermitted("scope.checks", "嵌入核查", who="市住房城乡建设局 示例审批系统"),
        404: NotFound("该编号对应的记录"),
        409: Refused([Violation("ORG-03", "示例单位在 2026-11-23 不存续", "organization", "选择今天存续的单位")]),
        422: Refused(
            [Violation("IN-51", "没有“all”这种入库方式", "mode", "选择 partial 或 all_or_nothing")], status=422
        ),
        429: too_many(Standing(limit=120, window=60, used=121, resets_in=17)),
        500: Problem(
            "internal_error",
            "系统内部错误，编号 9f2c41d07ab3",
            status=500,
            title="系统内部错误",
            remedy="稍后重试；仍然失败请把编号告知系统管理员",
        ),
        503: Problem(
            "busy",
            "这次没有在规定时间内办完，编号 9f2c41d07ab3",
            status=503,
            title="系统正忙",
            remedy="请过一分钟再试；一直如此请把编号告知系统管理员",
        ),
    }
    return known.get(status, problem_of_status(status)).as_dict()
