"""The dossier of a case as a page to read and to print, and its proof as a file; for auditors and managers."""

from base64 import b64encode
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from provenance.case_log import CaseLog
from provenance.case_reading import case_log
from provenance.dossier import dossier_of
from provenance.dossier_parts import Dossier
from provenance.errors import NotSealed
from screens.access import acting_in_project, acting_on_case
from screens.staffed import screen
from workflow.acting import Acting
from workflow.errors import NotFound
from workflow.models import Membership
from workflow.permissions import Kind, Verb
from workflow.seeing import saw_case

from .dossier_words import InWords

# Where the page stands: its layout, the address of its case and of its proof, and what opens that door.
PLACES: Final = {
    "audit": ("auditor/project.html", "audit_case", "audit_proof", "audit_exports", Kind.LOG),
    "projects": ("manager/project.html", "project_case", "project_proof", "project_exports", Kind.OVERVIEW),
}


@screen()
def dossier(request: HttpRequest, slug: str, case_id: UUID, place: str) -> HttpResponse:
    """Everything that the log says of a case, on one page."""
    acting = _reader(request, slug, case_id, place)
    saw_case(acting, case_id)
    member = acting.person()
    log = case_log(member.project.log_id, case_id)
    return render(request, "auditor/dossier.html", _context(member, log, dossier_of(log), place))


@screen()
def proof(request: HttpRequest, slug: str, case_id: UUID, place: str) -> HttpResponse:
    """The case's proof as a file: a C2SP tlog-proof."""
    member = _reader(request, slug, case_id, place).person()
    covered = case_log(member.project.log_id, case_id).covered
    if covered is None:
        raise NotSealed()
    response = HttpResponse(covered.tlog_proof(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{case_id}.tlog-proof"'
    return response


def _reader(request: HttpRequest, slug: str, case_id: UUID, place: str) -> Acting:
    """Whoever may see the case's timeline, in the project of the address."""
    acting_in_project(request, slug, Verb.SEE, PLACES[place][-1])
    acting = acting_on_case(request, case_id, Verb.SEE, Kind.TIMELINE)
    if acting.person().project.slug != slug:
        raise NotFound("There is no such case in this project.")
    return acting


def _context(member: Membership, log: CaseLog, found: Dossier, place: str) -> dict[str, Any]:
    layout, case_url, proof_url, exports_url, kind = PLACES[place]
    seen_url = f"{reverse('audit_access', args=[member.project.slug])}?case={found.case}"
    words = InWords(log, found)
    rounds = words.rounds()
    labels = [label for one in rounds for label in one.labels]
    return {
        "layout": layout,
        "case_url": case_url,
        "proof_url": proof_url,
        "exports_url": exports_url,
        "access_url": seen_url if kind == Kind.LOG else "",
        "project": member.project,
        "here": "cases",
        "dossier": found,
        "rounds": rounds,
        "people": words.people(),
        "held": words.held(),
        "in_force": labels[-1] if labels else None,
        "root": b64encode(log.covered.head.root).decode() if log.covered else "",
        "unsealed": found.events - (found.proof.covers if found.proof else 0),
    }
