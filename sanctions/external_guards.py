"""CR220: what came in a batch of an external list is changed by its source's batches only, and nothing is deleted."""

from __future__ import annotations

from core.guards import dated_guard

ACTS = ("external.merge", "external.absent", "external.match")
INSTALL = f"""
CREATE FUNCTION sanctions_guard_external() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM old_rows) THEN
            RAISE EXCEPTION '外部名单不得删除' USING ERRCODE = 'CR220', HINT = '来源退出的，记为来源已退出';
        END IF;
        RETURN NULL;
    END IF;
    IF coalesce(current_setting('core.act', true), '') NOT IN ({", ".join(f"'{act}'" for act in ACTS)})
       AND EXISTS (SELECT 1 FROM old_rows WHERE register_id IS NOT NULL) THEN
        RAISE EXCEPTION '来源成批推送的名单只能由来源的批次变更'
            USING ERRCODE = 'CR220', HINT = '有误的请来源更正后重新推送';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER sanctions_guard_update AFTER UPDATE ON sanctions_externallisting REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sanctions_guard_external();
CREATE TRIGGER sanctions_guard_delete AFTER DELETE ON sanctions_externallisting REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION sanctions_guard_external();
"""
REMOVE = "DROP FUNCTION sanctions_guard_external() CASCADE;"
# Batches were judged by a confirmed rule.
RULES = dated_guard(
    "sanctions_guard_external_rule",
    "sanctions_guard_external_rule",
    ("sanctions_externalrule",),
    noun="名单接收规则",
    code="CR221",
    hint="提出新的规则，由另一名人员复核",
)
DROP_RULES = "DROP FUNCTION sanctions_guard_external_rule() CASCADE;"
