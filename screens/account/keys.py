"""The keys by which one works, changed on a page of one's own; and how one likes pages to look."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.preferences import prefer
from screens.access import person
from screens.keymap import GROUPS, LOOKS, choose_keys, keys_of, reset_keys
from screens.layouts import hangs, remember_hanging
from screens.staffed import screen
from workflow.errors import InvalidInput
from workflow.reasons import fault

FIELD = "key."


@screen("GET", "POST")
def my_keys(request: HttpRequest) -> HttpResponse:
    """Every key, to be changed by pressing another; conflicts are said, and then nothing is changed."""
    user, wanted, faults = person(request), keys_of(person(request)), {}
    if request.method == "POST" and request.POST.get("do") == "reset":
        reset_keys(user=user)
        messages.success(request, "All keys are as they come.")
        return redirect("my_keys")
    if request.method == "POST":
        wanted = {one.name: request.POST.get(FIELD + one.name, "") for _, group in GROUPS for one in group}
        faults = choose_keys(user=user, wanted=wanted)
        if not faults:
            messages.success(request, "Your keys are kept, on every machine.")
            return redirect("my_keys")
    groups = [
        (title, [(one, wanted.get(one.name) or one.key, faults.get(one.name, "")) for one in group])
        for title, group in GROUPS
    ]
    return render(
        request,
        "account_pages/keys.html",
        {"groups": groups, "faults": faults, "field": FIELD},
        status=422 if faults else 200,
    )


@screen("POST")
def remember_look(request: HttpRequest) -> HttpResponse:
    """Keep the theme, whether keys without Ctrl work, or how images hang; sent by the page by itself."""
    name, value, user = request.POST.get("name", ""), request.POST.get("value", ""), person(request)
    if hangs(name):
        known = remember_hanging(user=user, name=name, value=value)
    elif known := value in LOOKS.get(name, ()):
        prefer(user=user, name=name, value=value)
    if not known:
        raise InvalidInput([fault("/value", "unknown", "There is no such choice.")])
    return HttpResponse(status=204)
