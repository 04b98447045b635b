"""The three cases: an enterprise owing wages, a rewarded enterprise, two subjects of two groups before the office."""

from __future__ import annotations

from datetime import date

from core import clock
from core.periods import Period
from credit_platform.story import acts
from credit_platform.story.stage import Stage, fresh
from sanctions import selectors
from sanctions.models import Case, Listing
from sanctions.services.cases import ReportedSubject, accept_case, escalate_case
from sanctions.services.tasks import Done, acknowledge_task, apply_task, insist_on_task, refuse_task

WAGES_UNITS = ["rsj", "zjj", "jtj", "slj", "czj", "fgw", "scjgj", "jgj"]


def wages(stage: Stage) -> None:
    """CJ-003 from report to feedback, with a replaced expert, a refusal and the group's insistence."""
    with stage.on(date(2026, 7, 27)):
        subject = stage.subject(
            "rsj-handler",
            "91",
            1,
            "广元示例嘉陵建筑劳务有限公司",
            district_code="510802",
            address="示例路1号",
            industry="建筑业",
            legal_representative="示例甲",
            established_on=date(2015, 6, 8),
        )
    case = acts.report(
        stage,
        "rsj",
        "CJ-003",
        (date(2026, 5, 18), date(2026, 7, 27), date(2026, 8, 3), date(2026, 8, 4)),
        [ReportedSubject(subject, "拖欠 46 名农民工 2026 年 2 月至 4 月工资，经责令限期支付逾期未支付")],
        f"广人社监罚〔2026〕示例{11 + stage.round}号",
        "在示例安置房项目中拖欠 46 名农民工工资共 187.6 万元，经责令限期支付逾期未支付",
        "劳动保障监察限期整改指令书",
    )
    with stage.on(date(2026, 8, 5)):
        who = stage.actor("scjgj-lead")
        accept_case(actor=who, case=fresh(case))
        stage.note(who, "case.accept", fresh(case))
    acts.tell_and_hear(stage, case, "scjgj-lead", "rsj-handler", date(2026, 8, 6), date(2026, 8, 7))
    acts.meet(
        stage,
        case,
        "scjgj-lead",
        WAGES_UNITS,
        (date(2026, 8, 10), date(2026, 8, 18)),
        {"labour": 2, "law": 1, "construction": 1},
        replace=True,
    )
    determination = acts.conclude(
        stage,
        case,
        ("scjgj-lead", "scjgj-lead2"),
        date(2026, 8, 18),
        date(2026, 8, 20),
        Period(months=36),
        "catalogue",
        f"广企信组〔2026〕示例{stage.round}号",
    )
    acts.serve_and_file(stage, case, determination, "rsj-handler", date(2026, 8, 21), date(2026, 8, 24))
    _execute(stage, case)
    explain(stage, case)


def _execute(stage: Stage, case: Case) -> None:
    listing = Listing.objects.get(case_subject__case=case)
    tasks = listing.tasks.select_related("unit", "measure").order_by("unit__code", "measure__code")
    with stage.on(date(2026, 8, 25)):
        for task in tasks.filter(unit__code__in=WAGES_UNITS):
            who = stage.actor(f"{task.unit.code}-handler")
            acknowledge_task(actor=who, task=task)
            task.refresh_from_db()
            stage.note(who, "task.acknowledge", task, measure=task.measure.code)
    with stage.on(date(2026, 9, 9)):
        for task in tasks.filter(unit__code__in=WAGES_UNITS[:6]):
            who = stage.actor(f"{task.unit.code}-handler")
            if task.unit.code == "fgw" and task.measure.code == "P14":
                refuse_task(actor=who, task=task, reason="该主体目前没有在办的政府投资项目申报（示例）")
                task.refresh_from_db()
                stage.note(who, "task.refuse", task, measure=task.measure.code)
                continue
            done = Done(
                done_on=date(2026, 9, 8),
                matter=f"{task.measure.name}（示例业务）",
                detail=f"已在业务系统中设置：{task.content}",
                effect="已执行",
                evidence=stage.file(f"{task.unit.code}-handler", "执行佐证", task.content),
            )
            apply_task(actor=who, task=task, done=done)
            task.refresh_from_db()
            stage.note(who, "task.apply", task, measure=task.measure.code)
    with stage.on(date(2026, 9, 11)):
        who = stage.actor("scjgj-lead")
        for task in tasks.filter(state="refused"):
            insist_on_task(actor=who, task=task, reason="限制措施不以有在办项目为前提，请设置后反馈（示例）")
            task.refresh_from_db()
            stage.note(who, "task.insist", task, measure=task.measure.code)


def explain(stage: Stage, case: Case) -> None:
    """End a case with its listing as it stands today: state, units with tasks, and the explained last day."""
    today = clock.today()
    stage.day = today
    rows = Listing.objects.filter(case_subject__case=case).with_state_on(today).select_related("determination")
    for listing in rows:
        units = sorted(set(listing.tasks.values_list("unit__name", flat=True)))
        stage.note(
            "广元市社会信用信息平台",
            "listing.explain",
            listing,
            units=units,
            tasks=listing.tasks.count(),
            ends_on=listing.ends_on.isoformat() if listing.ends_on else None,
            explanation=selectors.explain_listing(listing),
        )


def reward(stage: Stage) -> None:
    """JL-003: the same chain without notice and pause."""
    with stage.on(date(2026, 8, 31)):
        subject = stage.subject(
            "rsj-handler",
            "91",
            2,
            "广元示例剑门关茶业有限公司",
            district_code="510823",
            address="示例路2号",
            industry="农副食品加工业",
            legal_representative="示例乙",
            established_on=date(2011, 4, 20),
        )
    case = acts.report(
        stage,
        "rsj",
        "JL-003",
        (date(2025, 12, 31), date(2026, 8, 28), date(2026, 9, 1), date(2026, 9, 2)),
        [ReportedSubject(subject, "2025 年度劳动保障守法诚信等级评定为 A 级", consented_on=date(2026, 8, 31))],
        f"广人社诚信〔2026〕示例{2 + stage.round}号",
        "2025 年度劳动保障守法诚信等级评定为 A 级，连续三年无欠薪记录",
        "劳动保障守法诚信等级评价结果",
    )
    with stage.on(date(2026, 9, 3)):
        who = stage.actor("scjgj-lead")
        accept_case(actor=who, case=fresh(case))
        stage.note(who, "case.accept", fresh(case))
    acts.meet(stage, case, "scjgj-lead", ["rsj", "zjj", "scjgj"], (date(2026, 9, 4), date(2026, 9, 10)), {"labour": 1})
    determination = acts.conclude(
        stage,
        case,
        ("scjgj-lead", "scjgj-lead2"),
        date(2026, 9, 10),
        date(2026, 9, 11),
        Period(months=12),
        "minutes",
        f"广企信组〔2026〕示例激励{stage.round}号",
    )
    acts.serve_and_file(stage, case, determination, "rsj-handler", date(2026, 9, 14), date(2026, 9, 16))
    explain(stage, case)


def court(stage: Stage) -> None:
    """CJ-001 against an enterprise and a social organisation: two groups, so it goes up to the office."""
    with stage.on(date(2026, 9, 1)):
        company = stage.subject(
            "zy-handler", "91", 3, "广元示例利州商贸有限公司", district_code="510802", legal_representative="示例丙"
        )
        club = stage.subject(
            "zy-handler", "51", 4, "广元示例文旅促进会", district_code="510812", legal_representative="示例丁"
        )
    case = acts.report(
        stage,
        "zy",
        "CJ-001",
        (date(2026, 6, 10), date(2026, 8, 20), date(2026, 9, 2), date(2026, 9, 3)),
        [
            ReportedSubject(company, "有履行能力而拒不履行（2026）示例执1号裁定确定的给付义务"),
            ReportedSubject(club, "作为连带责任人拒不履行同一生效文书确定的义务"),
        ],
        f"（2026）川08执示例{stage.round}号",
        "有履行能力而拒不履行生效法律文书确定的义务，已被纳入失信被执行人名单",
        "纳入失信被执行人名单决定书",
    )
    with stage.on(date(2026, 9, 4)):
        who = stage.actor("scjgj-lead")
        escalate_case(actor=who, case=fresh(case), reason="涉及企业和社会组织两个专项小组")
        stage.note(who, "case.escalate", fresh(case))
        who = stage.actor("office-1")
        accept_case(actor=who, case=fresh(case))
        stage.note(who, "case.accept", fresh(case))
    acts.tell_and_hear(stage, case, "office-1", "zy-handler", date(2026, 9, 7), date(2026, 9, 8))
    acts.meet(
        stage,
        case,
        "office-1",
        ["zy", "fgw", "czj", "ggzy", "scjgj", "jtj", "jgj"],
        (date(2026, 9, 9), date(2026, 9, 22)),
        {"law": 2, "finance": 1},
    )
    determination = acts.conclude(
        stage,
        case,
        ("office-1", "office-2"),
        date(2026, 9, 22),
        date(2026, 9, 23),
        Period(months=24),
        "minutes",
        f"广信联办〔2026〕示例{stage.round}号",
    )
    acts.serve_and_file(stage, case, determination, "zy-handler", date(2026, 9, 24), date(2026, 9, 28))
    explain(stage, case)
