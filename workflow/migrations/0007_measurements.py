"""Measurements: what is computed from a project's decisions and kept as a copy, with its date."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


GRANTS = """
GRANT SELECT, INSERT, UPDATE ON workflow_measurement TO consilium_app;
GRANT SELECT ON workflow_measurement TO consilium_auditor;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0006_epochs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Measurement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('agreement', 'Agreement'), ('monitor', 'Monitor'), ('what_if', 'What If')], max_length=10)),
                ('conditions', models.JSONField(default=dict)),
                ('conditions_key', models.CharField(max_length=64)),
                ('inputs', models.CharField(blank=True, max_length=64)),
                ('wanted_at', models.DateTimeField(null=True)),
                ('computed_at', models.DateTimeField(null=True)),
                ('document', models.JSONField(null=True)),
                ('failed', models.CharField(blank=True, max_length=200)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measurements', to='workflow.project')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('wanted_at__isnull', False)), fields=['wanted_at'], name='measurements_wanted')],
                'constraints': [models.UniqueConstraint(fields=('project', 'kind', 'conditions_key'), name='one_measurement_per_conditions'), models.CheckConstraint(condition=models.Q(('document__isnull', True), ('computed_at__isnull', False), _connector='XOR'), name='a_measurement_says_when_it_was_computed')],
            },
        ),
        migrations.RunSQL(GRANTS),
    ]
