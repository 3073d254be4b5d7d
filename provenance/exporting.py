"""Asking for an export; recording, sealing and packing it is the machine's part (provenance/jobs.py).

Each step is found in the database and can be done again: whoever is killed half-way leaves only a partial file, and the
next attempt packs the same bytes.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from workflow.acting import Acting
from workflow.counted import counted
from workflow.errors import InvalidInput
from workflow.models import Case, Project, ReferenceLabel
from workflow.permissions import Verb
from workflow.reasons import fault

from .jobs import build_soon
from .labels_out.formats import FORMATS
from .models import Export
from .refusing import permitted, refuse_if_unsigned

MOST_CASES = 10_000


def request_export(
    *,
    acting: Acting,
    project: Project,
    profile: str,
    cases: Sequence[UUID] | None = None,
    formats: Sequence[str] | None = None,
) -> Export:
    """Ask for a bundle; a subset holds the cases named, or all that have a label. Labels come in `formats`, or in all.

    LogRefused if the log isn't signed any more, OpenPart if the person may not see others' reads yet.
    """
    acting = permitted(acting.within(project), Verb.EXPORT)
    refuse_if_unsigned(project)
    chosen, wanted = _chosen(project, profile, cases), _formats(profile, formats)
    with transaction.atomic():
        export = Export.objects.create(
            project=project,
            profile=profile,
            cases=chosen,
            formats=wanted,
            requested_by=acting.member,
            role=acting.role,
            request=asdict(acting.request),
            auth=acting.auth,
            requested_at=_now(),
        )
        if acting.member is not None:  # what the command asks for, it packs itself
            build_soon(export.pk)
    return export


def _chosen(project: Project, profile: str, cases: Sequence[UUID] | None) -> list[UUID] | None:
    if profile not in Export.Profile.values:
        raise InvalidInput([fault("/profile", "bad_profile", "Choose full, subset, pseudonymous or labels.")])
    if profile != Export.Profile.SUBSET:
        if cases:
            raise InvalidInput([fault("/cases", "not_a_subset", "Only a subset names its cases.")])
        return None
    if not cases:
        labelled = ReferenceLabel.objects.filter(counted("case__"), case__project=project).values_list(
            "case", flat=True
        )
        cases = list(labelled.distinct()[: MOST_CASES + 1])
    return _checked(project, sorted(set(cases)))


def _formats(profile: str, formats: Sequence[str] | None) -> list[str] | None:
    if profile != Export.Profile.LABELS:
        if formats:
            raise InvalidInput([fault("/formats", "no_labels", "Only an export of labels has formats.")])
        return None
    wanted = sorted(set(formats or FORMATS))
    if unknown := set(wanted) - FORMATS.keys():
        message = f"{len(unknown)} of these formats are not known. Choose among {', '.join(sorted(FORMATS))}."
        raise InvalidInput([fault("/formats", "bad_format", message)])
    return wanted


def _checked(project: Project, cases: list[UUID]) -> list[UUID]:
    if not 1 <= len(cases) <= MOST_CASES:
        message = f"A subset has 1 to {MOST_CASES} cases; for more, ask for the whole log."
        raise InvalidInput([fault("/cases", "bad_number", message)])
    known = set(Case.objects.filter(project=project, pk__in=cases).values_list("pk", flat=True))
    if unknown := [case for case in cases if case not in known]:
        message = f"{len(unknown)} of these cases are not in this project."
        raise InvalidInput([fault("/cases", "unknown_case", message)])
    return cases


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: Any = cursor.fetchone()
    return datetime.fromisoformat(found[0].isoformat())
