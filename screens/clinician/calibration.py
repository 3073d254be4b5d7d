"""Calibration: known cases worked through openly, with what is known of each and why, once one has answered."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from tasks.calibrating import begin_next
from tasks.errors import DisplayNotAttested
from workflow.permissions import Kind, Verb
from workflow.probes.calibration import Step, progress_of


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of a case: what one said, what is known, and whether the protocol takes both for the same."""

    part: str
    said: str
    known: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Feedback:
    """One case that was done: its place in the set, each part, and the reasoning."""

    number: int
    passed: bool
    parts: list[Answer]
    reasoning: str


@screen("GET", "POST")
def calibration(request: HttpRequest, slug: str) -> HttpResponse:
    """How far one is, with feedback on what was done; on POST the next case."""
    if request.method == "POST":
        acting = acting_in_project(request, slug, Verb.CLAIM, Kind.TASK)
        try:
            task = begin_next(acting=acting)
        except DisplayNotAttested:
            return redirect("work_display", slug)
        return redirect("work_task", task.pk)
    member = acting_in_project(request, slug, Verb.CLAIM, Kind.TASK).person()
    found = progress_of(member)
    told = [_feedback(n, step) for n, step in enumerate(found.steps, start=1) if step.score is not None]
    context = {"project": member.project, "progress": found, "told": list(reversed(told))}
    return render(request, "clinician/calibration.html", context)


def _feedback(number: int, step: Step) -> Feedback:
    assert step.score is not None
    said, known = step.score.read.content.data, step.item.content.data
    agrees = {part["part"]: part["agrees"] for part in step.score.content.data["parts"]}
    parts = [
        Answer(key, _words(said["fields"].get(key)), _words(known["labels"]["fields"].get(key)), agrees[key])
        for key in {**known["labels"]["fields"], **said["fields"]}
        if key in agrees
    ]
    parts += [_finding(name, ok) for name, ok in agrees.items() if name.partition(" ")[2]]
    return Feedback(number, step.score.passed, parts, known["reasoning"])


def _finding(name: str, agrees: bool) -> Answer:
    told = "marked alike" if agrees else "marked otherwise, or by one of you"
    return Answer(name.partition(" ")[0], told, "", agrees)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value) if isinstance(value, str | int) else json.dumps(value)
