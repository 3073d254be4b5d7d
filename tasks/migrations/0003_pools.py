"""Pools, in which the claim looks; what a task keeps of its order and of the work on it; how much each person took up."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0006_epochs'),
        ('tasks', '0002_invariants'),
        ('workflow', '0008_needs'),
    ]

    operations = [
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.DateTimeField()),
                ('gone', models.IntegerField()),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Pool',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=10)),
                ('site', models.CharField(max_length=400)),
                ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('new_readers', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='Worker',
            fields=[
                ('member', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='worker', serialize=False, to='workflow.membership')),
                ('claims', models.PositiveIntegerField(db_default=0, default=0)),
                ('day', models.DateField(null=True)),
                ('day_claims', models.PositiveIntegerField(db_default=0, default=0)),
                ('session_started_at', models.DateTimeField(null=True)),
                ('session_claims', models.PositiveIntegerField(db_default=0, default=0)),
                ('last_task', models.UUIDField(null=True)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='task',
            name='task_claim_order',
        ),
        migrations.AddField(
            model_name='task',
            name='active_seconds',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='task',
            name='done_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='entered_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name='task',
            name='ring',
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='seen_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='session_position',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='start_by',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='task',
            name='turn',
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name='place',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.membership'),
        ),
        migrations.AddField(
            model_name='pool',
            name='guideline',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.guidelineversion'),
        ),
        migrations.AddField(
            model_name='pool',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.project'),
        ),
        migrations.AddField(
            model_name='place',
            name='pool',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.pool'),
        ),
        migrations.AddField(
            model_name='task',
            name='pool',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tasks.pool'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['pool', 'rank', 'ring', 'slot', 'id'], name='task_offer_order'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('due_at__isnull', False), ('status', 'open')), fields=['pool', 'due_at'], name='task_overdue'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('bound', False), ('status', 'leased')), fields=['pool', 'lease_until'], name='task_lease_over'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('bound', False), ('start_by__isnull', False), ('status', 'reserved')), fields=['pool', 'start_by'], name='task_not_started'),
        ),
        migrations.AddConstraint(
            model_name='pool',
            constraint=models.UniqueConstraint(fields=('project', 'kind', 'guideline', 'site', 'needs', 'new_readers'), name='one_pool_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='place',
            constraint=models.UniqueConstraint(fields=('member', 'pool'), name='one_place_in_a_pool'),
        ),
    ]
