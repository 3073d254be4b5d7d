"""The monitors of a real study: what alarms, who is told of it once, and readers beside each other."""

from dataclasses import replace
from typing import Any

import pytest

from tests.people import Study, publish_new_protocol, study, with_protocol
from tests.staff import give
from tests.workflow.measuring.reports import case, scale, terms
from workflow.jobs import measure, sweep_measurements, watch_agreement
from workflow.measuring import monitors
from workflow.measuring.monitors import monitors_of
from workflow.models import Measurement, Notice, Project

pytestmark = pytest.mark.django_db(transaction=True)


def document(project: Project) -> dict[str, Any]:
    found = monitors_of(project).document
    assert found is not None
    return found


def disputed(chest: Study) -> None:
    """One case that the senior decided: as bob had it."""
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    for reviewer in ("jin", "jana"):
        chest.review(reviewer)
    chest.arbitrate(labels={"fields": {"finding": "nodule", "malignancy": 5}})


def test_readers_stand_beside_each_other_with_what_a_senior_decided() -> None:
    chest = study("case-1", "case-2")
    disputed(chest)
    chest.agree_at_two(malignancy=1)
    told = document(chest.project)
    name = {key: chest.members[key].actor_id for key in ("anna", "bob")}
    overturned = {one["reader"]: (one["found"], one["of"]) for one in told["overturned"]}
    assert overturned == {name["anna"]: (1, 1), name["bob"]: (0, 1)}
    index = {one["reader"]: (one["found"], one["of"]) for one in told["disagreement_index"]}
    assert index == {name["anna"]: (1, 2), name["bob"]: (0, 2)}
    assert all("no ranking" in one["label"] for one in told["overturned"])
    [grade] = [one["pairs"] for one in told["pairs"] if one["path"] == "malignancy"]
    assert (grade[0]["readers"], grade[0]["n"], grade[0]["percent"]["value"]) == (
        sorted(name.values()),
        2,
        0.5,
    )


def test_a_window_that_is_not_full_says_so() -> None:
    chest = study("case-1")
    chest.agree_at_two()
    told = document(chest.project)
    assert [one["reason"] for one in told["series"]] == ["1 double-read cases: a window holds 50."] * 2
    assert "at most 5 %" in told["false_alarms"]


def test_managers_are_told_once_of_a_new_alarm() -> None:
    chest = study(*(f"case-{n:02}" for n in range(50)))
    for n in range(50):
        chest.read("anna", malignancy=1 + n % 2)
        chest.read("bob", malignancy=4 + n % 2, finding="none")
    told = document(chest.project)
    # Nobody fixed a bound here, and the two readers never agree: nothing alarms, and nobody is told.
    assert (told["alarms"], Notice.objects.count()) == ([], 0)
    Measurement.objects.filter(kind="monitor").update(inputs="")
    with_bound(chest)
    give(chest, "anna", "annotator", "manager")
    told = document(chest.project)
    assert [one["kind"] for one in told["alarms"]] == ["too_low"]
    [notice] = Notice.objects.filter(member=chest.members["maria"])
    assert "see its page Quality" in notice.text
    # Who still reads learns of no alarm, manager or not.
    assert not Notice.objects.filter(member=chest.members["anna"], kind="agreement_alarm").exists()
    Measurement.objects.filter(kind="monitor").update(inputs="")
    document(chest.project)
    assert Notice.objects.filter(member=chest.members["maria"]).count() == 1


def with_bound(chest: Study) -> None:
    """Publish a protocol that wants α of the grade to reach a half."""
    publish_new_protocol(chest, with_protocol(acceptance={"malignancy": {"alpha_lower": "0.5"}}))


def test_the_clock_has_them_computed_only_where_reads_moved_on() -> None:
    chest = study("case-1")
    chest.read("anna")
    assert watch_agreement() == 1
    sweep_measurements()
    for row in Measurement.objects.filter(wanted_at__isnull=False):
        measure(str(row.pk))
    assert watch_agreement() == 0
    chest.read("bob")
    assert watch_agreement() == 1


def test_every_stratum_with_few_values_is_watched_whatever_its_name() -> None:
    strata = {f"{n}": {"reading room": "A", "reading site": f"S{n}"} for n in range(14)}
    cases = [replace(case(int(n), ("anna", "bob"), ("a", "a")), strata=of) for n, of in strata.items()]
    cases[0] = replace(cases[0], strata={"reading room": "B", "reading site": "S0"})
    how = terms({"kind": "nominal", "categories": scale("a", "b")})
    found = [one.subgroup for one in monitors._subgroups(cases, list(monitors._series(cases, how)))]
    assert found == ["reading room A", "reading room B"]
