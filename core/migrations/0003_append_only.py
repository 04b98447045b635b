"""Records of acts, events and files are only added; counters only count on; personal numbers only change their key."""

from __future__ import annotations

from django.db import migrations

from core.history import append_only_sql

TABLES = ("core_transitionrecord", "core_outboxevent", "core_outboxposition", "core_personalreveal", "core_attachment")

COUNTERS = """
CREATE FUNCTION core_count_on() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.last <> 1 THEN
            RAISE EXCEPTION '文书编号从 1 开始' USING ERRCODE = 'CR002';
        END IF;
    ELSIF (NEW.id, NEW.series, NEW.unit_key, NEW.year, NEW.last)
        IS DISTINCT FROM (OLD.id, OLD.series, OLD.unit_key, OLD.year, OLD.last + 1) THEN
        RAISE EXCEPTION '文书编号只能依次加一' USING ERRCODE = 'CR002', HINT = '编号通过 core.counters 取用，不能修改';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER count_on BEFORE INSERT OR UPDATE ON core_counter FOR EACH ROW EXECUTE FUNCTION core_count_on();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON core_counter
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
DROP_COUNTERS = """
DROP TRIGGER refuse_change ON core_counter;
DROP TRIGGER count_on ON core_counter;
DROP FUNCTION core_count_on();
"""
# A rotation writes key, nonce, ciphertext and the two indexes; nothing else about a number ever changes.
NUMBERS = """
CREATE FUNCTION core_only_rotate() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (NEW.id, NEW.type, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.type, OLD.created_at)
        OR (NEW.key_id = OLD.key_id
            AND ((NEW.nonce, NEW.ciphertext, NEW.index_current) IS DISTINCT FROM (OLD.nonce, OLD.ciphertext, OLD.index_current)
                 OR NEW.index_previous IS NOT NULL AND NEW.index_previous IS DISTINCT FROM OLD.index_previous))
        OR (NEW.key_id <> OLD.key_id AND NEW.index_previous IS DISTINCT FROM OLD.index_current) THEN
        RAISE EXCEPTION '自然人证件号码除轮换密钥外不能修改' USING ERRCODE = 'CR002';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER only_rotate BEFORE UPDATE ON core_personalidentifier FOR EACH ROW EXECUTE FUNCTION core_only_rotate();
CREATE TRIGGER refuse_change BEFORE DELETE OR TRUNCATE ON core_personalidentifier
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
DROP_NUMBERS = """
DROP TRIGGER refuse_change ON core_personalidentifier;
DROP TRIGGER only_rotate ON core_personalidentifier;
DROP FUNCTION core_only_rotate();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_initial")]
    operations = [
        *(migrations.RunSQL(append_only_sql(table), f"DROP TRIGGER refuse_change ON {table}") for table in TABLES),
        migrations.RunSQL(COUNTERS, DROP_COUNTERS),
        migrations.RunSQL(NUMBERS, DROP_NUMBERS),
    ]
