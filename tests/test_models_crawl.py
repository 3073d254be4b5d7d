"""What a model says is nowhere to be found but on the page of a reader who begins from it, and there by no id."""

from collections.abc import Iterator

import pytest

from tasks import cases as managing
from tasks.committing import commit
from tests.crawling import Crawler
from tests.modelled import FILE, registered, said
from tests.people import GUIDELINE, Study, labels, publish_new_protocol, study
from tests.test_blinding_crawl import PROTOCOL, SCHEMA
from tests.test_blinding_crawl import said as read_with
from workflow.assistance.predicting import NewPrediction, attach_predictions
from workflow.intake import NewCase
from workflow.models import Assistance, Prediction, ReaderModel

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ("anna", "bob", "cleo", "jin", "jana", "sana")
REMARK = "The machine says xylophone"
SHOWN = {**PROTOCOL, "model": {"show": "as_start", "model": FILE, "named": False}}


def modelled(split: str, *, shown: bool = True, show: str = "as_start") -> Study:
    """A study with one case, of which a model says something that nobody else would."""
    chest = study(guideline={**GUIDELINE, "label_schema": SCHEMA}, protocol=PROTOCOL)
    model = registered(chest, name="Zebrafinder")
    if shown:
        publish_new_protocol(chest, {**SHOWN, "model": {**SHOWN["model"], "show": show}})
    new = NewCase("case-1", "patient-1", split, {"site": "north"})
    managing.register(acting=chest.acting("maria"), project=chest.project, cases=[new])
    told = NewPrediction(said(finding="nodule", remark=REMARK), external_ref="case-1")
    attach_predictions(acting=chest.acting("maria"), model=model, predictions=[told])
    return chest


def secrets() -> Iterator[str]:
    model, prediction = ReaderModel.objects.get(), Prediction.objects.get()
    yield from ("zebrafinder", FILE[7:], str(model.pk), str(model.content_id)[7:])
    yield from (str(prediction.pk), str(prediction.content_id)[7:])
    yield from (str(one.content_id)[7:] for one in Assistance.objects.all())


def found_by(name: str) -> set[str]:
    """What this person comes upon of the model: its words, or anything that names it."""
    every = " ".join(Crawler(name).crawl().values()).lower()
    return {secret for secret in (*secrets(), REMARK.lower()) if secret in every}


@pytest.mark.parametrize(("split", "shown"), [("test", True), ("train", False)])
def test_where_nothing_is_shown_nobody_finds_anything_at_any_step(split: str, shown: bool) -> None:
    chest = modelled(split, shown=shown)
    assert {name: found_by(name) for name in NAMES} == {name: set() for name in NAMES}
    chest.submit("anna", chest.claim("anna"), {"labels": read_with("Mine.")})
    chest.claim("bob")
    chest.claim("jin")
    assert {name: found_by(name) for name in NAMES} == {name: set() for name in NAMES}


def test_who_begins_from_it_sees_its_words_and_nothing_that_names_it() -> None:
    chest = modelled("train")
    assert found_by("anna") == set()
    task = chest.claim("anna")
    assert found_by("anna") == {REMARK.lower()}
    assert {name: found_by(name) for name in NAMES[1:]} == {name: set() for name in NAMES[1:]}
    chest.submit("anna", task, {"labels": labels()})
    chest.claim("jin")
    assert {name: found_by(name) for name in NAMES} == {name: set() for name in NAMES}


def test_who_commits_first_sees_its_words_only_after_that_and_nobody_else_finds_the_commitment() -> None:
    chest = modelled("train", show="after_commitment")
    task = chest.claim("anna")
    assert task.token is not None
    assert {name: found_by(name) for name in NAMES} == {name: set() for name in NAMES}
    own = read_with("Mine alone.")
    commit(acting=chest.acting("anna"), task_id=task.pk, token=task.token, labels=own)
    assert found_by("anna") == {REMARK.lower()}
    chest.claim("bob")
    assert {name: found_by(name) for name in NAMES[1:]} == {name: set() for name in NAMES[1:]}
    chest.submit("anna", task, {"labels": labels()})
    chest.claim("jin")
    assert {name: found_by(name) for name in NAMES} == {name: set() for name in NAMES}
    every = {name: " ".join(Crawler(name).crawl().values()) for name in NAMES}
    assert not [name for name, pages in every.items() if "Mine alone." in pages and name != "anna"]
