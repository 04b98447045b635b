"""Questions about the catalogue; the only readers that other apps use."""

from catalog.selectors.contents import Library, content_of, contents_of, facts_of, warnings_of
from catalog.selectors.impacts import impact_of
from catalog.selectors.in_force import (
    Prescribed,
    check_initiator,
    check_measure,
    citations_of,
    class1_support,
    executable_measures,
    initiators_of,
    is_executable,
    is_in_force,
    measures_of,
    require_in_force,
    revision_in_force,
    revisions_in_force,
    why_not_in_force,
)
from catalog.selectors.lookups import (
    article,
    entries_with_state,
    entry,
    measure,
    previous_of,
    revision,
    visible_revisions,
    with_holding,
    word_for,
)
from catalog.selectors.memory import Catalogue
from catalog.selectors.public import public_catalogue

__all__ = [
    "Catalogue",
    "Library",
    "Prescribed",
    "article",
    "check_initiator",
    "check_measure",
    "citations_of",
    "class1_support",
    "content_of",
    "contents_of",
    "entries_with_state",
    "entry",
    "executable_measures",
    "facts_of",
    "impact_of",
    "initiators_of",
    "is_executable",
    "is_in_force",
    "measure",
    "measures_of",
    "previous_of",
    "public_catalogue",
    "require_in_force",
    "revision",
    "revision_in_force",
    "revisions_in_force",
    "visible_revisions",
    "warnings_of",
    "why_not_in_force",
    "with_holding",
    "word_for",
]
