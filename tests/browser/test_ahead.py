"""The next case's images are in the browser before it is claimed, and nothing on the page tells of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from audit.models import Access, Event
from tasks.models import Task, Worker
from tasks.naming import uids_ahead
from tests.browser.images_room import MARKING, RULES, begin, shown
from tests.browser.test_reading import press, submit
from tests.people import Study, study
from tests.phantoms import with_phantoms
from workflow.models import CaseImage, Instance, Part

TAKEN = "performance.getEntriesByType('resource').filter((one) => one.name.includes('/frames/'))"


@pytest.fixture
def marked(server: str, images_folder: Path, tmp_path: Path) -> Study:
    """Two cases in which any number of nodules may be marked."""
    return with_phantoms(study(protocol=RULES, guideline=MARKING), tmp_path / "sent")


def looked_ahead(page: Page) -> None:
    """Wait until nothing more of the next case is fetched."""
    expect(page.locator("#viewer[data-looked-ahead]")).to_be_visible()


def test_the_next_cases_frames_come_from_the_browser_once_it_is_claimed(
    marked: Study, page: Page, sign_in: Callable[[Page, str], Any]
) -> None:
    sign_in(page, "anna")
    begin(page)
    events = Event.objects.exclude(action="access.batch").count()
    press(page, "1")
    looked_ahead(page)
    task = Task.objects.get(pk__in=Worker.objects.values("ahead"))
    assert (task.status, task.holder_id, Part.objects.count()) == ("open", None, 1)
    assert Event.objects.exclude(action="access.batch").count() == events, "nothing has been given"
    uids = uids_ahead(task, marked.members["anna"].pk)
    series = [uids.shown(row.series.uid) for row in CaseImage.objects.filter(case=task.case_id)]
    assert not [name for name in (str(task.pk), str(task.case_id), *series) if name in page.content()]
    sent = Access.objects.filter(task_id=task.pk)
    assert set(sent.values_list("what", "actor")) == {("frames_ahead", marked.members["anna"].actor_id)}
    images = Instance.objects.filter(series__cases__case=task.case_id)
    count = sent.count()
    assert count == sum(len(image.frames) for image in images) > 3
    submit(page)
    shown(page)
    assert str(task.pk) in page.url
    page.wait_for_function(f"{TAKEN}.length > 3")
    assert page.evaluate(f"{TAKEN}.every((one) => one.transferSize === 0)"), "a frame went over the network"
    pixels = Access.objects.filter(task_id=task.pk, what__startswith="frames")
    assert set(pixels.values_list("what", flat=True)) == {"frames_ahead"}
    assert pixels.count() == count
