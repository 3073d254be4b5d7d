"""The addresses of an auditor's screens, below /audit/. All of them only read; asking for a bundle is an event."""

from django.urls import URLPattern, path, re_path

from screens.datasets import pages as dataset_pages
from screens.quality.monitors import monitors
from screens.quality.page import quality

from . import access, cases, dossier, exports, log, projects, readers, registers

VERSION = r"^(?P<slug>[-a-zA-Z0-9_]+)/(?P<line>guideline|protocol)/(?P<number>[0-9]{1,6})/$"

urlpatterns: list[URLPattern] = [
    path("", projects.projects, name="audit_projects"),
    path("<slug:slug>/", projects.standing, name="audit_standing"),
    path("<slug:slug>/log/", log.log, name="audit_log"),
    path("<slug:slug>/log/<uuid:event_id>/", log.event, name="audit_event"),
    path("<slug:slug>/access/", access.access, name="audit_access"),
    path("<slug:slug>/cases/", cases.cases, name="audit_cases"),
    path("<slug:slug>/cases/<uuid:case_id>/", cases.case, name="audit_case"),
    path(
        "<slug:slug>/cases/<uuid:case_id>/dossier/", dossier.dossier, {"place": "audit"}, name="audit_dossier"
    ),
    path(
        "<slug:slug>/cases/<uuid:case_id>/tlog-proof", dossier.proof, {"place": "audit"}, name="audit_proof"
    ),
    path("<slug:slug>/quality/", quality, {"place": "audit"}, name="audit_quality"),
    path("<slug:slug>/quality/watch/", monitors, {"place": "audit"}, name="audit_watch"),
    path("<slug:slug>/versions/", registers.versions, name="audit_versions"),
    re_path(VERSION, registers.version, name="audit_version"),
    path("<slug:slug>/datasets/", dataset_pages.datasets, {"place": "audit"}, name="audit_datasets"),
    path(
        "<slug:slug>/datasets/<uuid:dataset_id>/",
        dataset_pages.dataset,
        {"place": "audit"},
        name="audit_dataset",
    ),
    path("<slug:slug>/exports/", exports.exports, {"place": "audit"}, name="audit_exports"),
    path("<slug:slug>/readers/", readers.readers, name="audit_readers"),
    path("<slug:slug>/readers/<uuid:member_id>/", readers.reader, name="audit_reader"),
]
