"""Which case a person is shown as a probe: known ones each once, their own only after a washout."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from workflow.counted import counted
from workflow.draws import shuffled
from workflow.models import Case, GoldItem, Membership, Part, Probe, Read
from workflow.qualification import tags_of
from workflow.settings.reading import whole
from workflow.states import State


def gold_for(member: Membership, turn: int) -> GoldItem | None:
    """A control that this person has never seen in any form, of those shown least often so far; None if there is none.

    Never more often than the setting `gold_exposures`, whoever sees it.
    """
    found = unseen(member, GoldItem.Use.GOLD).annotate(
        shown=Count("showings", filter=Q(showings__case__purpose=Case.Purpose.GOLD))
    )
    rows = list(found.filter(shown__lt=whole(member.project, "gold_exposures")).order_by("shown", "id"))
    least = [row for row in rows if row.shown == rows[0].shown]
    return shuffled(least, member.project, "gold", member.pk, turn)[0] if least else None


def unseen(member: Membership, use: str) -> QuerySet[GoldItem]:
    """The items in use whose case this person had no part in and was never shown, and for which they qualify."""
    source = OuterRef("source_case")
    return GoldItem.objects.filter(
        ~Exists(Part.objects.filter(case=source, member=member)),
        ~Exists(Probe.objects.filter(case__source_case=source, member=member)),
        project=member.project_id,
        use=use,
        retired_event=None,
        source_case__in=_theirs(member),
    ).select_related("source_case", "content")


def repeat_for(member: Membership, turn: int, now: datetime | None = None) -> Read | None:
    """One of this person's own reads, of a final case, as old as the washout at least, and not repeated yet."""
    washout = timedelta(days=whole(member.project, "repeat_washout_days"))
    reads = Read.objects.filter(
        counted("case__"),
        ~Exists(Probe.objects.filter(case__source_case=OuterRef("case"), member=member)),
        member=member,
        slot__gte=1,
        revision=1,
        recall=None,
        case__state=State.FINAL,
        submitted_at__lt=(now or timezone.now()) - washout,
        case__in=_theirs(member),
    )
    rows = list(reads.select_related("case", "content").order_by("case", "-round").distinct("case"))
    return shuffled(rows, member.project, "repeat", member.pk, turn)[0] if rows else None


def _theirs(member: Membership) -> QuerySet[Case]:
    """The cases that a person qualifies for today, without those from sites where they have a conflict of interest."""
    tags = tags_of([member], timezone.now().date())[member.pk] or ()
    cases = Case.objects.filter(project=member.project_id, needs__contained_by=list(tags))
    return cases.exclude(strata__site__in=member.conflicts) if member.conflicts else cases
