"""What the running service may do with the answers that it keeps."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("api", "0001_tables"), ("accounts", "0002_grants")]
    operations = [
        migrations.RunSQL("GRANT SELECT, INSERT, UPDATE, DELETE ON api_idempotencykey TO consilium_app")
    ]
