"""A published guideline or protocol never changes, and every round is pinned to published ones."""

import uuid
from typing import Any

import psycopg
import pytest

from audit.actions import Action
from audit.contents import blob_of, store
from tests.breaking import copy_row, forbidden, moved, refused, sql
from tests.people import GUIDELINE, PROTOCOL, Study, publish_new_protocol, study
from workflow.models import CaseRound, GuidelineVersion, ProtocolVersion
from workflow.versions import draft_guideline, publish_guideline

pytestmark = pytest.mark.django_db(transaction=True)
LINES = (GuidelineVersion, ProtocolVersion)
FIXED = "published_versions_never_change"


@pytest.fixture
def chest() -> Study:
    return study("case-1")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(
    "change",
    [
        {"draft": {"title": "Another"}},
        {"change_note": "Another."},
        {"number": 7},
        {"published_at": "2020-01-01T00:00:00Z"},
        {"changes_meaning": False},
        {"status": "draft", "content": None, "event": None},
        {"status": "retired", "change_note": "Another."},
        {"id": uuid.UUID(int=7)},
    ],
)
def test_a_published_version_keeps_everything(chest: Study, line: Any, change: dict[str, Any]) -> None:
    with refused(FIXED):
        line.objects.update(**change)


@pytest.mark.parametrize("line", LINES)
def test_a_published_version_is_not_saved_over_deleted_or_emptied(chest: Study, line: Any) -> None:
    version = line.objects.get()
    version.change_note = "Another."
    for change in (version.save, lambda: line.objects.bulk_update([version], ["change_note"])):
        with refused(FIXED):
            change()
    with refused(FIXED):
        sql(f"DELETE FROM {line._meta.db_table}")
    with forbidden():
        sql(f"TRUNCATE {line._meta.db_table} CASCADE")


def test_a_retired_version_stays_retired(chest: Study) -> None:
    publish_new_protocol(chest, PROTOCOL)
    for status in ("published", "draft"):
        with refused(FIXED):
            ProtocolVersion.objects.filter(number=1).update(status=status)


@pytest.mark.parametrize("line", LINES)
def test_a_version_begins_as_a_draft(chest: Study, line: Any) -> None:
    table, published = line._meta.db_table, line.objects.get()
    with refused("versions_begin_as_drafts"):
        copy_row(table, published.pk, id=uuid.uuid4(), number=2)
    published.pk, published.number = uuid.uuid4(), 3
    with refused("versions_begin_as_drafts"):
        line.objects.bulk_create([published])


@pytest.mark.parametrize("line", LINES)
def test_publishing_needs_an_event_with_the_digest_of_what_is_published(chest: Study, line: Any) -> None:
    old = line.objects.get()
    line.objects.create(project=chest.project, number=2, draft=GUIDELINE)
    with refused("decision_has_its_event"):
        line.objects.filter(pk=old.pk).update(status="retired")
        line.objects.filter(number=2).update(
            status="published", content_id=old.content_id, event_id=old.event_id,
            published_at=old.published_at, published_by_id=old.published_by_id,
        )  # fmt: skip


def test_a_published_version_is_complete(chest: Study) -> None:
    draft_guideline(acting=chest.acting("maria"), project=chest.project, document=GUIDELINE)
    with refused("guidelineversion_is_draft_or_published"):
        GuidelineVersion.objects.filter(number=2).update(status="published")


def test_one_version_of_a_line_is_in_force(chest: Study) -> None:
    draft = draft_guideline(acting=chest.acting("maria"), project=chest.project, document=GUIDELINE)
    old = GuidelineVersion.objects.get(number=1)
    with refused("one_published_guidelineversion"):
        GuidelineVersion.objects.filter(pk=draft.pk).update(
            status="published", content_id=old.content_id, event_id=old.event_id,
            published_at=old.published_at, published_by_id=old.published_by_id,
        )  # fmt: skip


def test_the_owner_cannot_change_a_published_version_either(
    chest: Study, owner_connection: psycopg.Connection
) -> None:
    for statement in (
        "UPDATE workflow_protocolversion SET draft = '{}'",
        "DELETE FROM workflow_guidelineversion",
    ):
        with pytest.raises(psycopg.errors.CheckViolation, match="A published version never changes"):
            owner_connection.execute(statement)
        owner_connection.rollback()


@pytest.mark.parametrize("line", LINES)
def test_a_version_is_not_retired_without_its_event(chest: Study, line: Any) -> None:
    with refused("decision_has_its_event"):
        line.objects.update(status="retired")


def test_a_round_begins_under_published_versions_only(chest: Study) -> None:
    old = chest.guideline
    draft = draft_guideline(acting=chest.acting("maria"), project=chest.project, document=GUIDELINE)
    first = CaseRound.objects.get()
    with refused("round_is_under_published_versions"):
        copy_row("workflow_caseround", first.pk, id=uuid.uuid4(), number=2, guideline_id=draft.pk)
    publish_guideline(acting=chest.acting("maria"), version=draft, change_note="Second.")
    with refused("round_is_under_published_versions"):
        copy_row("workflow_caseround", first.pk, id=uuid.uuid4(), number=2, guideline_id=old.pk)


def test_a_round_allows_no_more_reads_than_its_protocol(chest: Study) -> None:
    chest.agree_at_two()
    with refused("round_is_under_published_versions"):
        _another_round(chest, number=2, reads_max=30)


def test_a_round_has_the_number_that_its_case_is_in(chest: Study) -> None:
    chest.agree_at_two()
    with refused("rounds_follow_each_other"):
        _another_round(chest, number=7)


def test_content_is_the_bytes_of_its_digest(chest: Study) -> None:
    blob = blob_of({"a": 1})
    with refused("content_digest_is_of_its_bytes"):
        sql(
            "INSERT INTO audit_content (digest, media_type, size, body) VALUES (%s, 'a/b', 2, '{}')",
            blob.digest,
        )
    with refused("content_size_is_of_its_bytes"):
        sql(
            "INSERT INTO audit_content (digest, media_type, size, body) VALUES (%s, 'a/b', 9, %s)",
            blob.digest, blob.body,
        )  # fmt: skip
    store([blob])
    for statement in ("UPDATE audit_content SET media_type = 'a/b'", "DELETE FROM audit_content"):
        with forbidden():
            sql(statement)


def _another_round(of: Study, **changes: Any) -> None:
    """Reopen the case honestly, as far as its own row and its log go, with a round of our choice."""
    entry = moved(of, "final", "annotation", Action.CASE_REOPENED, round=2)
    first = CaseRound.objects.get()
    copy_row("workflow_caseround", first.pk, **{"id": uuid.uuid4(), "event_id": entry.event_id, **changes})
