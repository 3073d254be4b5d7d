"""A version of a case's labels as DICOM SR, TID 1500 (Measurement Report)."""

from collections.abc import Sequence
from typing import Any

from highdicom.sr import (
    CodedConcept,
    ComprehensiveSR,
    DeviceObserverIdentifyingAttributes,
    LanguageOfContentItemAndDescendants,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    PersonObserverIdentifyingAttributes,
)
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes

from .coding import PICTURES, REPORT, schemes
from .drawn_groups import Group, Segments, group_of, said
from .frames import Stack
from .headers import MADE_BY, carefully, complete, family
from .labels import Answers, Origin
from .pinning import pinned, settle
from .places import NotPlaced, placed

SERIES = 7001  # the number of the series of reports
_ANY_LANGUAGE = CodedConcept("und", "RFC5646", "Undetermined")


@carefully
def report(
    answers: Answers, stacks: Sequence[Stack], origin: Origin, segments: Segments, software: str
) -> tuple[bytes, list[tuple[str, str]]]:
    """The file's bytes, and which marks it lacks and why; NotPlaced if nothing is left.

    `stacks` are the case's series, the first one of the study that the report belongs to.
    """
    groups, left_out = _groups(answers, stacks, origin, segments)
    if not groups:
        raise NotPlaced("The label says nothing that a report could tell.")
    evidence = [complete(header) for stack in stacks for header in stack.files]
    evidence += [segments[path] for path in sorted(segments)]
    made = ComprehensiveSR(
        evidence=evidence,
        content=_content(groups, origin),
        series_instance_uid=pinned(origin.named("sr-series")),
        series_number=SERIES,
        sop_instance_uid=pinned(origin.named("sr")),
        instance_number=1,
        is_complete=True,
        is_final=True,
        software_versions=software,
        coding_schemes=schemes(origin.schema),
        series_description="Consilium labels",
        **_verified(origin),
        **MADE_BY,
    )
    return settle(made, origin.named("sr"), origin.at), left_out


def _content(groups: Sequence[Group], origin: Origin) -> Dataset:
    person, device = (_observer(origin), None) if origin.person else (None, _observer(origin))
    content = MeasurementReport(
        observation_context=ObservationContext(person, device),
        procedure_reported=PICTURES,
        imaging_measurements=groups,
        title=REPORT,
        # A label schema is written in any language.
        language_of_content_item_and_descendants=LanguageOfContentItemAndDescendants(_ANY_LANGUAGE),
    )
    return content[0]


def _observer(origin: Origin) -> ObserverContext:
    if origin.person:
        return ObserverContext(
            codes.DCM.Person, PersonObserverIdentifyingAttributes(name=family(origin.person))
        )
    device = DeviceObserverIdentifyingAttributes(
        uid=pinned(f"device\n{origin.device}"),
        name=origin.device,
        manufacturer_name="Consilium",
        model_name=origin.device,
    )
    return ObserverContext(codes.DCM.Device, device)


def _verified(origin: Origin) -> dict[str, Any]:
    if not origin.verified:
        return {"is_verified": False}
    return {
        "is_verified": True,
        "verifying_observer_name": family(origin.person),
        "verifying_organization": origin.organization or "not told",
    }


def _groups(
    answers: Answers, stacks: Sequence[Stack], origin: Origin, segments: Segments
) -> tuple[list[Group], list[tuple[str, str]]]:
    groups, left_out = [], []
    about = said("case", answers.choices, answers.numbers, origin)
    if answers.choices or answers.numbers:
        groups.append(MeasurementsAndQualitativeEvaluations(**about))
    for drawing in answers.drawings:
        try:
            groups.append(group_of(drawing, placed(drawing.mark, stacks), origin, segments))
        except NotPlaced as why:
            left_out.append((drawing.path, str(why)))
    return groups, left_out
