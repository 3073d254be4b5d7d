"""One transaction on many cases: what changes hands in all of them, recorded in each case's own chain.

For acts that leave every case's state as it is; a case that moves has its `workflow.unit.CaseUnit`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.actions import Action
from audit.contents import Blob
from audit.log import Entry, Journal, Reason, moment

from .acting import Acting
from .models import Case, CaseRound, Project

_BATCH = 1000  # rows of one statement


class ManyCases:
    """Locked cases of one project with their rounds, and one journal for all of them."""

    def __init__(self, acting: Acting, project: Project, case_ids: Sequence[UUID]) -> None:
        self.acting, self.project = acting.within(project), project
        # In one order for everybody, so that two who lock several never wait for each other.
        locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=set(case_ids), project=project)
        self.cases = {case.pk: case for case in locked.order_by("pk")}
        self.journal = Journal(project.log, acting.actor(), acting.request)
        self._streams = self.journal.streams("case", list(self.cases))
        self._rounds = self._present_rounds()
        self._written = False

    def record(
        self,
        case_id: UUID,
        action: Action,
        *,
        object: tuple[str, UUID, int],
        after: Blob | None = None,
        reason: Reason | None = None,
        extra: dict[str, Any] | None = None,
        model: dict[str, str] | None = None,
    ) -> Entry:
        """Append an event to a case's chain, under its round's guideline and protocol."""
        kind, object_id, version = object
        round_ = self._rounds.get(case_id)
        return self.journal.record(
            self._streams[case_id],
            action,
            object=(kind, str(object_id), version),
            guideline=_cited(round_.guideline) if round_ else None,
            protocol=_cited(round_.protocol) if round_ else None,
            after=after,
            reason=reason,
            extra=extra,
            model=model,
        )

    def now(self) -> datetime:
        """The database's time in this transaction."""
        return moment(self.journal.now())

    def write_on(self) -> None:
        """Write the events so far. Their time must be the database's when they are written: not after thousands."""
        self._written = self._written or self.journal.pending
        self.journal.write()
        self.journal = Journal(self.project.log, self.acting.actor(), self.acting.request)

    def finish(self) -> None:
        """Write the events, and each case's new head."""
        self.write_on()
        if not self._written:
            return
        changed = [case for pk, case in self.cases.items() if self._streams[pk].seq != case.audit_seq]
        for case in changed:
            case.audit_seq, case.audit_head = self._streams[case.pk].seq, self._streams[case.pk].head
        Case.objects.bulk_update(changed, ["audit_seq", "audit_head"], batch_size=_BATCH)

    def _present_rounds(self) -> dict[UUID, CaseRound]:
        numbers = {pk: case.round for pk, case in self.cases.items()}
        rounds = CaseRound.objects.filter(case__in=list(numbers)).select_related("guideline", "protocol")
        return {one.case_id: one for one in rounds if one.number == numbers[one.case_id]}


@contextmanager
def on_cases(acting: Acting, project: Project, case_ids: Sequence[UUID]) -> Iterator[ManyCases]:
    """Lock several cases for one act, and write its events when the block ends; nothing if it raises."""
    with transaction.atomic():
        many = ManyCases(acting, project, case_ids)
        yield many
        many.finish()


def _cited(version: Any) -> dict[str, Any]:
    return {"id": str(version.pk), "version": version.number, "digest": version.content_id}
