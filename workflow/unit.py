"""One transaction on one case: lock it, change it, record it, save it. Every function that moves a case uses this."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django_fsm import TransitionNotAllowed

from audit.actions import Action
from audit.contents import Blob
from audit.log import Entry, Journal, Reason, Stream, moment

from .acting import Acting
from .documents import label_schema_of, protocol_of, settled_schema_of
from .errors import IllegalMove, NotFound
from .labels.schema import LabelSchema
from .models import Arbitration, Case, CaseRound, ConsensusReport, Project, Read
from .protocol.protocol import Protocol
from .situation import Head, Situation, as_new, in_order, reads_of, round_and_head, situation_of
from .states import State, action_for

STAGE_OF_ROLE = {"annotator": "annotate", "junior_reviewer": "review", "senior_arbiter": "arbitrate"}


class CaseUnit:
    """A locked case with its round, its journal and what has been decided so far in this transaction."""

    def __init__(self, acting: Acting, case: Case) -> None:
        self.acting = acting.within(case.project)
        self.case = case
        self.journal = Journal(case.project.log, acting.actor(), acting.request)
        self._head: Head | None = None
        self._steps: list[dict[str, Any]] = []

    def begin_with(self, present: CaseRound, head: Head) -> None:
        """Know the round and where the chain stands from what was read together with the locked case."""
        self.__dict__["round"], self._head = present, head

    @property
    def project(self) -> Project:
        """The case's project."""
        return self.case.project

    @cached_property
    def stream(self) -> Stream:
        """The head of the case's chain, as the locked row says it; its time comes with the round."""
        if self.round is None or self._head is None:
            return self.journal.stream("case", self.case.pk)
        head = Stream(
            "case", self.case.pk, self.case.audit_seq, bytes(self.case.audit_head), self._head.last_event
        )
        return self.journal.continue_at(head, self._head.clock)

    @cached_property
    def round(self) -> CaseRound | None:
        """The present round, with the versions it is pinned to."""
        if not self.case.round:
            return None
        found, self._head = round_and_head(self.case)
        return found

    def at_work(self) -> CaseRound:
        """The present round; IllegalMove before there is one."""
        if self.round is None:
            raise IllegalMove("The case is still in intake.")
        return self.round

    @property
    def protocol(self) -> Protocol:
        """The protocol that the round is pinned to."""
        return protocol_of(str(self.at_work().protocol.content_id))

    @property
    def label_schema(self) -> LabelSchema:
        """The label schema of the guideline that the round is pinned to."""
        return label_schema_of(str(self.at_work().guideline.content_id))

    @property
    def settled_schema(self) -> LabelSchema:
        """The same as a settled answer must fit it."""
        versions = self.at_work()
        return settled_schema_of(str(versions.guideline.content_id), str(versions.protocol.content_id))

    @cached_property
    def reads(self) -> list[Read]:
        """The round's reads, with those that `add_read` added."""
        return reads_of(self.case)

    @cached_property
    def reports(self) -> list[ConsensusReport]:
        """The round's consensus reports, the last one last."""
        return list(
            ConsensusReport.objects.filter(case=self.case, round=self.case.round).order_by("sequence")
        )

    @cached_property
    def arbitrations(self) -> list[Arbitration]:
        """The round's arbitrations."""
        return list(Arbitration.objects.filter(case=self.case, round=self.case.round))

    def situation(self) -> Situation:
        """The facts as they are now."""
        protocol = self.protocol if self.round else None
        judged = self.case.state in (State.CONSENSUS, State.ARBITRATION)
        reports, arbitrations = (self.reports, self.arbitrations) if judged else ([], [])
        return situation_of(self.case, self.round, protocol, self.reads, reports, arbitrations)

    def add_read(self, read: Read) -> None:
        """Know a read that was stored just now; a verdict or recall on a read of `reads` is known by itself."""
        self.reads.append(as_new(read))
        self.reads.sort(key=in_order)

    def forget(self) -> None:
        """Read the round and all that happened in it anew when they are next asked for."""
        for name in ("round", "reads", "reports", "arbitrations"):
            self.__dict__.pop(name, None)

    def record(
        self,
        action: Action,
        *,
        object: tuple[str, UUID, int],
        before: Blob | None = None,
        after: Blob | None = None,
        inputs: Sequence[tuple[str, str]] = (),
        display: str | None = None,
        reason: Reason | None = None,
        state: tuple[str | None, str] | None = None,
        extra: dict[str, Any] | None = None,
        acting: Acting | None = None,
        caused_by: Entry | None = None,
        model: dict[str, str] | None = None,
        hiding: Sequence[str] = (),
    ) -> Entry:
        """Append an event to the case's chain, under the round's guideline, protocol and blinding.

        `hiding`: what was hidden for this act beyond what the protocol hides.
        """
        kind, object_id, version = object
        return self.journal.record(
            self.stream,
            action,
            object=(kind, str(object_id), version),
            before=before,
            after=after,
            inputs=inputs,
            display=display,
            guideline=_cited(self.round.guideline) if self.round else None,
            protocol=_cited(self.round.protocol) if self.round else None,
            blinding=self._blinding(hiding),
            reason=reason,
            state=state,
            extra=extra,
            actor=acting.actor() if acting else None,
            caused_by=caused_by,
            model=model,
        )

    def move(
        self,
        name: str,
        *,
        object: tuple[str, UUID, int] | None = None,
        after: Blob | None = None,
        inputs: Sequence[tuple[str, str]] = (),
        display: str | None = None,
        reason: Reason | None = None,
        extra: dict[str, Any] | None = None,
        caused_by: Entry | None = None,
    ) -> Entry:
        """Make a move of the machine, with the one event that carries it; IllegalMove from the wrong state."""
        source = self.case.state
        try:
            getattr(self.case, name)()
        except TransitionNotAllowed:
            raise IllegalMove(f"A case in {words(source)} can't do this.", state=source) from None
        target = self.case.state
        action = action_for(name, source, target)
        assert action is not None, f"{name} has no edge from {source} to {target}"
        if target == State.EXCLUDED:
            self.case.excluded_from = source
        elif source == State.EXCLUDED:
            self.case.excluded_from = ""
        self._steps.append({n: getattr(self.case, n) for n in ("state", "round", "excluded_from")})
        return self.record(
            action,
            object=object or ("case", self.case.pk, self.case.round),
            after=after,
            inputs=inputs,
            display=display,
            reason=reason,
            state=(source, target),
            extra=extra,
            caused_by=caused_by,
        )

    @property
    def moves(self) -> int:
        """How many moves the case made in this transaction."""
        return len(self._steps)

    def now(self) -> Any:
        """The database's time in this transaction, as a datetime."""
        _ = self.stream  # comes with the time
        return moment(self.journal.now())

    def finish(self) -> None:
        """Write the events and the case. A case that moved twice is saved twice: the trigger checks each step."""
        if not self.journal.pending:
            return
        self.journal.write()
        self.case.audit_seq, self.case.audit_head = self.stream.seq, self.stream.head
        for step in self._steps[:-1]:
            Case.objects.filter(pk=self.case.pk).update(**step)
        self.case.save(force_update=True)

    def _blinding(self, hiding: Sequence[str]) -> dict[str, bool] | None:
        stage = STAGE_OF_ROLE.get(self.acting.role)
        if self.round is None or stage is None:
            return None
        hidden = {*getattr(self.protocol.blinding, stage), *hiding}
        return {
            "peer_labels": "other_reads" in hidden,
            "model_output": "model_output" in hidden,
            "prior_round": "other_reads" in hidden,
            "clinical_data": "clinical_data" in hidden,
        }


@contextmanager
def on_case(acting: Acting, case_id: UUID) -> Iterator[CaseUnit]:
    """Lock a case for one act, and write what the act did when the block ends; nothing if it raises."""
    with transaction.atomic():
        unit = CaseUnit(acting, locked_case(case_id))
        yield unit
        unit.finish()


def locked_case(case_id: UUID) -> Case:
    """The case, locked until the transaction ends; NotFound if there is none."""
    cases = Case.objects.select_for_update(of=("self",)).select_related("project__log")
    try:
        return cases.get(pk=case_id)
    except Case.DoesNotExist:
        raise NotFound("There is no such case.") from None


def words(state: str) -> str:
    """A state as people say it."""
    return state.replace("_", " ")


def _cited(version: Any) -> dict[str, Any]:
    return {"id": str(version.pk), "version": version.number, "digest": version.content_id}
