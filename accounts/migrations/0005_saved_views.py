"""Views of lists that people saved, and the columns that they chose. Additive.

Nobody but the service may read them: an auditor has no need of what somebody searched for.
"""

import uuid
from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts_savedview, accounts_showncolumns TO consilium_app;
"""
ID = ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_token_scopes")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ID,
                ("project", models.CharField(max_length=60)),
                ("list", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(max_length=4000)),
                ("opens_first", models.BooleanField(default=False)),
                ("saved_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "project", "list", "name"), name="one_view_per_name"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("opens_first", True)),
                        fields=("user", "project", "list"),
                        name="one_view_opens_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShownColumns",
            fields=[
                ID,
                ("list", models.CharField(max_length=40)),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), size=None
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "list"), name="columns_once_per_list")
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
