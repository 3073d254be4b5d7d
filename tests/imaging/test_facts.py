"""What is told of a file: geometry, technique and values as decimal strings, and nothing that could be a name."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from imaging.facts import facts_of
from imaging.limits import Limits
from imaging.reading import read
from imaging.values import decimal
from tests.imaging.made import CT, PET, header, image, item
from tests.imaging.shipped import one

MR_ENHANCED = "1.2.840.10008.5.1.4.1.1.4.1"
KEYS = {
    *("modality", "sop_class", "transfer_syntax", "body_part", "laterality", "view_position", "manufacturer"),
    *("instance_number", "acquisition_number", "synthetic", "photometric", "rows", "columns", "frames"),
    *("bits_allocated", "bits_stored", "signed", "samples", "lossy", "lossy_ratio", "frame_time", "spacing"),
    *(
        "thickness",
        "gap",
        "position",
        "orientation",
        "frame_positions",
        "slope",
        "intercept",
        "window",
        "units",
    ),
    *("suv", "suv_reason", "sex", "age_band"),
}


def told(**changes: Any) -> dict[str, Any]:
    """The facts of a small image with such elements."""
    return facts_of(image(**changes))


def test_a_ct_slice_tells_where_it_lies() -> None:
    facts = facts_of(read(one("CT_small.dcm"), Limits()))

    assert set(facts) == KEYS
    assert facts["modality"] == "CT"
    assert facts["spacing"] == ["0.661468", "0.661468"]
    assert facts["position"] == ["-158.135803", "-179.035797", "-75.699997"]
    assert facts["orientation"] == ["1", "0", "0", "0", "1", "0"]
    assert (facts["slope"], facts["intercept"]) == ("1", "-1024")
    assert (facts["signed"], facts["lossy"], facts["frames"]) == (True, False, 1)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of what it is given
def test_nothing_that_could_be_a_name_is_told() -> None:
    name = "Doe^Jane"
    free = [
        *("Modality", "BodyPartExamined", "ViewPosition", "Laterality", "ImageLaterality", "Manufacturer"),
        *("SeriesDescription", "PatientSex", "PatientAge", "Units", "PhotometricInterpretation", "StudyDate"),
        *("PatientBirthDate", "LossyImageCompression", "CorrectedImage", "DecayCorrection"),
    ]
    sent = image()
    for keyword in free:
        setattr(sent, keyword, name)
    sent.SOPClassUID, sent.file_meta.TransferSyntaxUID = "1.2.3.4567", "1.2.3.4567"

    shown = json.dumps(facts_of(sent)).upper()

    assert "DOE" not in shown and "JANE" not in shown and "4567" not in shown  # noqa: PT018


def test_functional_groups_tell_where_each_frame_lies() -> None:
    def frame(z: float) -> Dataset:
        return item(PlanePositionSequence=[item(ImagePositionPatient=[1, 2, z])])

    shared = item(
        PixelMeasuresSequence=[item(PixelSpacing=[0.5, 0.6], SliceThickness=2, SpacingBetweenSlices=2.5)],
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelValueTransformationSequence=[item(RescaleSlope=2, RescaleIntercept=-5)],
        FrameVOILUTSequence=[item(WindowCenter=40, WindowWidth=80)],
    )
    facts = told(
        sop_class=MR_ENHANCED, modality="MR",
        SharedFunctionalGroupsSequence=[shared], PerFrameFunctionalGroupsSequence=[frame(0), frame(2.5)],
    )  # fmt: skip

    assert facts["spacing"] == ["0.5", "0.6"]
    assert (facts["thickness"], facts["gap"]) == ("2", "2.5")
    assert facts["position"] == ["1", "2", "0"]
    assert facts["frame_positions"] == [["1", "2", "0"], ["1", "2", "2.5"]]
    assert facts["orientation"] == ["1", "0", "0", "0", "1", "0"]
    assert (facts["slope"], facts["intercept"], facts["window"]) == ("2", "-5", ["40", "80"])


def test_groups_of_each_frame_count_where_nothing_is_shared() -> None:
    frame = item(PixelMeasuresSequence=[item(PixelSpacing=[0.5, 0.5])])

    assert told(PerFrameFunctionalGroupsSequence=[frame])["spacing"] == ["0.5", "0.5"]


@pytest.mark.parametrize("wrong", [[0, 1], [-1, -1], [1], ["", ""]])
def test_a_spacing_that_is_none_is_not_told(wrong: list[Any]) -> None:
    assert told(PixelSpacing=wrong)["spacing"] is None


def test_a_detectors_spacing_stands_in_for_the_pixels() -> None:
    assert told(PixelSpacing=[0, 0], ImagerPixelSpacing=[0.1, 0.1])["spacing"] == ["0.1", "0.1"]


def test_an_ultrasound_region_tells_its_spacing_in_millimetres() -> None:
    region = item(
        RegionSpatialFormat=1, PhysicalUnitsXDirection=3, PhysicalUnitsYDirection=3,
        PhysicalDeltaX=0.02, PhysicalDeltaY=0.03,
    )  # fmt: skip

    assert told(SequenceOfUltrasoundRegions=[region])["spacing"] == ["0.3", "0.2"]


@pytest.mark.parametrize(
    ("elements", "band"),
    [
        ({"PatientAge": "062Y"}, "60-69"),
        ({"PatientAge": "011M"}, "0-9"),
        ({"PatientAge": "090Y"}, "90+"),
        ({"PatientAge": "131Y"}, None),
        ({"PatientBirthDate": "19500601", "StudyDate": "20200531"}, "60-69"),
        ({"PatientBirthDate": "19500601", "StudyDate": "20200602"}, "70-79"),
        ({"PatientBirthDate": "20200101", "StudyDate": "20100101"}, None),
        ({"PatientBirthDate": "19500601"}, None),
        ({}, None),
    ],
)
def test_an_age_is_told_in_bands_of_ten_years(elements: dict[str, str], band: str | None) -> None:
    assert told(**elements)["age_band"] == band


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1.50", "1.5"),
        ("-0.0", "0"),
        ("1e3", "1000"),
        ("nan", None),
        ("1e99", None),
        ("x", None),
        (None, None),
    ],
)
def test_numbers_are_told_as_plain_decimals(value: Any, shown: str | None) -> None:
    assert decimal(value) == shown


def pet(**changes: Any) -> Dataset:
    """A PET whose dose of 400 MBq was injected an hour before, half of its half-life."""
    drug = item(
        RadiopharmaceuticalStartTime=changes.pop("injected", "090000"),
        RadionuclideTotalDose=changes.pop("dose", 4e8),
        RadionuclideHalfLife=changes.pop("half_life", 7200),
    )
    elements: dict[str, Any] = {
        "Units": "BQML", "CorrectedImage": ["ATTN", "DECY", "SCAT"], "DecayCorrection": "START", "PatientWeight": 80,
        "SeriesDate": "20200101", "SeriesTime": "100000", "AcquisitionDate": "20200101", "AcquisitionTime": "100500.5",
        "RadiopharmaceuticalInformationSequence": [drug],
    }  # fmt: skip
    return header(sop_class=PET, modality="PT", **{**elements, **changes})


def test_suv_takes_the_dose_that_is_left_at_the_scans_start() -> None:
    factor = facts_of(pet())["suv"]

    assert float(factor) == pytest.approx(80_000 / (4e8 * 2**-0.5), rel=1e-6)


def test_suv_takes_the_whole_dose_where_values_are_corrected_to_the_injection() -> None:
    assert facts_of(pet(DecayCorrection="ADMIN"))["suv"] == "0.0002"


def test_suv_takes_an_injection_before_midnight() -> None:
    late = pet(SeriesTime="003000", AcquisitionTime="003500", injected="233000")

    assert float(facts_of(late)["suv"]) == pytest.approx(80_000 / (4e8 * 2**-0.5), rel=1e-6)


def test_values_in_grams_by_millilitre_are_suv_already() -> None:
    assert facts_of(pet(Units="GML"))["suv"] == "1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Units": "CNTS"}, "units"),
        ({"CorrectedImage": ["ATTN"]}, "not_corrected"),
        ({"PatientWeight": 0}, "no_weight"),
        ({"dose": 0}, "no_dose"),
        ({"half_life": ""}, "no_half_life"),
        ({"DecayCorrection": "NONE"}, "decay_correction"),
        ({"AcquisitionTime": "095500"}, "no_times"),
        ({"injected": ""}, "no_times"),
    ],
)
def test_without_what_it_needs_there_is_no_suv_but_a_reason(changes: dict[str, Any], reason: str) -> None:
    facts = facts_of(pet(**changes))

    assert (facts["suv"], facts["suv_reason"]) == (None, reason)


def test_only_a_pet_has_suv() -> None:
    facts = told(sop_class=CT, modality="CT")

    assert (facts["suv"], facts["suv_reason"]) == (None, None)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "name", ["emri_small.dcm", "eCT_Supplemental.dcm", "liver.dcm", "rtdose.dcm", "RG1_J2KR.dcm", "badVR.dcm"]
)
def test_facts_of_real_files_are_json(name: str) -> None:
    import pydicom

    facts = facts_of(pydicom.dcmread(Path(one(name)), stop_before_pixels=True))

    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert set(facts) == KEYS
