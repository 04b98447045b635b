"""The database refuses by itself: frozen revisions (CR101), unsupported class-1 measures (CR102), overlaps,
strangers.
"""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from catalog import services
from catalog.models import Edition, EntryRevision, RevisionMeasure
from core import clock
from core.actors import acting
from tests.factories.catalog import (
    FIRST,
    LAW,
    MEMO,
    RULE,
    citation,
    make_active,
    make_content,
    make_draft,
    make_revision,
    measure,
)

pytestmark = pytest.mark.django_db


def refused(sql: str, *params: object) -> str:
    """Run raw SQL as a named actor; return the SQLSTATE it is refused with, or '' when it went through."""
    try:
        with acting(FIRST, "test.sql"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "pgcode", ""))
    return ""


FROZEN = [
    "UPDATE catalog_entryrevision SET title = '改' WHERE id = %s",
    "UPDATE catalog_entryrevision SET effective_from = '2020-01-01' WHERE id = %s",
    "UPDATE catalog_entryrevision SET state = 'drafted' WHERE id = %s",
    "UPDATE catalog_entryrevision SET activated_on = NULL WHERE id = %s",
    "UPDATE catalog_entryrevision SET second_confirmed_key = 'x' WHERE id = %s",
    "DELETE FROM catalog_entryrevision WHERE id = %s",
    "UPDATE catalog_revisioncitation SET needs_check = false WHERE revision_id = %s",
    "DELETE FROM catalog_revisioncitation WHERE revision_id = %s",
    "UPDATE catalog_revisionmeasure SET content = '改' WHERE revision_id = %s",
    "DELETE FROM catalog_revisionmeasure WHERE revision_id = %s",
    "UPDATE catalog_revisionmeasureunit SET unit_id = (SELECT id FROM organizations_organization WHERE code = 'swj')"
    " WHERE revision_id = %s",
    "DELETE FROM catalog_revisionmeasureunit WHERE revision_id = %s",
    "INSERT INTO catalog_revisionmeasureunit (revision_id, measure_id, unit_id) SELECT %s,"
    " (SELECT id FROM catalog_measure WHERE code = 'P14'), (SELECT id FROM organizations_organization WHERE code = 'swj')",
    "DELETE FROM catalog_revisioninitiator WHERE revision_id = %s",
    "DELETE FROM catalog_revisionmeasurecitation WHERE revision_measure_id IN"
    " (SELECT id FROM catalog_revisionmeasure WHERE revision_id = %s)",
    "UPDATE catalog_article SET label = '改' WHERE id IN"
    " (SELECT article_id FROM catalog_revisioncitation WHERE revision_id = %s)",
    "UPDATE catalog_legalinstrument SET kind = 'law' WHERE id IN (SELECT instrument_id FROM catalog_article a"
    " JOIN catalog_revisioncitation c ON c.article_id = a.id WHERE c.revision_id = %s)",
    "UPDATE catalog_measure SET measure_class = 2 WHERE id IN"
    " (SELECT measure_id FROM catalog_revisionmeasure WHERE revision_id = %s)",
    "UPDATE catalog_entry SET code = 'CJ-888' WHERE id = (SELECT entry_id FROM catalog_entryrevision WHERE id = %s)",
]


@pytest.mark.parametrize("sql", FROZEN, ids=[f"{n:02d}" for n in range(len(FROZEN))])
def test_cr101_a_published_revision_refuses_raw_sql(sql: str) -> None:
    assert refused(sql, make_active().pk) == "CR101"


def test_cr101_moving_a_row_into_a_published_revision_is_refused() -> None:
    active, draft = make_active(), make_draft()
    sql = "UPDATE catalog_revisioninitiator SET revision_id = %s WHERE revision_id = %s"
    assert refused(sql, active.pk, draft.pk) == "CR101"


def test_cr101_a_revision_cannot_be_born_published() -> None:
    draft = make_draft()
    columns = [field.column for field in EntryRevision._meta.fields if field.column != "id"]
    copied = {"state": "'published'", "number": "99", "public_id": "'0000000000000000'"}
    values = ", ".join(copied.get(name, name) for name in columns)
    sql = f"INSERT INTO catalog_entryrevision ({', '.join(columns)}) SELECT {values} FROM catalog_entryrevision WHERE id=%s"
    assert refused(sql, draft.pk) == "CR101"


def test_cr101_editions_never_change() -> None:
    make_active()
    edition = services.make_edition(actor=FIRST, label="测试版")
    assert edition.items.count() == 33
    for table in ("catalog_edition", "catalog_editionitem"):
        assert refused(f"DELETE FROM {table}") == "CR101"
        assert refused(f"UPDATE {table} SET id = id + 100000") == "CR101"
    assert Edition.objects.count() == 1


def test_cr102_a_class_one_measure_with_only_a_memorandum_or_rule_is_never_supported() -> None:
    revision = make_active(
        make_content(
            citations=(
                citation(LAW),
                citation(RULE),
                citation(MEMO),
                citation("nongmingong-gongzi/第一条", needs_check=True),
            ),
            measures=(
                measure("P01", cite=()),
                measure("P02", cite=(RULE,)),
                measure("P03", cite=(MEMO,)),
                measure("P05", cite=("nongmingong-gongzi/第一条",)),
                measure("P06", cite=(LAW,)),
                measure("P14", cite=()),
            ),
        )
    )
    marks = dict(RevisionMeasure.objects.filter(revision=revision).values_list("measure__code", "supported"))
    assert marks == {"P01": False, "P02": False, "P03": False, "P05": False, "P06": True, "P14": True}
    sql = "UPDATE catalog_revisionmeasure SET supported = true WHERE revision_id = %s"
    assert refused(sql, revision.pk) == "CR102"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT measure.code FROM catalog_revisionmeasure row JOIN catalog_measure measure ON measure.id = measure_id"
            " WHERE revision_id = %s AND catalog_measure_executable(revision_id, measure_id, %s) ORDER BY 1",
            [revision.pk, clock.today()],
        )
        assert [code for (code,) in cursor.fetchall()] == ["P06", "P14"]


def test_cr102_support_before_publication_is_refused() -> None:
    sql = "UPDATE catalog_revisionmeasure SET supported = true WHERE revision_id = %s"
    assert refused(sql, make_draft().pk) == "CR102"


def test_cr102_activation_by_raw_sql_needs_publication_and_a_sure_basis() -> None:
    sql = (
        "UPDATE catalog_entryrevision SET first_confirmed_key = 'a', second_confirmed_key = 'b',"
        " activated_on = '2026-01-01' WHERE id = %s"
    )
    assert refused(sql, make_revision("reviewed").pk) == "CR102"
    unsure = make_content(
        citations=(citation(LAW, needs_check=True),), measures=(measure(cite=(LAW,)), measure("P14", cite=()))
    )
    assert refused(sql, make_revision("published", unsure).pk) == "CR102"
    assert refused(sql, make_revision("published").pk) == ""
    assert refused(sql.replace("'b'", "'a'"), make_revision("published").pk) == "23514"
    assert refused(sql.replace("'b'", "''"), make_revision("published").pk) == "23514"


def test_two_published_revisions_of_one_entry_never_overlap() -> None:
    first = make_active()
    second = make_draft(make_content(entry_code=first.entry.code, effective_from=date(2025, 1, 1)))
    sql = "UPDATE catalog_entryrevision SET state = 'published' WHERE id = %s"
    assert refused(sql, second.pk) == "23P01"


def test_a_unit_without_its_measure_is_refused() -> None:
    sql = (
        "INSERT INTO catalog_revisionmeasureunit (revision_id, measure_id, unit_id) SELECT %s,"
        " (SELECT id FROM catalog_measure WHERE code = 'P20'), (SELECT id FROM organizations_organization WHERE code = 'swj')"
    )
    assert refused(sql, make_draft().pk) == "23503"


def test_a_unit_is_named_once_for_a_measure() -> None:
    sql = (
        "INSERT INTO catalog_revisionmeasureunit (revision_id, measure_id, unit_id)"
        " SELECT revision_id, measure_id, unit_id FROM catalog_revisionmeasureunit WHERE revision_id = %s"
    )
    assert refused(sql, make_draft().pk) == "23505"


def test_sql_without_an_actor_is_refused() -> None:
    draft = make_draft()
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_entryrevision SET title = '改' WHERE id = %s", [draft.pk])
    assert error.value.__cause__.pgcode == "CR001"


def test_history_keeps_every_step() -> None:
    revision = make_active()
    rows = revision.history.order_by("history_id")
    assert rows.first().state == "drafted"
    assert rows.last().activated_on is not None
    assert rows.last().history_actor["key"] == "test.second"
