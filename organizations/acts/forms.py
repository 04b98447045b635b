"""The base of every act: a form whose confirmation is one service call, and whose refusal is shown where it belongs.

A subclass names the act, its permission, the fields it asks for and the service it calls. What the service refuses is
put at the field at fault, with the remedy and the article; everything typed stays, and files already taken in stay too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django import forms
from django.core import signing

from core.actors import BACKDATE, Actor
from core.attachments import store
from core.models import Attachment
from core.problems import NotFound, Problem, Violation
from core.workflow import Workflow, allowed
from organizations.acts.fields import DateField, Text, UploadField
from organizations.acts.refusals import error_text

KEPT = "organizations.acts.kept"
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Situation:
    """Who acts on which record, and on which part of it."""

    actor: Actor
    record: Any
    target: Any = None
    asked: Mapping[str, str] | None = None  # what the address of the page asks for


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of a long form; each row is one field, or several side by side."""

    title: str
    rows: Sequence[str | tuple[str, ...]]


class ActForm(forms.Form):
    """One legal act as a form. `offered` decides whether its button is shown; the service, whether it is done."""

    name: ClassVar[str]
    label: ClassVar[str]
    permission: ClassVar[str]
    workflow: ClassVar[Workflow | None] = None
    transition: ClassVar[str] = ""
    button: ClassVar[str] = ""  # the words on its button, where they are shorter than the label
    lead: ClassVar[str] = ""
    done: ClassVar[str] = "已办理"
    danger: ClassVar[bool] = False
    minor: ClassVar[bool] = False
    targeted: ClassVar[bool] = False
    backdatable: ClassVar[bool] = True
    aliases: ClassVar[Mapping[str, str]] = {}
    template: ClassVar[str] = "acts/act.html"
    result_template: ClassVar[str] = ""  # a page with the result, shown once, in the place of a redirect
    wide: ClassVar[bool] = False
    layout: ClassVar[Sequence[Group]] = ()  # for long forms; what no group names follows after them
    reason_label: ClassVar[str] = ""  # a reason that must be given
    reason_limit: ClassVar[int] = 4000  # characters of the reason
    note_label: ClassVar[str] = ""  # a reason that may be given

    def __init__(self, *args: Any, situation: Situation, **kwargs: Any) -> None:
        self.situation = situation
        self.actor, self.record, self.target = situation.actor, situation.record, situation.target
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.kept: dict[str, Attachment] = {}
        self.build()
        self._say_what_is_missing()
        if self.reason_label:
            self.fields["reason"] = Text(
                label=self.reason_label,
                rows=3,
                max_length=self.reason_limit,
                error_messages={"required": f"请填写{self.reason_label}"},
            )
        elif self.note_label:
            self.fields["reason"] = Text(label=self.note_label, rows=3, required=False, max_length=self.reason_limit)
        if self.backdatable and self.actor.may(BACKDATE):
            self.fields["on"] = DateField(
                label="办理日期", required=False, help_text="留空为今天；补录更早的日期须写明理由，理由记入办理记录"
            )
            if "reason" not in self.fields:
                self.fields["reason"] = forms.CharField(label="补录理由", required=False, max_length=300)

    def _say_what_is_missing(self) -> None:
        """Let a required field that has no words of its own name what is to be filled in."""
        for field in self.fields.values():
            if field.required and field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
                field.error_messages["required"] = f"请{verb}{field.label}"

    # --- what a subclass may say ---

    def build(self) -> None:
        """Add the fields that depend on the record."""

    @classmethod
    def fits(cls, actor: Actor, record: Any, target: Any) -> bool:
        """Tell whether the record belongs to the actor's part of the work and is ripe for this act."""
        return True

    @classmethod
    def blocked(cls, actor: Actor, record: Any, target: Any) -> str:
        """Return why the act, though it is due, is not this officer's to do; shown beside the greyed button."""
        return ""

    @classmethod
    def secondary(cls, actor: Actor, record: Any, target: Any) -> bool:
        """Tell whether another act comes first just now, so that this one's button steps back."""
        return cls.minor

    @classmethod
    def find_target(cls, record: Any, key: str) -> Any:
        """Return the part of the record that the address names."""
        raise NotFound("该办理对象")

    def perform(self) -> Any:
        """Call the service with what was filled in; returns what the service returns."""
        raise NotImplementedError

    def only_asks(self) -> bool:
        """Tell whether what was posted asks to see the effects first; then nothing is done yet."""
        return False

    def success(self, result: Any) -> str:
        return self.done

    def remember(self, session: MutableMapping[str, Any], result: Any) -> None:
        """Keep for the officer's session what the act opened to him; nothing personal."""

    def destination(self, result: Any) -> str | None:
        """Return where to go afterwards; None for the record's page."""
        return None

    def shown(self, result: Any) -> dict[str, Any]:
        """Return what the page of the result shows, where there is one."""
        return {"result": result}

    def aside(self) -> dict[str, Any]:
        """Return more context for the page: previews, ranges, counts."""
        return {}

    def field_of(self, violation: Violation) -> str | None:
        """Return the form's field for a violation, or None for the head of the form."""
        name = self.aliases.get(violation.field or "", violation.field)
        return name if name in self.fields else None

    # --- what all share ---

    @property
    def says_why(self) -> bool:
        """Tell whether the reason is a field of the act itself, not only of a late record."""
        return bool(self.reason_label or self.note_label)

    @property
    def confirmation(self) -> str:
        """Return the words on the button that does the act."""
        return self.label if self.label.startswith("确认") else f"确认{self.label}"

    def laid_out(self) -> list[tuple[str, list[list[forms.BoundField]]]]:
        """Return the form's parts: title, and rows of fields; the day of a late record stands apart from all of them."""
        apart = {"on"} if self.says_why else {"on", "reason"}
        left = {name: self[name] for name in self.fields if name not in apart and not self[name].is_hidden}
        parts = []
        for group in self.layout:
            rows = [(row,) if isinstance(row, str) else row for row in group.rows]
            shown = [[left.pop(name) for name in row if name in left] for row in rows]
            parts.append((group.title, [row for row in shown if row]))
        return [*parts, ("", [[field] for field in left.values()])] if left else parts

    def choose_among(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a choice field the choices of this record."""
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)

    def prefill(self, **values: Any) -> None:
        """Fill fields in, unless the form came back with what was typed."""
        self.initial = {**self.initial, **values}

    @classmethod
    def offered(cls, actor: Actor, record: Any, target: Any = None) -> bool:
        """Tell whether state, permission and scope allow the act now."""
        if not actor.may(cls.permission):
            return False
        if cls.workflow is not None and cls.transition not in {
            row.name for row in allowed(record, cls.workflow, actor)
        }:
            return False
        return cls.fits(actor, record, target)

    def when(self) -> dict[str, Any]:
        """Return the arguments `on` and `reason` of the service."""
        found: dict[str, Any] = {"reason": self.cleaned_data.get("reason", "")}
        if self.cleaned_data.get("on"):
            found["on"] = self.cleaned_data["on"]
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, UploadField):
                cleaned[name] = self._taken_in(name, field, cleaned.get(name))
        return cleaned

    def _taken_in(self, name: str, field: UploadField, upload: Any) -> Attachment | None:
        held: Attachment | None = None
        if upload:
            try:
                held = store(upload, actor=self.actor, name=upload.name)
            except Problem as problem:
                self.add_error(name, error_text(Violation(problem.code, problem.detail, remedy=problem.remedy)))
                return None
        elif token := self.data.get(self.add_prefix(f"{name}-kept"), ""):
            held = _kept_attachment(token, self.actor)
        if held is not None:
            self.kept[name] = held
        elif field.wanted and name not in self.errors:
            self.add_error(name, field.error_messages["required"])
        return held

    def kept_tokens(self) -> dict[str, tuple[str, str]]:
        """Return for each file already taken in its name and the token that brings it back."""
        return {name: (held.name, signing.dumps(held.public_id, salt=KEPT)) for name, held in self.kept.items()}

    def refuse(self, problem: Problem) -> None:
        """Show a refusal: each violation at its field, the rest at the head of the form."""
        violations = problem.errors or (Violation(problem.code, problem.detail, problem.field, problem.remedy),)
        for violation in violations:
            self.add_error(self.field_of(violation), error_text(violation))


def _kept_attachment(token: str, actor: Actor) -> Attachment | None:
    try:
        public_id = signing.loads(token, salt=KEPT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return None
    return Attachment.objects.filter(public_id=public_id, actor_key=actor.key).first()
