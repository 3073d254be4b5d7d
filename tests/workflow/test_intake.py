"""Cases come in: once per reference, with patient and split fixed for ever."""

from typing import Any

import pytest

from audit.models import Event, Opening
from tasks import cases as managing
from tasks.advancing import advance_all
from tasks.models import Task
from tests.crowd import all_at_once
from tests.people import (
    GUIDELINE,
    PROTOCOL,
    Study,
    person,
    publish_new_guideline,
    publish_new_protocol,
    study,
)
from workflow.errors import InvalidInput, NotAllowed
from workflow.intake import MOST_AT_ONCE, NewCase, Row
from workflow.models import Case, CaseRound, Membership
from workflow.projects import create_project

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study()


def new(ref: str = "case-1", patient: str = "p1", split: str = "train", **more: Any) -> NewCase:
    return NewCase(ref, patient, split, more.pop("strata", {}), **more)


def register(chest: Study, *cases: NewCase, by: str = "maria") -> list[Row]:
    return managing.register(acting=chest.acting(by), project=chest.project, cases=cases)


def faults(row: Row) -> list[str]:
    assert row.result == "refused"
    return [fault["code"] for fault in row.faults]


def test_a_registered_case_is_in_annotation_with_its_first_tasks(chest: Study) -> None:
    (row,) = register(chest, new())
    case = Case.objects.get(pk=row.case_id)
    assert (row.result, case.state, case.round, case.reads_wanted) == ("registered", "annotation", 1, 2)
    assert list(Task.objects.order_by("slot").values_list("kind", "slot", "status")) == [
        ("annotate", 1, "open"),
        ("annotate", 2, "open"),
    ]


def test_registering_the_same_twice_changes_nothing(chest: Study) -> None:
    (first,) = register(chest, new())
    events = Event.objects.count()
    (again,) = register(chest, new())
    assert (again.result, again.case_id) == ("exists", first.case_id)
    assert Event.objects.count() == events
    assert [row.result for row in register(chest, new("case-2"), new("case-2"))] == ["registered", "exists"]
    assert Case.objects.count() == 2


def test_a_patient_is_in_one_split_only_also_within_one_sending(chest: Study) -> None:
    rows = register(chest, new("a", "p1", "train"), new("b", "p1", "test"), new("c", "p2", "test"))
    assert [row.result for row in rows] == ["registered", "refused", "registered"]
    assert faults(rows[1]) == ["patient_in_other_split"]
    assert faults(register(chest, new("d", "p1", "tune"))[0]) == ["patient_in_other_split"]
    assert register(chest, new("d", "p1", "train"))[0].result == "registered"


def test_an_existing_case_keeps_its_patient_and_split(chest: Study) -> None:
    register(chest, new("a", "p1", "train"))
    assert faults(register(chest, new("a", "p2", "train"))[0]) == ["differs_from_existing"]
    assert set(faults(register(chest, new("a", "p1", "test"))[0])) == {
        "patient_in_other_split",
        "differs_from_existing",
    }


FAULTY = {
    "bad_text": [
        new(""),
        new("x" * 201),
        new("line\nbreak"),
        new(patient=""),
        new(strata={"site": "a\x00b"}),
    ],
    "bad_split": [new(split="holdout")],
    "bad_priority": [new(priority=101)],
    "bad_strata": [new(strata={"age": 1.5}), new(strata={"tags": ["a"]})],
    "integer_too_large": [new(strata={"age": 2**53})],
    "key_not_ascii": [new(strata={"größe": "x"})],
    "float_refused": [new(shown={"question": 1.5})],
}


def test_a_row_with_a_fault_is_refused_and_the_others_are_not(chest: Study) -> None:
    for code, cases in FAULTY.items():
        *refused, taken = register(chest, *cases, new(f"good-{code}", "p9"))
        assert all(code in faults(row) for row in refused), code
        assert taken.result == "registered"


def test_at_most_a_thousand_at_once(chest: Study) -> None:
    with pytest.raises(InvalidInput):
        register(chest, *[new(f"case-{n}") for n in range(MOST_AT_ONCE + 1)])
    assert not Case.objects.exists()


def test_only_a_manager_of_this_project_registers(chest: Study) -> None:
    with pytest.raises(NotAllowed):
        register(chest, new(), by="anna")
    other = create_project(founder=person("mehmet"), slug="other", name="Other")
    with pytest.raises(NotAllowed):
        managing.register(acting=chest.acting("maria"), project=other, cases=[new()])


def test_references_and_patients_are_in_the_log_as_commitments_only(chest: Study) -> None:
    register(chest, new("MRN-4711", "patient-0815"))
    bodies = b"".join(bytes(body) for body in Event.objects.values_list("body", flat=True))
    assert b"MRN-4711" not in bodies
    assert b"patient-0815" not in bodies
    assert Opening.objects.filter(value="patient-0815").count() == 1


def test_cases_wait_in_intake_until_guideline_and_protocol_are_published() -> None:
    project = create_project(founder=person("maria"), slug="chest", name="Chest")
    member = Membership.objects.select_related("project__log").get(project=project)
    chest = Study(project, {"maria": member})
    (row,) = register(chest, new())
    assert Case.objects.get().state == "intake"
    publish_new_guideline(chest, GUIDELINE)
    publish_new_protocol(chest, PROTOCOL)
    assert advance_all(project) == 1
    assert Case.objects.get(pk=row.case_id).state == "annotation"


def test_a_round_is_pinned_to_the_versions_published_when_it_began(chest: Study) -> None:
    register(chest, new("old", "p1"))
    guideline = publish_new_guideline(chest)
    register(chest, new("new", "p2"))
    rounds = CaseRound.objects.order_by("case__created_at")
    assert [round_.guideline.number for round_ in rounds] == [1, 2]
    assert rounds[1].guideline == guideline


def test_two_who_register_the_same_at_once_make_one_case(chest: Study) -> None:
    done = all_at_once([lambda: register(chest, new(), new("case-2"))] * 4)
    assert sorted(row.result for rows in done for row in rows) == ["exists"] * 6 + ["registered"] * 2
    assert Case.objects.count() == 2
