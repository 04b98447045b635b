"""Instruments, articles and the measure library: added by the office, repealed by a last day, never rewritten."""

from __future__ import annotations

from datetime import date
from typing import Any

from catalog.models import Article, LegalInstrument, Measure
from catalog.permissions import INSTRUMENT_MANAGE
from core import outbox
from core.actors import Actor, acting
from core.permissions import require
from core.problems import Violation, refuse


def add_instrument(*, actor: Actor, code: str, title: str, kind: str, **columns: Any) -> LegalInstrument:
    """Add a law or document to the library. Raises NotPermitted, Refused CAT-34 (code taken)."""
    require(actor, INSTRUMENT_MANAGE)
    if LegalInstrument.objects.filter(code=code).exists():
        refuse([Violation("CAT-34", f"法律文件代号 {code} 已存在", "code", "换用新代号；新修订的文本作为新文件登记")])
    with acting(actor, "catalog.instrument.add"):
        return LegalInstrument.objects.create(code=code, title=title, kind=kind, **columns)


def add_article(*, actor: Actor, instrument: LegalInstrument, label: str, valid_from: date | None = None) -> Article:
    """Add an article to an instrument; the same label gives the same row."""
    require(actor, INSTRUMENT_MANAGE)
    with acting(actor, "catalog.article.add"):
        found, _ = Article.objects.get_or_create(
            instrument=instrument, label=label, defaults={"valid_from": valid_from}
        )
    return found


def add_measure(*, actor: Actor, code: str, name: str, polarity: str, measure_class: int, **columns: Any) -> Measure:
    """Add a measure to the library. Raises NotPermitted, Refused CAT-34 (code taken)."""
    require(actor, INSTRUMENT_MANAGE)
    if Measure.objects.filter(code=code).exists():
        refuse([Violation("CAT-34", f"措施编号 {code} 已存在", "code", "换用新编号")])
    with acting(actor, "catalog.measure.add"):
        return Measure.objects.create(code=code, name=name, polarity=polarity, measure_class=measure_class, **columns)


def repeal_article(*, actor: Actor, article: Article, last_day: date, reason: str) -> Article:
    """Record that an article stops applying after `last_day`; entries it alone carried are no longer in force then.

    What is touched is shown before by `selectors.impact_of(article=…)`. Raises NotPermitted, Refused CAT-35.
    """
    require(actor, INSTRUMENT_MANAGE)
    with acting(actor, "catalog.article.repeal", reason=reason):
        locked = Article.objects.select_for_update(of=("self",)).select_related("instrument").get(pk=article.pk)
        starts = locked.valid_from or locked.instrument.effective_from
        found = []
        if not reason.strip():
            found.append(Violation("CAT-35", "废止条款须写明依据", "reason", "填写废止文件名称和文号"))
        if starts is not None and last_day < starts:
            found.append(Violation("CAT-35", f"最后适用日 {last_day} 早于施行日 {starts}", "last_day", "核对日期"))
        refuse(found)
        locked.valid_to, locked.repeal_note = last_day, reason.strip()
        locked.save(update_fields=["valid_to", "repeal_note"])
        outbox.emit(
            "catalog.article.repealed",
            locked,
            payload={"instrument": locked.instrument.title, "article": locked.label, "last_day": str(last_day)},
        )
    return locked
