"""Every act reaches its subject: the site message, the ways it takes, and the proof that it arrived.

Higher floors call `send` inside the transaction of their act and `record_proof` when it has arrived; they declare the
kinds of document they send (`declare_kinds`) and the sheets they print (`sheets.register`) in AppConfig.ready().
"""

from subjects.delivery.kinds import declare_kinds
from subjects.delivery.selectors import messages_of, unserved
from subjects.delivery.services import Letter, mark_opened, record_proof, resend, send, send_many

__all__ = [
    "Letter",
    "declare_kinds",
    "mark_opened",
    "messages_of",
    "record_proof",
    "resend",
    "send",
    "send_many",
    "unserved",
]
