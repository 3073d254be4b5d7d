"""Every screen's address."""

from django.urls import include, path

from .home import home

urlpatterns = [
    path("", home, name="home"),
    path("work/", include("screens.clinician.urls")),
    path("projects/", include("screens.manager.urls")),
    path("audit/", include("screens.auditor.urls")),
    path("account/", include("screens.account.urls")),
    path("safety/", include("screens.safety.urls")),
]
