"""Exports of labels in other formats than the bundle's."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

PROFILES = [
    ("full", "Full"),
    ("subset", "Subset"),
    ("pseudonymous", "Pseudonymous"),
    ("labels", "Labels"),
]


class Migration(migrations.Migration):
    dependencies = [("provenance", "0003_keeping")]
    operations = [
        migrations.AddField(
            "export", "formats", ArrayField(base_field=models.CharField(max_length=8), null=True, size=None)
        ),
        migrations.AlterField("export", "profile", models.CharField(choices=PROFILES, max_length=12)),
        migrations.AddConstraint(
            "export",
            models.CheckConstraint(
                condition=models.Q(("profile", "labels"), ("formats__isnull", True), _connector="XOR"),
                name="labels_name_their_formats",
            ),
        ),
    ]
