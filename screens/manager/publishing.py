"""Publishing a version: what will change for whom, whether there are people enough, then the word to go."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import Styled, sent
from workflow.acting import Acting
from workflow.counted import counted
from workflow.documents import protocol_of
from workflow.drafting import Version, faults_of, in_force, mark_of, protocol_in
from workflow.errors import AlreadyDone, DomainError, Stale
from workflow.models import CaseRound, GuidelineVersion, Membership, ProtocolVersion, ReferenceLabel
from workflow.permissions import READERS, Kind, Verb
from workflow.protocol.fitting import check_against
from workflow.staffing import Staffing, staffing_of
from workflow.states import State
from workflow.versions import publish_guideline, publish_protocol

from .versions import about, version_of

KINDS = {"guideline": Kind.GUIDELINE, "protocol": Kind.PROTOCOL}


class PublishForm(Styled):
    """What changed, and whether labels mean something else now."""

    seen = forms.CharField(widget=forms.HiddenInput)
    change_note = forms.CharField(
        max_length=2000,
        label="What changed",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For readers and auditors.",
    )
    meaning = forms.ChoiceField(
        label="Kind of change",
        widget=forms.RadioSelect,
        choices=[
            ("editorial", "Editorial: labels made before mean the same"),
            ("meaning", "Changes meaning: labels made before may mean something else"),
        ],
    )
    despite = forms.BooleanField(
        required=False, label="Publish although there are not enough people for every case"
    )

    def __init__(self, *args: Any, short: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if short:
            self.fields["despite"].required = True
            self.fields["despite"].error_messages["required"] = "Say so if you want to publish all the same."
        else:
            del self.fields["despite"]


@screen("GET", "POST")
def publish(request: HttpRequest, slug: str, line: str, number: str) -> HttpResponse:
    """Show what publishing brings about; on POST publish, for ever."""
    acting = acting_in_project(request, slug, Verb.PUBLISH, KINDS.get(line, Kind.GUIDELINE))
    version = version_of(acting.person().project, line, int(number))
    if version.content is not None:
        raise AlreadyDone("This version is published already; it never changes.")
    faults, staffing = _faults(version), None
    if not faults and isinstance(version, ProtocolVersion):
        staffing = staffing_of(version.project, protocol_in(version))
    short = staffing is not None and not staffing.enough
    form = PublishForm(sent(request), initial={"seen": mark_of(version)}, short=short)
    if request.method == "POST" and not faults and form.is_valid() and _published(acting, version, form):
        messages.success(request, f"Version {version.number} of the {line} is published.")
        return redirect("project_version", slug, line, number)
    context = {"project": version.project, "here": "versions", "line": line, **about(version)}
    context |= {"form": form, "faults": faults, "staffing": staffing, "effects": _effects(version, staffing)}
    return render(request, "manager/publish.html", context, status=422 if form.errors else 200)


def _faults(version: Version) -> list[dict[str, str]]:
    try:
        return faults_of(version)
    except DomainError as error:
        return [{"path": "", "message": error.detail}]


def _published(acting: Acting, version: Any, form: PublishForm) -> bool:
    given = form.cleaned_data
    more = {"change_note": given["change_note"], "changes_meaning": given["meaning"] == "meaning"}
    try:
        if given["seen"] != mark_of(version):
            raise Stale(
                "Somebody changed this draft after you opened this page. Look at it again, then publish."
            )
        if isinstance(version, GuidelineVersion):
            publish_guideline(acting=acting, version=version, **more)
        else:
            publish_protocol(acting=acting, version=version, **more)
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _effects(version: Version, staffing: Staffing | None) -> list[str]:
    """What publishing will bring about, in sentences."""
    before = in_force(version)
    told = ["It never changes again: it gets one digest, and every read from then on cites it."]
    if before is not None:
        told += _effects_on_cases(version, before)
    if isinstance(version, GuidelineVersion):
        told += [_readers_must_acknowledge(version), *_unfit_protocol(version)]
    return told


def _effects_on_cases(version: Version, before: Version) -> list[str]:
    line = "guideline" if isinstance(version, GuidelineVersion) else "protocol"
    rounds = CaseRound.objects.filter(**{line: before})
    at_work = (
        rounds.filter(counted("case__"), number=F("case__round"))
        .exclude(case__state__in=(State.FINAL, State.EXCLUDED))
        .count()
    )
    labels = ReferenceLabel.objects.filter(counted("case__"), case__rounds__in=rounds)
    settled = labels.filter(round=F("case__rounds__number")).count()
    return [
        f"Version {before.number} is retired. Rounds at work finish under it ({_count(at_work, 'case')}); rounds that "
        f"begin later are under version {version.number}.",
        f"{_count(settled, 'reference label')} made under version {before.number}: all stay as they are.",
    ]


def _readers_must_acknowledge(version: GuidelineVersion) -> str:
    active = Membership.objects.filter(project=version.project, status=Membership.Status.ACTIVE)
    readers = active.filter(roles__overlap=[str(role) for role in READERS]).count()
    return f"Readers must acknowledge it before they get work under it ({_count(readers, 'reader')})."


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _unfit_protocol(version: GuidelineVersion) -> list[str]:
    """Where the published protocol would not fit this label schema any more."""
    protocol = ProtocolVersion.objects.filter(project=version.project, status="published").first()
    label_schema = (version.draft or {}).get("label_schema")
    if protocol is None or not isinstance(label_schema, dict) or faults_of(version):
        return []
    unfit = check_against(protocol_of(str(protocol.content_id)), label_schema)
    if not unfit:
        return []
    places = "; ".join(f"{fault.path}: {fault.message}" for fault in unfit[:5])
    return [
        f"The published protocol (version {protocol.number}) does not fit this label schema ({places}). "
        "Publish a protocol that fits it right after: until then new cases wait in intake."
    ]
