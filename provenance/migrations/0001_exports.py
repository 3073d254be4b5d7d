"""Exports, and what the running service and the auditor may do with them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('audit', '0004_standing'),
        ('workflow', '0005_grants'),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('profile', models.CharField(choices=[('full', 'Full'), ('subset', 'Subset'), ('pseudonymous', 'Pseudonymous')], max_length=12)),
                ('cases', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), null=True, size=None)),
                ('role', models.CharField(max_length=20)),
                ('request', models.JSONField(default=dict)),
                ('auth', models.JSONField(null=True)),
                ('requested_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('state', models.CharField(choices=[('requested', 'Requested'), ('recorded', 'Recorded'), ('packing', 'Packing'), ('ready', 'Ready'), ('written', 'Written'), ('failed', 'Failed')], default='requested', max_length=10)),
                ('leaves', models.BigIntegerField(null=True)),
                ('progress', models.PositiveSmallIntegerField(default=0)),
                ('size', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('fault_code', models.CharField(blank=True, max_length=40)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('finished_at', models.DateTimeField(null=True)),
                ('event', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='audit.event', to_field='event_id')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to='workflow.project')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['requested', 'recorded', 'packing'])), fields=['requested_at'], name='export_unfinished')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('leaves__isnull', False), ('sha256__regex', '^[0-9a-f]{64}$'), ('size__isnull', False)), _connector='OR'), name='a_ready_export_has_its_digest'), models.CheckConstraint(condition=models.Q(('profile', 'subset'), ('cases__isnull', True), _connector='XOR'), name='a_subset_names_its_cases')],
            },
        ),
        migrations.RunSQL(
            "GRANT SELECT, INSERT, UPDATE ON provenance_export TO consilium_app;"
            "GRANT SELECT ON provenance_export TO consilium_auditor;"
        ),
    ]
