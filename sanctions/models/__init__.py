"""Tables of the chain, by aggregate."""

from sanctions.models.advice import Advice
from sanctions.models.cases import Case, CaseSubject, Evidence
from sanctions.models.check_pages import CheckPage, CheckPageOrigin
from sanctions.models.checks import Check, CheckedSubject, CheckFeedback, CheckJob, MatterRule
from sanctions.models.court import CourtOrder
from sanctions.models.determinations import Determination
from sanctions.models.draws import Draw, Seat
from sanctions.models.execution import ExecutionTask, Feedback, GroupSummary
from sanctions.models.external import ExternalListing, ExternalNomination, ExternalRule, ExternalSource
from sanctions.models.listings import Amendment, Listing, ListingPause
from sanctions.models.meetings import ExpertDraw, Meeting, MeetingExpert, MeetingInvitee, Vote
from sanctions.models.notices import Notice, Service
from sanctions.models.stops import TaskStop

__all__ = [
    "Advice",
    "Amendment",
    "Case",
    "CaseSubject",
    "Check",
    "CheckFeedback",
    "CheckJob",
    "CheckPage",
    "CheckPageOrigin",
    "CheckedSubject",
    "CourtOrder",
    "Determination",
    "Draw",
    "Evidence",
    "ExecutionTask",
    "ExpertDraw",
    "ExternalListing",
    "ExternalNomination",
    "ExternalRule",
    "ExternalSource",
    "Feedback",
    "GroupSummary",
    "Listing",
    "ListingPause",
    "MatterRule",
    "Meeting",
    "MeetingExpert",
    "MeetingInvitee",
    "Notice",
    "Seat",
    "Service",
    "TaskStop",
    "Vote",
]
