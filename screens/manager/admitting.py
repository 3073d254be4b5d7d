"""Letting a person in, by user name or with a new account whose password is shown once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from screens.access import acting_in_project
from screens.staffed import screen
from screens.styled import sent
from workflow.acting import Acting
from workflow.admitting import NewAccount, Place, admit, admit_new
from workflow.errors import DomainError
from workflow.models import Membership
from workflow.permissions import Kind, Verb
from workflow.queries import members_of, name_of

from .person_forms import AdmitForm


@never_cache
@screen("GET", "POST")
def admit_person(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask who; on POST let them in, and show a new account's password, which is kept nowhere."""
    acting = acting_in_project(request, slug, Verb.ADMIT, Kind.MEMBER)
    project = acting.person().project
    sites = members_of(project).exclude(site="").values_list("site", flat=True).order_by("site").distinct()
    form = AdmitForm(sent(request)).suggest_sites(list(sites))
    context = {"project": project, "here": "people", "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            member, password = _let_in(acting, form)
        except DomainError as error:
            form.refuse(error)
        else:
            if password:
                return render(
                    request, "manager/admitted.html", {**context, "member": member, "password": password}
                )
            messages.success(request, f"{name_of(member)} is in the project.")
            return redirect("project_person", slug, member.pk)
    return render(request, "manager/admit.html", context, status=422 if form.errors else 200)


def _let_in(acting: Acting, form: AdmitForm) -> tuple[Membership, str]:
    given = form.cleaned_data
    place = Place(given["roles"], given["site"], given["capacity_per_day"])
    if not given["is_new"]:
        return admit(acting=acting, username=given["username"], place=place), ""
    account = NewAccount(given["username"], given["first_name"], given["last_name"], given["email"])
    return admit_new(acting=acting, account=account, place=place)
