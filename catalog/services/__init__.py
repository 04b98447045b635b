"""The only writers of the catalogue."""

from catalog.loading import LoadReport, load_reference
from catalog.services.drafting import draft_revision, revise_draft, submit, verify_citation
from catalog.services.editions import make_edition
from catalog.services.publishing import (
    add_comment,
    compile_revision,
    confirm_activation,
    open_comment,
    publish,
    redraft,
    review,
    withdraw,
)
from catalog.services.reference import add_article, add_instrument, add_measure, repeal_article
from catalog.workbook.exporting import export_workbook
from catalog.workbook.importing import ImportReceipt, import_workbook

__all__ = [
    "ImportReceipt",
    "LoadReport",
    "add_article",
    "add_comment",
    "add_instrument",
    "add_measure",
    "compile_revision",
    "confirm_activation",
    "draft_revision",
    "export_workbook",
    "import_workbook",
    "load_reference",
    "make_edition",
    "open_comment",
    "publish",
    "redraft",
    "repeal_article",
    "review",
    "revise_draft",
    "submit",
    "verify_citation",
    "withdraw",
]
