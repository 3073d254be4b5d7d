"""The scripted part: invented, marked so, and without effect on any case's path."""

import json

import pytest

from demo import script
from demo.caveats import CAVEATS, INVENTED
from demo.guidelines import guideline
from demo.lidc import cases
from demo.people import PEOPLE, credential_snapshot, reader_of
from demo.protocols import DECIDING, protocol
from demo.scales import SCALES
from tests.demo.by_hand import expected_path, raw_nodules

BY_REF = {case.external_ref: case for case in cases()}


@pytest.mark.parametrize(("ref", "slot"), script.RETURNED)
def test_a_returned_read_is_mistyped_once_and_its_rework_is_lidcs_own(ref: str, slot: int) -> None:
    first, rework = (script.submitted_read(BY_REF[ref], slot, revision)["fields"] for revision in (1, 2))
    changed = {key for key in rework if first[key] != rework[key]}
    assert rework == BY_REF[ref].read(slot)["fields"]
    assert len(changed) == 1
    assert not changed & set(DECIDING)
    assert script.junior_verdict(ref, slot, 1).verdict == "return"
    assert script.junior_verdict(ref, slot, 2).verdict == "accept"


@pytest.mark.parametrize(("ref", "slot"), script.RETURNED)
def test_a_returned_read_is_one_that_its_case_will_really_need(ref: str, slot: int) -> None:
    reads_needed = 3 if "after 3" in expected_path(raw_nodules()[ref]) else 2
    assert slot <= reads_needed


def test_the_first_case_already_shows_a_return() -> None:
    assert any(ref == cases(1)[0].external_ref for ref, _ in script.RETURNED)


def test_all_other_reads_are_submitted_as_lidc_has_them_and_accepted() -> None:
    for case in cases(40):
        for slot in (1, 2, 3):
            if (case.external_ref, slot) not in script.RETURNED:
                assert script.submitted_read(case, slot, 1) == case.read(slot)
                assert script.junior_verdict(case.external_ref, slot, 1) == script.Verdict("accept")


def test_the_arbiter_answers_what_lidcs_fourth_reader_answered() -> None:
    decision = script.arbiter_decision("LIDC-IDRI-0010/21/3", ["malignancy"])
    assert (decision.outcome, decision.fields) == ("determined", {"malignancy": 2})


def test_a_case_whose_fourth_reader_left_no_mark_stays_equivocal() -> None:
    decision = script.arbiter_decision("LIDC-IDRI-0898/757/1", ["malignancy", "nodule"])
    assert (decision.outcome, decision.fields) == ("equivocal", {})


def test_a_sampled_case_is_answered_on_every_deciding_field() -> None:
    decision = script.arbiter_decision("LIDC-IDRI-0012/23/7", [])
    assert set(decision.fields) == set(DECIDING)
    assert decision.code == "sample_read"


def test_every_invented_text_says_that_it_is_and_has_a_known_code() -> None:
    verdicts = [script.junior_verdict(ref, slot, 1) for ref, slot in script.RETURNED]
    decisions = [script.arbiter_decision(case.external_ref, ["malignancy"]) for case in cases()]
    for said in (*verdicts, *decisions):
        assert said.text is not None
        assert said.text.startswith(INVENTED)
        assert said.code in script.REASONS


def test_the_read_to_be_refused_is_off_its_scale_in_one_field() -> None:
    structure = next(scale for scale in SCALES if scale.key == "internalStructure")
    assert script.refused_read(cases(1)[0])["fields"]["internalStructure"] not in structure.values


def test_every_name_says_that_it_is_invented_and_so_does_every_credential() -> None:
    for person in PEOPLE:
        assert "(invented)" in person.full_name
        assert INVENTED.lower() in credential_snapshot(person, "an-id")["profession"]


def test_the_cast_can_staff_three_reads_with_distinct_reviewers_and_an_arbiter() -> None:
    assert [reader_of(slot).role for slot in (1, 2, 3, 4)] == ["annotator"] * 3 + ["senior_arbiter"]
    assert sum(person.role == "junior_reviewer" for person in PEOPLE) == protocol()["reads"]["max"]


def test_documents_and_snapshots_hold_no_floats_and_only_ascii_keys() -> None:
    def keys(value: object) -> list[str]:
        assert not isinstance(value, float)
        if isinstance(value, dict):
            return [*value, *(key for part in value.values() for key in keys(part))]
        return [key for part in value for key in keys(part)] if isinstance(value, list | tuple) else []

    documents = [guideline(), protocol(), *(credential_snapshot(person, "an-id") for person in PEOPLE)]
    documents += [read for case in cases() for read in case.reads]
    assert all(key.isascii() for document in documents for key in keys(json.loads(json.dumps(document))))


def test_every_field_of_the_schema_has_a_rule_in_the_protocol() -> None:
    assert {field["key"] for field in guideline()["label_schema"]["fields"]} == set(protocol()["fields"])


def test_the_caveats_name_the_unblinded_phase_the_exchanged_readers_and_what_is_invented() -> None:
    said = " ".join(CAVEATS)
    needed = ("unblinded", "not the same persons", "invented", "not that of blinded")
    assert all(words in said for words in needed)
