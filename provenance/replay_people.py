"""Replay of what stands beside the cases: who is in the project as what, which versions and models there are."""

from collections.abc import Iterator, Mapping
from typing import Any

from audit.actions import Action
from audit.canonical import CanonicalError, parse
from audit.models import Event
from workflow.models import (
    Acknowledgement,
    GuidelineVersion,
    Membership,
    Project,
    ProtocolVersion,
    ReaderModel,
)

from .registers import ACTIONS, Registers

Found = tuple[str, str, str]  # code, place, message
_KINDS = {"guideline": GuidelineVersion, "protocol": ProtocolVersion}


def beside_the_cases(project: Project) -> Iterator[Found]:
    """Each difference between what the project's own events tell and its tables."""
    registers = Registers()
    events = Event.objects.filter(log__project_id=project.pk, stream_id=project.pk, action__in=ACTIONS)
    for seq, event_id, body in events.order_by("stream_seq").values_list("stream_seq", "event_id", "body"):
        try:
            registers.take(parse(bytes(body)), str(event_id))
        except (CanonicalError, LookupError, TypeError, AttributeError):
            yield "UNREPLAYABLE", f"project #{seq}", "It doesn't fit what went before."
            return
    people = {one["actor"]: _person(one) for one in registers.people()}
    yield from _compared("person", people, _people(project))
    told = list(registers.versions())
    for kind in _KINDS:
        versions = {str(one["version"]): _version(one) for one in told if one["kind"] == kind}
        yield from _compared(kind, versions, _versions(project, kind))
    yield from _compared("model", dict(_models_told(project)), dict(_models(project)))


def _models_told(project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    """The models that the project's events registered, and which of them were retired."""
    told: dict[str, dict[str, Any]] = {}
    events = Event.objects.filter(stream_id=project.pk, action=Action.PROJECT_SETTINGS_CHANGED)
    for body in events.order_by("stream_seq").values_list("body", flat=True):
        event = parse(bytes(body))
        about, key = event["extra"] or {}, event["object"]["id"]
        if about.get("model") == "registered":
            named = {name: about[name] for name in ("name", "version", "file")}
            told[key] = {**named, "content": event["after"]["digest"], "retired": False}
        elif about.get("model") == "retired" and key in told:
            told[key]["retired"] = True
    return iter(told.items())


def _models(project: Project) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in ReaderModel.objects.filter(project=project):
        about = {"name": row.name, "version": row.version, "file": row.digest, "content": row.content_id}
        yield str(row.pk), {**about, "retired": row.retired_event_id is not None}


def _compared(kind: str, told: Mapping[str, Any], rows: Mapping[str, Any]) -> Iterator[Found]:
    for key in sorted(told.keys() | rows.keys()):
        place = f"{kind} {key}"
        if key not in rows:
            yield "ROW_MISSING", place, "The log says this, the tables don't."
        elif key not in told:
            yield "ROW_UNTOLD", place, "The tables say this, the log doesn't."
        else:
            for name in (name for name, said in told[key].items() if said != rows[key][name]):
                yield "FACT_DIFFERS", f"{place} {name}", "The table says otherwise than the log."


def _person(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "roles": sorted(held["role"] for held in one["roles"] if held["to"] is None),
        "status": one["status"][-1]["status"],
        "person": one["person"],
        "site": one["site"] or "",
        "credentials": one["credentials"][-1]["digest"],
        "acknowledged": sorted(done["guideline"] for done in one["acknowledged"]),
    }


def _people(project: Project) -> dict[str, Any]:
    read: dict[Any, list[str]] = {}
    done = Acknowledgement.objects.filter(member__project=project)
    for member, digest in done.values_list("member", "guideline__content"):
        read.setdefault(member, []).append(str(digest))
    return {
        member.actor_id: {
            "roles": sorted(member.roles),
            "status": member.status,
            "person": member.person,
            "site": member.site,
            "credentials": member.credentials_id,
            "acknowledged": sorted(read.get(member.pk, ())),
        }
        for member in Membership.objects.filter(project=project)
    }


def _version(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "digest": one["digest"],
        "changes_meaning": one["changes_meaning"],
        "by": one["published_by"],
        "event": one["published_in"],
        "retired": one["retired_in"] is not None,
    }


def _versions(project: Project, kind: str) -> dict[str, Any]:
    rows = _KINDS[kind]._default_manager.filter(project=project).exclude(status="draft")
    return {
        str(row.number): {
            "digest": row.content_id,
            "changes_meaning": row.changes_meaning,
            "by": row.published_by.actor_id if row.published_by else None,
            "event": str(row.event_id),
            "retired": row.status == "retired",
        }
        for row in rows.select_related("published_by")
    }
