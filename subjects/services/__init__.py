"""Commands on subjects: the only writers. One act, one function, one transaction."""

from subjects.services.duplicates import merge, undo_merge
from subjects.services.life import (
    decide_nomination,
    deregister,
    record_death,
    record_merger,
    record_split,
    rename,
    revoke_licence,
)
from subjects.services.registering import (
    NewIdentifier,
    add_identifier,
    end_identifier,
    register_branch,
    register_person,
    register_subject,
)

__all__ = [
    "NewIdentifier",
    "add_identifier",
    "decide_nomination",
    "deregister",
    "end_identifier",
    "merge",
    "record_death",
    "record_merger",
    "record_split",
    "register_branch",
    "register_person",
    "register_subject",
    "rename",
    "revoke_licence",
    "undo_merge",
]
