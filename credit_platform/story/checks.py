"""逢报必查 in the demo city: most licences were checked before they were granted, and listed subjects were met with."""

from __future__ import annotations

from datetime import date

from core.calendar import WorkingCalendar
from credit_platform.story.stage import Stage
from publicity.models import Licence
from sanctions.checks.feedback import Report, give_feedback
from sanctions.checks.rows import Asked, Matter
from sanctions.checks.services import ask
from sanctions.enums import CheckDecision, MatterEffect, MatterKind
from sanctions.models import Check, ExecutionTask, MatterRule
from subjects.models import Subject

MATTERS = {
    MatterKind.LICENCE: "示例经营许可新办",
    MatterKind.QUALIFICATION: "示例资质等级核定",
    MatterKind.HONOUR: "示例年度先进单位评选",
    MatterKind.SUBSIDY: "示例产业扶持资金申报",
    MatterKind.PROCUREMENT: "示例办公设备采购项目",
    MatterKind.TENDER: "示例道路养护工程招标",
}
DECIDED = {
    MatterEffect.FORBID: CheckDecision.REFUSED,
    MatterEffect.RESTRICT: CheckDecision.RESTRICTED,
    MatterEffect.INCENTIVE: CheckDecision.REWARDED,
}
BACK = (18, 6, 2)  # working days ago: long overdue, due soon, fresh
MOST = 9


def checks(stage: Stage) -> None:
    """Play what approving officers asked, and what some of them told afterwards."""
    _before_licences(stage)
    _of_the_listed(stage)


def _code(subject: Subject) -> str:
    return str(subject.identifiers.filter(type="uscc").values_list("value", flat=True)[0])


def _asked(stage: Stage, unit: str, day: date, subject: Subject, matter: Matter) -> Check | None:
    if not stage.plays(f"{unit}-handler"):
        return None
    with stage.on(day):
        who = stage.actor(f"{unit}-handler")
        given = ask(actor=who, matter=matter, subjects=[Asked(code=_code(subject))])
        check = Check.objects.get(public_id=given.number)
        stage.note(who, "check.ask", check, state=check.lines.get().action)
    return check


def _before_licences(stage: Stage) -> None:
    """Three of four licences of this round were checked on the working day before; the rest shows what the rate is for."""
    mark = f"示例{stage.round}-"
    rows = Licence.objects.filter(document_number__contains=mark, version=1).select_related("unit", "subject")
    calendar = WorkingCalendar()
    for place, row in enumerate(rows.order_by("decided_on", "pk")):
        if place % 4 == 2:
            continue
        matter = Matter(MatterKind.LICENCE.value, row.certificate_name, row.certificate_number)
        _asked(stage, row.unit.code, calendar.working_day_before(row.decided_on), row.subject, matter)


def _of_the_listed(stage: Stage) -> None:
    """Ask about each listed subject of this round for a matter on which one of its measures bears; tell of the first ones."""
    tasks = ExecutionTask.objects.filter(
        duty="duty", listing__subject__identifiers__value__contains=f"MA{stage.round:02d}"
    ).exclude(state__in=["refused", "released"])
    seen: set[tuple[int, int]] = set()
    for task in tasks.select_related("unit", "listing__subject", "measure").order_by("listing", "measure__code"):
        rule = _rule(task)
        key = (task.listing_id, task.unit_id)
        if rule is None or key in seen or not stage.plays(f"{task.unit.code}-handler"):
            continue
        seen.add(key)
        _meet(stage, task, rule, len(seen) - 1)
        if len(seen) == MOST:
            return


def _rule(task: ExecutionTask) -> MatterRule | None:
    rules: list[MatterRule] = list(
        MatterRule.objects.in_use().filter(measure=task.measure, matter_kind__in=MATTERS, effect__in=DECIDED)
    )
    return rules[0] if rules else None


def _meet(stage: Stage, task: ExecutionTask, rule: MatterRule, place: int) -> None:
    day = max(stage.working_day_back(BACK[place % len(BACK)]), task.starts_on)
    kind = MatterKind(rule.matter_kind)
    matter = Matter(kind.value, MATTERS[kind], f"SL{day:%Y%m%d}{place + 1:04d}")
    check = _asked(stage, task.unit.code, day, task.listing.subject, matter)
    if check is None or place % 2:
        return
    line = check.lines.get()
    answered = next((one for one in line.answer["measures"] if one["task"] == task.public_id), None)
    decision = DECIDED[MatterEffect(rule.effect)] if answered and answered["action"] == rule.effect else None
    if decision is None:
        return  # paused or over since: nothing is owed
    with stage.on(max(day, stage.working_day_back(1))):
        who = stage.actor(f"{task.unit.code}-handler")
        report = Report(decision.value, stage.day, "依据核查结果办理（示例）")
        give_feedback(actor=who, number=check.public_id, line=line.line, task=task.public_id, report=report)
        stage.note(who, "check.feedback", check, state=decision.value)
