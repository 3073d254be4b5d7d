"""Many cases at once come in exactly as each would alone, all or none, and wait for nobody who works meanwhile."""

import json
import re
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, models
from django.test.utils import CaptureQueriesContext

from audit import verify
from audit.models import Content, Event, Opening, Pending, Standing
from provenance.replay import replay
from tasks import cases as managing
from tasks.advancing import advance_all
from tasks.due import due_at
from tasks.leases import claim
from tasks.models import Task
from tasks.preferences import rank_for
from tasks.settings import change_settings
from tests.crowd import all_at_once, hire
from tests.databases import TestDatabases
from tests.people import (
    PROTOCOL,
    Study,
    person,
    publish_new_guideline,
    publish_new_protocol,
    study,
    with_protocol,
)
from tests.provenance.exports import exported
from tests.sealed import a_sealer, seal_all
from workflow.acting import Acting
from workflow.checking import check_log
from workflow.intake import MOST_AT_ONCE, NewCase, Row
from workflow.models import Case, CaseRound, Membership
from workflow.projects import create_project
from workflow.registering import AT_ONCE
from workflow.settings.working_hours import WEEKDAYS

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = re.compile(r"[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"[0-9-]{10}[T ][0-9:]{8}(\.[0-9]{6})?(Z|\+00:00)")


def news(name: str, count: int) -> list[NewCase]:
    """Cases that differ in all that may differ; two of each patient."""
    return [
        NewCase(
            f"{name}-{n}", f"patient-{name}-{n // 2}", ("train", "tune", "test")[n // 2 % 3],
            {"site": ("north", "süd")[n % 2], "age": n}, priority=n % 5 - 2, shown={"question": "?" * (n % 3)},
        )
        for n in range(count)
    ]  # fmt: skip


def register(chest: Study, cases: list[NewCase], acting: Acting | None = None) -> list[Row]:
    return managing.register(acting=acting or chest.acting("maria"), project=chest.project, cases=cases)


def row_of(row: models.Model) -> dict[str, Any]:
    values = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    if isinstance(row, Task):
        values["rank"] = str(row.case.created_at - row.rank)
    return {name: bytes(v).hex() if isinstance(v, memoryview | bytes) else v for name, v in values.items()}


def story(case: Case, shared: set[str]) -> str:
    """All that is told and kept of a case; ids and hashes of its own by their place, times blanked."""
    events = [
        json.loads(bytes(e.body)) for e in Event.objects.filter(stream_id=case.pk).order_by("stream_seq")
    ]
    cited = [event["after"]["digest"] for event in events if event["after"]]
    contents = [Content.objects.get(pk=digest).data for digest in cited]
    openings = sorted(o.kind for o in Opening.objects.filter(subject_id=case.pk))
    rows = [row_of(r) for r in [case, *CaseRound.objects.filter(case=case), *case.tasks.order_by("slot")]]
    told = json.dumps([events, contents, openings, rows], default=str, indent=1)
    places: dict[str, str] = {}
    for token in TOKEN.findall(told):
        places.setdefault(token, token if token in shared else f"#{len(places)}")
    told = TIME.sub("(time)", TOKEN.sub(lambda found: places[found[0]], told))
    return re.sub(r'"external_ref": "[^#"]*"|"patient_key": "[^#"]*"|"ring": \d+', "", told)


def test_each_case_is_told_and_kept_as_if_it_had_come_alone() -> None:
    chest = study()
    acting, count = chest.acting("maria"), 12
    for new in news("alone", count):
        assert register(chest, [new], acting)[0].result == "registered"
    assert {row.result for row in register(chest, news("together", count), acting)} == {"registered"}
    others = Event.objects.exclude(stream_kind="case").values_list("body", flat=True)
    shared = {acting.request.id} | {t for body in others for t in TOKEN.findall(bytes(body).decode())}
    for n in range(count):
        alone, together = (story(chest.case(f"{name}-{n}"), shared) for name in ("alone", "together"))
        assert together == alone
    assert alone.count("task.opened") == 2
    assert Opening.objects.filter(value="patient-together-3").count() == 2
    assert check_log(chest.project) == []
    assert replay(chest.project).differences == []


def test_what_came_in_together_is_sealed_exported_and_verified(
    own_databases: TestDatabases, tmp_path: Path
) -> None:
    chest, sealer = study(), a_sealer(tmp_path)
    rows = register(chest, news("many", AT_ONCE + 3))
    assert [row.result for row in rows] == ["registered"] * len(rows)
    assert Task.objects.filter(status="open").count() == 2 * len(rows)
    ours = Event.objects.filter(stream_kind="case")
    assert ours.count() == 4 * len(rows) == Pending.objects.filter(event__in=ours).count()
    chest.agree_at_two()
    seal_all(sealer, own_databases)
    exported(chest, tmp_path / "b.zip", sealer, own_databases)
    with closing(verify.open_bundle(str(tmp_path / "b.zip"))) as bundle:
        assert dict(verify.verify(bundle, verify.parse_vkey(Standing.objects.get().vkey)).counts) == {}
    assert check_log(chest.project) == []
    assert replay(chest.project).differences == []


@pytest.mark.parametrize("table", ["workflow_case", "tasks_task"])
def test_a_row_that_the_database_refuses_leaves_nothing_of_all_of_them(
    owner_connection: psycopg.Connection, table: str
) -> None:
    chest, late = (
        study(),
        "external_ref = 'case-900'" if table == "workflow_case" else "rank < now() - interval '99 h'",
    )
    owner_connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT not_this_one CHECK (NOT ({late}))")
    owner_connection.commit()
    before = Event.objects.count(), Content.objects.count(), Opening.objects.count(), Pending.objects.count()
    cases = [NewCase(f"case-{n}", f"p-{n}", "train", {}, priority=17 * (n == 900)) for n in range(950)]
    with pytest.raises(IntegrityError, match="not_this_one"):
        register(chest, cases)
    assert (
        Event.objects.count(),
        Content.objects.count(),
        Opening.objects.count(),
        Pending.objects.count(),
    ) == before
    assert not Case.objects.exists()
    assert {row.result for row in register(chest, cases[:9])} == {"registered"}


def test_what_is_sent_again_exists_and_what_is_faulty_refuses_itself_alone() -> None:
    chest = study()
    first = news("case", 6)
    known = {row.external_ref: row.case_id for row in register(chest, first)}
    events = Event.objects.count()
    assert [row.case_id for row in register(chest, first)] == list(known.values())
    assert Event.objects.count() == events
    mixed = [
        first[2],
        NewCase("new", "p", "train", {}),
        NewCase("bad", "p", "holdout", {}),
        *first[4:],
        first[2],
    ]
    rows = register(chest, [*mixed, NewCase("other", "p", "train", {}), NewCase("worse", "p", "test", {})])
    assert [row.result for row in rows] == [
        "exists", "registered", "refused", "exists", "exists", "exists", "registered", "refused",
    ]  # fmt: skip
    assert [row.case_id for row in rows[:1] + rows[3:5]] == [known[f"case-{n}"] for n in (2, 4, 5)]
    assert Event.objects.count() == events + 2 * 4
    assert {row.case_id for row in rows if row.result == "registered"} == set(
        Case.objects.filter(external_ref__in=["new", "other"]).values_list("pk", flat=True)
    )


def test_each_task_is_ordered_and_due_by_its_own_moment() -> None:
    chest = study()
    changes = {
        "due_hours": {"annotate": 10},
        "calendar": {"hours": {day: ["00:00-24:00"] for day in WEEKDAYS}},
    }
    chest.project = change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    register(chest, news("case", AT_ONCE + 9))
    opened = Task.objects.select_related("case")
    assert len({task.opened_at for task in opened}) > 2
    for task in opened:
        assert task.due_at == due_at(chest.project, "annotate", task.opened_at) is not None
        assert task.entered_at == task.opened_at
        assert task.rank == rank_for(chest.project, task.case)


def test_cases_wait_together_while_nothing_is_published_that_fits() -> None:
    project = create_project(founder=person("maria"), slug="chest", name="Chest")
    member = Membership.objects.select_related("project__log").get(project=project)
    chest = Study(project, {"maria": member})
    assert {row.result for row in register(chest, news("case", 5))} == {"registered"}
    assert set(Case.objects.values_list("state", "round", "audit_seq")) == {("intake", 0, 1)}
    assert not Task.objects.exists()
    publish_new_guideline(chest)
    publish_new_protocol(chest, PROTOCOL)
    assert {row.result for row in register(chest, news("later", 2))} == {"registered"}
    assert advance_all(project) == 7
    assert set(Case.objects.values_list("state", "round", "audit_seq")) == {("annotation", 1, 4)}


def test_the_statements_and_the_memory_do_not_grow_with_the_cases() -> None:
    chest = study()
    with CaptureQueriesContext(connection) as few:
        register(chest, news("few", 10))
    with CaptureQueriesContext(connection) as many:
        register(chest, news("many", AT_ONCE))
    assert len(many) == len(few) < 60
    peaks = []
    for name, count in (("part", AT_ONCE), ("whole", MOST_AT_ONCE)):
        cases = news(name, count)
        tracemalloc.start()
        register(chest, cases)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0] < 30e6


def test_who_registers_and_who_claims_never_wait_for_each_other_crosswise() -> None:
    chest = study(protocol=with_protocol(reads={"rule": "unanimous", "count": 3, "max": 3}))
    register(chest, news("there", 40))
    people = hire(chest, "annotator", 4)
    acts = [lambda name=name: [claim(acting=chest.acting(name)) for _ in range(1)] for name in people]
    same = [lambda: register(chest, news("same", 300))] * 2
    done = all_at_once([*same, *acts, lambda: register(chest, news("other", 300)), *acts])
    results = [row.result for rows in done for row in rows if isinstance(row, Row)]
    assert (results.count("registered"), results.count("exists")) == (600, 300)
    assert Task.objects.filter(status="leased").count() == 4
    assert Case.objects.filter(state="annotation", audit_seq__gte=5).count() == 640
    assert check_log(chest.project) == []
    assert replay(chest.project).differences == []


def test_who_writes_rows_that_refer_to_the_project_keeps_nobody_from_registering(
    connect: Callable[..., psycopg.Connection],
) -> None:
    chest = study()
    other = connect("app")
    other.execute("SELECT 1 FROM workflow_project FOR KEY SHARE")  # as a foreign key does, until it commits
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '5s'")
    assert {row.result for row in register(chest, news("case", 3))} == {"registered"}
    other.rollback()
