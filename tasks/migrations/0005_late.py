"""Who was told that a task is late, each once, and the daily lists of what nobody can take."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

RULES = """
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON tasks_escalation
  FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON tasks_escalation EXECUTE FUNCTION workflow_refuse_change();
ALTER TABLE tasks_escalation ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate;
"""
GRANTS = """
GRANT SELECT, INSERT ON tasks_escalation TO consilium_app;
GRANT SELECT ON tasks_escalation TO consilium_auditor;
GRANT SELECT, INSERT ON tasks_shortage TO consilium_app;
GRANT SELECT ON tasks_shortage TO consilium_auditor;
"""


class Migration(migrations.Migration):
    dependencies = [("tasks", "0004_offer")]
    operations = [
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(choices=[("warned", "Warned"), ("due", "Due")], max_length=6)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="audit.event",
                        to_field="event_id",
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="workflow.membership",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="tasks.task"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("step", "due")), fields=("task",), name="managers_are_told_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("step", "warned")),
                        fields=("task", "holder"),
                        name="holders_are_warned_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("holder__isnull", True), ("step", "due")),
                            models.Q(("holder__isnull", False), ("step", "warned")),
                            _connector="OR",
                        ),
                        name="who_is_warned_is_named",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shortage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("found", models.JSONField()),
                ("listed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="workflow.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "day"), name="one_list_of_shortages_a_day"),
                ],
            },
        ),
        migrations.RunSQL(RULES),
        migrations.RunSQL(GRANTS),
    ]
