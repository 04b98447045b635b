"""Who left a number in a draft hears before it is deleted, once; the text says nothing of what the draft is about."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q

from core import clock, personal
from core.problems import Problem
from core.text import zh_day
from portal.online.drafts import content_of
from portal.online.models import Draft
from subjects.delivery.gateways import Parcel, gateways
from subjects.enums import Channel

DAYS_BEFORE = 1
TEXT = (
    "【信用广元】您在网上办事填写的{service}草稿（编号{number}）保留到{day}，到期连同文件删除。"
    "继续办理请在“办事大厅”用草稿编号和续办码打开；不再办理的不用理会。"
)


def warn() -> dict[str, int]:
    """Write to who can be written to that his draft ends tomorrow or today; returns how many were told and not.

    What a gateway does not take stays unwarned and is tried at the next run. A draft that is changed lives on, and is
    warned of anew before its new end.
    """
    counts = {"told": 0, "without_number": 0, "failed": 0}
    today = clock.today()
    ending = Draft.objects.filter(filed_at=None, keep_until__range=(today, today + timedelta(days=DAYS_BEFORE)))
    for draft in ending.filter(~Q(warned_for=F("keep_until")) | Q(warned_for=None)).order_by("pk"):
        counts[_warned(draft)] += 1
    return counts


def _warned(draft: Draft) -> str:
    """Tell one holder, its row held against a second worker; returns what came of it."""
    with transaction.atomic():
        row = Draft.objects.select_for_update(skip_locked=True).filter(pk=draft.pk, keep_until=draft.keep_until).first()
        if row is None:
            return "failed"
        phone = _phone_in(row)
        if phone and _hand_over(row, phone):
            return "failed"
        row.warned_for = row.keep_until
        row.save(update_fields=["warned_for"])
        return "told" if phone else "without_number"


def _phone_in(draft: Draft) -> str:
    try:
        return personal.mobile(content_of(draft).get("phone", ""))
    except Problem:  # the key that sealed it is gone: nobody can be written to
        return ""


def _hand_over(draft: Draft, phone: str) -> str:
    """Give the text to the gateway; returns why it was not taken. The key keeps one end from being told twice."""
    key = f"draft-{draft.public_id}-{draft.keep_until}"
    text = TEXT.format(service=draft.get_service_display(), number=draft.public_id, day=zh_day(draft.keep_until))
    return gateways()[Channel.SMS.value].hand_over([Parcel(key, text, True, phone)]).get(key, "没有答复")
