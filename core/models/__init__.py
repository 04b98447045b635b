"""Tables of the kernel."""

from core.models.attachments import Attachment
from core.models.counters import Counter
from core.models.deadlines import CalendarDay, CalendarYear, Deadline, TimeLimitRule
from core.models.outbox import OutboxEvent, OutboxHorizon, OutboxPosition
from core.models.personal import PersonalIdentifier, PersonalReveal
from core.models.workflow import TransitionRecord

__all__ = [
    "Attachment",
    "CalendarDay",
    "CalendarYear",
    "Counter",
    "Deadline",
    "OutboxEvent",
    "OutboxHorizon",
    "OutboxPosition",
    "PersonalIdentifier",
    "PersonalReveal",
    "TimeLimitRule",
    "TransitionRecord",
]
