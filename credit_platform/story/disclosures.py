"""双公示 of the demo city: decisions of several units in every stage, most of them public."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.calendar import WorkingCalendar
from credit_platform.story.stage import Stage
from publicity.models import Penalty
from publicity.services import adjusting, changing, reporting, reviewing
from subjects.models import Subject

DEMO_CODE = "11510899MB1SF{:04d}"
NAMES = (
    "示例嘉陵食品有限公司", "示例凤台餐饮管理有限公司", "示例南河建筑工程有限公司", "示例皇泽运输有限公司",
    "示例剑阁茶业有限公司", "示例雪峰医药有限公司", "示例昭化水泥有限公司", "示例苍溪果业有限公司",
)  # fmt: skip
# unit, kinds, violation, facts, basis, content, fine in 万元
PENALTIES: tuple[tuple[str, str, str, str, str, str, str | None], ...] = (
    ("scjgj", "罚款;没收违法所得", "违反《中华人民共和国食品安全法》第三十四条", "经营超过保质期的食品（示例）",
     "《中华人民共和国食品安全法》第一百二十四条", "没收违法所得0.12万元，罚款5万元（示例）", "5"),
    ("scjgj", "警告", "违反《中华人民共和国消费者权益保护法》第二十条", "作引人误解的宣传，情节轻微（示例）",
     "《中华人民共和国消费者权益保护法》第五十六条", "警告（示例）", None),
    ("scjgj", "罚款", "违反《中华人民共和国消费者权益保护法》第二十条", "虚构成交量作引人误解的宣传（示例）",
     "《中华人民共和国消费者权益保护法》第五十六条", "罚款8万元（示例）", "8"),
    ("zjj", "罚款;没收违法所得", "违反《中华人民共和国建筑法》第二十八条", "将承包的工程转包（示例）",
     "《中华人民共和国建筑法》第六十七条", "没收违法所得1.5万元，罚款10万元（示例）", "10"),
    ("zjj", "罚款", "违反《建设工程质量管理条例》第二十八条", "未按施工图设计文件施工（示例）",
     "《建设工程质量管理条例》第六十四条", "罚款12万元（示例）", "12"),
    ("zjj", "责令停产停业", "违反《建设工程安全生产管理条例》第二十六条", "未编制专项施工方案（示例）",
     "《建设工程安全生产管理条例》第六十五条", "责令停业整顿一个月（示例）", None),
    ("jtj", "罚款", "违反《中华人民共和国道路运输条例》第二十四条", "未按规定维护车辆（示例）",
     "《中华人民共和国道路运输条例》第七十条", "罚款0.3万元（示例）", "0.3"),
    ("rsj", "罚款", "违反《保障农民工工资支付条例》第二十八条", "未实行实名制用工管理（示例）",
     "《保障农民工工资支付条例》第五十五条", "罚款6万元（示例）", "6"),
    ("swj", "罚款", "违反《中华人民共和国税收征收管理法》第二十五条", "未按期办理纳税申报（示例）",
     "《中华人民共和国税收征收管理法》第六十二条", "罚款0.2万元（示例）", "0.2"),
)  # fmt: skip
LICENCES = (
    ("scjgj", "准予食品经营许可决定书（示例）", "食品经营许可证", "预包装食品销售，热食类食品制售（示例）"),
    ("zjj", "准予建筑施工许可决定书（示例）", "建筑工程施工许可证", "示例安置房二期工程施工"),
    ("jtj", "准予道路货物运输经营许可决定书（示例）", "道路运输经营许可证", "普通货运（示例）"),
)  # fmt: skip
PUBLISHED_ROUNDS = 3
WORDS = {"scjgj": "市监", "zjj": "住建", "jtj": "交运", "rsj": "人社", "swj": "税"}


def disclosures(stage: Stage) -> None:
    """Report, check and pass decisions of the last weeks; leave some in each stage where officers have work."""
    subjects = [stage.subject("scjgj-handler", "91", 700 + n, name) for n, name in enumerate(NAMES)]
    number = 0
    for turn in range(PUBLISHED_ROUNDS):
        for place, row in enumerate(PENALTIES):
            number += 1
            decided = _working_day(stage, 9 + 11 * turn + place)
            record = penalty(stage, subjects[(turn + place) % len(subjects)], row, decided, number)
            published(stage, record, decided)
        for place, licensed in enumerate(LICENCES):
            number += 1
            decided = _working_day(stage, 8 + 7 * turn + place)
            record = licence(stage, subjects[(turn * 2 + place) % len(subjects)], licensed, decided, number)
            published(stage, record, decided)
    _in_hand(stage, subjects, number)


def _in_hand(stage: Stage, subjects: list[Subject], number: int) -> None:
    """What waits: freshly reported, with a finding, checked, an update, and a changed decision to be withdrawn."""
    day = _working_day(stage, 3)
    fresh = [penalty(stage, subjects[n], PENALTIES[n], day, number + 1 + n) for n in (0, 4, 6)]
    with stage.on(_working_day(stage, 2)):
        who = stage.actor("zjj-handler")
        reviewing.check(actor=who, record=fresh[1])
        stage.note(who, "disclosure.check", fresh[1])
    hit = list(PENALTIES[0])
    hit[3] = "负责人在询问笔录中承认（联系电话13800000000，示例）"
    penalty(stage, subjects[5], tuple(hit), day, number + 9)
    shown = Penalty.objects.filter(state="passed", scope="open", subject__in=subjects)
    old = shown.filter(unit__code="scjgj").order_by("-pk").first()
    if old is not None:
        update(stage, old, _working_day(stage, 2))
    changed = shown.filter(unit__code="zjj").order_by("pk").first()
    if changed is not None:
        with stage.on(_working_day(stage, 1)):
            who = stage.actor("zjj-handler")
            changing.note_change(
                actor=who, record=changed, ground="revoked", changed_on=stage.day, document="广府复〔2026〕示例1号",
                reason="行政复议决定撤销原处罚（示例）",
            )  # fmt: skip
            stage.note(who, "disclosure.note_change", changed)
    deferred = fresh[2]
    with stage.on(_working_day(stage, 2)):
        who = stage.actor("jtj-handler")
        until = stage.day + timedelta(days=20)
        adjusting.set_scope(
            actor=who, record=deferred, scope="deferred", deferred_until=until, reason="关联案件尚在调查（示例）"
        )
        stage.note(who, "disclosure.defer", deferred)


def _working_day(stage: Stage, back: int) -> date:
    return stage.working_day_back(back)


def _decision(stage: Stage, subject: Subject, unit_code: str, decided: date, number: int) -> dict[str, Any]:
    unit = stage.unit(unit_code)
    code = unit.uscc or DEMO_CODE.format(unit.pk)[:18]
    identifier = subject.identifiers.filter(type="uscc").first()
    return {
        "party_name": subject.name,
        "uscc": identifier.value if identifier else "",
        "legal_representative": "示例代表",
        "document_number": f"广{WORDS[unit_code]}〔{decided.year}〕示例{stage.round}-{number}号",
        "decided_on": decided,
        "authority": unit,
        "authority_name": unit.name,
        "authority_code": code,
        "source_name": unit.name,
        "source_code": code,
    }


def penalty(stage: Stage, subject: Subject, row: tuple[Any, ...], decided: date, number: int) -> Penalty:
    """Report one penalty on the working day after its decision."""
    unit, kinds, violation, facts, basis, content, fine = row
    columns = _decision(stage, subject, unit, decided, number) | {
        "kinds_text": kinds,
        "violation": violation,
        "facts": facts,
        "basis": basis,
        "content": content,
        "fine": Decimal(fine) if fine else None,
        "confiscated": Decimal("0.12") if "0.12万元" in content else Decimal("1.5") if "没收" in kinds else None,
    }
    record: Penalty = _report(stage, "penalty", subject, unit, columns, decided)
    return record


def licence(stage: Stage, subject: Subject, row: tuple[str, ...], decided: date, number: int) -> Any:
    """Report one licence on the working day after its decision."""
    unit, title, certificate, content = row
    columns = _decision(stage, subject, unit, decided, number) | {
        "document_title": title,
        "licence_kind": "普通",
        "certificate_name": certificate,
        "certificate_number": f"示例{stage.round}{number:06d}",
        "content": content,
        "valid_from": decided,
        "valid_to": decided.replace(year=decided.year + 5, day=min(decided.day, 28)),
    }
    return _report(stage, "licence", subject, unit, columns, decided)


def _report(stage: Stage, kind: str, subject: Subject, unit: str, columns: dict[str, Any], decided: date) -> Any:
    with stage.on(WorkingCalendar().add_working_days(decided, 1)):
        who = stage.actor(f"{unit}-handler")
        record = reporting.report_one(actor=who, kind=kind, subject=subject, unit=stage.unit(unit), columns=columns)
        stage.note(who, "disclosure.report", record)
    return record


def published(stage: Stage, record: Any, decided: date) -> None:
    """Carry a record through both persons within the seven working days."""
    unit = record.unit.code
    with stage.on(WorkingCalendar().add_working_days(decided, 4)):
        handler, reviewer = stage.actor(f"{unit}-handler"), stage.actor(f"{unit}-reviewer")
        reviewing.check(actor=handler, record=record)
        reviewing.approve(actor=reviewer, record=record)
        stage.note(reviewer, "disclosure.publish", record)


def update(stage: Stage, old: Penalty, day: date) -> None:
    """Report a corrected version; the public keeps seeing the old one until the second person has looked."""
    fields = (
        "party_name", "uscc", "legal_representative", "document_number", "decided_on", "authority", "authority_name",
        "authority_code", "source_name", "source_code", "kinds_text", "violation", "basis", "content", "fine", "confiscated",
    )  # fmt: skip
    columns = {name: getattr(old, name) for name in fields} | {"facts": f"{old.facts}；补充查明数量（示例）"}
    with stage.on(day):
        who = stage.actor("scjgj-handler")
        record = reporting.report_one(
            actor=who, kind="penalty", subject=old.subject, unit=old.unit, columns=columns, reason="补充违法事实"
        )
        stage.note(who, "disclosure.update", record)
