"""What a token is limited to and which token made it; whether a password is known to somebody else.

Additive: the release before, which names none of the columns, goes on working beside it.
"""

from typing import ClassVar

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0003_sign_in_grants")]

    operations: ClassVar = [
        migrations.AddField(
            "user", "password_is_one_time", models.BooleanField(default=False, db_default=False)
        ),
        migrations.AddField(
            "token",
            "projects",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=60), null=True),
        ),
        migrations.AddField(
            "token",
            "verbs",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=40), null=True),
        ),
        migrations.AddField(
            "token",
            "made_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="made",
                to="accounts.token",
            ),
        ),
        migrations.AddConstraint(
            "token",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("projects__isnull", True), models.Q(("projects", []), _negated=True), _connector="OR"
                    ),
                    models.Q(
                        ("verbs__isnull", True), models.Q(("verbs", []), _negated=True), _connector="OR"
                    ),
                ),
                name="token_may_something",
            ),
        ),
    ]
