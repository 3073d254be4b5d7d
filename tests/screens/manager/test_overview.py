"""The overview: every number leads to the list that it counts."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.log import Reason
from screens.templatetags.charts import of_chart
from tasks.cases import hold
from tasks.jobs import list_daily_shortages, refresh_figures, sweep_figures
from tasks.models import Task
from tests.api.client import As
from tests.people import Study, study
from tests.screens.desk import Desk
from tests.staff import give, put
from workflow.measuring import kept
from workflow.measuring.monitors import monitors_of
from workflow.models import Measurement

pytestmark = pytest.mark.django_db(transaction=True)
LINKED = re.compile(
    r'<a class="card-figure[^"]*" href="([^"]+)" data-count="(\d+)"><span class="label">([^<]+)'
)
COUNTED = re.compile(r'<a href="([^"]+)" aria-label="(\d+)[ :]([^"]*)">\d+</a>')


@pytest.fixture
def chest() -> Study:
    return study("case-1", "case-2", "case-3")


def test_projects_are_listed_with_their_progress(chest: Study) -> None:
    chest.agree_at_two()
    page = Desk("maria").get("/projects/")
    assert "Chest 3 1 1 of 3" in page
    assert "You manage no project" in Desk("anna").get("/projects/")


def test_every_number_leads_to_a_list_of_as_many_rows(chest: Study) -> None:
    chest.agree_at_two()
    hold(acting=chest.acting("maria"), case_id=chest.case("case-2").pk, reason=Reason("later"))
    chest.claim("anna")
    put(chest, "paused", "cleo")
    maria = Desk("maria")
    page = maria.raw("/projects/chest/")
    cards = [(url, label, count) for url, count, label in LINKED.findall(page)]
    assert {label: count for _, label, count in cards} == {
        "Done": "1", "Remaining": "2", "Open tasks": "4", "Returned reads": "0", "On hold": "1",
        "Overdue tasks": "0", "Skipped twice": "0", "Exclusions asked": "0",
        "Done per day": "1", "To arbitration": "0", "First-pass acceptance": "1", "Median turnaround": "1",
    }  # fmt: skip
    figures = [(url, count) for url, _, count in cards] + [
        (url, count) for url, count, _ in COUNTED.findall(page)
    ]
    assert len(figures) > 30
    for url, count in figures:
        listed = maria.get(url.replace("&amp;", "&"))
        assert re.search(rf"\b{count} found", listed), url


def test_what_a_chart_shows_stands_beside_it_as_a_table(chest: Study) -> None:
    chest.agree_at_two()
    page = Desk("maria").raw("/projects/chest/")
    for name in ("burndown", "hours"):
        chart = As("maria").get(f"/projects/chest/charts/{name}")["chart"]
        assert as_table(page, name) == [
            [label, *(of_chart(curve["values"][place], chart["unit"]) for curve in chart["curves"])]
            for place, label in enumerate(chart["labels"])
        ]
        assert chart["says"] in html.unescape(page)


def as_table(page: str, name: str) -> list[list[str]]:
    """The body of a chart's table, cell by cell."""
    figure = page.partition(f'id="chart-{name}"')[2].partition("</figure>")[0].partition("<tbody>")[2]
    return [re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row) for row in figure.split("</tr>")[:-1]]


def test_whoever_plays_a_part_sees_no_figures_of_all_cases(chest: Study) -> None:
    give(chest, "mehmet", "annotator", "manager")
    chest.claim("mehmet")
    page = Desk("mehmet").raw("/projects/chest/")
    assert "they stay closed to you until then" in page
    assert "data-chart=" not in page
    assert "Done per day" not in page
    Desk("mehmet").post("/projects/chest/figures/", 403)


def test_figures_of_a_large_study_say_their_age_and_are_counted_by_a_job(
    chest: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "AT_ONCE", -1)
    maria = Desk("maria")
    assert "counted in the background" in maria.get("/projects/chest/")
    assert (
        As("maria").http.get("/api/v1/projects/chest/figures", headers=As("maria").headers).status_code == 202
    )
    assert sweep_figures() == 1
    page = maria.get("/projects/chest/")
    assert re.search(r"as of \d{4}-\d\d-\d\d \d\d:\d\d ; refreshed every 15 minutes", page)
    chest.agree_at_two()
    assert "0 cases in 14 days" in maria.get("/projects/chest/")
    assert (refresh_figures(), sweep_figures()) == (0, 0)
    assert "being counted" in maria.follow("/projects/chest/figures/")
    assert sweep_figures() == 1
    assert "1 case in 14 days" in maria.get("/projects/chest/")


def test_alerts_are_sentences_that_lead_on(chest: Study) -> None:
    assert "Alerts" not in Desk("maria").get("/projects/chest/")
    Task.objects.update(due_at=timezone.now() + timedelta(hours=2))
    Task.objects.filter(slot=2).update(due_at=timezone.now() - timedelta(hours=2))
    put(chest, "paused", "jin", "jana", "jules", "anna", "bob", "cleo")
    list_daily_shortages()
    maria = Desk("maria")
    page = maria.get("/projects/chest/")
    for words in ("3 tasks are overdue.", "3 tasks are due within a day.", "Nobody can take 6 tasks"):
        assert words in page, words
    assert "3 found" in maria.get("/projects/chest/work/?matter=due_soon")


def test_alarms_of_the_monitors_are_told_where_they_may_be_seen(chest: Study) -> None:
    monitors_of(chest.project)
    row = Measurement.objects.get(kind="monitor")
    row.document["alarms"] = [{"kind": "too_low"}]
    row.save()
    assert "The monitors of agreement tell of 1 alarm." in Desk("maria").get("/projects/chest/")


def test_it_says_what_is_missing_before_anything_can_be_read(chest: Study) -> None:
    put(chest, "paused", "sana")
    assert "There are not enough people for every case" in Desk("maria").get("/projects/chest/")


def test_it_asks_the_database_the_same_however_many_cases_there_are(
    chest: Study, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    maria = Desk("maria")
    maria.get("/projects/chest/")
    with django_assert_max_num_queries(60) as asked:
        maria.get("/projects/chest/")
    before = len(asked)
    chest.register(*(f"more-{n}" for n in range(5)))
    with django_assert_max_num_queries(before):
        maria.get("/projects/chest/")
    assert before < 35
