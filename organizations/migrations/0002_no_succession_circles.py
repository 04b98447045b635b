"""The database refuses a chain of successions that leads back to where it began, also when two are entered at once."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION organizations_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF NEW.kind = 'takeover' THEN RETURN NEW; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('organizations_succession'));
    IF EXISTS (
        WITH RECURSIVE heir(unit) AS (
            SELECT NEW.successor_id
            UNION
            SELECT next.successor_id FROM organizations_succession next JOIN heir ON next.predecessor_id = heir.unit
             WHERE next.kind <> 'takeover'
        )
        SELECT 1 FROM heir WHERE unit = NEW.predecessor_id
    ) THEN
        RAISE EXCEPTION '职责承继成环' USING ERRCODE = 'check_violation', CONSTRAINT = 'organizations_succession_no_circle';
    END IF;
    RETURN NEW;
END $body$;
CREATE TRIGGER refuse_circle BEFORE INSERT OR UPDATE ON organizations_succession
    FOR EACH ROW EXECUTE FUNCTION organizations_refuse_circle();
"""
BACKWARDS = """
DROP TRIGGER refuse_circle ON organizations_succession;
DROP FUNCTION organizations_refuse_circle();
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
