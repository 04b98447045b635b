"""What the database refuses about checks: a receipt is never rewritten; a large one is closed once (CR216)."""

from __future__ import annotations

from core.guards import dated_guard
from core.history import append_only_sql

APPEND_ONLY = ("sanctions_checkedsubject", "sanctions_checkfeedback")
CHECK = """
CREATE FUNCTION sanctions_guard_check() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['answered_at', 'digest', 'key_id', 'signature'];
BEGIN
    IF OLD.answered_at IS NOT NULL OR to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept THEN
        RAISE EXCEPTION '核查回执不得改写' USING ERRCODE = 'CR216', HINT = '情况有变的重新核查，另有回执';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER sanctions_guard BEFORE UPDATE ON sanctions_check
    FOR EACH ROW EXECUTE FUNCTION sanctions_guard_check();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON sanctions_check
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
INSTALL = (
    CHECK
    + "\n".join(append_only_sql(table) for table in APPEND_ONLY)
    + dated_guard(
        "sanctions_guard_matter_rule",
        "sanctions_guard",
        ("sanctions_matterrule",),
        noun="措施适用事项",
        code="CR217",
        hint="提出新的一行，由联席办另一名人员复核",
    )
)
REMOVE = (
    "DROP FUNCTION sanctions_guard_check() CASCADE; DROP FUNCTION sanctions_guard_matter_rule() CASCADE;"
    " DROP TRIGGER refuse_change ON sanctions_check;"
    + "".join(f" DROP TRIGGER refuse_change ON {table};" for table in APPEND_ONLY)
)
