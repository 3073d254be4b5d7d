"""A credential may be for some body parts only."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_saved_views'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='body_parts',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None),
        ),
    ]
