"""The factor from a PET's values to SUV by body weight, after QIBA's vendor-neutral rule.

Source: QIBA FDG-PET/CT Profile, "Calculation of SUV", the vendor-neutral pseudo-code: values in Bq/ml, corrected
for attenuation and decay; the dose decays from its injection to the moment to which the values are corrected.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from pydicom.dataset import Dataset

from .values import decimal, item, number

CORRECTED: Final = frozenset({"ATTN", "DECY"})
LONGEST: Final = timedelta(days=1)
Factor = tuple[str | None, str | None]


def suv(dataset: Dataset) -> Factor:
    """(factor, None), or (None, why there is none); (None, None) for what is no PET.

    SUVbw in g/ml = factor × (slope × stored value + intercept).
    """
    if str(dataset.get("Modality") or "") != "PT":
        return None, None
    units = str(dataset.get("Units") or "").strip().upper()
    if units == "GML":
        return "1", None
    if units != "BQML":
        return None, "units"
    told = dataset.get("CorrectedImage") or []
    if not set([told] if isinstance(told, str) else map(str, told)) >= CORRECTED:
        return None, "not_corrected"
    return _from_dose(dataset)


def _from_dose(dataset: Dataset) -> Factor:
    drug = item(dataset, "RadiopharmaceuticalInformationSequence")
    weight, dose = _above_zero(dataset, "PatientWeight"), _above_zero(drug, "RadionuclideTotalDose")
    half_life = _above_zero(drug, "RadionuclideHalfLife")
    if weight is None:
        return None, "no_weight"
    if dose is None:
        return None, "no_dose"
    correction = str(dataset.get("DecayCorrection") or "").strip().upper()
    if correction == "ADMIN":
        return decimal(weight * 1000 / dose), None
    if correction != "START":
        return None, "decay_correction"
    if half_life is None:
        return None, "no_half_life"
    passed = _since_injection(dataset, drug)
    if passed is None:
        return None, "no_times"
    left = dose * 2 ** (-passed / half_life)
    return decimal(weight * 1000 / left), None


def _since_injection(dataset: Dataset, drug: Dataset) -> float | None:
    """Seconds from the injection to the scan's start; None when the times don't fit together."""
    start = _scan_start(dataset)
    injected = _moment(str(drug.get("RadiopharmaceuticalStartDateTime") or ""))
    if start and injected is None:
        # The time alone: on the day of the scan, or the evening before.
        injected = _moment(f"{start:%Y%m%d}{drug.get('RadiopharmaceuticalStartTime') or ''}")
        if injected and injected > start:
            injected -= timedelta(days=1)
    if start is None or injected is None or not timedelta(0) <= start - injected < LONGEST:
        return None
    return (start - injected).total_seconds()


def _scan_start(dataset: Dataset) -> datetime | None:
    """The series' time, unless it was written anew after the acquisition: then nothing says the start."""
    series = _moment(f"{dataset.get('SeriesDate') or ''}{dataset.get('SeriesTime') or ''}")
    acquired = _moment(f"{dataset.get('AcquisitionDate') or ''}{dataset.get('AcquisitionTime') or ''}")
    return series if series and acquired and series <= acquired else None


def _moment(told: str) -> datetime | None:
    digits = told.strip().replace(":", "").split(".")[0].split("+")[0].split("-")[0]
    try:
        return datetime.strptime(digits[:14], "%Y%m%d%H%M%S") if len(digits) >= 14 else None
    except ValueError:
        return None


def _above_zero(dataset: Dataset, keyword: str) -> float | None:
    found = number(dataset, keyword)
    return float(found) if found is not None and Decimal(found) > 0 else None
