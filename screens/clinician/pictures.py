"""A task's studies and series as its holder may know them: under their own UIDs, in the order of the case."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from imaging.web.guise import Guise
from imaging.web.templates import filled
from tasks.models import Task
from tasks.naming import uids_for
from workflow.errors import NotFound
from workflow.images.serving import header_template
from workflow.images.shown import ShownUids
from workflow.models import CaseImage, Instance

from .hanging import FLAT, MAMMOGRAPHY, Picture

ORIENTATION: Final = "00200020"  # Patient Orientation: where rows and columns lead
FRONT: Final = {"A": "R", "P": "L"}  # a row that leads to the front ends on the right of the picture
Json = dict[str, Any]


class Pictures:
    """The series that a task's case shows, under its holder's UIDs or others that are given.

    `studies` and `series` are JSON; `all` is what can hang.
    """

    def __init__(self, task: Task, uids: ShownUids | None = None) -> None:
        self.uids: ShownUids = uids or uids_for(task)
        rows = CaseImage.objects.filter(case=task.case.shows).select_related("series__study")
        self.rows = list(rows.order_by("role", "position", "id"))
        self.instances = {row.pk: _instances(row) for row in self.rows}

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each series is among those of any case, by its shown UID: `prior.MG.R.CC.1` is the first such prior."""
        found, seen = {}, Counter[str]()
        for row in self.rows:
            facts = self._facts(row)
            told = [row.series.modality, facts.get("laterality"), facts.get("view_position")]
            kind = ".".join(
                [row.role, *(re.sub("[^A-Z0-9]", "", str(one or "").upper())[:16] for one in told)]
            )
            seen[kind] += 1
            found[self.uids.shown(row.series.uid)] = f"{kind}.{seen[kind]}"
        return found

    @property
    def studies(self) -> list[Json]:
        """Each study once: the current one, then priors, numbered where there are several."""
        found: dict[str, CaseImage] = {}
        for row in self.rows:
            found.setdefault(row.series.study.uid, row)
        priors = [uid for uid, row in found.items() if row.role == CaseImage.Role.PRIOR]
        return [
            {"uid": self.uids.shown(uid), "role": row.role, "label": _label(uid, row, priors)}
            for uid, row in found.items()
        ]

    @property
    def series(self) -> list[Json]:
        """Each series, with what the viewer's list tells of it."""
        return [self._series(number, row) for number, row in enumerate(self.rows, 1)]

    @cached_property
    def all(self) -> list[Picture]:
        """What can hang: stacks whole, radiographs and mammograms image by image."""
        found = []
        for row in self.rows:
            images, apart = self.instances[row.pk], row.series.modality in FLAT | {MAMMOGRAPHY}
            several = images if apart else images[:1]
            found += [self._picture(row, image, alone=apart and len(images) > 1) for image in several]
        return found

    def _series(self, number: int, row: CaseImage) -> Json:
        images, facts = self.instances[row.pk], self._facts(row)
        told = {"laterality": facts.get("laterality"), "view": facts.get("view_position")}
        return {
            "study": self.uids.shown(row.series.study.uid),
            "uid": (shown := self.uids.shown(row.series.uid)),
            "kind": self.kinds[shown],
            "modality": row.series.modality,
            "number": number,
            "description": "",
            "images": sum(len(image.frames) for image in images),
            **{name: value for name, value in told.items() if value},
        }

    def _facts(self, row: CaseImage) -> Json:
        return dict(next((image.facts for image in self.instances[row.pk]), {}))

    def _picture(self, row: CaseImage, image: Instance, *, alone: bool) -> Picture:
        facts = image.facts
        return Picture(
            self.uids.shown(row.series.uid),
            self.uids.shown(image.uid) if alone else "",
            row.role,
            row.series.modality,
            str(facts.get("laterality") or ""),
            str(facts.get("view_position") or ""),
            _faces(image) if row.series.modality == MAMMOGRAPHY else "",
        )


def _instances(row: CaseImage) -> Sequence[Instance]:
    wanted = ("id", "uid", "project_id", "series_id", "frames", "facts")
    images = list(Instance.objects.filter(series=row.series_id).only(*wanted))
    return sorted(images, key=lambda one: (one.facts.get("instance_number") or 0, one.uid))


def _label(uid: str, row: CaseImage, priors: Sequence[str]) -> str:
    if row.role == CaseImage.Role.CURRENT:
        return "Current"
    return "Prior" if len(priors) == 1 else f"Prior {priors.index(uid) + 1}"


def _faces(image: Instance) -> str:
    """To which side of the picture the body's front looks, by its header; empty if that doesn't say."""
    try:
        header = json.loads(filled(header_template(image.project_id, image.pk), Guise(patient=""), ""))
    except NotFound:
        return ""
    told = (header.get(ORIENTATION) or {}).get("Value") or [""]
    return FRONT.get(str(told[0])[:1], "")
