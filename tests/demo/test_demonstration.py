"""The demonstration on the real service: its numbers follow from the data by hand."""

import pytest

from demo import table
from demo.accounts import users
from demo.leftovers import leave_some_open
from demo.lidc import cases
from demo.study import carry_through, open_study, register_all
from tasks.displays import shown
from tasks.leases import claim
from tasks.models import Task
from tests.demo.by_hand import expected_path, marked_alike, raw_nodules
from workflow.checking import check_log
from workflow.models import Case, ReferenceLabel, Review
from workflow.unit import CaseUnit, on_case

pytestmark = pytest.mark.django_db(transaction=True)


def quiet(name: str, done: int, of: int) -> None:
    """Nobody watches."""


def settled_as(label: ReferenceLabel) -> str:
    """The service's own record of a path, in the words of the hand computation; samples aside."""
    path = table.path_of(label)
    if path == "arbitrated: sampled agreement":
        slots = label.case.reads.filter(slot__gte=1).values("slot").distinct().count()
        return f"agreed after {slots}"
    return {"agreed at two": "agreed after 2", "agreed at three": "agreed after 3"}.get(path, "arbitrated")


def test_the_service_settles_each_case_as_a_hand_does_from_the_raw_data() -> None:
    chosen = cases(36)
    study = open_study(users(), chosen)
    register_all(study, chosen, quiet)
    carry_through(study, quiet)
    raw = raw_nodules()
    labels = {label.case.external_ref: label for label in ReferenceLabel.objects.select_related("case")}
    assert {ref: settled_as(label) for ref, label in labels.items()} == {
        c.external_ref: expected_path(raw[c.external_ref]).split(" after ")[0]
        if expected_path(raw[c.external_ref]).startswith("arbitrated")
        else expected_path(raw[c.external_ref])
        for c in chosen
    }
    assert Review.objects.filter(verdict="return").count() >= 4
    assert check_log(study.project) == []


def test_a_second_run_changes_nothing_and_leaves_work_for_everybody() -> None:
    chosen = cases(2)
    for _ in range(2):
        study = open_study(users(), chosen)
        register_all(study, chosen, quiet)
        if not Case.objects.filter(state="final").exists():
            carry_through(study, quiet)
        leave_some_open(study, quiet)
    assert table.open_cases(study.project) == {"annotation": 6, "arbitration": 3, "junior_review": 3}
    assert Case.objects.count() == 14


def test_readers_never_see_the_strata_that_would_tell_them_the_answer() -> None:
    chosen = cases(1)
    study = open_study(users(), chosen)
    register_all(study, chosen, quiet)
    task = claim(acting=study.acting("annotator_1"))
    assert isinstance(task, Task)
    with on_case(study.acting("annotator_1"), task.case_id) as unit:
        assert isinstance(unit, CaseUnit)
        text = str(shown(unit, task).material)
    assert chosen[0].external_ref not in text
    assert "rating" not in text


def test_the_table_tells_agreement_with_intervals_and_what_other_designs_would_have_needed() -> None:
    chosen = cases(12)
    study = open_study(users(), chosen)
    register_all(study, chosen, quiet)
    carry_through(study, quiet)
    numbers = table.summary(study.project)
    presence = next(row for row in numbers["agreement"] if row["field"] == "nodule_present")
    raw = raw_nodules()
    same = [marked_alike(raw[case.external_ref]) for case in chosen]
    assert presence["raw"]["value"] == pytest.approx(sum(same) / len(same))
    own = numbers["what_if"]["designs"][0]
    reads = [3 if expected_path(raw[case.external_ref]).find("after 3") >= 0 else 2 for case in chosen]
    assert own["reads_per_case"]["value"] == pytest.approx(sum(reads) / len(reads))
    told = "\n".join(table.lines({**numbers, "log_check": "log check: valid", "seconds": {}}))
    assert "What other designs would have needed on these reads" in told
