"""Roots of full tiles of the Merkle log, so that a proof reads hundreds of rows and not millions."""

import django.db.models.deletion
from django.db import migrations, models

RULES = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_tile FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_tile EXECUTE FUNCTION audit_refuse();
ALTER TABLE audit_tile ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;
GRANT SELECT ON audit_tile TO consilium_app, consilium_auditor;
GRANT SELECT, INSERT ON audit_tile TO consilium_sealer;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_standing")]
    operations = [
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("pk", models.CompositePrimaryKey("log_id", "place", blank=True, editable=False, primary_key=True, serialize=False)),
                ("place", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("log", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="audit.log")),
            ],
        ),
        migrations.RunSQL(RULES),
    ]
