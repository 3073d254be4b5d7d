"""Exports whose file was deleted when its time was over, and attempts to pack that were cut off."""

from django.db import migrations, models

STATES = [
    ("requested", "Requested"),
    ("recorded", "Recorded"),
    ("packing", "Packing"),
    ("ready", "Ready"),
    ("expired", "Expired"),
    ("written", "Written"),
    ("failed", "Failed"),
]


class Migration(migrations.Migration):
    dependencies = [("provenance", "0002_tries")]
    operations = [
        migrations.AddField("export", "begun", models.PositiveSmallIntegerField(default=0, db_default=0)),
        migrations.AlterField(
            "export", "state", models.CharField(choices=STATES, default="requested", max_length=10)
        ),
    ]
