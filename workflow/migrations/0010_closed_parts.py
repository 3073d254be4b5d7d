"""A part may be closed: what came back to its person will not be finished by them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0009_waves'),
    ]

    operations = [
        migrations.AlterField(
            model_name='part',
            name='outcome',
            field=models.CharField(choices=[('reserved', 'Reserved'), ('active', 'Active'), ('released', 'Released'), ('lapsed', 'Lapsed'), ('skipped', 'Skipped'), ('withdrawn', 'Withdrawn'), ('closed', 'Closed')], default='active', max_length=10),
        ),
    ]
