"""What the database itself refuses of tips and comments: what was handed in stands as it is, nothing is deleted."""

from __future__ import annotations

_FUNCTION = """
CREATE OR REPLACE FUNCTION portal_guard_handed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    acts text[] := ARRAY['state', 'unit_id', 'forwarded_on', 'case_id', 'answer', 'answered_on', 'shown', 'reply',
                         'decided_on'{more}];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '提交的内容不得删除' USING ERRCODE = 'CR711', HINT = '不予受理、不予公开或者撤下';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'received' THEN
            RAISE EXCEPTION '从收到开始' USING ERRCODE = 'CR712', HINT = '逐步办理';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - acts IS DISTINCT FROM to_jsonb(NEW) - acts THEN
        RAISE EXCEPTION '提交的内容不得改写' USING ERRCODE = 'CR713', HINT = '只办理，不改写';
    END IF;
    RETURN NEW;
END $body$;
"""
_TRIGGERS = """
CREATE TRIGGER portal_guard_handed BEFORE INSERT OR UPDATE OR DELETE ON portal_tip
    FOR EACH ROW EXECUTE FUNCTION portal_guard_handed();
CREATE TRIGGER portal_guard_handed BEFORE INSERT OR UPDATE OR DELETE ON portal_casecomment
    FOR EACH ROW EXECUTE FUNCTION portal_guard_handed();
"""
INSTALL = _FUNCTION.format(more="") + _TRIGGERS
# A secret that was lost can be replaced by another one.
RENEWABLE = _FUNCTION.format(more=", 'secret_digest'")
STRICT = _FUNCTION.format(more="")
REMOVE = "DROP FUNCTION portal_guard_handed() CASCADE;"
