"""What the database itself refuses in double publicity, whoever writes; statement by statement, so bulk stays fast."""

from __future__ import annotations

from publicity.workflow import LICENCE, PENALTY

ACTS = (
    "state", "scope", "scope_reason", "deferred_until", "looked_at", "checked_on", "checked_by_key", "passed_on",
    "passed_by_key", "automatic", "visible_from", "first_visible_on", "last_public_day", "announced_on",
    "change_ground", "changed_on", "change_document", "noted_by_key", "ended_from", "end_ground", "end_announced_on",
    "contested_on", "due_on", "due_provisional", "severity", "severity_by", "severity_sure", "severity_note",
    "regime_code", "person_rule_id", "authority_id",
)  # fmt: skip
FUNCTION = """
CREATE OR REPLACE FUNCTION publicity_guard_added() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF EXISTS (SELECT 1 FROM added WHERE state <> 'reported') THEN
        RAISE EXCEPTION '行政决定从报送开始' USING ERRCODE = 'CR601', HINT = '先报送，再办理和审核';
    END IF;
    IF EXISTS (SELECT 1 FROM added JOIN subjects_subject s ON s.id = added.subject_id
                WHERE s.birth_on IS NOT NULL AND added.decided_on < (s.birth_on + interval '18 years')::date) THEN
        RAISE EXCEPTION '未成年人的行政决定不得入库' USING ERRCODE = 'CR602', HINT = '核对决定日和出生日期';
    END IF;
    IF EXISTS (SELECT 1 FROM added JOIN subjects_subject s ON s.id = added.subject_id
                WHERE (s.kind = 'natural_person') <> (added.party = 'Z')) THEN
        RAISE EXCEPTION '行政相对人类别与主体类型不一致' USING ERRCODE = 'CR603', HINT = '核对行政相对人类别';
    END IF;
    RETURN NULL;
END $body$;

CREATE OR REPLACE FUNCTION publicity_guard_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    acts text[] := ARRAY[{ACTS}];
    fixed text;
    altered boolean;
    step text;
BEGIN
    SELECT string_agg(format('before.%1$I IS DISTINCT FROM later.%1$I', attname), ' OR ') INTO fixed
      FROM pg_attribute WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname <> ALL (acts);
    -- One full join, which is always by hash or merge: the planner knows nothing of how many rows a statement changed.
    EXECUTE format('SELECT coalesce(bool_or(%s), false), min(before.state || '' → '' || later.state) FILTER (WHERE
        before.state <> later.state AND (before.state, later.state) NOT IN ({PAIRS})) FROM before FULL JOIN later USING (id)',
        fixed) INTO altered, step;
    IF altered THEN
        RAISE EXCEPTION '报送的内容不得改写' USING ERRCODE = 'CR604', HINT = '重新报送，形成新版本';
    END IF;
    IF step IS NOT NULL THEN
        RAISE EXCEPTION '状态不能这样变更：%', step USING ERRCODE = 'CR601', HINT = '按环节办理';
    END IF;
    RETURN NULL;
END $body$;

CREATE OR REPLACE FUNCTION publicity_guard_kept() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '行政决定不得删除' USING ERRCODE = 'CR604', HINT = '撤回报送或者撤下公示';
END $body$;
"""
TRIGGERS = """
CREATE TRIGGER publicity_guard_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION publicity_guard_added();
CREATE TRIGGER publicity_guard_changed AFTER UPDATE ON {table} REFERENCING OLD TABLE AS before NEW TABLE AS later
    FOR EACH STATEMENT EXECUTE FUNCTION publicity_guard_changed();
CREATE TRIGGER publicity_guard_kept BEFORE DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION publicity_guard_kept();
"""


def _pairs() -> str:
    steps = {
        (source, t.target)
        for table in (LICENCE, PENALTY)
        for t in table.transitions
        for source in t.sources
        if source != t.target
    }
    return ", ".join(f"(''{source}'', ''{target}'')" for source, target in sorted(steps))  # inside a quoted statement


GUARD_FUNCTIONS = FUNCTION.replace("{ACTS}", ", ".join(f"'{name}'" for name in ACTS)).replace("{PAIRS}", _pairs())
INSTALL = GUARD_FUNCTIONS + "".join(
    TRIGGERS.format(table=table) for table in ("publicity_licence", "publicity_penalty")
)
REMOVE = "\n".join(f"DROP FUNCTION publicity_guard_{name}() CASCADE;" for name in ("added", "changed", "kept"))
