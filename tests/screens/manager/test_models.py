"""The manager's page of models: what each did in figures, and the reads that began from its marks."""

import pytest

from tests.modelled import AFTER, box, committed, predict, read_of, with_model
from tests.people import Study, study
from tests.screens.desk import Desk
from workflow.models import ReaderModel

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/projects/chest/models/"


@pytest.fixture
def chest() -> Study:
    """Anna left both marks as they were; Bob moved one and dropped one."""
    chest, model = with_model()
    predict(chest, model, box("f1"), box("f2", 20))
    chest.submit("anna", chest.claim("anna"), {"labels": read_of(box("f1"), box("f2", 20))})
    chest.submit("bob", chest.claim("bob"), {"labels": read_of(box("f1", 5))})
    return chest


def test_the_page_tells_each_models_figures_and_its_reads(chest: Study) -> None:
    page = Desk("maria").get(PAGE)
    for words in ("Detector 2", "2 of 4", "0.33", "Anna Annotator", "Bob Annotator"):
        assert words in page, words


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"unchanged": "yes"}, ["Anna"]),
        ({"unchanged": "no"}, ["Bob"]),
        ({"case": "ase-1", "model": "detec"}, ["Anna", "Bob"]),
        ({"case": "elsewhere"}, []),
        ({"model": "other"}, []),
    ],
)
def test_the_list_is_narrowed_and_so_is_its_file(
    chest: Study, query: dict[str, str], names: list[str]
) -> None:
    file = Desk("maria").download(PAGE, format="csv", **query).splitlines()[1:]
    assert sorted(line.split(",")[1].split()[0] for line in file) == names
    page = Desk("maria").get(PAGE, **query)
    assert ("No read is like this." in page) == (not names)


def test_what_was_changed_after_a_commitment_is_told_and_found() -> None:
    chest, model = with_model(protocol=AFTER)
    predict(chest, model, box("m1"))
    for name, finally_ in (("anna", [box("f1")]), ("bob", [box("f1", 60)])):
        task = chest.claim(name)
        committed(chest, name, task, box("f1", 60))
        chest.submit(name, task, {"labels": read_of(*finally_)})
    assert "1 of 2" in Desk("maria").get(PAGE)
    for shift, names in {"towards": ["Anna"], "unchanged": ["Bob"], "away": []}.items():
        file = Desk("maria").download(PAGE, format="csv", shift=shift).splitlines()[1:]
        assert [line.split(",")[1].split()[0] for line in file] == names


def test_a_project_without_models_says_how_one_comes() -> None:
    study("case-1")
    assert "None is registered yet" in Desk("maria").get(PAGE)


NEW = {"name": "Detector", "version": "1", "digest": "AB" * 32, "intended_use": "Nodules on chest CT."}


def test_a_model_is_registered_by_a_form_under_the_digest_of_its_file() -> None:
    study("case-1")
    maria = Desk("maria")
    assert "Detector 1 is registered" in maria.follow(PAGE + "new/", **NEW)
    model = ReaderModel.objects.get()
    assert (model.digest, model.intended_use) == (f"sha256:{'ab' * 32}", "Nodules on chest CT.")
    assert "registered already" in maria.post(PAGE + "new/", 422, **NEW)


@pytest.mark.parametrize("digest", ["", "abc", "md5:" + "a" * 32, "sha256:" + "g" * 64])
def test_what_is_no_digest_is_told_at_its_field(digest: str) -> None:
    study("case-1")
    Desk("maria").post(PAGE + "new/", 422, **{**NEW, "digest": digest})
    assert not ReaderModel.objects.exists()
