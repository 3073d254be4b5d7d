"""Every log shows a sign of life each day, also where nobody works."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.canonical import parse
from audit.log import content_digest
from audit.models import Checkpoint, Event
from tests.databases import TestDatabases
from tests.people import study
from tests.sealed import a_sealer, seal_all
from workflow import heartbeats
from workflow.acting import machine
from workflow.checking import check_log
from workflow.epochs import freeze
from workflow.jobs import show_life


def beats() -> list[Any]:
    found = Event.objects.filter(action="log.heartbeat").order_by("stream_seq")
    return [parse(bytes(body)) for body in found.values_list("body", flat=True)]


@pytest.mark.django_db
def test_a_log_has_one_each_day_and_none_on_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    study("case-1"), study(slug="knee")
    assert (show_life(), beats()) == (0, [])
    monkeypatch.setattr(heartbeats, "EVERY", timedelta(0))  # a day is over
    assert show_life() == 2
    monkeypatch.undo()
    assert show_life() == 0
    assert [event["extra"] for event in beats()] == [{"head": None}] * 2
    assert {event["actor"]["kind"] for event in beats()} == {"system"}


@pytest.mark.django_db(transaction=True)
def test_it_names_the_newest_head_and_a_frozen_log_waits(
    own_databases: TestDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chest = study("case-1")
    seal_all(a_sealer(tmp_path), own_databases)
    monkeypatch.setattr(heartbeats, "EVERY", timedelta(0))
    assert show_life() == 1
    head = Checkpoint.objects.get()
    [event] = beats()
    assert event["extra"] == {"head": {"size": head.size, "checkpoint": content_digest(head.note.encode())}}
    assert check_log(chest.project) == []
    knee = study(slug="knee")
    freeze(acting=machine(), project=chest.project)
    assert show_life() == 1, "the frozen one keeps no other from its own"
    assert beats()[-1]["stream"]["id"] == str(knee.project.pk)
