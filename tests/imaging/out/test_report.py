"""SR read by plain pydicom: coordinates, numbers and codes come back as they were."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from imaging.out.drawn_groups import outline
from imaging.out.labels import Answers, Choice, Concept, Number
from imaging.out.report import report
from tests.imaging.out.drawn import outlines
from tests.imaging.out.scans import AT, drawing, film, multi_frame, oblique_ct, origin, stack
from tests.imaging.out.validating import complaints, faults, with_dciodvfy
from tests.imaging.out.written import SOFTWARE, sr_file

CT = stack(*oblique_ct())
MR = stack(multi_frame())
FILM = stack(film())
YES = Concept("SCT", "373066001", "Yes")
LONG = Concept("99CONSILIUM", "a_key_of_more_than_sixteen_letters", "Größe, " + "sehr lang " * 20, "0123")
FACTS: dict[str, Any] = {
    "choices": (Choice("calcified", LONG, YES),),
    "numbers": (Number("diameter", LONG, "12.50", "mm"),),
}
ON = {"slices": [1, 1]}
POINT = {"kind": "point", "on": ON, "at": [12_345, 678]}
LINE = {"kind": "length", "on": ON, "from": [1000, 2000], "to": [7000, 10_000]}
BOX = {"kind": "box", "on": ON, "min": [1001, 2002], "max": [9009, 8008]}
THROUGH = BOX | {"on": {"slices": [0, 2]}}
ELLIPSE = {"kind": "ellipse", "on": ON, "center": [9000, 8000], "radii": [2000, 3000], "angle_mdeg": 0}
POLYGON = {"kind": "polygon", "on": ON, "points": [[1001, 1002], [9003, 1004], [5005, 9006]]}
HOLED = POLYGON | {"holes": [[[4000, 2000], [6000, 2000], [5000, 4000]]]}
MASK = {"kind": "mask", "on": {}, "rows": 24, "columns": 40, "slices": [{"slice": 1, "runs": [5, 3]}]}
SPAN = {"kind": "span", "on": {"sop": FILM.frames[0].sop}, "frames": [2, 4]}


def items(dataset: Dataset, kind: str) -> list[Dataset]:
    """Every content item of a value type, in the order of the document."""
    found = []
    for one in dataset.get("ContentSequence", []):
        found += [one] if one.ValueType == kind else []
        found += items(one, kind)
    return found


def places(read: Dataset) -> list[list[list[int]]]:
    """The coordinates of each SCOORD, in thousandths of a pixel."""
    told = [np.array(one.GraphicData).reshape(-1, 2) for one in items(read, "SCOORD")]
    return [np.rint(one * 1000).astype(int).tolist() for one in told]


def test_marks_are_told_by_their_coordinates(tmp_path: Path) -> None:
    marks = [POINT, LINE, BOX, ELLIPSE, POLYGON]
    drawings = [drawing(mark | {"on": {"slices": [1, 1]}}, f"findings/f{i}") for i, mark in enumerate(marks)]
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", *drawings, on=(CT,)))
    assert places(read) == [
        [[12_345, 678]],
        [[1000, 2000], [7000, 10_000]],
        [[1001, 2002], [9009, 2002], [9009, 8008], [1001, 8008], [1001, 2002]],
        [[9000, 5000], [9000, 11_000], [7000, 8000], [11_000, 8000]],
        [[1001, 1002], [9003, 1004], [5005, 9006], [1001, 1002]],
    ]
    kinds = [one.GraphicType for one in items(read, "SCOORD")]
    assert kinds == ["POINT", "POLYLINE", "POLYLINE", "ELLIPSE", "POLYLINE"]
    cited = {
        one.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        for one in items(read, "SCOORD")
    }
    assert cited == {CT.frames[1].sop}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ring=outlines(width=8_000, height=8_000))
def test_an_outline_survives_to_the_thousandth_of_a_pixel(ring: list[list[int]], tmp_path: Path) -> None:
    drawn = drawing({"kind": "polygon", "on": {"frame": 3}, "points": ring})
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", drawn, on=(MR,)))
    assert places(read) == [[*ring, ring[0]]]
    (cited,) = items(read, "SCOORD")[0].ContentSequence[0].ReferencedSOPSequence
    assert (cited.ReferencedSOPInstanceUID, cited.ReferencedFrameNumber) == (MR.frames[0].sop, 3)


@given(st.integers(0, 16_384_000), st.integers(0, 16_384_000))
def test_single_precision_holds_thousandths_up_to_the_pixel_16384(x: int, y: int) -> None:
    kept = outline({"kind": "point", "at": [x, y]}).astype(np.float32).astype(np.float64)
    assert np.rint(kept * 1000).tolist() == [[x, y]]


def test_beyond_that_pixel_it_rounds() -> None:
    kept = outline({"kind": "point", "at": [16_384_001, 0]}).astype(np.float32).astype(np.float64)
    assert np.rint(kept * 1000).tolist() != [[16_384_001, 0]]


def test_lengths_and_areas_are_measured_with_both_spacings(tmp_path: Path) -> None:
    drawings = [drawing(mark, f"findings/f{i}") for i, mark in enumerate([LINE, BOX, POLYGON, ELLIPSE])]
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", *drawings, on=(CT,)))
    numbers = [one.MeasuredValueSequence[0] for one in items(read, "NUM")]
    told = [(str(one.NumericValue), one.MeasurementUnitsCodeSequence[0].CodeValue) for one in numbers]
    # A line of 6 columns (3 mm) and 8 rows (6.4 mm); areas of 0.4 mm² a pixel.
    assert told == [("7.068239", "mm"), ("19.238419", "mm2"), ("12.808", "mm2"), ("7.539822", "mm2")]
    flat_numbers = [drawing(LINE | {"on": {"frame": 1}}), drawing(BOX | {"on": {"frame": 1}}, "findings/g")]
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", *flat_numbers, on=(FILM,)))
    units = [one.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0] for one in items(read, "NUM")]
    assert {(one.CodingSchemeDesignator, one.CodeValue) for one in units} == {("UCUM", "{pixels}")}


def test_numbers_keep_their_digits_and_answers_their_codes(tmp_path: Path) -> None:
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", drawing(BOX, **FACTS), on=(CT,), **FACTS))
    assert [str(one.MeasuredValueSequence[0].NumericValue) for one in items(read, "NUM")][:2] == [
        "12.50",
        "12.50",
    ]
    answers = [one for one in items(read, "CODE") if one.ConceptNameCodeSequence[0].get("LongCodeValue")]
    assert len(answers) == 2
    question, answer = answers[0].ConceptNameCodeSequence[0], answers[0].ConceptCodeSequence[0]
    assert (question.LongCodeValue, question.CodingSchemeDesignator) == (LONG.value, "99CONSILIUM")
    assert (answer.CodeValue, answer.CodingSchemeDesignator, answer.CodeMeaning) == (
        "373066001",
        "SCT",
        "Yes",
    )
    (scheme,) = read.CodingSchemeIdentificationSequence
    assert (scheme.CodingSchemeDesignator, scheme.CodingSchemeVersion) == ("99CONSILIUM", "b" * 16)


def test_a_box_through_slices_has_its_corners_on_each(tmp_path: Path) -> None:
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", drawing(THROUGH), on=(CT,)))
    regions = items(read, "SCOORD")
    cited = [one.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID for one in regions]
    assert cited == [frame.sop for frame in CT.frames[:3]]


def test_a_span_is_told_by_its_frames(tmp_path: Path) -> None:
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", drawing(SPAN), on=(CT, FILM)))
    (image,) = items(read, "IMAGE")
    assert list(image.ReferencedSOPSequence[0].ReferencedFrameNumber) == [2, 3, 4]


def test_who_observed_and_who_verified_are_pseudonyms_with_the_time_of_the_event(tmp_path: Path) -> None:
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", drawing(BOX), on=(CT,)))
    (person,) = items(read, "PNAME")
    assert person.PersonName == "act_0123^"
    (verifier,) = read.VerifyingObserverSequence
    assert (read.VerificationFlag, verifier.VerifyingOrganization) == ("VERIFIED", "north")
    assert verifier.VerificationDateTime == "20260304050607.000089+0000"
    assert (read.ContentDate, read.ContentTime) == (f"{AT:%Y%m%d}", "050607.000089")
    machine = origin(person="", device="consilium-consensus/2", verified=False)
    (tmp_path / "m.dcm").write_bytes(report(_none(), [CT], machine, {}, SOFTWARE)[0])
    read = pydicom.dcmread(tmp_path / "m.dcm")
    assert read.VerificationFlag == "UNVERIFIED"
    assert "consilium-consensus/2" in [one.TextValue for one in items(read, "TEXT")]
    assert not faults(tmp_path / "m.dcm")


def _none() -> Answers:
    return Answers(choices=FACTS["choices"])


def test_a_mark_on_nothing_known_is_left_out_with_a_sentence() -> None:
    lost = drawing(BOX | {"on": {"series": "1.2.3", "slices": [1, 1]}})
    _, left_out = report(Answers(choices=FACTS["choices"], drawings=(lost,)), [CT], origin(), {}, SOFTWARE)
    assert left_out == [("findings/f1", "The mark lies on an image that is not of this case.")]


EVERYTHING = [POINT, LINE, BOX, THROUGH, ELLIPSE, POLYGON, HOLED, MASK]
EVERY = [
    pytest.param(
        [
            drawing(mark | {"on": {"series": CT.series} | mark["on"]}, f"findings/f{i}", **FACTS)
            for i, mark in enumerate(EVERYTHING)
        ]
        + [drawing(SPAN, "findings/span")],
        (CT, FILM),
        id="files",
    ),
    pytest.param(
        [drawing(mark | {"on": {"frame": 2}}, f"fields/f{i}") for i, mark in enumerate([BOX, LINE])],
        (MR,),
        id="frames",
    ),
]


@pytest.mark.parametrize(("drawings", "on"), EVERY)
def test_it_is_valid(drawings: Any, on: Any, tmp_path: Path) -> None:
    assert not faults(sr_file(tmp_path / "sr.dcm", *drawings, on=on, **FACTS))


@with_dciodvfy
@pytest.mark.parametrize(("drawings", "on"), EVERY)
def test_dciodvfy_finds_no_error(drawings: Any, on: Any, tmp_path: Path) -> None:
    assert not complaints(sr_file(tmp_path / "sr.dcm", *drawings, on=on, **FACTS))


def test_the_validator_would_see_a_fault(tmp_path: Path) -> None:
    read = pydicom.dcmread(sr_file(tmp_path / "sr.dcm", drawing(BOX, **FACTS), on=(CT,)))
    del items(read, "SCOORD")[0].GraphicType
    items(read, "NUM")[0].TextValue = "no text belongs here"
    del read.VerificationFlag
    read.NumberOfFrames = 1
    read.save_as(tmp_path / "broken.dcm")
    found = " ".join(faults(tmp_path / "broken.dcm"))
    for number in ("0070,0023", "0040,a160", "0040,a493", "0028,0008"):
        assert number in found.lower()
