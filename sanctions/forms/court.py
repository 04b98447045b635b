"""Acts on a listing by a court's document: a stay, its lifting, a revocation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms

from core.actors import Actor
from organizations.acts.fields import DateField, UploadField
from organizations.acts.forms import ActForm
from sanctions.enums import ListingState, Polarity
from sanctions.forms.cases import leads
from sanctions.models import CourtOrder, Listing
from sanctions.services import court as services


class CourtAct(ActForm):
    """An act of whoever leads the case, upon a court's document."""

    permission, minor = "sanctions.court.record", True
    note_label = "补充说明"
    service: ClassVar[Callable[..., CourtOrder]]
    court = forms.CharField(label="法院", max_length=200, error_messages={"required": "请按裁判文书填写法院"})
    document = forms.CharField(label="文书号", max_length=128, error_messages={"required": "请按裁判文书填写文书号"})
    made_on = DateField(label="裁判日")
    attachment = UploadField(label="裁判文书", required=False)

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return record.state != ListingState.REVOKED and leads(actor, record.case_subject.case)

    def perform(self) -> CourtOrder:
        data = self.cleaned_data
        ruling = services.Ruling(data["court"], data["document"], data["made_on"], data["attachment"])
        return type(self).service(actor=self.actor, listing=self.record, ruling=ruling, **self.when())


def _stayed(listing: Listing) -> bool:
    return bool(CourtOrder.open_stays(listing))  # what is over already is stayed without a pause


class StayByCourt(CourtAct):
    name, label = "court-stay", "登记法院停止执行"
    lead = "按法院裁定登记；自办理日起措施暂停，停止执行通知随即发给各实施单位。"
    done = "已登记，措施自办理日起暂停"
    service = staticmethod(services.stay)

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return super().fits(actor, record, target) and record.polarity == Polarity.DISCIPLINE and not _stayed(record)


class LiftStay(CourtAct):
    name, label = "court-lift", "登记解除停止执行"
    lead = "按法院裁定登记；没有其他暂停原因的，措施自办理日起恢复。"
    done = "已登记解除"
    service = staticmethod(services.lift_stay)

    @classmethod
    def fits(cls, actor: Actor, record: Listing, target: Any) -> bool:
        return super().fits(actor, record, target) and _stayed(record)


class RevokeByCourt(CourtAct):
    name, label, danger = "court-revoke", "登记法院判决撤销", True
    lead = "按生效判决登记；决定自始无效，已经实施的由各单位恢复原状。"
    done = "已登记，名单已撤销"
    service = staticmethod(services.court_revoke)


COURT_ACTS: tuple[type[ActForm], ...] = (StayByCourt, LiftStay, RevokeByCourt)
