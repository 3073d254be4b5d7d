"""Opening a case in an outside viewer: its address, with a token for this one task."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Token
from accounts.tokens import WiderThanItself
from api.access import acting_on_task, scope_of
from api.fields import Input, Text
from api.idempotency import ShownOnce, acting_once
from tasks.links import Link, open_outside
from workflow.errors import TokenScope
from workflow.permissions import Verb

from .base import View, operation

SECRETS = ("url", "token", "dicomweb")


class LinkIn(Input):
    """In which of the project's viewers, by its name in the setting `viewers`."""

    viewer = Text(max_length=40)


class LinkOut(serializers.Serializer[Any]):
    """A link to a case. What opens it is told this once: `url`, `token` and `dicomweb` are null if asked again."""

    url = serializers.CharField(allow_null=True, help_text="The viewer's own address, filled in.")
    token = serializers.CharField(allow_null=True, help_text="A bearer token for this task and no other.")
    expires_at = serializers.DateTimeField(
        help_text="When it ends, if the task doesn't leave your hands before."
    )
    returns = serializers.BooleanField(help_text="Whether it may save and submit; else it may only look.")
    dicomweb = serializers.CharField(
        allow_null=True, help_text="The root of the task's images, the token in it."
    )
    task = serializers.CharField(help_text="Where the viewer learns what is asked: GET.")
    draft = serializers.CharField(help_text="Where it saves: POST.")
    submit = serializers.CharField(help_text="Where it submits: POST.")


class Links(View):
    """Ways into a task for an outside viewer."""

    problems = frozenset({409})

    @operation(operation_id="open_task_outside", request=LinkIn, responses={201: LinkOut})
    @acting_once
    def post(self, request: Request, task_id: UUID) -> Response:
        """Open a task that you hold in one of the project's viewers, for some minutes and while you hold it."""
        acting = acting_on_task(request, task_id, Verb.OPEN_OUTSIDE)
        site, by = request.build_absolute_uri("/").rstrip("/"), request.auth
        page = reverse("work_task", args=[task_id])
        viewer = self.given(request, LinkIn)["viewer"]
        by = by if isinstance(by, Token) else None
        try:
            link = open_outside(acting=acting, task_id=task_id, viewer=viewer, site=site, page=page, by=by)
        except WiderThanItself:
            raise TokenScope(f"{scope_of(request).sentence()} So it can't let a viewer do that.") from None
        return ShownOnce(_told(link, site, task_id), secrets=SECRETS, status=201)


def _told(link: Link, site: str, task_id: UUID) -> dict[str, Any]:
    where = {"task": reverse("task", args=[task_id]), "draft": reverse("draft", args=[task_id])}
    where["submit"] = reverse("submit", args=[task_id])
    found = {
        "url": link.url,
        "token": link.text,
        "expires_at": link.token.expires_at,
        "returns": link.viewer.returns,
        "dicomweb": link.dicomweb,
        **{name: f"{site}{path}" for name, path in where.items()},
    }
    return dict(LinkOut(found).data)
