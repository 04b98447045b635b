"""What the subject is told at each step: the kinds of document, their words, and the one place that sends them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from organizations.acts.words import zh
from repair.matters import matter_of
from repair.models import Application, Extension
from sanctions.models import Listing
from subjects.delivery import Letter, send_many
from subjects.selectors import canonical

KINDS = {
    "repair.received": "信用修复申请收件回执",
    "repair.accepted": "信用修复受理通知书",
    "repair.asking": "补充信用修复材料通知书",
    "repair.declined": "信用修复不予受理决定书",
    "repair.forwarded": "信用修复申请转交告知书",
    "repair.extended": "信用修复延长核实告知书",
    "repair.decided": "信用修复决定书",
    "repair.published": "信用修复结果告知书",
    "repair.reopened": "信用修复重新办理告知书",
    "repair.ended": "信用修复终止办理告知书",
    "repair.revoked": "撤销信用修复决定书",
    "repair.possible": "信用修复提示函",
}
REMEDIES = (
    "不服本决定的，可以向作出决定的单位提出书面异议，对异议答复不服的向联席会议办公室投诉；"
    "也可以补充证据后重新申请，或者依法申请行政复议、提起行政诉讼。"
)


def tell(application: Application, kind: str, body: str) -> None:
    """Send the subject one document about its application, inside the act under way."""
    send_many([_letter(application, kind, body)])


def tell_ended(applications: Iterable[Application]) -> None:
    """Tell many subjects that their applications have lost their object; as many statements as for one."""
    send_many(_letter(row, "repair.ended", ended(row)) for row in applications)


def _letter(application: Application, kind: str, body: str) -> Letter:
    return Letter(
        subject=canonical(application.subject),
        kind=kind,
        title=KINDS[kind],
        body=body,
        about=application,
        number=application.numbered(),
        unit_id=application.unit_id,
    )


def record_of(application: Application) -> str:
    return f"{application.title}的修复申请（回执编号 {application.receipt}）"


def accepted(application: Application, due: date | None) -> str:
    limit = f"，核实期限至{zh(due)}" if due else ""
    return f"{record_of(application)}已于{zh(application.accepted_on)}由{application.unit.name}受理{limit}。"


def asking(application: Application, what: str, due: date) -> str:
    return (
        f"{record_of(application)}，请补充：{what}。补充期限至{zh(due)}，可以凭回执编号和查询码网上补充，也可以到窗口或者"
        f"{application.unit.name}提交；逾期未交的，按已有材料办理。"
    )


def declined(application: Application, on: date) -> str:
    return f"{record_of(application)}，{application.unit.name}于{zh(on)}决定不予受理。理由：{application.answer}。{REMEDIES}"


def forwarded(application: Application) -> str:
    return (
        f"{record_of(application)}已于{zh(application.forwarded_on)}转交{application.forwarded_to}，由其依规定办理；"
        "本市在其终止公示的同日同步处理。"
    )


def extended(application: Application, extension: Extension, due: date | None) -> str:
    return f"{record_of(application)}因{extension.reason}，延长核实至{zh(due)}。"


def decided(application: Application) -> str:
    agreed = application.opinion == "approve"
    result = f"同意修复，自公布之日起{matter_of(application).effect}" if agreed else "不予修复"
    text = f"{record_of(application)}，经核实，{application.unit.name}于{zh(application.answered_on)}决定：{result}。"
    return f"{text}理由：{application.answer}。{'' if agreed else REMEDIES}"


def published(application: Application, source: str = "") -> str:
    where = f"{source}已终止公示，" if source else ""
    return (
        f"{record_of(application)}，{where}修复结果于{zh(application.published_on)}公布，自该日起"
        f"{matter_of(application).effect}。"
    )


def mirrored_refusal(application: Application, source: str) -> str:
    return f"{record_of(application)}，{source}不同意修复。理由：{application.answer}。救济途径依{source}的规定。"


def reopened(application: Application, on: date, due: date | None) -> str:
    return (
        f"{record_of(application)}，原不予修复（不予受理）的决定已经撤销，自{zh(on)}起由{application.unit.name}重新办理，"
        f"由未参与原决定的人员另行决定，答复期限至{zh(due)}。"
    )


def ended(application: Application) -> str:
    return f"{record_of(application)}，该记录已经结束或者撤销，没有需要修复的内容，终止办理。"


def revoked(application: Application, until: date) -> str:
    return (
        f"{record_of(application)}，经查实承诺不实，修复已被撤销，{application.title}恢复剩余期限；至{zh(until)}不得再次申请修复。"
        f"{REMEDIES}"
    )


def possible(listing: Any, first: date) -> str:
    return (
        f"“{listing.revision.title}”名单记录自{zh(first)}起可以申请信用修复。申请不收取费用，"
        "可以网上提交，也可以到政务服务窗口或者办理单位提交。"
    )


def tell_possible(ripe: Iterable[tuple[Listing, date]]) -> None:
    """Tell the subjects of listings that they may apply from now on; as many statements as for one."""
    send_many(
        Letter(
            subject=canonical(listing.subject),
            kind="repair.possible",
            title=KINDS["repair.possible"],
            body=possible(listing, first),
            about=listing,
            unit_id=listing.case_subject.case.unit_id,
        )
        for listing, first in ripe
    )
