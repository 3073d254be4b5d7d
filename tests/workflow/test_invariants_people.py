"""One part for each person in a case's round, kept for ever; nobody judges what they read; two people exclude."""

import uuid
from typing import Any

import pytest
from django.db import transaction

from audit.actions import Action
from audit.contents import blob_of, store
from audit.log import Reason
from audit.models import Log
from tasks import cases as managing
from tasks.leases import release
from tests.breaking import beside, copy_row, forbidden, moved, refused, sql
from tests.people import Study, labels, person, study
from workflow.models import Arbitration, Case, Exclusion, Membership, Part, Project, Read, Review
from workflow.projects import create_project

pytestmark = pytest.mark.django_db(transaction=True)
TWO = "exclusion_needs_a_second_person"


@pytest.fixture
def chest() -> Study:
    """Anna's read is in, bob holds the other; jin reviews anna's."""
    chest = study("case-1")
    chest.read("anna")
    chest.claim("bob")
    chest.claim("jin")
    return chest


def part(of: Study, name: str) -> Part:
    return Part.objects.get(member=of.members[name])


@pytest.mark.parametrize(("kind", "slot"), [("reader", 2), ("reviewer", 1), ("arbiter", 1)])
def test_a_person_has_one_part_in_a_round(chest: Study, kind: str, slot: int) -> None:
    second = Part(
        case=chest.case(), round=1, member=chest.members["anna"], kind=kind, slot=slot, case_number="1"
    )
    for insert in (second.save, lambda: Part.objects.bulk_create([second])):
        with refused("one_part_per_person_and_round", "nobody_judges_what_they_read"):
            insert()


def test_a_part_that_is_taken_is_not_given_twice(chest: Study) -> None:
    with refused("one_person_per_part"):
        Part.objects.create(
            case=chest.case(), round=1, member=chest.members["cleo"], kind="reader", slot=1, case_number="1"
        )


@pytest.mark.parametrize("change", [{"kind": "arbiter"}, {"slot": 3}, {"round": 2}, {"case_number": "1"}])
def test_a_part_stays_what_it_is(chest: Study, change: dict[str, Any]) -> None:
    with refused("parts_are_kept"):
        Part.objects.filter(member=chest.members["anna"]).update(**change)
    mine = part(chest, "anna")
    for name, value in change.items():
        setattr(mine, name, value)
    with refused("parts_are_kept"):
        mine.save()
    with refused("parts_are_kept"):
        Part.objects.bulk_update([mine], list(change))


def test_a_part_is_not_handed_to_somebody_else(chest: Study) -> None:
    with refused("parts_are_kept"):
        Part.objects.filter(member=chest.members["anna"]).update(member=chest.members["cleo"])


@pytest.mark.parametrize("outcome", ["active", "released", "lapsed", "skipped", "withdrawn"])
def test_a_part_that_was_opened_is_never_deleted(chest: Study, outcome: str) -> None:
    Part.objects.filter(member=chest.members["anna"]).update(outcome=outcome)
    with refused("parts_are_kept"):
        sql("DELETE FROM workflow_part")
    with forbidden():
        sql("TRUNCATE workflow_part CASCADE")


def test_a_reservation_that_was_never_opened_may_be_taken_back(chest: Study) -> None:
    new = Part.objects.create(
        case=chest.case(), round=1, member=chest.members["cleo"], kind="reader", slot=3, outcome="reserved",
        case_number="1",
    )  # fmt: skip
    new.delete()
    assert not Part.objects.filter(member=chest.members["cleo"]).exists()


def test_an_opened_part_does_not_become_a_reservation_to_be_deleted(chest: Study) -> None:
    task = chest.members["jin"].tasks.get()
    assert task.token is not None
    release(acting=chest.acting("jin"), task_id=task.pk, token=task.token)
    with refused("parts_are_kept"):
        Part.objects.filter(member=chest.members["jin"]).update(outcome="reserved")
        sql("DELETE FROM workflow_part WHERE outcome = 'reserved'")


@pytest.mark.parametrize("kind", ["reviewer", "arbiter"])
def test_nobody_judges_in_a_later_round_what_they_read(chest: Study, kind: str) -> None:
    with refused("nobody_judges_what_they_read"):
        Part.objects.create(
            case=chest.case(), round=2, member=chest.members["anna"], kind=kind, slot=1, case_number="1"
        )


def test_a_part_is_of_a_member_of_the_cases_project(chest: Study) -> None:
    stranger = _member_elsewhere()
    with refused("parts_are_of_the_projects_members"):
        Part.objects.create(
            case=chest.case(), round=1, member=stranger, kind="reader", slot=3, case_number="1"
        )


@pytest.mark.parametrize("name", ["anna", "bob", "jana"])
def test_only_who_has_the_reviewers_part_reviews(chest: Study, name: str) -> None:
    with refused("decisions_are_by_their_part"):
        Review.objects.create(
            case=chest.case(), round=1, read=Read.objects.get(), verdict="accept", reviewer=chest.members[name],
            during=0, event_id=beside(chest, Action.REVIEW_ACCEPTED, by=name).event_id,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["anna", "jin", "sana"])
def test_only_who_has_the_arbiters_part_arbitrates(chest: Study, name: str) -> None:
    said = blob_of(labels(malignancy=5))
    with refused("decisions_are_by_their_part"):
        store([said])
        entry = beside(chest, Action.ARBITRATION_DECIDED, by=name, after=said, reason=Reason("x"))
        Arbitration.objects.create(
            case=chest.case(), round=1, arbiter=chest.members[name], outcome="decided", content_id=said.digest,
            reason_code="x", event_id=entry.event_id,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["jin", "cleo", "bob"])
def test_only_who_has_the_slot_reads(chest: Study, name: str) -> None:
    said = blob_of(labels(malignancy=5))
    with refused("decisions_are_by_their_part"):
        store([said])
        entry = beside(chest, Action.READ_REVISED, by=name, after=said, reason=Reason("x"))
        copy_row(
            "workflow_read", Read.objects.get().pk, id=uuid.uuid4(), revision=2,
            member_id=chest.members[name].pk, event_id=entry.event_id, content_id=said.digest,
        )  # fmt: skip


def test_a_read_beyond_the_maximum_is_refused(chest: Study) -> None:
    said = blob_of(labels(malignancy=5))
    with refused("decisions_are_by_their_part"):
        store([said])
        entry = beside(chest, Action.READ_SUBMITTED, by="anna", after=said)
        copy_row(
            "workflow_read", Read.objects.get().pk, id=uuid.uuid4(), slot=9, event_id=entry.event_id,
            content_id=said.digest,
        )  # fmt: skip


def exclude(of: Study) -> Any:
    """Take the case out of the study, past the code that asks for a second person."""
    return moved(of, "annotation", "excluded", Action.CASE_EXCLUDED, excluded_from="annotation")


def test_one_person_cannot_exclude_a_case_that_was_claimed(chest: Study) -> None:
    with refused(TWO):
        exclude(chest)
    chest.exclude()  # this only asks
    with refused(TWO):
        exclude(chest)
    assert chest.case().state == "annotation"


def test_the_second_person_is_another_one(chest: Study) -> None:
    chest.exclude()
    with refused("exclusion_needs_two_people"):
        Exclusion.objects.update(approved_by=chest.members["maria"], approved_event=exclude(chest).event_id)


def test_the_second_person_has_not_seen_the_reads(chest: Study) -> None:
    chest.exclude()
    with refused(TWO):
        Exclusion.objects.update(approved_by=chest.members["jin"], approved_event=exclude(chest).event_id)


def test_an_approval_of_another_time_does_not_count(chest: Study) -> None:
    chest.exclude()
    earlier = Exclusion.objects.get().requested_event_id
    with refused(TWO):
        Exclusion.objects.update(approved_by=chest.members["mehmet"], approved_event_id=earlier)
        exclude(chest)


def test_two_people_exclude_a_case(chest: Study) -> None:
    chest.exclude()
    managing.approve_exclusion(acting=chest.acting("mehmet"), case_id=chest.case().pk)
    assert chest.case().state == "excluded"


def test_a_case_that_nobody_claimed_is_excluded_by_one() -> None:
    chest = study("case-1")
    chest.exclude()
    assert chest.case().state == "excluded"


def test_one_person_cannot_exclude_in_two_names(chest: Study) -> None:
    chest.exclude()
    with refused(TWO):
        Exclusion.objects.update(approved_by=chest.members["mehmet"], approved_event=exclude(chest).event_id)


def test_one_person_cannot_wish_in_anothers_name(chest: Study) -> None:
    with transaction.atomic():
        asked = beside(chest)  # of something else, by maria
    with refused(TWO):
        entry = moved(chest, "annotation", "excluded", Action.CASE_EXCLUDED, excluded_from="annotation")
        Exclusion.objects.create(
            case=chest.case(), requested_by=chest.members["mehmet"], reason_code="x", reason_commitment="x",
            requested_event_id=asked.event_id, approved_by=chest.members["maria"], approved_event_id=entry.event_id,
        )  # fmt: skip


@pytest.mark.parametrize("change", ["requested_by", "approved_by", "reason_code"])
def test_an_approved_exclusion_stays_as_it_was(chest: Study, change: str) -> None:
    chest.exclude()
    managing.approve_exclusion(acting=chest.acting("mehmet"), case_id=chest.case().pk)
    with refused("exclusions_are_kept"):
        Exclusion.objects.update(**{change: "other" if change == "reason_code" else chest.members["sana"]})


def test_an_approval_needs_the_event_of_who_agreed(chest: Study) -> None:
    chest.exclude()
    with refused(
        "exclusion_needs_a_second_person"
    ):  # the case itself stays, but the wish would be closed for ever
        Exclusion.objects.update(
            approved_by=chest.members["mehmet"], approved_event_id=beside(chest).event_id
        )


def test_a_wish_to_exclude_needs_the_event_of_who_asked(chest: Study) -> None:
    with refused("exclusion_needs_a_second_person"):
        Exclusion.objects.create(
            case=chest.case(), requested_by=chest.members["mehmet"], reason_code="x", reason_commitment="x",
            requested_event_id=beside(chest).event_id,
        )  # fmt: skip


def test_an_exclusion_is_never_deleted(chest: Study) -> None:
    chest.exclude()
    for statement in ("DELETE FROM workflow_exclusion", "TRUNCATE workflow_exclusion"):
        with forbidden():
            sql(statement)


def test_a_reinstated_case_goes_back_to_where_it_was() -> None:
    chest = study("case-1")
    chest.exclude()
    for target in ("intake", "consensus", "final"):
        with refused("case_is_reinstated_to_where_it_was"):
            moved(chest, "excluded", target, Action.CASE_REINSTATED, excluded_from="")
    with transaction.atomic():
        moved(chest, "excluded", "annotation", Action.CASE_REINSTATED, excluded_from="")


def test_an_excluded_case_says_where_it_was() -> None:
    chest = study("case-1")
    for place in ("", "final"):
        with refused("case_is_reinstated_to_where_it_was"):
            moved(chest, "annotation", "excluded", Action.CASE_EXCLUDED, excluded_from=place)
    with refused("excluded_from_somewhere"):
        Case.objects.update(excluded_from="final")


def test_where_an_excluded_case_was_is_not_rewritten() -> None:
    chest = study("case-1")
    chest.exclude()
    with refused("case_is_reinstated_to_where_it_was"):
        Case.objects.update(excluded_from="final", audit_seq=beside(chest).seq)
        moved(chest, "excluded", "final", Action.CASE_REINSTATED, excluded_from="")


def _member_elsewhere() -> Any:
    project = create_project(founder=person("otto"), slug="elsewhere", name="Elsewhere")
    return Membership.objects.get(project=project)


@pytest.mark.parametrize("change", [{"actor_id": "act_" + "0" * 32}, {"person": "sha256:"}, {"user": None}])
def test_a_member_stays_who_they_are(chest: Study, change: dict[str, Any]) -> None:
    values = {"user": person("nora")} if "user" in change else change
    with refused("member_identity_is_fixed"):
        Membership.objects.filter(pk=chest.members["anna"].pk).update(**values)


@pytest.mark.parametrize("change", [{"roles": ["senior_arbiter"]}, {"status": "left"}, {"site": "south"}])
def test_a_member_changes_only_with_an_event(chest: Study, change: dict[str, Any]) -> None:
    with refused("member_change_has_its_event"):
        Membership.objects.filter(pk=chest.members["anna"].pk).update(**change)


@pytest.mark.parametrize("change", [{"seed": "0" * 64}, {"log": None}])
def test_a_projects_log_and_seed_are_fixed(chest: Study, change: dict[str, Any]) -> None:
    other = Log.objects.create(project_id=uuid.uuid4(), origin="elsewhere/p/1/e1")
    with refused("project_identity_is_fixed"):
        Project.objects.update(**({"log": other} if "log" in change else change))
