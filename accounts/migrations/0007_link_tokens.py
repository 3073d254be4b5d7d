"""A token may be for one task alone, while it is in its person's hands: so an outside viewer is let in for a while.

Additive: the release before, which names neither column, makes no such tokens and goes on working beside it.
"""

import datetime
from typing import ClassVar

from django.db import migrations, models
from django.db.models.expressions import CombinedExpression

NO_TASK = models.Q(("lease__isnull", True), ("task__isnull", True))
ONE_TASK = models.Q(
    ("lease__isnull", False),
    ("projects__isnull", False),
    ("projects__len", 1),
    ("task__isnull", False),
    ("verbs__isnull", False),
)
LATEST = CombinedExpression(
    models.F("created_at"), "+", models.Value(datetime.timedelta(hours=8))
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0006_body_parts")]

    operations: ClassVar = [
        migrations.AddField("token", "task", models.UUIDField(null=True)),
        migrations.AddField("token", "lease", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "token",
            models.CheckConstraint(
                condition=models.Q(NO_TASK, ONE_TASK, _connector="OR"), name="token_of_a_task_has_one_project"
            ),
        ),
        migrations.AddConstraint(
            "token",
            models.CheckConstraint(
                condition=models.Q(
                    ("task__isnull", True), ("expires_at__lte", LATEST), _connector="OR"
                ),
                name="token_of_a_task_is_short_lived",
            ),
        ),
    ]
