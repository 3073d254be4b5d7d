"""What the running service may do with allauth's tables."""

from django.db import migrations

GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE
    ON account_emailaddress, account_emailconfirmation, mfa_authenticator,
       socialaccount_socialaccount, socialaccount_socialtoken
    TO consilium_app;
GRANT SELECT ON socialaccount_socialapp TO consilium_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_grants"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("socialaccount", "0006_alter_socialaccount_extra_data"),
    ]
    operations = [migrations.RunSQL(GRANTS)]
