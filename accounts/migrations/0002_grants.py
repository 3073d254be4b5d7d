"""What the running service may do with people, sessions and Django's own tables."""

from django.db import migrations

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON accounts_user, accounts_credential, accounts_token TO consilium_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session, accounts_user_groups, accounts_user_user_permissions TO consilium_app;
GRANT SELECT ON auth_group, auth_group_permissions, auth_permission, django_content_type, django_migrations TO consilium_app;
GRANT SELECT (id, username, first_name, last_name, is_active) ON accounts_user TO consilium_auditor;
GRANT SELECT ON accounts_credential TO consilium_auditor;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_tables"),
        ("sessions", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunSQL(GRANTS)]
