"""What the database itself refuses in the kernel's own tables."""

from __future__ import annotations

# A confirmed rule is law that due days were counted by: it ends or is replaced, it is never rewritten.
RULE = """
CREATE FUNCTION core_guard_rule() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE kept text[] := ARRAY['valid_to', 'replaced_on'];
BEGIN
    IF OLD.confirmed_by_key <> '' AND (
        TG_OP = 'DELETE' OR to_jsonb(OLD) - kept IS DISTINCT FROM to_jsonb(NEW) - kept) THEN
        RAISE EXCEPTION '期限规则复核后不得改写' USING ERRCODE = 'CR003', HINT = '提出新规则，由另一名系统管理员复核';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $body$;
CREATE TRIGGER core_guard_rule BEFORE UPDATE OR DELETE ON core_timelimitrule
    FOR EACH ROW EXECUTE FUNCTION core_guard_rule();
"""
DROP_RULE = "DROP FUNCTION core_guard_rule() CASCADE;"
