"""Who is away or gone holds nothing up: their work goes to others, and no draft, read or reason is lost."""

import pytest

from audit.log import Reason
from audit.models import Event
from provenance.replay import replay
from tasks.assigning.rebalancing import apply, preview
from tasks.away import close_account, in_hands_of, set_status
from tasks.drafts import save_draft
from tasks.models import Draft, Task
from tests.people import Study, labels, study
from tests.rules import broken_rules
from tests.screens.desk import Desk
from workflow.models import Part, Read

pytestmark = pytest.mark.django_db(transaction=True)
WHY = Reason("on_leave", "Until spring.")


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def sound(chest: Study) -> None:
    assert broken_rules(chest.project) == []
    assert replay(chest.project).differences == []


def let(chest: Study, name: str, status: str) -> None:
    set_status(acting=chest.acting("maria"), member=chest.members[name], status=status, reason=WHY)


def returned_to_anna(chest: Study) -> None:
    first, second = chest.claim("anna"), chest.claim("bob")
    chest.submit("anna", first, {"labels": labels()})
    chest.submit("bob", second, {"labels": labels()})
    while (task := chest.claim("jin")).slot != first.slot:
        chest.submit("jin", task, {"verdict": "accept"})
    chest.submit("jin", task, {"verdict": "return", "reason_code": "boundary"})
    for name in ("jana", "jules"):
        if not Task.objects.filter(kind="review", status="open").exists():
            break
        chest.review(name)


def test_who_is_paused_holds_nothing_and_their_draft_is_kept(chest: Study) -> None:
    task = chest.claim("anna")
    assert task.token is not None
    save_draft(acting=chest.acting("anna"), task_id=task.pk, token=task.token, data={"n": 1}, version=0)
    let(chest, "anna", "paused")
    assert Task.objects.get(pk=task.pk).status == "open"
    assert Draft.objects.get().data == {"n": 1}
    event = Event.objects.get(action="task.released")
    assert '"code":"on_leave"' in bytes(event.body).decode()
    assert {chest.claim("bob").slot, chest.claim("cleo").slot} == {1, 2}
    sound(chest)


def test_reservations_of_who_is_paused_are_anybodys_and_leave_no_part(chest: Study) -> None:
    digest = preview(acting=chest.acting("maria")).plan.digest
    apply(acting=chest.acting("maria"), digest=digest)
    holders = {task.holder_id for task in Task.objects.filter(status="reserved")}
    name = next(name for name, member in chest.members.items() if member.pk in holders)
    assert in_hands_of(chest.members[name]).reserved == 1
    let(chest, name, "paused")
    assert Task.objects.filter(status="open").count() == 1
    assert not Part.objects.filter(member=chest.members[name]).exists()
    sound(chest)


def test_a_returned_read_waits_for_who_is_paused(chest: Study) -> None:
    returned_to_anna(chest)
    task = chest.claim("anna")
    assert task.bound
    let(chest, "anna", "paused")
    assert (Task.objects.get(pk=task.pk).status, Task.objects.get(pk=task.pk).holder_id) == (
        "reserved",
        chest.members["anna"].pk,
    )
    sound(chest)


def test_a_returned_read_of_who_left_closes_and_another_reads_anew_and_blind(chest: Study) -> None:
    returned_to_anna(chest)
    assert in_hands_of(chest.members["anna"]).closes == 1
    let(chest, "anna", "left")
    closed = Event.objects.get(action="read.closed_incomplete")
    assert '"code":"on_leave"' in bytes(closed.body).decode()
    assert Part.objects.get(member=chest.members["anna"]).outcome == "closed"
    task = chest.claim("cleo")
    assert (task.kind, task.bound, task.returned) == ("annotate", False, False)
    chest.submit("cleo", task, {"labels": labels()})
    new = Read.objects.get(member=chest.members["cleo"])
    assert (new.slot, new.revision) == (task.slot, 2)
    let(chest, "anna", "active")
    sound(chest)
    finish(chest)
    assert chest.case().state == "final"
    sound(chest)


def finish(chest: Study) -> None:
    while chest.case().state == "junior_review":
        review = Task.objects.filter(
            case=chest.case(), kind="review", status__in=["open", "reserved"]
        ).first()
        assert review is not None
        holder = next((n for n, m in chest.members.items() if m.pk == review.holder_id), "jules")
        chest.submit(holder, chest.claim(holder, ["review"]), {"verdict": "accept"})


def test_a_review_of_who_left_is_anybodys(chest: Study) -> None:
    returned_to_anna(chest)
    chest.submit("anna", chest.claim("anna"), {"labels": labels()})
    mine = Task.objects.get(kind="review", status="reserved")
    assert mine.holder_id == chest.members["jin"].pk
    let(chest, "jin", "left")
    assert Task.objects.get(kind="review", status="open").slot == mine.slot
    sound(chest)


def test_who_loses_their_account_holds_nothing_up_either(chest: Study) -> None:
    chest.claim("anna")
    close_account(acting=chest.acting("maria"), member=chest.members["anna"], reason=WHY)
    assert Task.objects.filter(status="open").count() == 2
    sound(chest)


def test_the_page_says_first_what_will_happen(chest: Study) -> None:
    chest.claim("anna")
    page = Desk("maria").get(f"/projects/chest/people/{chest.members['anna'].pk}/leave/")
    assert "Now: 0 reserved for them and not begun, 1 in hand, 0 come back to them." in page
