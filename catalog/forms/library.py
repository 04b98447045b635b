"""Acts on the library of laws: what stops applying, below the preview of what that touches."""

from __future__ import annotations

from typing import Any

from catalog import selectors, services
from catalog.models import Article
from catalog.permissions import INSTRUMENT_MANAGE
from core import clock
from core.actors import Actor
from organizations.acts.fields import DateField
from organizations.acts.forms import ActForm


class Repeal(ActForm):
    name, label, permission = "repeal", "登记废止", INSTRUMENT_MANAGE
    lead = "废止后，仅以本条为确定依据的事项和一类措施自次日起不再有效。下列影响请先核对。"
    template, wide, danger = "catalog/admin/repeal.html", True, True
    backdatable, reason_label = False, "废止依据"
    last_day = DateField(label="最后适用日")

    @classmethod
    def fits(cls, actor: Actor, record: Article, target: Any) -> bool:
        return record.valid_to is None

    def perform(self) -> Article:
        return services.repeal_article(actor=self.actor, article=self.record, **self.cleaned_data)

    def success(self, result: Article) -> str:
        return f"已登记{result}废止"

    def aside(self) -> dict[str, Any]:
        return {"impact": selectors.impact_of(article=self.record, on=clock.today())}
