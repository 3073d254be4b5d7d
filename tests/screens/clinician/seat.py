"""A person at the screens: signed in, with short words for what they press."""

import re
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tasks.models import Task
from tests.people import person


class Seat:
    """One of the cast, or an outsider, in front of a browser."""

    def __init__(self, name: str) -> None:
        self.http = Client()
        self.http.force_login(person(name))
        self.name = name

    def get(self, address: str, status: int = 200) -> Any:
        """A page; the test fails on another status."""
        return self._checked(self.http.get(address, follow=True), status)

    def post(self, address: str, status: int = 200, **fields: Any) -> Any:
        """The page that a form leads to."""
        data = {name.replace("__", "."): value for name, value in fields.items()}
        return self._checked(self.http.post(address, data, follow=True), status)

    def start(self, **fields: Any) -> Any:
        """Press Start next; the page that it leads to."""
        return self.post(reverse("work_next"), **fields)

    @property
    def task(self) -> Task:
        """The task in this person's hands."""
        return Task.objects.get(holder__user__username=self.name, status="leased")

    def act(self, what: str, status: int = 200, task: Task | None = None, **fields: Any) -> Any:
        """Press a button of the task's page."""
        held = task or self.task
        sent = {"token": held.token or "", "draft_version": 0, **fields}
        return self.post(reverse(f"work_{what}", args=[held.pk]), status, **sent)

    def read(self, finding: str = "nodule", malignancy: int = 3, **more: Any) -> Any:
        """Start next, then submit a read of the cast's label schema."""
        self.start()
        return self.act("submit", **answers(finding, malignancy), **more)

    def _checked(self, response: Any, status: int) -> Any:
        assert response.status_code == status, said(response)
        return response


def answers(finding: str = "nodule", malignancy: int = 3) -> dict[str, str]:
    """The cast's label schema, filled in."""
    return {"fields__finding": finding, "fields__malignancy": str(malignancy)}


def said(response: HttpResponse) -> str:
    """The words of a page, without its markup."""
    body = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    text = re.sub(r"<[^>]*>", " ", body)
    for name, sign in (("&#x27;", "'"), ("&quot;", '"'), ("&amp;", "&"), ("’", "'")):
        text = text.replace(name, sign)
    return re.sub(r"\s+", " ", text)


def address(task: Task | UUID) -> str:
    """The page of a task."""
    return reverse("work_task", args=[task.pk if isinstance(task, Task) else task])
