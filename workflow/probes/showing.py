"""A probe is made: a case of its own that shows what another shows, to one person, with the draw that says when."""

from audit.actions import Action
from audit.contents import store
from audit.log import Entry, Journal
from workflow.acting import machine
from workflow.models import Case, GoldItem, Membership, Probe, Read
from workflow.registering import about_case

from .turns import Turn


def make_probe(
    member: Membership,
    source: Case,
    purpose: Case.Purpose,
    *,
    item: GoldItem | None = None,
    earlier: Read | None = None,
    turn: Turn | None = None,
) -> Case:
    """Write the case of a showing, in intake, with its event. Within the caller's transaction."""
    project = member.project
    journal = Journal(project.log, machine().actor(), machine().request)
    case = Case(
        project=project,
        patient_key=source.patient_key,
        split=source.split,
        strata=source.strata,
        needs=source.needs,
        shown=source.shown,
        priority=source.priority,
        purpose=purpose,
        source_case=source,
    )
    case.external_ref = f"probe-{case.pk}"
    probe = Probe(case=case, member=member, item=item, earlier=earlier)
    if turn is not None:
        probe.turn, probe.draw = turn.claims, turn.draw.recorded()
    probe.event_id = _created(journal, case, probe).event_id
    journal.write()
    case.save(force_insert=True)
    probe.save(force_insert=True)
    return case


def _created(journal: Journal, case: Case, probe: Probe) -> Entry:
    stream = journal.new_stream("case", case.pk)
    showing = {
        "for": probe.member.actor_id,
        "turn": probe.turn,
        "draw": probe.draw,
        "gold": probe.item and str(probe.item.content_id),
        "earlier": probe.earlier and str(probe.earlier.content_id),
    }
    about = about_case(journal, case.pk, case, case, probe=showing)
    store([about])
    entry = journal.record(
        stream, Action.CASE_CREATED, object=("case", str(case.pk), 0), after=about, state=(None, case.state)
    )
    case.audit_seq, case.audit_head = stream.seq, stream.head
    return entry
