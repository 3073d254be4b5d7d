"""The addresses of the safety contact; notices lead to them."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.safety_reports, name="safety_reports"),
    path("<uuid:report_id>", views.safety_report, name="safety_report"),
]
