"""Guideline and protocol versions: drafted, published once and for ever, retired, acknowledged."""

from typing import Any

import pytest

from audit.models import Event
from tasks.advancing import advance_all
from tests.people import (
    GUIDELINE,
    LABEL_SCHEMA,
    PROTOCOL,
    Study,
    labels,
    person,
    publish_new_guideline,
    publish_new_protocol,
    study,
)
from workflow.errors import AlreadyDone, InvalidInput, NotAllowed, NotFound, NothingPublished, ProtocolUnfit
from workflow.models import Acknowledgement, CaseRound, GuidelineVersion, Membership, ProtocolVersion
from workflow.projects import create_project
from workflow.versions import (
    acknowledge,
    draft_guideline,
    publish_guideline,
    publish_protocol,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study()


def drafted(chest: Study, document: dict[str, Any] = GUIDELINE) -> GuidelineVersion:
    return draft_guideline(acting=chest.acting("maria"), project=chest.project, document=document)


def publish(chest: Study, version: GuidelineVersion, by: str = "maria") -> GuidelineVersion:
    return publish_guideline(acting=chest.acting(by), version=version, change_note="Clearer words.")


def with_grade(grade: int) -> dict[str, Any]:
    """The cast's guideline with one more grade of malignancy."""
    finding, malignancy = GUIDELINE["label_schema"]["fields"]
    categories = [*malignancy["categories"], {"value": grade, "label": str(grade)}]
    fields = [finding, {**malignancy, "categories": categories}]
    return {**GUIDELINE, "label_schema": {**GUIDELINE["label_schema"], "fields": fields}}


def test_publishing_retires_the_version_before_and_leaves_two_events(chest: Study) -> None:
    second = publish(chest, drafted(chest))
    statuses = GuidelineVersion.objects.order_by("number").values_list("number", "status")
    assert list(statuses) == [(1, "retired"), (2, "published")]
    assert second.published_by == chest.members["maria"]
    event = Event.objects.get(event_id=second.event_id)
    assert (event.action, event.after_digest) == ("guideline.published", second.content_id)
    assert Event.objects.filter(action="guideline.retired").count() == 1


def test_a_version_is_published_once(chest: Study) -> None:
    version = drafted(chest)
    publish(chest, version)
    events = Event.objects.count()
    with pytest.raises(AlreadyDone):
        publish(chest, GuidelineVersion.objects.get(pk=version.pk))
    with pytest.raises(AlreadyDone):
        publish(chest, GuidelineVersion.objects.get(number=1))
    assert Event.objects.count() == events


def test_a_stale_copy_of_a_draft_is_not_published_a_second_time(chest: Study) -> None:
    version = drafted(chest)
    stale = GuidelineVersion.objects.get(pk=version.pk)
    publish(chest, version)
    with pytest.raises(AlreadyDone):
        publish(chest, stale)


def test_the_same_document_has_the_same_digest_in_every_project(chest: Study) -> None:
    first = GuidelineVersion.objects.get(number=1)
    assert publish(chest, drafted(chest)).content_id == first.content_id
    assert first.content is not None
    assert first.content.data == GUIDELINE


FAULTY_GUIDELINES: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "/title"),
    ({"title": 7}, "/title"),
    ({"instructions": ""}, "/instructions"),
    ({"schema": "consilium/guideline/v0"}, "/schema"),
    ({"label_schema": {}}, "/label_schema"),
    (
        {"label_schema": {**GUIDELINE["label_schema"], "fields": [{"key": "x", "kind": "colour"}]}},
        "/label_schema",
    ),
    ({"instructions": 1.5}, "/instructions"),
    ({"examples": [1.5]}, "/examples"),
]
FAULTY_PROTOCOLS: list[dict[str, Any]] = [
    {"fields": {"colour": {"comparator": {"equal": {}}}}},
    {"fields": {"finding": {"comparator": {"ordinal": {"within": 1}}}}},
    {"reads": {"rule": "2+1", "count": 3, "max": 3}},
    {"safety_contact": {}},
    {"safety_contact": {"none_because": "No\x00body."}},
    {"schema": "consilium/protocol/v0"},
]


def test_a_faulty_guideline_stays_a_draft(chest: Study) -> None:
    for change, path in FAULTY_GUIDELINES:
        version = GuidelineVersion(project=chest.project, number=9, draft={**GUIDELINE, **change})
        with pytest.raises(InvalidInput) as refused:
            publish(chest, version)
        assert refused.value.extra["faults"][0]["path"].startswith(path)
    assert list(GuidelineVersion.objects.values_list("status", flat=True)) == ["published"]


def test_a_protocol_that_is_faulty_or_does_not_fit_the_guideline_stays_a_draft(chest: Study) -> None:
    for change in FAULTY_PROTOCOLS:
        version = ProtocolVersion(project=chest.project, number=9, draft={**PROTOCOL, **change})
        with pytest.raises(InvalidInput) as refused:
            publish_protocol(acting=chest.acting("maria"), version=version, change_note="As planned.")
        assert refused.value.extra["faults"]
    assert list(ProtocolVersion.objects.values_list("status", flat=True)) == ["published"]


def test_a_protocol_needs_a_published_guideline() -> None:
    project = create_project(founder=person("maria"), slug="chest", name="Chest")
    member = Membership.objects.select_related("project__log").get(project=project)
    with pytest.raises(NothingPublished):
        publish_new_protocol(Study(project, {"maria": member}), PROTOCOL)


def test_every_default_of_a_protocol_is_written_out_under_its_digest(chest: Study) -> None:
    content = ProtocolVersion.objects.get(status="published").content
    assert content is not None
    assert content.data["blinding"]["arbitrate"] == ["reader_names"]
    assert content.data["gold"] == {"on_low": "alert", "share": "0"}


def test_only_a_manager_drafts_and_publishes(chest: Study) -> None:
    for name in ("anna", "sana", "aud"):
        with pytest.raises(NotAllowed):
            draft_guideline(acting=chest.acting(name), project=chest.project, document=GUIDELINE)
        with pytest.raises(NotAllowed):
            publish(chest, drafted(chest), by=name)


def test_a_retired_guideline_still_binds_the_rounds_that_began_under_it(chest: Study) -> None:
    chest.register("old")
    publish_new_guideline(chest, with_grade(6))
    chest.register("new")
    for name in ("anna", "bob"):
        acknowledge(acting=chest.acting(name), guideline=GuidelineVersion.objects.get(number=2))
    old = chest.claim("anna")
    with pytest.raises(InvalidInput):
        chest.submit("anna", old, {"labels": labels(malignancy=6)})
    chest.submit("anna", old, {"labels": labels(malignancy=5)})
    new = chest.claim("anna")
    assert new.case_id == chest.case("new").pk
    assert chest.submit("anna", new, {"labels": labels(malignancy=6)}).status == "done"


def test_a_reopened_case_is_read_under_the_versions_of_its_new_round(chest: Study) -> None:
    chest.register("case-1")
    chest.agree_at_two()
    publish_new_guideline(chest, with_grade(6))
    publish_new_protocol(chest, {**PROTOCOL, "reads": {"rule": "unanimous", "count": 3, "max": 3}})
    chest.reopen("same_readers")
    first, second = CaseRound.objects.order_by("number")
    assert (first.guideline.number, second.guideline.number) == (1, 2)
    assert (first.reads_planned, second.reads_planned, chest.case().reads_wanted) == (2, 3, 3)


def test_a_member_acknowledges_once(chest: Study) -> None:
    first = acknowledge(acting=chest.acting("anna"), guideline=chest.guideline)
    assert acknowledge(acting=chest.acting("anna"), guideline=chest.guideline) == first
    assert Acknowledgement.objects.filter(member=chest.members["anna"]).count() == 1
    assert Event.objects.get(event_id=first.event_id).actor_id == chest.members["anna"].actor_id


def test_a_draft_cannot_be_acknowledged(chest: Study) -> None:
    with pytest.raises(NotFound):
        acknowledge(acting=chest.acting("anna"), guideline=drafted(chest))


def test_cases_wait_in_intake_while_the_protocol_does_not_fit_the_guideline(chest: Study) -> None:
    chest.register("case-1")
    chest.agree_at_two()
    only_finding = {**LABEL_SCHEMA, "fields": [LABEL_SCHEMA["fields"][0]]}
    publish_new_guideline(chest, {**GUIDELINE, "label_schema": only_finding})
    chest.register("case-2")
    assert chest.case("case-2").state == "intake"
    with pytest.raises(ProtocolUnfit):
        chest.reopen("new_readers")
    publish_new_protocol(chest, {**PROTOCOL, "fields": {"finding": PROTOCOL["fields"]["finding"]}})
    advance_all(chest.project)
    chest.reopen("new_readers")
    assert (chest.case("case-1").state, chest.case("case-2").state) == ("annotation", "annotation")
