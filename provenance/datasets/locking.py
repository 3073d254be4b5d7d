"""The lock: rows, lists and manifest are written once, with one event that cites them all."""

from dataclasses import replace
from typing import Final

from django.db import connection, transaction

from audit.actions import Action
from audit.contents import store
from audit.log import Journal, Reason, moment
from provenance.models import Dataset
from provenance.refusing import refuse_if_blinded, refuse_if_unsigned
from workflow.acting import Acting
from workflow.errors import AlreadyDone, InvalidInput, Stale
from workflow.models import Role
from workflow.reasons import fault

from .composing import locked_row, recorded, refuse_without
from .differences import counted_against
from .manifest import lists_of, manifest_of
from .selecting import Composition, composition, held_by, labels_of

MOST_CASES: Final = 500_000  # lists of them that one event can cite
MOVED_ON: Final = "Cases were settled or reopened since you looked. Look at the counts again, then lock."
_TAKE_IN = """
INSERT INTO provenance_datasetcase (dataset_id, case_id, label_id)
SELECT %s, case_id, label_id FROM ({chosen}) AS chosen (case_id, label_id) ORDER BY case_id
"""


def lock_dataset(
    *, acting: Acting, dataset: Dataset, seen: str, reason_code: str, reason: str = ""
) -> Dataset:
    """Lock a composed dataset: what its criteria take in now is what it holds from now on, whatever happens to cases.

    `seen`: the digest of the counts that the person decided on; Stale if they are others by now. OpenPart if the
    person plays a part in an open case, LogRefused if the log isn't signed any more.
    """
    acting = acting.using(Role.MANAGER).within(dataset.project)
    refuse_without(reason_code, "Say why it is locked now.")
    refuse_if_blinded(acting.member)
    refuse_if_unsigned(dataset.project)
    with transaction.atomic():
        dataset = locked_row(dataset)
        if dataset.state != Dataset.State.COMPOSED:
            raise AlreadyDone(f"This dataset is {dataset.state} already.")
        counts = _counted(dataset, seen)
        _take_in(dataset)
        if replace(composition(dataset.project, held_by(dataset)), left_out=counts.left_out) != counts:
            raise Stale(MOVED_ON)  # a case was settled or reopened between two statements
        _write(acting, dataset, counts, Reason(reason_code, reason))
    return dataset


def _counted(dataset: Dataset, seen: str) -> Composition:
    counts = composition(dataset.project, labels_of(dataset))
    if counts.digest != seen:
        raise Stale(MOVED_ON)
    if not 1 <= counts.cases <= MOST_CASES:
        message = f"A dataset has 1 to {MOST_CASES} cases, and this one would have {counts.cases}."
        raise InvalidInput([fault("/criteria", "bad_number", message)])
    return counts


def _take_in(dataset: Dataset) -> None:
    """Write the rows in one statement: what it sees is what the dataset holds."""
    sql, params = labels_of(dataset).order_by().values("case_id", "pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_IN.format(chosen=sql), [dataset.pk, *params])


def _write(acting: Acting, dataset: Dataset, counts: Composition, reason: Reason) -> None:
    labels, lists = held_by(dataset), list[tuple[int, str]]()
    for number, blob in lists_of(labels):
        store([blob])  # at once, so that memory does not grow with the dataset
        lists.append((number, blob.digest))
    changed = counted_against(dataset.supersedes, labels) if dataset.supersedes else None
    journal = Journal(dataset.project.log, acting.actor(), acting.request)
    manifest = journal.keep(manifest_of(dataset, counts, lists, changed))
    store([manifest])
    cited = [("cases", digest) for _, digest in lists]
    entry = recorded(journal, dataset, Action.DATASET_LOCKED, after=manifest, inputs=cited, reason=reason)
    journal.write()
    dataset.state, dataset.manifest_id, dataset.cases = Dataset.State.LOCKED, manifest.digest, counts.cases
    dataset.event_id, dataset.locked_by = entry.event_id, acting.person()
    dataset.locked_at = moment(journal.now())
    dataset.save(update_fields=["state", "manifest", "cases", "event", "locked_by", "locked_at"])
