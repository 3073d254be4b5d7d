"""The figures of the overview over the API, and what its charts are drawn from."""

import pytest

from api.views.charts import FiguresOut, ShownChartOut
from tests.api.client import As
from tests.api.forms import check_form
from tests.people import study
from tests.staff import give

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_figures_say_how_the_study_came_here() -> None:
    chest = study("case-1", "case-2")
    chest.agree_at_two()
    told = As("aud").get("/projects/chest/figures")
    check_form(FiguresOut(), told, "figures")
    figures = told["figures"]
    assert (figures["days"][-1]["final"], figures["days"][-1]["annotation"]) == (1, 1)
    assert (figures["done"]["cases"], figures["settled"]) == (1, {"consensus": 1, "arbitration": 0})
    assert (figures["first_pass"], figures["turnaround"]["cases"]) == ({"yes": 1, "no": 0}, 1)


def test_what_a_reviewer_did_not_accept_at_first_is_no_first_pass() -> None:
    chest = study("case-1", "case-2")
    for reader in ("anna", "bob"):
        chest.read(reader)
    chest.review("jin", "return")
    assert As("maria").get("/projects/chest/figures")["figures"]["first_pass"] == {"yes": 0, "no": 1}


def test_the_burndown_ends_where_the_forecast_ends() -> None:
    study(*(f"case-{n}" for n in range(60)))
    told = As("maria").get("/projects/chest/charts/burndown")
    check_form(ShownChartOut(), told, "chart")
    chart = told["chart"]
    curves = {curve["name"]: curve["values"] for curve in chart["curves"]}
    assert {len(values) for values in curves.values()} == {len(chart["labels"])}
    late = curves["forecast, late end"]
    ahead = [value for value in late if value is not None]
    assert (ahead[0], ahead[-1]) == (60, 0)
    assert ahead == sorted(ahead, reverse=True)
    assert all(
        early <= expected <= later
        for early, expected, later in zip(
            curves["forecast, early end"], curves["forecast"], late, strict=True
        )
        if later is not None
    )
    assert "60 cases still open. Expected to end on" in chart["says"]


def test_there_is_no_other_chart_and_none_for_whoever_reads() -> None:
    chest = study("case-1")
    assert As("maria").get("/projects/chest/charts/weather", 404)["code"] == "not_found"
    give(chest, "bob", "annotator", "auditor")
    chest.read("bob")
    for address in ("figures", "charts/burndown"):
        assert As("bob").get(f"/projects/chest/{address}", 403)["code"] == "not_allowed"
