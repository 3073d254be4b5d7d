"""Somebody's work must not stand from a day on: it is told what that touches, and others do it again."""

from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from audit import verify
from audit.log import Reason
from audit.models import Event, Standing
from provenance.replay import replay
from tasks.disqualifying import Impact, disqualify, impact_of
from tests.api.client import As
from tests.databases import TestDatabases
from tests.people import Study, labels, study
from tests.provenance.exports import exported
from tests.rules import broken_rules
from tests.screens.desk import Desk
from tests.sealed import a_sealer
from workflow.errors import InvalidInput
from workflow.models import Case, CaseRound, Membership, Read
from workflow.queries import body_of

pytestmark = pytest.mark.django_db(transaction=True)
WHY = Reason("saw_others_reads", "By his own account.")
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def chest() -> Study:
    """A final case that Anna read, and one that is still being read, with her read in it."""
    chest = study("case-1")
    chest.agree_at_two()
    chest.register("case-2")
    chest.read("anna")
    return chest


def out(chest: Study, name: str = "anna", **more: bool) -> Impact:
    return disqualify(
        acting=chest.acting("maria"), member=chest.members[name], since=LONG_AGO, reason=WHY, **more
    )


def test_the_impact_is_told_before_anything_is_done(chest: Study) -> None:
    found = impact_of(chest.members["anna"], LONG_AGO)
    assert (found.reads, found.reviews, found.labels) == (2, 0, 1)
    assert found.states == {"final": 1, "annotation": 1}
    assert (found.reopened, found.reread, found.later) == ((chest.case().pk,), (chest.case("case-2").pk,), ())
    assert impact_of(chest.members["jin"], LONG_AGO).reopened == (chest.case().pk,)
    with pytest.raises(InvalidInput):
        impact_of(chest.members["anna"], date.today() + timedelta(days=3))


def test_final_cases_are_read_again_by_others_and_an_open_one_in_the_same_place(
    chest: Study, own_databases: TestDatabases, tmp_path: Path
) -> None:
    out(chest)
    assert chest.case().state == "annotation"
    assert CaseRound.objects.get(case=chest.case(), number=2).readers == "new_readers"
    told = _reasons("read.closed_incomplete", "case.reopened", "reader.disqualified")
    assert told == ["saw_others_reads"] * 3
    second = chest.case("case-2")
    for name in ("bob", "cleo"):
        while chest.case("case-2").state == "annotation":
            task = chest.claim(name)
            chest.submit(name, task, {"labels": labels()})
            if task.case_id == second.pk:
                break
    assert [r.revision for r in Read.objects.filter(case=second).order_by("slot", "revision")] == [1, 2, 1]
    assert broken_rules(chest.project) == []
    assert replay(chest.project).differences == []
    exported(chest, tmp_path / "b.zip", a_sealer(tmp_path), own_databases)
    key = verify.parse_vkey(Standing.objects.get(log=chest.project.log).vkey)
    with closing(verify.open_bundle(str(tmp_path / "b.zip"))) as bundle:
        run = verify.verify(bundle, key)
    assert (run.faults, run.incomplete) == ([], [])


def _reasons(*actions: str) -> list[str]:
    return [body_of(event)["reason"]["code"] for event in Event.objects.filter(action__in=actions)]


def test_a_read_under_review_goes_back_to_be_read_by_another(chest: Study) -> None:
    chest.read("bob")
    assert chest.case("case-2").state == "junior_review"
    out(chest)
    assert chest.case("case-2").state == "annotation"
    assert (
        not Case.objects.get(external_ref="case-2")
        .tasks.filter(kind="review", status="open", slot=1)
        .exists()
    )
    assert broken_rules(chest.project) == []
    assert replay(chest.project).differences == []


def test_nothing_need_be_done_again(chest: Study) -> None:
    out(chest, reread=False)
    assert chest.case().state == "final"
    assert Membership.objects.get(pk=chest.members["anna"].pk).status == "left"


def test_over_the_api_and_on_the_page_the_impact_comes_first(chest: Study) -> None:
    member = f"/projects/chest/members/{chest.members['anna'].pk}"
    assert As("maria").get(f"{member}/impact?since=2020-01-01")["reads"] == 2
    page = f"/projects/chest/people/{chest.members['anna'].pk}/disqualify/"
    assert "2 reads, 0 reviews, 0 arbitrations; 1 label in force stands" in Desk("maria").get(
        page, since="2020-01-01"
    )
    Desk("maria").post(f"{page}", since="2020-01-01", reason_code="careless", note="", reread="on")
    assert chest.case().state == "annotation"
    body = {"since": "2020-01-01", "reason_code": "careless"}
    assert (
        As("maria").post(f"/projects/chest/members/{chest.members['jin'].pk}/disqualify", body)["status"]
        == "left"
    )
