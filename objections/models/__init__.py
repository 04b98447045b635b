"""Tables of objections and complaints, by aggregate."""

from objections.models.complaints import Complaint, ComplaintDraw, ComplaintExpert, ComplaintParticipant
from objections.models.objections import AnsweredObjection, ContestedSubject, Objection, ObjectionEvidence
from objections.models.routes import TargetRoute

__all__ = [
    "AnsweredObjection",
    "Complaint",
    "ComplaintDraw",
    "ComplaintExpert",
    "ComplaintParticipant",
    "ContestedSubject",
    "Objection",
    "ObjectionEvidence",
    "TargetRoute",
]
