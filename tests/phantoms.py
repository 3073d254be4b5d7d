"""Cases with drawn CT images: the demonstration's phantoms, taken in as any other files."""

import csv
import io
import json
from pathlib import Path

from demo.images import first_slice, on_phantom, phantom_files, series_uid
from demo.lidc import DemoCase, cases
from tests.images import imported
from tests.people import Study

COLUMNS = ("external_ref", "patient_key", "split", "series", "question_text", "place")
QUESTION = "Is there a nodule of 3 mm or more at the marked place?"


def with_phantoms(of: Study, folder: Path, count: int = 2) -> Study:
    """The study with this many cases more, each a CT series around a nodule whose place is told."""
    files: list[Path] = []
    chosen = cases(count)
    for case in chosen:
        own = folder / case.external_ref
        own.mkdir(parents=True)
        files += phantom_files(case, own)
    batch = imported(of, *files, unit="list", manifest=_manifest(chosen))
    assert batch.rows.filter(result="registered").count() == count
    return of


def _manifest(chosen: list[DemoCase]) -> str:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for case in chosen:
        place = json.dumps(on_phantom(case.place, series_uid(case), first_slice(case)))
        rows.writerow((case.external_ref, case.patient_key, "train", series_uid(case), QUESTION, place))
    return out.getvalue()
