"""What a project may change daily: checked, recorded with before and after, and followed by the due times."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from audit.models import Content, Event
from tasks.due import due_at, due_for_holder, due_shown
from tasks.due_anew import heal_due_times
from tasks.leases import release
from tasks.models import Task
from tasks.preferences import lease_length
from tasks.settings import change_settings, changes_of, digest_of
from tests.people import Study, study
from workflow.errors import InvalidInput, NotAllowed, Stale
from workflow.settings.kinds import KINDS_OF_TASK
from workflow.settings.reading import document
from workflow.settings.table import SETTINGS, TABLE
from workflow.settings.working_hours import WEEKDAYS

pytestmark = pytest.mark.django_db
ROUND_THE_CLOCK = {"hours": {day: ["00:00-24:00"] for day in WEEKDAYS}}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def change(chest: Study, name: str = "maria", /, *, seen: str = "", **changes: Any) -> None:
    acting = chest.acting(name)
    chest.project = change_settings(acting=acting, project=chest.project, changes=changes, seen=seen)


def refused(chest: Study, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        change(chest, **changes)
    return [(fault["path"], fault["code"]) for fault in caught.value.extra["faults"]]


def test_every_default_is_allowed_and_they_fit_each_other(chest: Study) -> None:
    defaults = {setting.key: setting.default for setting in TABLE}
    change(chest, **defaults)
    assert document(chest.project) == defaults
    assert {found.key for found in changes_of(chest.project)} == {
        "spread_minutes"
    }  # which the cast has otherwise


def test_the_kinds_of_task_are_those_that_there_are() -> None:
    assert list(KINDS_OF_TASK) == Task.Kind.values


def test_a_change_is_recorded_with_what_was_before_and_by_whom(chest: Study) -> None:
    change(chest, lease_minutes=45, daily_cap=20)
    change(chest, lease_minutes=60)
    found = [(c.by, c.key, c.before, c.after) for c in changes_of(chest.project)]
    assert found == [
        ("Maria Manager", "lease_minutes", 45, 60),
        ("Maria Manager", "daily_cap", None, 20),
        ("Maria Manager", "lease_minutes", 30, 45),
    ]
    assert lease_length(chest.project) == timedelta(minutes=60)
    changed = Event.objects.filter(stream_id=chest.project.pk, action="project.settings_changed")
    event = changed.order_by("-stream_seq")[0]
    assert event.after_digest == digest_of(document(chest.project))
    assert Content.objects.get(pk=event.after_digest).data["settings"]["lease_minutes"] == 60


@pytest.mark.parametrize(
    ("key", "value", "path", "code"),
    [
        ("lease_minutes", "30", "/lease_minutes", "not_whole"),
        ("lease_minutes", True, "/lease_minutes", "not_whole"),
        ("lease_minutes", None, "/lease_minutes", "not_whole"),
        ("lease_minutes", 4, "/lease_minutes", "out_of_bounds"),
        ("most_share", 0.5, "/most_share", "not_a_share"),
        ("most_share", "1.01", "/most_share", "out_of_bounds"),
        ("warn_at", None, "/warn_at", "not_a_share"),
        ("time_zone", "Mars", "/time_zone", "unknown_zone"),
        ("due_hours", [], "/due_hours", "not_an_object"),
        ("due_hours", {"walk": 1}, "/due_hours/walk", "unknown_kind"),
        ("due_hours", {"a/b": 1}, "/due_hours/a~1b", "unknown_kind"),
        ("due_hours", {"review": 0}, "/due_hours/review", "out_of_bounds"),
        ("required_training", ["a", "a"], "/required_training/1", "twice"),
        ("required_training", [" a"], "/required_training/0", "bad_name"),
        ("required_training", "a", "/required_training", "not_a_list"),
        ("calendar", {}, "/calendar", "not_a_calendar"),
        ("calendar", {"hours": {"today": []}}, "/calendar/hours/today", "unknown_weekday"),
        ("calendar", {"hours": {"mon": ["9-5"]}}, "/calendar/hours/mon", "bad_span"),
        ("calendar", {"hours": {"mon": ["17:00-09:00"]}}, "/calendar/hours/mon", "bad_span"),
        ("calendar", {"hours": {"mon": ["09:00-24:30"]}}, "/calendar/hours/mon", "bad_span"),
        ("calendar", {"hours": {}, "holidays": ["25.12."]}, "/calendar/holidays/0", "not_a_date"),
        ("calendar", {"hours": {}, "zone": 1}, "/calendar/zone", "unknown_zone"),
        ("calendar", {"hours": {}, "pauses": 1}, "/calendar/pauses", "unknown_field"),
        ("link_minutes", 481, "/link_minutes", "out_of_bounds"),
        ("viewers", [{"name": "A", "url": "javascript:1"}], "/viewers/0/url", "bad_scheme"),
        ("colour", "red", "/colour", "unknown_setting"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_at_its_place(
    chest: Study, key: str, value: Any, path: str, code: str
) -> None:
    assert refused(chest, **{key: value, "break_minutes": 20}) == [(path, code)]
    assert not changes_of(chest.project)


def test_settings_that_do_not_fit_each_other_are_refused(chest: Study) -> None:
    hours = {"hours": {"mon": ["09:00-10:00"]}}
    assert refused(chest, due_hours={"annotate": 105}, calendar=hours) == [
        ("/due_hours/annotate", "too_few_hours")
    ]
    assert refused(chest, idle_minutes=31) == [("/idle_minutes", "longer_than_lease")]
    assert refused(chest, idle_minutes=20, session_minutes=10) == [("/idle_minutes", "longer_than_session")]


def test_only_managers_change_settings(chest: Study) -> None:
    for name in ("anna", "aud"):
        with pytest.raises(NotAllowed):
            change(chest, name, lease_minutes=45)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(chest: Study) -> None:
    seen = digest_of(document(chest.project))
    change(chest, lease_minutes=45, seen=seen)
    with pytest.raises(Stale):
        change(chest, lease_minutes=50, seen=seen)


def test_changing_due_hours_or_the_calendar_moves_the_due_times_of_live_tasks(chest: Study) -> None:
    chest.read("anna")
    opened = Task.objects.filter(status="open", kind="annotate").values_list("opened_at", flat=True)[0]
    change(chest, due_hours={"annotate": 30}, calendar=ROUND_THE_CLOCK)
    due = dict(Task.objects.values_list("status", "due_at").filter(kind="annotate"))
    assert due == {"done": None, "open": opened + timedelta(hours=30)}  # what is finished never changes
    assert set(Task.objects.filter(kind="review").values_list("due_at", flat=True)) == {None}
    change(chest, due_hours={"review": 10})
    assert set(Task.objects.filter(kind="annotate").values_list("due_at", flat=True)) == {None}
    assert Task.objects.get(kind="review").due_at == Task.objects.get(kind="review").opened_at + timedelta(
        hours=10
    )


def test_tasks_of_any_age_are_due_anew_where_they_would_be_if_they_opened_now(chest: Study) -> None:
    chest.register(*(f"more-{n}" for n in range(40)))
    start, tasks = datetime(2026, 3, 27, 3, 0, tzinfo=UTC), list(Task.objects.filter(kind="annotate"))
    for n, task in enumerate(tasks):  # every 53 minutes over a weekend on which clocks change
        Task.objects.filter(pk=task.pk).update(opened_at=start + timedelta(minutes=53 * n))
    change(chest, due_hours={"annotate": 11}, time_zone="Europe/Vienna")
    for task in Task.objects.filter(kind="annotate"):
        assert task.due_at == due_at(chest.project, "annotate", task.opened_at)


def test_what_opened_while_the_settings_changed_is_set_right_later(chest: Study) -> None:
    change(chest, due_hours={"annotate": 30}, calendar=ROUND_THE_CLOCK)
    task = Task.objects.filter(kind="annotate")[0]
    Task.objects.filter(pk=task.pk).update(due_at=None)  # as one that read the settings of before
    assert (heal_due_times(), heal_due_times()) == (1, 0)
    assert Task.objects.get(pk=task.pk).due_at == task.opened_at + timedelta(hours=30)
    assert heal_due_times(datetime(2999, 1, 1, tzinfo=UTC)) == 0  # long after any change


def test_what_a_holder_is_shown_is_a_day_of_the_projects_zone(chest: Study) -> None:
    change(chest, due_hours={"annotate": 8}, time_zone="Europe/Vienna")
    came = datetime(2026, 11, 20, 10, 7, 13, tzinfo=UTC)  # a Friday, 11:07 in Vienna
    assert due_at(chest.project, "annotate", came) == datetime(2026, 11, 23, 10, 7, 13, tzinfo=UTC)
    assert due_for_holder(chest.project, "annotate", came) == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    assert due_for_holder(chest.project, "review", came) is None


def test_what_a_holder_is_shown_does_not_depend_on_when_the_task_opened(chest: Study) -> None:
    change(chest, due_hours={"annotate": 8})
    task = chest.claim("anna")
    shown = due_shown(task)
    assert shown == due_for_holder(chest.project, "annotate", task.started_at or task.opened_at)
    Task.objects.filter(pk=task.pk).update(opened_at=task.opened_at - timedelta(days=40))
    change(chest, due_hours={"annotate": 8, "review": 8})
    assert due_shown(Task.objects.get(pk=task.pk)) == shown
    release(acting=chest.acting("anna"), task_id=task.pk, token=task.token or task.pk)
    assert due_shown(Task.objects.get(pk=task.pk)) is None  # nobody's: no holder to show it to


def test_each_setting_says_what_it_is_for_in_one_sentence() -> None:
    assert len(SETTINGS) == len(TABLE)
    for setting in TABLE:
        assert setting.meaning.endswith("."), setting.key
        assert ". " not in setting.meaning, setting.key
        assert not list(setting.kind.faults(setting.default, "")), setting.key
