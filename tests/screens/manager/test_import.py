"""Cases from a CSV file: told row by row, registered together or not at all."""

from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from screens.manager.table import decoded, lines_of, strata_of
from tests.people import Study, study
from tests.screens.desk import Desk
from workflow.errors import InvalidInput
from workflow.models import Case

IMPORT = "/projects/chest/cases/import/"
GOOD = "external_ref,patient_key,split,priority,site\r\na,p1,train,5,north\r\nb,p1,train,,south\r\n"


@pytest.fixture
def chest(transactional_db: None) -> Study:
    return study("case-1")


def test_a_file_is_told_row_by_row_and_registers_nothing_yet(chest: Study) -> None:
    page = Desk("maria").post(IMPORT, 200, table=GOOD)
    assert "2 rows: 2 new, 0 there already, 0 with faults" in page
    assert "Strata: site." in page
    assert "Register 2 cases" in page
    assert Case.objects.count() == 1


def test_a_good_file_is_registered_with_its_work(chest: Study) -> None:
    uploaded = SimpleUploadedFile("cases.csv", b"\xef\xbb\xbf" + GOOD.encode())
    maria = Desk("maria")
    assert "2 new" in maria.post(IMPORT, 200, file=uploaded)
    assert "2 cases registered." in maria.follow(IMPORT, table=GOOD, do="register")
    case = Case.objects.get(external_ref="a")
    assert (case.patient_key, case.split, case.priority, case.strata) == ("p1", "train", 5, {"site": "north"})
    assert (case.state, case.tasks.count()) == ("annotation", 2)
    assert "There is nothing new in this file." in maria.post(IMPORT, 200, table=GOOD, do="register")


def test_a_file_with_one_faulty_row_registers_none(chest: Study) -> None:
    bad = GOOD + "c,p1,test,,\r\nd,p2,nowhere,,\r\ne,p3,train,1000,\r\na,p9,train,,\r\nf,p4\r\n"
    page = Desk("maria").post(IMPORT, 200, table=bad, do="register")
    for told in (
        "7 rows: 2 new, 0 there already, 5 with faults", "This patient is in another split already",
        "The split is train, tune or test.", "Priority goes from -100 to 100.", "another patient or split",
        "It has 2 cells", "Nothing is registered while a row has faults",
    ):  # fmt: skip
        assert told in page, told
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "external_ref and patient_key and split are missing"),
        ("external_ref,patient_key\na,b", "split is missing"),
        ("external_ref,patient_key,split,split\n", "a name of its own"),
        ("external_ref,patient_key,split,größe\n", "not “größe”"),
        ("external_ref,patient_key,split\n", "no rows"),
        ("external_ref,patient_key,split\n" + "a,b,train\n" * 1001, "1001 rows"),
    ],
)
def test_a_file_that_is_no_table_of_cases_is_refused_with_a_sentence(
    chest: Study, table: str, told: str
) -> None:
    assert told in Desk("maria").post(IMPORT, 422, table=table)


def test_semicolons_blank_lines_and_spaces_are_understood() -> None:
    text = "external_ref; patient_key ;split;site\n\n a ;p;train; north\n;;;\n"
    [line] = lines_of(text)
    assert (line.number, line.case.external_ref, line.case.strata) == (3, "a", {"site": "north"})
    assert strata_of(text) == ["site"]


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInput):
        decoded(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput):
        decoded(b"a" * (2 * 1024 * 1024 + 1))


@given(
    st.text(max_size=60) | st.text("a,;\n\"'\0", max_size=40).map("external_ref,patient_key,split\n{}".format)
)
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    with suppress(InvalidInput):
        assert lines_of(text)
