"""What the database itself refuses in the catalogue, and the SQL functions that say what holds on a day.

The functions are the only definition of "in force" and "executable": selectors call them, and triggers of other apps
may. Errors: CR101 a published revision changed; CR102 an activation or a support mark without the basis it needs.
"""

from __future__ import annotations

from catalog.enums import FROZEN_STATES, STRONG_KINDS, WEAK_KINDS


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


STRONG, WEAK, FROZEN = _quoted(STRONG_KINDS), _quoted(WEAK_KINDS), _quoted(FROZEN_STATES)

FUNCTIONS = f"""
CREATE FUNCTION catalog_article_in_force(the_article bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT EXISTS (
        SELECT 1 FROM catalog_article article
          JOIN catalog_legalinstrument instrument ON instrument.id = article.instrument_id
         WHERE article.id = the_article
           AND coalesce(article.valid_from, instrument.effective_from) <= on_day
           AND coalesce(least(article.valid_to, instrument.effective_to), on_day) >= on_day)
$body$;

CREATE FUNCTION catalog_revision_carried(the_revision bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT EXISTS (
        SELECT 1 FROM catalog_revisioncitation citation
          JOIN catalog_article article ON article.id = citation.article_id
          JOIN catalog_legalinstrument instrument ON instrument.id = article.instrument_id
          JOIN catalog_entryrevision revision ON revision.id = citation.revision_id
          JOIN catalog_entry entry ON entry.id = revision.entry_id
         WHERE citation.revision_id = the_revision AND NOT citation.needs_check
           AND (entry.polarity = 'incentive' OR instrument.kind NOT IN ({WEAK}))
           AND catalog_article_in_force(article.id, on_day))
$body$;

CREATE FUNCTION catalog_revision_in_force(the_revision bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT EXISTS (
        SELECT 1 FROM catalog_entryrevision revision
         WHERE revision.id = the_revision AND revision.state IN ({FROZEN}) AND revision.activated_on IS NOT NULL
           AND revision.effective_from <= on_day
           AND (revision.effective_to IS NULL OR revision.effective_to >= on_day))
       AND catalog_revision_carried(the_revision, on_day)
$body$;

CREATE FUNCTION catalog_measure_carried(the_revision bigint, the_measure bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT EXISTS (
        SELECT 1 FROM catalog_revisionmeasure prescribed
          JOIN catalog_measure measure ON measure.id = prescribed.measure_id
         WHERE prescribed.revision_id = the_revision AND prescribed.measure_id = the_measure
           AND (measure.measure_class <> 1 OR measure.polarity <> 'discipline' OR EXISTS (
                SELECT 1 FROM catalog_revisionmeasurecitation link
                  JOIN catalog_revisioncitation citation ON citation.id = link.citation_id
                  JOIN catalog_article article ON article.id = citation.article_id
                  JOIN catalog_legalinstrument instrument ON instrument.id = article.instrument_id
                 WHERE link.revision_measure_id = prescribed.id AND NOT citation.needs_check
                   AND citation.revision_id = prescribed.revision_id
                   AND instrument.kind IN ({STRONG})
                   AND (on_day IS NULL OR catalog_article_in_force(article.id, on_day)))))
$body$;

CREATE FUNCTION catalog_measure_executable(the_revision bigint, the_measure bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $body$
    SELECT catalog_revision_in_force(the_revision, on_day)
       AND EXISTS (SELECT 1 FROM catalog_revisionmeasure prescribed
                    WHERE prescribed.revision_id = the_revision AND prescribed.measure_id = the_measure
                      AND prescribed.supported)
       AND catalog_measure_carried(the_revision, the_measure, on_day)
$body$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION catalog_measure_executable(bigint, bigint, date);
DROP FUNCTION catalog_measure_carried(bigint, bigint, date);
DROP FUNCTION catalog_revision_in_force(bigint, date);
DROP FUNCTION catalog_revision_carried(bigint, date);
DROP FUNCTION catalog_article_in_force(bigint, date);
"""

# Columns of a published revision that acts still write; everything else is frozen.
FREEZE_REVISION = f"""
CREATE FUNCTION catalog_freeze_revision() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[] := ARRAY['state', 'effective_to', 'activated_on', 'first_confirmed_key',
        'first_confirmed_label', 'second_confirmed_key', 'second_confirmed_label'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '清单版本不得删除（第%版）', OLD.number
            USING ERRCODE = 'CR101', HINT = '不再需要的版本请办理撤回';
    END IF;
    IF OLD.state IN ({FROZEN}) AND (
        NEW.state NOT IN ({FROZEN})
        OR to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns
        OR (OLD.activated_on IS NOT NULL AND NEW.activated_on IS DISTINCT FROM OLD.activated_on)
        OR (OLD.first_confirmed_key <> '' AND NEW.first_confirmed_key <> OLD.first_confirmed_key)
        OR (OLD.second_confirmed_key <> '' AND NEW.second_confirmed_key <> OLD.second_confirmed_key)
    ) THEN
        RAISE EXCEPTION '已发布的清单版本不得修改（第%版）', OLD.number
            USING ERRCODE = 'CR101', HINT = '起草该事项的下一版，经发布后取代本版';
    END IF;
    IF OLD.activated_on IS NULL AND NEW.activated_on IS NOT NULL THEN
        IF NEW.state NOT IN ('published', 'superseded') THEN
            RAISE EXCEPTION '未发布的清单版本不得启用' USING ERRCODE = 'CR102', HINT = '先完成审核并发布';
        END IF;
        IF NOT catalog_revision_carried(NEW.id, greatest(NEW.effective_from, NEW.activated_on)) THEN
            RAISE EXCEPTION '没有一条确定有效的法律依据，不得启用'
                USING ERRCODE = 'CR102', HINT = '由联席办核对引文后发布新版';
        END IF;
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER catalog_freeze BEFORE UPDATE OR DELETE ON catalog_entryrevision
    FOR EACH ROW EXECUTE FUNCTION catalog_freeze_revision();

CREATE FUNCTION catalog_born_open() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.state <> 'drafted' OR NEW.activated_on IS NOT NULL THEN
        RAISE EXCEPTION '清单版本须从草拟开始' USING ERRCODE = 'CR101', HINT = '通过起草、报送、审核、发布办理';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER catalog_born_open BEFORE INSERT ON catalog_entryrevision
    FOR EACH ROW EXECUTE FUNCTION catalog_born_open();
"""

# Child rows: TG_ARGV[0] names the column path to the revision.
FREEZE_PARTS = f"""
CREATE FUNCTION catalog_freeze_parts() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    row_of jsonb;
    owner bigint;
    owner_state text;
BEGIN
    FOREACH row_of IN ARRAY array_remove(ARRAY[
        CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END], NULL)
    LOOP
        IF TG_ARGV[0] = 'revision_measure_id' THEN
            SELECT revision_id INTO owner FROM catalog_revisionmeasure
             WHERE id = (row_of ->> 'revision_measure_id')::bigint;
        ELSE
            owner := (row_of ->> 'revision_id')::bigint;
        END IF;
        SELECT state INTO owner_state FROM catalog_entryrevision WHERE id = owner;
        IF owner_state IN ({FROZEN}) AND NOT (
            TG_TABLE_NAME = 'catalog_revisionmeasure' AND TG_OP = 'UPDATE'
            AND to_jsonb(OLD) - 'supported' IS NOT DISTINCT FROM to_jsonb(NEW) - 'supported'
        ) THEN
            RAISE EXCEPTION '已发布的清单版本不得修改（%）', TG_TABLE_NAME
                USING ERRCODE = 'CR101', HINT = '起草该事项的下一版，经发布后取代本版';
        END IF;
    END LOOP;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $body$;

CREATE FUNCTION catalog_guard_support() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT NEW.supported THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM catalog_entryrevision revision
                    WHERE revision.id = NEW.revision_id AND revision.state IN ('published', 'superseded')) THEN
        RAISE EXCEPTION '未发布版本的措施不得标为依据充分' USING ERRCODE = 'CR102', HINT = '发布后由两名人员确认启用';
    END IF;
    IF NOT catalog_measure_carried(NEW.revision_id, NEW.measure_id, NULL) THEN
        RAISE EXCEPTION '一类措施没有法律、行政法规、地方性法规或者中央文件的确定依据，不得启用'
            USING ERRCODE = 'CR102', HINT = '由联席办补充并核对依据后发布新版';
    END IF;
    RETURN NULL;
END $body$;
CREATE TRIGGER catalog_guard_support AFTER INSERT OR UPDATE ON catalog_revisionmeasure
    FOR EACH ROW EXECUTE FUNCTION catalog_guard_support();
"""
PARTS = {
    "catalog_revisioninitiator": "revision_id",
    "catalog_revisioncitation": "revision_id",
    "catalog_revisionmeasure": "revision_id",
    "catalog_revisionmeasureunit": "revision_id",
    "catalog_revisionmeasurecitation": "revision_measure_id",
    "catalog_comment": "revision_id",
}
FREEZE_PART_TRIGGERS = "\n".join(
    f"CREATE TRIGGER catalog_freeze BEFORE INSERT OR UPDATE OR DELETE ON {table}"
    f" FOR EACH ROW EXECUTE FUNCTION catalog_freeze_parts('{column}');"
    for table, column in PARTS.items()
)

# Rows that published revisions point at: what they say must not change under them.
FREEZE_CITED = f"""
CREATE FUNCTION catalog_freeze_cited() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    open_columns text[];
    used boolean;
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'catalog_article' THEN
        open_columns := ARRAY['valid_to', 'repeal_note'];
        used := EXISTS (SELECT 1 FROM catalog_revisioncitation c JOIN catalog_entryrevision r ON r.id = c.revision_id
                         WHERE c.article_id = OLD.id AND r.state IN ({FROZEN}));
    WHEN 'catalog_legalinstrument' THEN
        open_columns := ARRAY['effective_to', 'note', 'needs_check', 'promulgated_on'];
        used := EXISTS (SELECT 1 FROM catalog_revisioncitation c JOIN catalog_entryrevision r ON r.id = c.revision_id
                         JOIN catalog_article a ON a.id = c.article_id
                         WHERE a.instrument_id = OLD.id AND r.state IN ({FROZEN}));
    WHEN 'catalog_measure' THEN
        open_columns := ARRAY['sort'];
        used := EXISTS (SELECT 1 FROM catalog_revisionmeasure m JOIN catalog_entryrevision r ON r.id = m.revision_id
                         WHERE m.measure_id = OLD.id AND r.state IN ({FROZEN}));
    ELSE
        open_columns := ARRAY['domain'];
        used := EXISTS (SELECT 1 FROM catalog_entryrevision r WHERE r.entry_id = OLD.id AND r.state IN ({FROZEN}));
    END CASE;
    IF used AND to_jsonb(OLD) - open_columns IS DISTINCT FROM to_jsonb(NEW) - open_columns THEN
        RAISE EXCEPTION '已发布的清单版本引用了该记录，不得修改（%）', TG_TABLE_NAME
            USING ERRCODE = 'CR101', HINT = '另建新记录，在下一版中引用';
    END IF;
    RETURN NEW;
END $body$;
"""
CITED_TABLES = ("catalog_article", "catalog_legalinstrument", "catalog_measure", "catalog_entry")
FREEZE_CITED_TRIGGERS = "\n".join(
    f"CREATE TRIGGER catalog_freeze BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION catalog_freeze_cited();"
    for table in CITED_TABLES
)

FREEZE_EDITIONS = """
CREATE FUNCTION catalog_freeze_edition() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    RAISE EXCEPTION '清单版次编成后不得修改' USING ERRCODE = 'CR101', HINT = '另编新版次';
END $body$;
CREATE TRIGGER catalog_freeze BEFORE UPDATE OR DELETE ON catalog_edition
    FOR EACH ROW EXECUTE FUNCTION catalog_freeze_edition();
CREATE TRIGGER catalog_freeze BEFORE UPDATE OR DELETE ON catalog_editionitem
    FOR EACH ROW EXECUTE FUNCTION catalog_freeze_edition();
"""

# Two published revisions of one entry are never in force on one day; no btree_gist needed.
CONSTRAINTS = """
ALTER TABLE catalog_entryrevision ADD CONSTRAINT catalog_revision_no_overlap EXCLUDE USING gist (
    int8range(entry_id, entry_id, '[]') WITH &&, daterange(effective_from, effective_to + 1, '[)') WITH &&
) WHERE (state IN ('published', 'superseded') OR (state = 'withdrawn' AND activated_on IS NOT NULL));
ALTER TABLE catalog_revisionmeasureunit ADD CONSTRAINT catalog_unit_of_prescribed_measure
    FOREIGN KEY (revision_id, measure_id) REFERENCES catalog_revisionmeasure (revision_id, measure_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
DROP_GUARDS = "\n".join(
    [
        "ALTER TABLE catalog_revisionmeasureunit DROP CONSTRAINT catalog_unit_of_prescribed_measure;",
        "ALTER TABLE catalog_entryrevision DROP CONSTRAINT catalog_revision_no_overlap;",
        *(
            f"DROP FUNCTION {name}() CASCADE;"
            for name in (
                "catalog_freeze_edition",
                "catalog_freeze_cited",
                "catalog_guard_support",
                "catalog_freeze_parts",
                "catalog_born_open",
                "catalog_freeze_revision",
            )
        ),
    ]
)
INSTALL_GUARDS = "\n".join(
    [
        FREEZE_REVISION,
        FREEZE_PARTS,
        FREEZE_PART_TRIGGERS,
        FREEZE_CITED,
        FREEZE_CITED_TRIGGERS,
        FREEZE_EDITIONS,
        CONSTRAINTS,
    ]
)
