"""Numbers for many documents in one statement: each counter still goes on by one, so that none is missing."""

from __future__ import annotations

from django.db import migrations

INSTALL = """
CREATE FUNCTION core_next_numbers(asked_series text, asked_year int, keys text[], numbers int[])
RETURNS TABLE (unit_key text, first int, last int) LANGUAGE plpgsql AS $body$
DECLARE
    wanted record;
    given int;
BEGIN
    -- In one order for everybody, so that two who number at once wait for each other and never in a circle.
    FOR wanted IN SELECT w.key, w.number FROM unnest(keys, numbers) AS w (key, number) ORDER BY w.key LOOP
        FOR step IN 1..wanted.number LOOP
            INSERT INTO core_counter AS kept (series, unit_key, year, last)
            VALUES (asked_series, wanted.key, asked_year, 1)
            ON CONFLICT ON CONSTRAINT core_counter_once DO UPDATE SET last = kept.last + 1 RETURNING kept.last INTO given;
        END LOOP;
        unit_key := wanted.key;
        first := given - wanted.number + 1;
        last := given;
        RETURN NEXT;
    END LOOP;
END $body$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0011_intake_settings")]
    operations = [migrations.RunSQL(INSTALL, "DROP FUNCTION core_next_numbers(text, int, text[], int[])")]
