"""Acts of the determination meeting: convene, draw by lot, attendance, opinions, votes."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.db.models import QuerySet

from catalog.selectors import measures_of
from core import clock
from core.actors import Actor, acting
from core.problems import NotFound, Problem, Violation, refuse
from organizations.acts.fields import DateField, Text
from organizations.acts.forms import ActForm
from organizations.acts.refusals import error_text
from organizations.selectors import acting_unit_on, expert_fields, expert_pool, units_in_force
from sanctions.enums import Polarity, VoteChoice
from sanctions.forms.cases import LeadAct, leads
from sanctions.models import Case, ExpertDraw, Meeting, MeetingExpert, MeetingInvitee
from sanctions.services import meetings as services


def meeting_of(case: Case) -> Meeting:
    """Return the case's meeting; NotFound before one was called."""
    found = case.meetings.filter(adjourned_on__isnull=True).select_related("case", "convenor").first()
    if found is None:
        raise NotFound("认定会议")
    return found


def own_seats(actor: Actor, case: Case) -> QuerySet[MeetingInvitee]:
    """Return the invitation of the actor's unit, or of one whose duties it carries, to the meeting that stands."""
    rows = MeetingInvitee.objects.filter(meeting__case=case, meeting__adjourned_on__isnull=True)
    return rows.filter(unit_id__in=actor.unit_ids)


def attendance_known(case: Case) -> bool:
    """Tell whether it is recorded who came to the meeting that stands: votes and decision follow upon it."""
    rows = MeetingInvitee.objects.filter(meeting__case=case, meeting__adjourned_on__isnull=True)
    return rows.filter(attended=True).exists()


class ConveneMeeting(LeadAct):
    name, label, permission, transition = "convene", "召集认定会议", "sanctions.meeting.convene", "convene"
    lead = "邀请发起单位和目录所列实施单位，可增加其他单位（不限联席会议成员）。开会日应在陈述申辩期满之后。"
    done = "会议已召集，参会单位可以看到该事项"
    template, wide = "sanctions/convene.html", True

    held_on = DateField(label="会议日期")
    place = forms.CharField(label="地点", max_length=200, required=False, help_text="留空为联席会议办公室会议室")
    units = forms.MultipleChoiceField(label="参会单位", error_messages={"required": "请选择参会单位"})

    def build(self) -> None:
        day = clock.today()
        self.all_units = list(units_in_force(day))
        self.choose_among("units", [(row.public_id, row.short_name) for row in self.all_units])
        self.proposed = self._implementing(day)
        self.initial.setdefault("units", list(self.proposed))

    def _implementing(self, day: Any) -> dict[str, str]:
        """Return by public id the initiating unit and those the catalogue names, as they exist today."""
        found = {self.record.unit.public_id: "发起单位"}
        for prescribed in measures_of(self.record.revision):
            for named in prescribed.units:
                unit = acting_unit_on(named, day) if not named.in_force_on(day) else named
                if unit is not None:
                    found.setdefault(unit.public_id, "实施单位")
        return found

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        ready = record.polarity == Polarity.INCENTIVE or record.state == "noticed"
        return ready and leads(actor, record)

    def call(self) -> dict[str, Any]:
        """Return the arguments of the service."""
        chosen = set(self.cleaned_data["units"])
        return {
            "actor": self.actor,
            "case": self.record,
            "held_on": self.cleaned_data["held_on"],
            "place": self.cleaned_data["place"],
            "units": [row for row in self.all_units if row.public_id in chosen],
            **self.when(),
        }

    def perform(self) -> Meeting:
        return services.convene_meeting(**self.call())

    def aside(self) -> dict[str, Any]:
        ticked = set(self["units"].value() or [])
        rows = [(row, self.proposed.get(row.public_id, ""), row.public_id in ticked) for row in self.all_units]
        return {
            "proposed_units": [row for row in rows if row[1]],
            "other_units": [row for row in rows if not row[1]],
            "others_ticked": sum(1 for row in rows if not row[1] and row[2]),
        }


class ReconveneMeeting(ConveneMeeting):
    name, label, transition = "reconvene", "另行召集会议", "reconvene"
    lead = "会议没有开成（例如到会单位不足）的，另行召集；原会议如实留存，专家重新抽取。"
    done, minor, reason_label = "已另行召集会议", True, "未成会原因"

    def build(self) -> None:
        super().build()
        invited = meeting_of(self.record).invitees.values_list("unit__public_id", flat=True)
        self.initial["units"] = list(invited)

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return leads(actor, record)

    def perform(self) -> Meeting:
        return services.reconvene_meeting(**self.call())


class MeetingAct(ActForm):
    """An act on the meeting while it is open, by whoever leads the case; the record is the case."""

    permission = "sanctions.meeting.convene"
    minor = True

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        return record.state == "convened" and leads(actor, record)


class PrepareDraw(MeetingAct):
    name, label = "prepare-draw", "准备专家抽取"
    lead = "填写需要的专业和人数。系统排除应当回避的专家，固定候选名单和随机种子，先公布承诺摘要，再抽取。"
    done = "承诺摘要已公布，可以抽取"
    template = "sanctions/prepare_draw.html"

    def build(self) -> None:
        self.meeting = meeting_of(self.record)
        codes = [row.subject.public_id for row in self.record.subjects.select_related("subject")]
        pool = expert_pool(on=self.meeting.held_on, units=[self.record.unit], subject_codes=codes)
        free: Counter[str] = Counter()
        for row in pool:
            if not row.excluded_because:
                free.update(row.fields)
        self.aside_excluded = sum(1 for row in pool if row.excluded_because)
        for field in expert_fields():
            self.fields[f"demand-{field.code}"] = forms.IntegerField(
                label=field.name,
                required=False,
                min_value=0,
                max_value=20,
                help_text=f"可抽取 {free[field.code]} 人",
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "placeholder": "0"}),
            )

    def wanted(self) -> dict[str, int]:
        """Return how many experts of which field were asked for."""
        found = {name.removeprefix("demand-"): value for name, value in self.cleaned_data.items()}
        return {code: count for code, count in found.items() if f"demand-{code}" in self.fields and count}

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        if not super().fits(actor, record, target):
            return False
        return not ExpertDraw.objects.filter(
            meeting__case=record, meeting__adjourned_on__isnull=True, drawn_on__isnull=True
        ).exists()

    def perform(self) -> ExpertDraw:
        return services.prepare_draw(actor=self.actor, meeting=self.meeting, demand=self.wanted(), **self.when())

    def aside(self) -> dict[str, Any]:
        return {"meeting": self.meeting, "excluded_count": self.aside_excluded}


class DrawExperts(MeetingAct):
    name, label = "draw", "抽取专家"
    lead = "按已公布的承诺抽取。抽取后公布种子和名单，任何人可以复算。"
    done, targeted = "专家已抽取", True

    @classmethod
    def find_target(cls, record: Case, key: str) -> ExpertDraw:
        found = ExpertDraw.objects.filter(meeting__case=record, public_id=key).select_related("meeting__case").first()
        if found is None:
            raise NotFound("该轮抽取")
        return found

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: ExpertDraw) -> bool:
        return super().fits(actor, record, target) and target.drawn_on is None

    def perform(self) -> Any:
        return services.draw_experts(actor=self.actor, draw=self.target, **self.when())

    def success(self, result: Any) -> str:
        return "抽中：" + "、".join(seat.expert.name for seat in result)


class DeclineExpert(MeetingAct):
    name, label = "decline", "登记不能参加"
    lead = "登记后准备下一轮抽取补充；前一轮抽中的不再进入候选。"
    done, targeted, danger, reason_label = "已登记，请补充抽取", True, True, "理由"

    @classmethod
    def find_target(cls, record: Case, key: str) -> MeetingExpert:
        rows = MeetingExpert.objects.filter(
            meeting__case=record, meeting__adjourned_on__isnull=True, expert__public_id=key
        )
        found = rows.select_related("expert", "meeting__case").first()
        if found is None:
            raise NotFound("该参会专家")
        return found

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: MeetingExpert) -> bool:
        return super().fits(actor, record, target) and not target.declined_reason

    def perform(self) -> Any:
        return services.decline_expert(actor=self.actor, seat=self.target, **self.when())


class InviteUnits(MeetingAct):
    name, label = "invite", "增加参会单位"
    lead = "议决之前可以增加参会单位；已邀请的不能取消。"
    template, wide = "sanctions/invite.html", True
    units = forms.MultipleChoiceField(label="增加的单位", error_messages={"required": "请选择单位"})

    def build(self) -> None:
        self.meeting = meeting_of(self.record)
        known = set(self.meeting.invitees.values_list("unit_id", flat=True))
        self.all_units = [row for row in units_in_force(clock.today()) if row.pk not in known]
        self.choose_among("units", [(row.public_id, row.short_name) for row in self.all_units])

    def perform(self) -> int:
        chosen = set(self.cleaned_data["units"])
        units = [row for row in self.all_units if row.public_id in chosen]
        return services.invite_units(actor=self.actor, meeting=self.meeting, units=units, **self.when())

    def success(self, result: int) -> str:
        return f"已增加 {result} 个参会单位"

    def aside(self) -> dict[str, Any]:
        ticked = set(self["units"].value() or [])
        return {"other_units": [(row, row.public_id in ticked) for row in self.all_units]}


class RecordAttendance(MeetingAct):
    name, label = "attendance", "登记到会"
    lead = "勾选到会的单位；未到会的单位不能表决。会议当日或之后登记。"
    done = "到会已登记"
    attended = forms.MultipleChoiceField(label="到会单位", required=False, widget=forms.CheckboxSelectMultiple)

    @classmethod
    def secondary(cls, actor: Actor, record: Case, target: Any) -> bool:
        return attendance_known(record)  # the next step until then

    def build(self) -> None:
        self.meeting = meeting_of(self.record)
        self.invitees = list(self.meeting.invitees.select_related("unit"))
        self.choose_among("attended", [(row.unit.public_id, row.unit.name) for row in self.invitees])
        self.fields[
            "attended"
        ].help_text = f"应到 {len(self.invitees)} 个单位，到会不少于 {self.meeting.quorum_percent}% 方可表决"
        present = [row.unit.public_id for row in self.invitees if row.attended]
        self.initial["attended"] = present or [row.unit.public_id for row in self.invitees]

    def perform(self) -> int:
        chosen = set(self.cleaned_data["attended"])
        came = [row.unit for row in self.invitees if row.unit.public_id in chosen]
        return services.record_attendance(actor=self.actor, meeting=self.meeting, attended=came, **self.when())

    def success(self, result: int) -> str:
        return f"已登记 {result} 个单位到会，可以表决"


class RecordOpinions(MeetingAct):
    name, label = "opinions", "记录专家意见"
    lead = "专家只提供咨询意见，不参加表决。"
    done, backdatable = "专家意见已记录", False

    def build(self) -> None:
        self.meeting = meeting_of(self.record)
        seats = self.meeting.experts.filter(declined_reason="").select_related("expert", "meeting__case")
        self.seats = {f"opinion-{seat.expert.public_id}": seat for seat in seats}
        for name, seat in self.seats.items():
            self.fields[name] = Text(label=f"{seat.expert.name}（{seat.expert.title or seat.field}）", required=False)
            self.initial[name] = seat.opinion

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        if not super().fits(actor, record, target):
            return False
        return MeetingExpert.objects.filter(
            meeting__case=record, meeting__adjourned_on__isnull=True, declined_reason=""
        ).exists()

    def perform(self) -> int:
        given = {name: self.cleaned_data[name].strip() for name in self.seats}
        changed = [name for name, text in given.items() if text and text != self.seats[name].opinion]
        if not changed:
            refuse([Violation("SAN-11", "没有填写专家意见", remedy="填写至少一位专家的书面意见")])
        with acting(self.actor, "meeting.opinion"):
            for name in changed:
                services.record_opinion(actor=self.actor, seat=self.seats[name], opinion=given[name])
        return len(changed)


class CastVotes(ActForm):
    name, label, permission = "vote", "表决", "sanctions.meeting.vote"
    lead = "代表本单位逐个主体表决，一个单位一票；议决之前可以改票。"
    done = "本单位表决已记录"

    def build(self) -> None:
        self.meeting = meeting_of(self.record)
        self.subjects = list(self.record.subjects.select_related("subject").order_by("pk"))
        held = {
            vote.case_subject_id: vote
            for vote in self.meeting.votes.filter(invitee__unit_id__in=self.actor.unit_ids).select_related("invitee")
        }
        for row in self.subjects:
            choice, remark = f"choice-{row.public_id}", f"remark-{row.public_id}"
            self.fields[choice] = forms.ChoiceField(
                label=row.subject.name,
                choices=VoteChoice.choices,
                widget=forms.RadioSelect,
                error_messages={"required": f"请对{row.subject.name}表决"},
            )
            self.fields[remark] = forms.CharField(label="说明", required=False, max_length=300)
            if row.pk in held:
                self.prefill(**{choice: held[row.pk].choice, remark: held[row.pk].remark})

    @classmethod
    def fits(cls, actor: Actor, record: Case, target: Any) -> bool:
        if record.state != "convened":
            return False
        return own_seats(actor, record).exists()

    @classmethod
    def blocked(cls, actor: Actor, record: Case, target: Any) -> str:
        came = own_seats(actor, record).filter(attended=True).exists()
        return "" if came else "召集单位尚未登记本单位到会"

    def perform(self) -> int:
        when = self.when()
        with acting(self.actor, "meeting.vote", reason=when["reason"], on=when.get("on")):
            for row in self.subjects:
                services.cast_vote(
                    actor=self.actor,
                    meeting=self.meeting,
                    case_subject=row,
                    choice=self.cleaned_data[f"choice-{row.public_id}"],
                    remark=self.cleaned_data[f"remark-{row.public_id}"],
                    **when,
                )
        return len(self.subjects)

    def refuse(self, problem: Problem) -> None:
        """Show what the service says of a vote at the head: it concerns the unit, not one subject."""
        for violation in problem.errors or (Violation(problem.code, problem.detail, remedy=problem.remedy),):
            self.add_error(None, error_text(violation))


MEETING_ACTS: tuple[type[ActForm], ...] = (
    ConveneMeeting,
    RecordAttendance,
    PrepareDraw,
    DrawExperts,
    DeclineExpert,
    RecordOpinions,
    InviteUnits,
    ReconveneMeeting,
    CastVotes,
)
