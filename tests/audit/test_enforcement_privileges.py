"""Who may do what with every table, as one table: a new database table must be decided upon here."""

import re
from collections import defaultdict

import pytest

from tests.breaking import sql
from workflow.errors import BY_CONSTRAINT

pytestmark = pytest.mark.django_db

# All of it but the picture that was sent with it.
ISSUE = (
    "answer,answered_by_id,answered_event_id,case_id,event_id,id,kind,picture_digest,raised_at,reporter_id,task_id,"
    "text,viewer"
)
# Letters: r SELECT, a INSERT, w UPDATE, d DELETE; columns in brackets where the right is to those alone.
GRANTS = {
    "app": """
        account_emailaddress rawd
        account_emailconfirmation rawd
        accounts_credential raw
        accounts_preference rawd
        accounts_savedview rawd
        accounts_showncolumns rawd
        accounts_token raw
        accounts_user raw
        accounts_user_groups rawd
        accounts_user_user_permissions rawd
        api_idempotencykey rawd
        audit_access r a(actor,case_id,code,frames,instance,log_id,request,role,series,study,task_id,what) w(batch_id)
        audit_access_id_seq USAGE
        audit_accessbatch ra
        audit_checkpoint r
        audit_content ra
        audit_event r a(body,log_id)
        audit_leaf r
        audit_log ra
        audit_opening ra
        audit_pending r
        audit_standing r
        audit_tile r
        auth_group r
        auth_group_permissions r
        auth_permission r
        django_content_type r
        django_migrations r
        django_session rawd
        identity rad
        mfa_authenticator rawd
        provenance_dataset raw
        provenance_datasetcase ra
        provenance_export raw
        socialaccount_socialaccount rawd
        socialaccount_socialapp r
        socialaccount_socialtoken rawd
        tasks_attestation ra
        tasks_draft rawd
        tasks_escalation ra
        tasks_issue ra w(answer,answered_by_id,answered_event_id)
        tasks_place rawd
        tasks_place_id_seq USAGE
        tasks_pool ra
        tasks_shortage ra
        tasks_task raw
        tasks_worker raw
        truth rad
        workflow_acknowledgement ra
        workflow_arbitration ra
        workflow_assistance ra
        workflow_case raw
        workflow_caseimage rad
        workflow_caseround ra
        workflow_commitment ra
        workflow_consensusreport ra
        workflow_exclusion raw
        workflow_gatefinding raw
        workflow_golditem raw
        workflow_guidelineversion rawd
        workflow_importbatch raw
        workflow_importfile raw
        workflow_importrow raw
        workflow_instance rad
        workflow_measurement raw
        workflow_membership raw
        workflow_notice raw
        workflow_part rawd
        workflow_prediction ra
        workflow_probe ra
        workflow_probedue ra
        workflow_probescore ra
        workflow_project raw
        workflow_protocolversion rawd
        workflow_read ra
        workflow_readermodel raw
        workflow_recall ra
        workflow_referencelabel ra
        workflow_review ra
        workflow_safetyreport raw
        workflow_series rad
        workflow_study rad
        workflow_training ra
        workflow_wave raw
    """,
    "sealer": """
        audit_checkpoint ra
        audit_event r
        audit_leaf ra
        audit_log r w(frontier,size)
        audit_pending rd
        audit_standing raw
        audit_tile ra
    """,
    "auditor": f"""
        accounts_credential r
        accounts_user r(first_name,id,is_active,last_name,username)
        audit_access r
        audit_accessbatch r
        audit_checkpoint r
        audit_content r
        audit_event r
        audit_leaf r
        audit_log r
        audit_opening r
        audit_pending r
        audit_standing r
        audit_tile r
        provenance_dataset r
        provenance_datasetcase r
        provenance_export r
        tasks_attestation r
        tasks_pool r
        tasks_escalation r
        tasks_issue r({ISSUE})
        tasks_shortage r
        tasks_task r
        tasks_worker r
        workflow_acknowledgement r
        workflow_arbitration r
        workflow_assistance r
        workflow_case r
        workflow_caseimage r
        workflow_caseround r
        workflow_commitment r
        workflow_consensusreport r
        workflow_exclusion r
        workflow_gatefinding r
        workflow_golditem r
        workflow_guidelineversion r
        workflow_importbatch r
        workflow_importfile r
        workflow_instance r
        workflow_measurement r
        workflow_membership r
        workflow_part r
        workflow_prediction r
        workflow_probe r
        workflow_probescore r
        workflow_project r
        workflow_protocolversion r
        workflow_read r
        workflow_readermodel r
        workflow_recall r
        workflow_referencelabel r
        workflow_review r
        workflow_safetyreport r
        workflow_series r
        workflow_study r
        workflow_training r
        workflow_wave r
    """,
    "eraser": "",
}
LETTERS = {"SELECT": "r", "INSERT": "a", "UPDATE": "w", "DELETE": "d"}
POWERS = ("superuser", "createdb", "createrole", "replication", "bypassrls")
OURS = "n.nspname = 'public' AND p.proname ~ '^(audit|provenance|tasks|workflow)_'"


def granted(role: str) -> dict[str, str]:
    """What a role may do with each table, from the database's own catalogue, in the letters of GRANTS."""
    whole, by_column = defaultdict(list), defaultdict(list)
    acl = "SELECT c.relname, x.privilege_type FROM pg_class c, aclexplode(c.relacl) x WHERE x.grantee = %s::regrole"
    for table, kind in sql(acl, f"consilium_{role}"):
        whole[table].append(LETTERS.get(kind, kind))
    for table, kind, column in sql(
        "SELECT c.relname, x.privilege_type, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,"
        " aclexplode(a.attacl) x WHERE x.grantee = %s::regrole ORDER BY a.attname",
        f"consilium_{role}",
    ):
        by_column[table, LETTERS[kind]].append(column)
    found = {table: "".join(sorted(kinds, key="rawd".find)) for table, kinds in whole.items()}
    for (table, letter), names in by_column.items():
        found[table] = f"{found.get(table, '')} {letter}({','.join(names)})".strip()
    return found


@pytest.mark.parametrize("role", GRANTS)
def test_each_role_may_do_exactly_this(role: str) -> None:
    lines = [line.split(maxsplit=1) for line in GRANTS[role].strip().splitlines() if line.strip()]
    assert granted(role) == dict(lines)


def test_nobody_gets_anything_through_public_or_other_roles() -> None:
    tables = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relacl::text ~ '[{,]='"
    )
    assert sql(tables) == []
    assert (
        sql(
            "SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = 'consilium_app'"
        )
        == []
    )
    assert sql("SELECT nspacl::text ~ '[{,]=' FROM pg_namespace WHERE nspname = 'public'") == [(False,)]
    assert sql("SELECT datacl::text ~ '[{,]=' FROM pg_database WHERE datname = current_database()") == [
        (False,)
    ]


def test_no_role_of_the_service_is_more_than_a_login() -> None:
    roles = sql(
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
        " WHERE rolname LIKE 'consilium%%' ORDER BY rolname"
    )
    assert [name for name, *_ in roles] == [
        f"consilium_{r}" for r in ("app", "auditor", "eraser", "owner", "sealer")
    ]
    powers = {
        name: {power for power, has in zip(POWERS, has_them, strict=True) if has} for name, *has_them in roles
    }
    assert powers.pop("consilium_owner") <= {"createdb"}  # owns the tables; the service never signs in as it
    assert not any(powers.values())
    assert sql("SELECT current_user") == [("consilium_app",)]


def test_the_owner_owns_everything() -> None:
    assert sql("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == [
        ("consilium_owner",)
    ]
    functions = f"FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}"
    assert sql(f"SELECT DISTINCT p.proowner::regrole::text {functions}") == [("consilium_owner",)]


def _triggers() -> list[tuple[str, str, str]]:
    return sql(
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )


def test_every_trigger_fires_always() -> None:
    assert len(_triggers()) > 40
    assert [t for t in _triggers() if t[2] != "A"] == []


def test_the_trigger_of_rounds_fires_always_too() -> None:
    assert ("workflow_caseround", "a_published", "A") in _triggers()


@pytest.mark.parametrize(
    "table", ["workflow_case", "tasks_task", "workflow_part", "workflow_guidelineversion"]
)
def test_no_ruled_table_can_be_emptied(table: str) -> None:
    # 32 is the TRUNCATE bit of pg_trigger.tgtype.
    assert sql("SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND tgtype & 32 > 0", table)


def test_no_function_of_ours_looks_into_temporary_tables_first() -> None:
    found = sql(
        "SELECT p.proname, array_to_string(p.proconfig, ' ') FROM pg_proc p JOIN pg_namespace n"
        f" ON n.oid = p.pronamespace WHERE {OURS} AND p.prorettype = 'trigger'::regtype"
    )
    assert found
    assert [name for name, path in found if not (path or "").endswith("pg_temp")] == []


def test_the_service_cannot_make_temporary_tables() -> None:
    assert sql("SELECT has_database_privilege(current_database(), 'TEMP')") == [(False,)]
    assert sql("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]


def _rules() -> set[str]:
    """The names that our triggers give to what they refuse."""
    sources = sql(f"SELECT prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}")
    return {name for (source,) in sources for name in re.findall(r"CONSTRAINT = '(\w+)'", source)}


def test_every_sentence_of_a_trigger_ends_as_one() -> None:
    sources = sql(f"SELECT prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {OURS}")
    said = [text for (source,) in sources for text in re.findall(r"RAISE EXCEPTION '((?:[^']|'')+)'", source)]
    assert len(said) > 15
    assert [text for text in said if not re.fullmatch(r"[A-Z].*\.", text)] == []


def test_every_rule_of_a_trigger_has_a_domain_error() -> None:
    missing = sorted(_rules() - set(BY_CONSTRAINT))
    if missing:
        pytest.fail(f"no sentence for a person: {missing}")


def test_every_domain_error_is_of_a_rule_that_the_database_has() -> None:
    constraints = {
        name for (name,) in sql("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
    }
    assert set(BY_CONSTRAINT) <= _rules() | constraints
