"""What the sealer lets everybody know of a log: its public key, and why it refuses to sign, if it does."""

import django.db.models.deletion
from django.db import migrations, models

GRANTS = """
GRANT SELECT ON audit_standing TO consilium_app, consilium_auditor;
GRANT SELECT, INSERT, UPDATE ON audit_standing TO consilium_sealer;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_enforcement")]
    operations = [
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "log",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="audit.log",
                    ),
                ),
                ("vkey", models.CharField(max_length=400)),
                ("code", models.CharField(blank=True, max_length=30)),
                ("sentence", models.CharField(blank=True, max_length=300)),
                ("looked_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(GRANTS),
    ]
