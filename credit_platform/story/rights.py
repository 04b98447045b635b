"""Rights at work: listings of 2025, against which objections, a complaint and repairs were brought; two stand open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.periods import Period
from credit_platform.story import acts
from credit_platform.story.remedies import Dispute, Petition
from credit_platform.story.stage import Stage, fresh
from sanctions.models import Case, ExecutionTask, Listing, TaskStop
from sanctions.services.cases import ReportedSubject, accept_case
from sanctions.services.stops import confirm_stop
from sanctions.services.tasks import Done, acknowledge_task, apply_task
from subjects.models import Subject

LEADS = ("scjgj-lead", "scjgj-lead2")
NUMBERS = "广企信组〔2025〕示例"
RESTORED = "已撤除系统中的限制，并书面告知采购人、代理机构（示例）"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a case of the group reports, on which days it goes its way, and what is decided.

    days: act, recognition, draft, submission, acceptance, notice, hearing, convening, meeting, issue, service, filing.
    """

    unit: str
    entry: str
    days: tuple[date, ...]
    document: str
    facts: str
    evidence: str
    invited: tuple[str, ...]
    demand: dict[str, int]
    months: int
    number: str


def listed(stage: Stage, plan: Plan, subjects: Iterable[ReportedSubject]) -> list[Listing]:
    """Play a case of the enterprise group from report to filing; return its listings."""
    handler = f"{plan.unit}-handler"
    act, recognized, drafted, submitted, accepted, noticed, heard, convened, held, issued, served, filed = plan.days
    reported = (act, recognized, drafted, submitted)
    case = acts.report(stage, plan.unit, plan.entry, reported, list(subjects), plan.document, plan.facts, plan.evidence)
    with stage.on(accepted):
        who = stage.actor(LEADS[0])
        accept_case(actor=who, case=fresh(case))
        stage.note(who, "case.accept", fresh(case))
    acts.tell_and_hear(stage, case, LEADS[0], handler, noticed, heard)
    acts.meet(stage, case, LEADS[0], plan.invited, (convened, held), plan.demand)
    period = Period(months=plan.months)
    determination = acts.conclude(stage, case, LEADS, held, issued, period, "minutes", plan.number)
    acts.serve_and_file(stage, case, determination, handler, served, filed)
    return listings_of(case)


def listings_of(case: Case) -> list[Listing]:
    return list(Listing.objects.filter(case_subject__case=case).select_related("subject").order_by("pk"))


def carry_out(stage: Stage, listings: list[Listing], known_on: date, done_on: date) -> None:
    """Let every unit that has an officer here acknowledge its tasks, and apply them with evidence."""
    rows = ExecutionTask.objects.filter(listing__in=listings, duty="duty").select_related("unit", "measure")
    tasks = [task for task in rows.order_by("listing", "pk") if stage.plays(f"{task.unit.code}-handler")]
    with stage.on(known_on):
        for task in tasks:
            who = stage.actor(f"{task.unit.code}-handler")
            acknowledge_task(actor=who, task=task)
            task.refresh_from_db()
            stage.note(who, "task.acknowledge", task, measure=task.measure.code)
    with stage.on(done_on):
        for task in tasks:
            handler = f"{task.unit.code}-handler"
            matter, told = f"{task.measure.name}（示例业务）", f"已在业务系统中设置：{task.content}"
            evidence = stage.file(handler, "执行佐证", task.content)
            who = stage.actor(handler)
            apply_task(actor=who, task=task, done=Done(done_on, matter, told, effect="已执行", evidence=evidence))
            task.refresh_from_db()
            stage.note(who, "task.apply", task, measure=task.measure.code)


def confirm_stops(stage: Stage, listing: Listing, on: date) -> None:
    """Let every unit confirm the notices that wait for it: suspended, resumed, restored or released."""
    waiting = TaskStop.objects.filter(
        task__listing=listing, must_confirm=True, confirmed_on__isnull=True, superseded_on__isnull=True
    )
    with stage.on(on):
        for stop in waiting.select_related("unit").order_by("pk"):
            who = stage.actor(f"{stop.unit.code}-handler")
            done = RESTORED if stop.kind == "restore" else ""
            confirm_stop(actor=who, stop=stop, done=done)
            stage.note(who, "stop.confirm", stop, state="confirmed", kind=stop.kind)


def procurement(stage: Stage) -> list[Listing]:
    """CJ-013: three suppliers who colluded in one procurement; listed on 2025-10-29."""
    names = ("广元示例南河办公设备有限公司", "广元示例雪峰信息技术有限公司", "广元示例女皇路文具商行有限公司")
    with stage.on(date(2025, 10, 10)):
        subjects = [
            _company(stage, "czj-handler", 5 + at, name, chief)
            for at, (name, chief) in enumerate(zip(names, ("示例戊", "示例己", "示例庚"), strict=True))
        ]
    plan = Plan(
        "czj",
        "CJ-013",
        (
            *(date(2025, 6, 18), date(2025, 9, 15), date(2025, 10, 13), date(2025, 10, 14), date(2025, 10, 15)),
            *(date(2025, 10, 16), date(2025, 10, 17), date(2025, 10, 20), date(2025, 10, 27), date(2025, 10, 28)),
            *(date(2025, 10, 29), date(2025, 10, 31)),
        ),
        f"广财采罚〔2025〕示例{stage.round}号",
        "三家供应商在示例办公设备采购项目中恶意串通，投标文件由同一台电脑制作，报价呈规律性差异",
        "政府采购行政处罚决定书",
        ("czj", "ggzy", "fgw", "scjgj"),
        {"law": 1, "finance": 1},
        24,
        f"{NUMBERS}{2 * stage.round}号",
    )
    why = "与其他供应商恶意串通投标，受到政府采购行政处罚"
    listings = listed(stage, plan, [ReportedSubject(subject, why) for subject in subjects])
    carry_out(stage, listings, date(2025, 10, 30), date(2025, 11, 5))
    return listings


def insurance(stage: Stage) -> list[Listing]:
    """CJ-021: two enterprises who got social insurance benefits by forged papers; listed on 2025-03-19."""
    names = ("广元示例昭化家具制造有限公司", "广元示例苍溪红心果业有限公司")
    with stage.on(date(2025, 2, 28)):
        subjects = [
            _company(stage, "rsj-handler", 8 + at, name, chief)
            for at, (name, chief) in enumerate(zip(names, ("示例辛", "示例壬"), strict=True))
        ]
    plan = Plan(
        "rsj",
        "CJ-021",
        (
            *(date(2024, 11, 12), date(2025, 2, 24), date(2025, 3, 3), date(2025, 3, 4), date(2025, 3, 5)),
            *(date(2025, 3, 6), date(2025, 3, 7), date(2025, 3, 10), date(2025, 3, 17), date(2025, 3, 18)),
            *(date(2025, 3, 19), date(2025, 3, 21)),
        ),
        f"广人社监罚〔2025〕示例{stage.round}号",
        "以伪造的劳动合同和工资表骗取稳岗补贴，经责令退回逾期未退回",
        "追缴决定书及未退回证明",
        ("rsj", "czj", "fgw", "swj", "scjgj"),
        {"law": 1, "labour": 1},
        36,
        f"{NUMBERS}{2 * stage.round - 1}号",
    )
    why = "以伪造材料骗取社会保险基金支出且拒不退回，三年内再次发生"
    listings = listed(stage, plan, [ReportedSubject(subject, why) for subject in subjects])
    carry_out(stage, listings, date(2025, 3, 20), date(2025, 4, 1))
    return listings


def _company(stage: Stage, username: str, number: int, name: str, chief: str) -> Subject:
    return stage.subject(username, "91", number, name, district_code="510802", legal_representative=chief)


def contested(stage: Stage, listing: Listing) -> None:
    """Objection rejected, complaint rejected: two pauses move the last day, and say so."""
    dispute = Dispute(stage, listing, "scjgj")
    dispute.file(
        date(2025, 11, 10),
        "本单位投标文件由本单位员工独立制作，电脑硬件信息相同系共用打印店所致",
        "请求撤销对本单位的联合认定",
    )
    dispute.accept(date(2025, 11, 11))
    confirm_stops(stage, listing, date(2025, 11, 12))
    dispute.answer(
        date(2025, 11, 17),
        date(2025, 11, 18),
        "rejected",
        "打印店出具的说明与监控记录不符；报价规律性差异未作解释。异议理由不成立，维持联合认定（示例）。",
    )
    confirm_stops(stage, listing, date(2025, 11, 19))
    dispute.complain(
        date(2025, 11, 24), "答复没有回应本单位提交的打印店值班记录", "请求联席会议办公室撤销对本单位的联合认定"
    )
    dispute.accept_complaint(date(2025, 11, 25))
    confirm_stops(stage, listing, date(2025, 11, 26))
    dispute.rule(
        date(2025, 12, 8),
        date(2025, 12, 9),
        "rejected",
        "值班记录系事后补写，不足以推翻行政处罚决定认定的事实。投诉理由不成立（示例）。",
    )
    confirm_stops(stage, listing, date(2025, 12, 10))


def vindicated(stage: Stage, listing: Listing) -> None:
    """Objection upheld: the listing is void from the start, and every unit restores."""
    dispute = Dispute(stage, listing, "scjgj")
    dispute.file(
        date(2025, 11, 12),
        "本单位未参加该项目，投标文件上的公章系他人伪造，公安机关已经立案",
        "请求撤销对本单位的联合认定，恢复原状",
    )
    dispute.accept(date(2025, 11, 13))
    confirm_stops(stage, listing, date(2025, 11, 14))
    dispute.answer(
        date(2025, 11, 19),
        date(2025, 11, 20),
        "upheld",
        "鉴定意见证明投标文件公章系伪造，财政部门已撤销对该单位的处罚。异议成立，撤销联合认定（示例）。",
    )
    confirm_stops(stage, listing, date(2025, 11, 24))


def pending_objection(stage: Stage, listing: Listing) -> None:
    """An objection accepted on the last working day: an answer to draft, stop notices to confirm."""
    dispute = Dispute(stage, listing, "scjgj")
    received_on = stage.working_day_back(2)
    dispute.file(
        received_on, "人民法院已判决撤销对本单位的政府采购行政处罚，判决已经生效", "请求撤销对本单位的联合认定"
    )
    dispute.accept(stage.working_day_back(1))


def repaired(stage: Stage, listing: Listing) -> None:
    """A repair after the twelve months: verified, signed by the second officer, published; the units release."""
    petition = Petition(stage, listing, "rsj")
    petition.file(date(2026, 3, 23), "骗取的稳岗补贴和罚款已经全部退回、缴清，内部用工管理制度已经整改")
    petition.accept(date(2026, 3, 24))
    petition.verify(date(2026, 3, 26), "调取国库入账凭证，实地核查用工台账，退回和整改情况属实（示例）")
    petition.opine(date(2026, 3, 27))
    petition.sign(date(2026, 3, 30))
    petition.publish(date(2026, 3, 31))
    confirm_stops(stage, listing, date(2026, 4, 1))


def pending_repair(stage: Stage, listing: Listing) -> None:
    """An application verified and opined upon, which the second officer is to sign within three working days."""
    petition = Petition(stage, listing, "rsj")
    petition.file(stage.working_day_back(7), "骗取的稳岗补贴和罚款已经全部退回、缴清，相关责任人已经处理")
    petition.accept(stage.working_day_back(6))
    petition.verify(stage.working_day_back(2), "核对国库入账凭证和用工台账，退回和整改情况属实（示例）")
    petition.opine(stage.working_day_back(1))
