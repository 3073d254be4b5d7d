"""The display manifest tells which frames of the case's images a reader was served, from the access log."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.access import Code, Seen, record
from audit.canonical import parse
from audit.models import Content, Event
from tasks.models import Task
from tasks.served import ranges
from tests.imported import at_gate
from tests.people import Study, labels, study
from workflow.models import Instance

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def chest() -> Study:
    """A study with a case of three images in one series."""
    new = study()
    at_gate(new, findings=())
    return new


def saw(chest: Study, task: Task, **where: Any) -> None:
    """What the access log has when pixels go out for a task."""
    what = where.pop("what", "frames")
    code, log = Code.INSTANCES_ACCESSED, chest.project.log_id
    actor = chest.members["anna"].actor_id
    record(Seen(log, actor, "annotator", code, what, task.case_id, task.pk, **where))


def displayed(chest: Study, task: Task) -> dict[str, Any]:
    """The manifest that the read cites, once it is submitted."""
    chest.submit("anna", task, {"labels": labels()})
    event = parse(bytes(Event.objects.get(action="read.submitted").body))
    return dict(parse(bytes(Content.objects.get(pk=event["display"]).body)))


def test_frames_are_named_by_the_digest_of_their_file(chest: Study) -> None:
    task = chest.claim("anna")
    one, two, _ = Instance.objects.order_by("digest")
    saw(chest, task, instance=two.pk, frames=[3, 1, 2])
    saw(chest, task, instance=one.pk, frames=[1])
    saw(chest, task, instance=two.pk, frames=[2, 7])
    told = displayed(chest, task)
    assert told["schema"] == "consilium/display/v2"
    assert told["images"] == [
        {"digest": one.digest, "frames": [[1, 1]]},
        {"digest": two.digest, "frames": [[1, 3], [7, 7]]},
    ]


@pytest.mark.parametrize("which", ["study", "series", "instance"])
def test_what_went_out_whole_went_out_with_every_frame(chest: Study, which: str) -> None:
    task = chest.claim("anna")
    one = Instance.objects.select_related("series__study").order_by("digest")[0]
    where = {"study": one.series.study.uid, "series": one.series.uid, "instance": one.pk}
    named = dict(list(where.items())[: list(where).index(which) + 1])
    saw(chest, task, what="instance", **named)
    assert len(displayed(chest, task)["images"]) == (1 if which == "instance" else 3)


def test_looking_things_up_and_another_persons_or_earlier_views_are_none(chest: Study) -> None:
    bobs = chest.claim("bob")
    first = Instance.objects.all()[0]
    saw(chest, bobs, instance=first.pk, frames=[1])
    task = chest.claim("anna")
    saw(chest, task, what="metadata", study=first.series.study.uid)
    told = displayed(chest, task)
    assert told["schema"] == "consilium/display/v1"
    assert "images" not in told


@given(st.sets(st.integers(min_value=1, max_value=60)))
def test_ranges_hold_the_same_numbers_in_the_fewest_pieces(numbers: set[int]) -> None:
    found = ranges(numbers)
    assert {n for first, last in found for n in range(first, last + 1)} == numbers
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(found))
