"""Tables of the kernel."""

from core.models.attachments import Attachment
from core.models.counters import Counter
from core.models.deadlines import CalendarDay, CalendarYear, Deadline, TimeLimitRule
from core.models.following import WrongSecret
from core.models.idempotency import IdempotentCall
from core.models.intake import IntakeBatch, IntakeChunk, IntakeError, QuestionedRow
from core.models.intake_settings import IntakeSetting
from core.models.jobs import Alert, JobRun, Reminder, ReminderRule
from core.models.outbox import OutboxEvent, OutboxHorizon, OutboxPosition
from core.models.personal import PersonalIdentifier, PersonalReveal
from core.models.workflow import TransitionRecord

__all__ = [
    "Alert",
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "Counter",
    "Deadline",
    "IdempotentCall",
    "IntakeBatch",
    "IntakeChunk",
    "IntakeError",
    "IntakeSetting",
    "JobRun",
    "OutboxEvent",
    "OutboxHorizon",
    "OutboxPosition",
    "PersonalIdentifier",
    "PersonalReveal",
    "QuestionedRow",
    "Reminder",
    "ReminderRule",
    "TimeLimitRule",
    "TransitionRecord",
    "WrongSecret",
]
