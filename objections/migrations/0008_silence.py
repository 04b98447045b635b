"""Objections that wait already know the day on which silence accepts them; their listings are told of it (ADR 0024)."""

from django.db import migrations

EXPECT = """
SELECT set_config('core.actor', '{"kind": "job", "key": "migration", "label": "数据迁移"}', true),
       set_config('core.act', 'objection.expect_silence', true),
       set_config('core.reason', '补记未作决定即视为受理之日', true), set_config('core.act_on', '', true);
UPDATE sanctions_listing listing SET tacit_from = due.due_on
  FROM objections_objection objection
  JOIN core_deadline due ON due.aggregate_type = 'objections.objection' AND due.object_id = objection.id
   AND due.closed_on IS NULL
  JOIN core_timelimitrule rule ON rule.id = due.rule_id AND rule.code = 'OBJ-T01'
 WHERE objection.listing_id = listing.id AND objection.state = 'received' AND listing.polarity = 'discipline';
"""


class Migration(migrations.Migration):
    dependencies = [("objections", "0007_inherited_checks"), ("sanctions", "0010_silence")]

    operations = [migrations.RunSQL(EXPECT, migrations.RunSQL.noop)]
