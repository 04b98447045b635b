"""The workbench of subjects: search, the page of a subject, life events and duplicates as buttons with forms."""

from subjects.admin.deliveries import DeliveryAdmin
from subjects.admin.subjects import SubjectAdmin
from subjects.admin.successors import MergeAdmin, NominationAdmin

__all__ = ["DeliveryAdmin", "MergeAdmin", "NominationAdmin", "SubjectAdmin"]
