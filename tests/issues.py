"""An issue in tests: raised by a reader, who then gives the case back."""

from typing import Any

from tasks.issues import raise_issue
from tasks.leases import release
from tasks.models import Issue
from tests.people import Study


def an_issue(chest: Study, name: str = "anna", **more: Any) -> Issue:
    """The person takes up their next case, asks about it, and gives it back."""
    task = chest.claim(name)
    assert task.token
    given = {"kind": "image", "text": "The lateral film is cut off.", **more}
    issue = raise_issue(acting=chest.acting(name), task_id=task.pk, token=task.token, **given)
    release(acting=chest.acting(name), task_id=task.pk, token=task.token)
    return issue
