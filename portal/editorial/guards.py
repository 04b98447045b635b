"""What the database itself refuses about articles: a passed one is never rewritten, nothing is deleted."""

from __future__ import annotations

INSTALL = """
CREATE FUNCTION portal_guard_article() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    acts text[] := ARRAY['state', 'withdrawn_on', 'publish_on', 'passed_by_key'];
    -- A draft's text may be worked on; what was sent to the second officer, and what he passed, stands as it is.
    free text[] := ARRAY['kind', 'title', 'summary', 'body', 'source', 'number', 'publish_on', 'written_by_key', 'state'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '文章不得删除' USING ERRCODE = 'CR701', HINT = '草稿可以作废，已发布的可以撤下';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            RAISE EXCEPTION '文章从草稿开始' USING ERRCODE = 'CR702', HINT = '逐步办理';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state = 'draft' AND to_jsonb(OLD) - free IS DISTINCT FROM to_jsonb(NEW) - free
        OR OLD.state <> 'draft' AND to_jsonb(OLD) - acts IS DISTINCT FROM to_jsonb(NEW) - acts THEN
        RAISE EXCEPTION '送审后的文章不得改写' USING ERRCODE = 'CR703', HINT = '撤回修改，或者另写更正稿';
    END IF;
    IF OLD.state IN ('passed', 'withdrawn')
        AND (OLD.publish_on, OLD.passed_by_key) IS DISTINCT FROM (NEW.publish_on, NEW.passed_by_key) THEN
        RAISE EXCEPTION '已审核文章的发布日不得改动' USING ERRCODE = 'CR703', HINT = '撤下后另行发布';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER portal_guard_article BEFORE INSERT OR UPDATE OR DELETE ON portal_article
    FOR EACH ROW EXECUTE FUNCTION portal_guard_article();

CREATE FUNCTION portal_guard_article_part() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
    part record;
BEGIN
    part := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    IF NOT EXISTS (SELECT 1 FROM portal_article WHERE id = part.article_id AND state = 'draft') THEN
        RAISE EXCEPTION '送审后的文章不得改动附件和所涉文件' USING ERRCODE = 'CR703', HINT = '撤回修改，或者另写更正稿';
    END IF;
    RETURN part;
END $body$;
CREATE TRIGGER portal_guard_article_part BEFORE INSERT OR UPDATE OR DELETE ON portal_articlefile
    FOR EACH ROW EXECUTE FUNCTION portal_guard_article_part();
CREATE TRIGGER portal_guard_article_part BEFORE INSERT OR UPDATE OR DELETE ON portal_articleinstrument
    FOR EACH ROW EXECUTE FUNCTION portal_guard_article_part();
"""
REMOVE = "DROP FUNCTION portal_guard_article() CASCADE; DROP FUNCTION portal_guard_article_part() CASCADE;"
