"""Waves: targets and quotas per stratum, waiting in intake, and a pilot that never counts."""

import pytest
from django.db import IntegrityError, transaction

from audit.log import Reason
from audit.models import Event
from provenance.replay import replay
from tasks import cases as managing
from tasks.jobs import heal_all, sweep
from tasks.waves import close_wave, open_wave
from tests.people import Study, study
from tests.waves import join, opened, planned, stratum
from workflow.checking import check_log
from workflow.errors import AlreadyDone, InvalidInput, WaveBegan
from workflow.intake import NewCase
from workflow.measuring.agreeing import agreement_of
from workflow.measuring.taken import Conditions, studied
from workflow.models import Case, Wave
from workflow.waves.managing import revise_wave
from workflow.waves.progress import progress_of
from workflow.waves.strata import checked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    return study()


def began(of: Study) -> list[str]:
    return sorted(Case.objects.filter(project=of.project, round=1).values_list("external_ref", flat=True))


def test_cases_of_a_wave_wait_in_intake_until_it_is_opened(chest: Study) -> None:
    wave = planned(chest, "First", stratum(2))
    join(chest, "First", "a", "b")
    assert (began(chest), sweep(), heal_all()) == ([], 0, 0)
    open_wave(acting=chest.acting("maria"), wave=wave)
    assert began(chest) == ["a", "b"]
    close_wave(acting=chest.acting("maria"), wave=wave)
    (row,) = join(chest, "First", "c")
    assert [fault["code"] for fault in row.faults] == ["wave_closed"]


def test_a_full_stratum_lets_no_further_case_begin_and_one_that_is_excluded_makes_room(chest: Study) -> None:
    opened(chest, "First", stratum(1, 2, site="north"), stratum(5, site="south"))
    join(chest, "First", "n1", "n2", "n3")
    join(chest, "First", "s1", site="south")
    assert began(chest) == ["n1", "n2", "s1"]
    managing.exclude(acting=chest.acting("maria"), case_id=chest.case("n1").pk, reason=Reason("bad_image"))
    sweep()
    assert began(chest) == ["n1", "n2", "n3", "s1"]


def test_a_case_of_two_strata_waits_if_either_is_full(chest: Study) -> None:
    opened(chest, "First", stratum(1, 1, size="small"), stratum(9, site="north"))
    join(chest, "First", "a", "b", site="north", size="small")
    join(chest, "First", "c", site="north", size="large")
    assert began(chest) == ["a", "c"]


def test_progress_is_told_stratum_by_stratum(chest: Study) -> None:
    wave = opened(chest, "First", stratum(2, 2, site="north"), stratum(4, site="south"))
    join(chest, "First", "n1", "n2", "n3")
    join(chest, "First", "w1", site="west")
    chest.agree_at_two()
    found = progress_of(wave, Case.objects.all())
    north, south = found.strata
    told = (north.registered, north.waiting, north.at_work, north.final, north.short_by, north.full)
    assert told == (3, 1, 1, 1, 1, True)
    assert (south.registered, south.short_by, south.lacks_cases, south.full) == (0, 4, 4, False)
    assert (found.others.registered, found.others.at_work, found.began) == (1, 1, True)


def test_once_a_case_began_a_wave_is_only_opened_and_closed(chest: Study) -> None:
    boss, wave = chest.acting("maria"), opened(chest, "First")
    revise_wave(acting=boss, wave=wave, name="Prime", pilot=False, strata=[stratum(3)])
    join(chest, "Prime", "a")
    with pytest.raises(WaveBegan):
        revise_wave(acting=boss, wave=wave, name="Other", pilot=False, strata=[stratum(3)])
    with pytest.raises(IntegrityError, match="only opened and closed"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(strata=[])
    close_wave(acting=boss, wave=wave)
    with pytest.raises(AlreadyDone):
        close_wave(acting=boss, wave=wave)


def test_the_database_refuses_a_wave_without_its_event_and_a_case_that_changes_its_wave(chest: Study) -> None:
    wave = opened(chest, "First")
    join(chest, "First", "a")
    with pytest.raises(IntegrityError, match="only with its event"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(status="closed")
    for change in ({"wave": None}, {"purpose": "pilot"}):
        with pytest.raises(IntegrityError, match="fixed at intake"), transaction.atomic():
            Case.objects.update(**change)


def test_what_is_wrong_with_a_wave_is_told_with_its_place(chest: Study) -> None:
    _, faults = checked([{"where": {"site": 1.5}, "target": 1}, {"where": {}, "target": 5, "quota": 4}])
    assert [fault["path"] for fault in faults] == ["/strata/0/where", "/strata/1/quota"]
    _, twice = checked([stratum(1, site="a"), stratum(2, site="a")])
    assert [fault["code"] for fault in twice] == ["twice"]
    with pytest.raises(InvalidInput):
        planned(chest, " ")
    planned(chest, "First")
    with pytest.raises(AlreadyDone):
        planned(chest, "First")
    assert [row.faults[0]["code"] for row in join(chest, "Nowhere", "a")] == ["unknown_wave"]
    chest.register("b")
    assert [row.faults[0]["code"] for row in join(chest, "First", "b")] == ["differs_from_existing"]


def test_a_control_waits_in_intake_for_ever_and_counts_nowhere(chest: Study) -> None:
    control = NewCase("known", "patient-known", "train", {}, control=True)
    managing.register(acting=chest.acting("maria"), project=chest.project, cases=[control])
    assert (began(chest), sweep(), heal_all()) == ([], 0, 0)
    assert Case.objects.get().purpose == "reference"


def test_the_reads_of_a_pilot_count_nowhere_but_where_the_pilot_is_asked_for(chest: Study) -> None:
    chest.register("a")
    chest.agree_at_two()
    before = agreement_of(chest.project, Conditions()).document
    assert before is not None
    opened(chest, "Pilot", pilot=True)
    join(chest, "Pilot", "p")
    for reader in ("anna", "bob"):
        chest.read(reader, finding="mass")
    assert [case.purpose for case in Case.objects.order_by("created_at")] == ["study", "pilot"]
    after = agreement_of(chest.project, Conditions()).document
    assert after is not None
    assert after.pop("left_out") == before.pop("left_out") | {"pilot_reads": 2}
    assert after == before
    pilot = studied(chest.project, Conditions(pilot=True))
    assert [len(case.reads) for case in pilot.cases] == [2]
    assert "pilot_reads" not in pilot.left_out


def test_waves_are_in_the_log_which_tells_of_each_case_what_it_is_for(chest: Study) -> None:
    opened(chest, "Pilot", pilot=True)
    join(chest, "Pilot", "p")
    chest.agree_at_two()
    done = replay(chest.project)
    assert (done.differences, check_log(chest.project)) == ([], [])
    told = Event.objects.filter(stream_id=chest.project.pk, action="project.settings_changed")
    assert told.count() == 2
