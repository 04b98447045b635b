"""What the database itself refuses in the kernel's own tables, and in every table of dated rows."""

from __future__ import annotations


def dated_guard(function: str, trigger: str, tables: tuple[str, ...], *, noun: str, code: str, hint: str) -> str:
    """Return SQL after which a confirmed row of the tables ends or is replaced, and is never rewritten or deleted."""
    body = f"""
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['valid_to', 'replaced_on'];
BEGIN
    IF OLD.confirmed_by_key <> '' AND (
        TG_OP = 'DELETE' OR to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept) THEN
        RAISE EXCEPTION '{noun}复核后不得改写' USING ERRCODE = '{code}', HINT = '{hint}';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $body$;
"""
    triggers = (
        f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();\n"
        for table in tables
    )
    return body + "".join(triggers)


# Due days were counted by a confirmed rule.
RULE = dated_guard(
    "core_guard_rule",
    "core_guard_rule",
    ("core_timelimitrule",),
    noun="期限规则",
    code="CR003",
    hint="提出新规则，由另一名系统管理员复核",
)
DROP_RULE = "DROP FUNCTION core_guard_rule() CASCADE;"
# Rows were accepted or refused by a confirmed setting.
INTAKE_SETTING = dated_guard(
    "core_guard_intake_setting",
    "core_guard_intake_setting",
    ("core_intakesetting",),
    noun="导入模板设置",
    code="CR013",
    hint="提出新的设置，由另一名人员复核",
)
DROP_INTAKE_SETTING = "DROP FUNCTION core_guard_intake_setting() CASCADE;"
