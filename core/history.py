"""History that cannot be skipped: rows of django-simple-history, written by statement triggers in the database.

See docs/adr/0010-history-by-triggers.md. A model declares `history = TriggerHistory()`; `makemigrations` adds the
`TrackHistory` operation that installs the triggers.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from simple_history.models import HistoricalRecords

WRITE_HISTORY = """
CREATE OR REPLACE FUNCTION core_write_history() RETURNS trigger LANGUAGE plpgsql AS $body$
-- One function for every tracked table: copies the statement's rows, all columns that both tables have, in one INSERT.
DECLARE
    who text := current_setting('core.actor', true);
    rows_of text := CASE TG_OP WHEN 'DELETE' THEN 'old_rows' ELSE 'new_rows' END;
    sign text := CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END;
    columns text;
    act_of text := '';
    act_at text := '';
    touched boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', rows_of) INTO touched;
    IF NOT touched THEN RETURN NULL; END IF;
    IF coalesce(who, '') = '' THEN
        RAISE EXCEPTION '没有经办人身份，拒绝写入 %', TG_TABLE_NAME
            USING ERRCODE = 'CR001', HINT = '通过业务服务办理；维护脚本先用 core.actors.acting 声明经办人和理由';
    END IF;
    SELECT string_agg(quote_ident(source.attname), ', ' ORDER BY source.attnum) INTO columns
      FROM pg_attribute source
      JOIN pg_attribute target ON target.attrelid = TG_ARGV[0]::regclass AND target.attname = source.attname
     WHERE source.attrelid = TG_RELID AND source.attnum > 0 AND NOT source.attisdropped AND NOT target.attisdropped;
    IF EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = TG_ARGV[0]::regclass AND attname = 'history_begun') THEN
        act_of := ', history_begun';
        act_at := format(', %L::timestamptz', nullif(current_setting('core.begun', true), ''));
    END IF;
    EXECUTE format(
        'INSERT INTO %s (%s, history_date, history_type, history_change_reason, history_actor, history_act, history_on%s)'
        ' SELECT %s, clock_timestamp(), %L, %L, %L::jsonb, %L, %L::date%s FROM %I',
        TG_ARGV[0], columns, act_of, columns, sign, nullif(left(current_setting('core.reason', true), 500), ''), who,
        current_setting('core.act', true), nullif(current_setting('core.act_on', true), ''), act_at, rows_of);
    RETURN NULL;
END $body$;

CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '% 只增不改，拒绝 %', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'CR002', HINT = '历史和事件不能修改或删除；更正请办理新的业务';
END $body$;
"""
DROP_FUNCTIONS = "DROP FUNCTION IF EXISTS core_write_history(); DROP FUNCTION IF EXISTS core_refuse_change();"


def append_only_sql(table: str) -> str:
    """Return SQL after which `table` refuses UPDATE, DELETE and TRUNCATE, by whoever."""
    return (
        f'CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"'
        " FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();"
    )


def track_sql(table: str, history_table: str) -> str:
    """Return SQL that sends every INSERT, UPDATE and DELETE on `table` to its history table."""
    parts = []
    for verb, referencing in (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "NEW TABLE AS new_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    ):
        parts.append(
            f'CREATE TRIGGER track_{verb.lower()} AFTER {verb} ON "{table}" REFERENCING {referencing}'
            f" FOR EACH STATEMENT EXECUTE FUNCTION core_write_history('{history_table}');"
        )
    parts.append(
        f'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON "{table}"'
        " FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();"
    )
    return "\n".join([*parts, append_only_sql(history_table)])


def known_sql(history_table: str, columns: str, among: str = "true", unfinished: str = "") -> str:
    """Return SQL for the rows of a tracked table as the system knew them at %(at)s, without those deleted by then.

    columns: of the copied row, "id" among them; among: a condition that keeps whole rows, such as on their id or on a
    column that never changes; unfinished: a query of the acts that are left out (`unfinished_sql`). A row's own history
    is in order of `history_id`, since whoever writes a row holds it.
    """
    whole = f" AND (history_begun IS NULL OR history_begun <> ALL (ARRAY({unfinished})))" if unfinished else ""
    return (
        f"SELECT {columns} FROM (SELECT DISTINCT ON (id) {columns}, history_type FROM {history_table}"
        f" WHERE history_date <= %(at)s AND {among}{whole} ORDER BY id, history_id DESC) latest"
        " WHERE history_type <> '-'"
    )


def unfinished_sql(*tables: tuple[str, str]) -> str:
    """Return SQL for the acts that were under way at %(at)s: begun by then, and still writing one of these tables after.

    tables: each tracked with `whole_acts`, with a condition that keeps whole rows. An act is known as a whole or not at
    all: what it had written by an instant in its middle was nobody's knowledge yet.
    """
    return " UNION ".join(
        f"SELECT history_begun FROM {table} WHERE history_date > %(at)s AND history_begun <= %(at)s AND {among}"
        for table, among in tables
    )


class HistoryRow(models.Model):
    """What every history row knows besides the copied columns."""

    history_actor = models.JSONField("经办人", null=True)
    history_act = models.CharField("业务", max_length=100, blank=True)
    history_on = models.DateField("法定日期", null=True)

    class Meta:
        abstract = True


class WholeActRow(HistoryRow):
    """A history row that knows its act by the instant at which it began: one for all rows that the act writes."""

    history_begun = models.DateTimeField("业务开始时刻", null=True)

    class Meta:
        abstract = True


class TriggerHistory(HistoricalRecords):
    """History tables, models and admin of django-simple-history, whose rows only the database writes.

    whole_acts: rows know which act wrote them, so that history in two times shows no half of an act.
    """

    def __init__(self, *, whole_acts: bool = False, **kwargs: Any) -> None:
        kwargs["bases"] = [WholeActRow if whole_acts else HistoryRow]
        kwargs["history_user_id_field"] = models.BigIntegerField(null=True)
        kwargs["history_change_reason_field"] = models.TextField(null=True)
        kwargs["cascade_delete_history"] = False
        super().__init__(**kwargs)

    def post_save(self, *args: Any, **kwargs: Any) -> None:
        """Leave the row to the trigger."""

    def post_delete(self, *args: Any, **kwargs: Any) -> None:
        """Leave the row to the trigger."""

    def pre_delete(self, *args: Any, **kwargs: Any) -> None:
        """History rows outlive the record."""

    def m2m_changed(self, *args: Any, **kwargs: Any) -> None:
        """Links that matter are models of their own."""


class TrackHistory(Operation):
    """Install the history triggers of one model; reversible."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of Django's model state."""

    def _tables(self, app_label: str, apps: Apps) -> tuple[str, str]:
        model = apps.get_model(app_label, self.model_name)
        historical = apps.get_model(app_label, f"Historical{self.model_name}")
        return model._meta.db_table, historical._meta.db_table

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        schema_editor.execute(track_sql(*self._tables(app_label, to_state.apps)), params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        table, history_table = self._tables(app_label, from_state.apps)
        for name in ("track_insert", "track_update", "track_delete", "refuse_truncate"):
            schema_editor.execute(f'DROP TRIGGER {name} ON "{table}"', params=None)
        schema_editor.execute(f'DROP TRIGGER refuse_change ON "{history_table}"', params=None)

    def describe(self) -> str:
        return f"Track the history of {self.model_name} by triggers"

    @property
    def migration_name_fragment(self) -> str:
        return f"track_{self.model_name.lower()}"


def tracked_models(apps: Apps) -> list[type[models.Model]]:
    """Return every model that declares `TriggerHistory`."""
    return [model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")]
