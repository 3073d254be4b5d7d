"""Everybody at every address: who asks, with what, and how the answer counts. Nothing that they do stays."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import Token
from accounts.saved_views import Place, save_view
from audit.models import Event
from provenance.models import Export
from tasks.issues import raise_issue
from tasks.models import Task
from tasks.reporting import report
from tests.api.client import token_for
from tests.datasets import composed
from tests.imported import opened
from tests.modelled import registered
from tests.people import GUIDELINE, PROTOCOL, Study, person, study, with_protocol
from tests.probes import control
from tests.waves import planned
from workflow.acting import Acting
from workflow.members import declare
from workflow.models import Membership, Notice
from workflow.notices import tell
from workflow.projects import add_member, create_project
from workflow.versions import draft_guideline, draft_protocol

SIGN_IN = "/accounts/login/"
ELSEWHERE = "198.51.100.7"  # not this machine, which may scrape /metrics
NOBODY, OUTSIDER = "n", "o"
# h: the annotator who holds the task; c: an annotator who is the safety contact.
MEMBERS = {"m": "maria", "a": "aud", "h": "anna", "b": "bob", "c": "cleo", "j": "jin", "s": "sana"}
# The same roles in another project, by other people.
KNEE = {"M": "manager", "A": "auditor", "B": "annotator", "J": "junior_reviewer", "S": "senior_arbiter"}
EVERYBODY = (NOBODY, OUTSIDER, *MEMBERS, *KNEE)
SECRETS = ("case-1", "case-2", "patient-", "Look at once.", "Chest", "Anna Annotator", "act_")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `told` is the body without the address that was asked for."""

    status: int
    location: str
    told: str

    @property
    def outcome(self) -> str:
        """`in`, or how somebody was kept out. Never a failure of ours."""
        assert self.status < 500, self.told
        if self.status == 302 and self.location.startswith(SIGN_IN):
            return "sign_in"
        return str(self.status) if self.status in (401, 403, 404, 405) else "in"


@dataclass
class House:
    """A study with work in it, another project with people of its own, and everybody signed in once."""

    ids: dict[str, str]
    clients: dict[str, Client] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def address(self, template: str) -> str:
        """The address with the study's ids in it."""
        return template.format(**self.ids)

    def ask(self, who: str, method: str, template: str, body: dict[str, Any] | None = None) -> Answer:
        """The answer; what it changed is undone, and no attempt counts."""
        cache.clear()
        path, given = self.address(template), _filled(body or {}, self.ids)
        if method == "GET" or (method == "POST" and not path.startswith("/api/")):
            sent: dict[str, Any] = {"data": {} if method == "GET" else given}
        else:
            sent = {"data": json.dumps(given), "content_type": "application/json"}
        client = self.clients[who]
        client.cookies.clear()  # somebody may have signed out
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        with transaction.atomic():
            answer: Any = getattr(client, method.lower())(path, **sent)
            body_sent = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        told = body_sent.decode().replace(path.partition("?")[0], "")
        return Answer(answer.status_code, answer.headers.get("Location", ""), told)


def routes(patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[str]:
    """Every pattern of the URLconf, as `resolve` names it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        here = before + str(pattern.pattern).removeprefix("^" if before else "")
        if isinstance(pattern, URLPattern):
            yield here
        else:
            yield from routes(pattern.url_patterns, here)


def house() -> House:
    """Two projects. In the first: a read of Anna's, a case in her hands, her report, drafts, a notice and a token."""
    chest = study(
        "case-1", "case-2", protocol={**with_protocol(), "safety_contact": {"acknowledge_within": "24h"}}
    )
    boss = chest.acting("maria")
    declare(acting=boss, member=chest.members["cleo"], safety_contact=True)
    draft_guideline(acting=boss, project=chest.project, document=GUIDELINE)
    draft_protocol(acting=boss, project=chest.project, document=PROTOCOL)
    built = House(_ids(chest))
    names = MEMBERS | {OUTSIDER: "otto"} | _knee()
    for letter in EVERYBODY:
        built.clients[letter] = Client(raise_request_exception=False, REMOTE_ADDR=ELSEWHERE)
        if letter in names:
            built.clients[letter].force_login(person(names[letter]))
            built.sessions[letter] = built.clients[letter].cookies[settings.SESSION_COOKIE_NAME].value
    return built


def with_limited_token(built: House, **scope: Any) -> str:
    """Whom to ask as, for the manager with a token that is limited."""
    built.clients["limited"] = Client(headers={"Authorization": f"Bearer {token_for('maria', **scope)}"})
    return "limited"


def with_link(built: House, *verbs: str) -> str:
    """Whom to ask as, for the holder of the task by a token that is for that task alone."""
    bearer = {"Authorization": f"Bearer {_link(built.ids['task'], built.ids['lease'], *verbs)}"}
    built.clients["link"] = Client(headers=bearer, REMOTE_ADDR=ELSEWHERE)
    return "link"


def _link(task: object, lease: object, *verbs: str) -> str:
    of_task = {"task": task, "lease": lease, "projects": ["chest"], "verbs": [*verbs]}
    return token_for("anna", **of_task, expires_at=timezone.now() + timedelta(hours=1))


def _ids(chest: Study) -> dict[str, str]:
    done = chest.read("anna")
    task = chest.claim("anna")
    assert task.token is not None
    made = report(
        acting=chest.acting("anna"), task_id=task.pk, token=task.token, kind="urgent", text="Look at once."
    )
    asked = raise_issue(
        acting=chest.acting("anna"), task_id=task.pk, token=task.token, kind="other", text="Which side?"
    )
    anna = chest.members["anna"]
    tell([anna], kind="test", text="A notice.")
    token_for("anna")
    boss = chest.members["maria"]
    export = Export.objects.create(project=chest.project, requested_by=boss, role="manager", profile="full")
    view = save_view(place=Place(boss.user_id, "chest", "project_cases"), name="Mine", query="q=case-1")
    found = {
        "export": export.pk,
        "view": view.pk,
        "case": task.case_id,
        "task": task.pk,
        "lease": task.token,
        "done_task": done.pk,
        "other_task": Task.objects.get(case=task.case_id, status="open").pk,
        "report": made.pk,
        "issue": asked.pk,
        "member": anna.pk,
        "event": Event.objects.filter(log=chest.project.log).values_list("event_id", flat=True)[0],
        "control": control(chest).pk,
        "model": registered(chest).pk,
        "import": opened(chest, b"x").pk,
        "image": UUID(int=0),  # a picture would be a file, which nobody takes back
        "wave": planned(chest, "First").pk,
        "dataset": composed(chest).pk,
        "notice": Notice.objects.get(member=anna).pk,
        "token": Token.objects.get(user=anna.user).pk,
    }
    found["link"] = _link(task.pk, task.token, "see")
    return {name: str(value) for name, value in found.items()}


def _knee() -> dict[str, str]:
    project = create_project(founder=person("knee_manager"), slug="knee", name="Knee")
    boss = Acting(Membership.objects.select_related("project__log").get(project=project), "manager")
    for role in set(KNEE.values()) - {"manager"}:
        add_member(acting=boss, project=project, user=person(f"knee_{role}"), roles=[role], site="south")
    return {letter: f"knee_{role}" for letter, role in KNEE.items()}


def _filled(body: Any, ids: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {key: _filled(value, ids) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, ids) for value in body]
    return body.format(**ids) if isinstance(body, str) else body
