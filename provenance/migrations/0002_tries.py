"""How often an export could not be packed, and when it is tried again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("provenance", "0001_exports")]
    operations = [
        migrations.AddField("export", "tries", models.PositiveSmallIntegerField(default=0, db_default=0)),
        migrations.AddField("export", "retry_at", models.DateTimeField(null=True)),
    ]
