"""The addresses of a manager's screens, below /projects/."""

from django.urls import URLPattern, path, re_path

from screens.auditor.dossier import dossier, proof
from screens.auditor.exports import exports
from screens.datasets import acts as dataset_acts
from screens.datasets import pages as dataset_pages
from screens.quality.designs import what_if
from screens.quality.monitors import monitors
from screens.quality.page import quality

from . import (
    admitting,
    board,
    bulk,
    case_acts,
    cases,
    controls,
    drafts,
    gate,
    import_files,
    importing,
    imports,
    issues,
    models,
    people,
    person_acts,
    projects,
    publishing,
    settings,
    staffing,
    statements,
    taking_back,
    versions,
    waves,
    work,
)

LINE = r"^(?P<slug>[-a-zA-Z0-9_]+)/(?P<line>guideline|protocol)/"
VERSION = rf"{LINE}(?P<number>[0-9]{{1,6}})/"
PROTOCOL_WHAT_IF = r"^(?P<slug>[-a-zA-Z0-9_]+)/protocol/(?P<number>[0-9]{1,6})/what-if/$"
CASE = "<slug:slug>/cases/<uuid:case_id>/"
IMPORT = "<slug:slug>/imports/<uuid:import_id>/"
WAVE = "<slug:slug>/waves/<uuid:wave_id>/"
PERSON = "<slug:slug>/people/<uuid:member_id>/"

DATASET = "<slug:slug>/datasets/<uuid:dataset_id>/"

urlpatterns: list[URLPattern] = [
    path("", projects.projects, name="projects"),
    path("<slug:slug>/", projects.home, name="project_home"),
    path("<slug:slug>/figures/", projects.refresh_figures, name="project_figures"),
    path("<slug:slug>/cases/", cases.cases, name="project_cases"),
    path("<slug:slug>/cases/import/", importing.import_cases, name="project_import"),
    path("<slug:slug>/cases/together/", bulk.bulk, name="project_bulk"),
    path(CASE, cases.case, name="project_case"),
    path(f"{CASE}dossier/", dossier, {"place": "projects"}, name="project_dossier"),
    path(f"{CASE}tlog-proof", proof, {"place": "projects"}, name="project_proof"),
    path(f"{CASE}images/", gate.case_images, name="project_case_images"),
    path(f"{CASE}<slug:name>/", case_acts.act, name="project_case_act"),
    path("<slug:slug>/exports/", exports, {"place": "projects"}, name="project_exports"),
    path("<slug:slug>/imports/", imports.imports, name="project_imports"),
    path("<slug:slug>/imports/new/", imports.new_import, name="project_new_import"),
    path(IMPORT, imports.one_import, name="project_one_import"),
    path(f"{IMPORT}files/", import_files.import_files, name="project_import_files"),
    path(f"{IMPORT}submit/", imports.send_off, name="project_submit_import"),
    path(f"{IMPORT}withdraw/", imports.withdraw, name="project_withdraw_import"),
    path("<slug:slug>/issues/", issues.issues, name="project_issues"),
    path("<slug:slug>/issues/<uuid:issue_id>/", issues.issue, name="project_issue"),
    path("<slug:slug>/issues/<uuid:issue_id>/picture", issues.issue_picture, name="project_issue_picture"),
    path("<slug:slug>/gate/", gate.gate, name="project_gate"),
    path("<slug:slug>/images/<uuid:instance_id>/thumbnail", gate.thumbnail, name="project_thumbnail"),
    path("<slug:slug>/images/<uuid:instance_id>/preview", gate.preview, name="project_preview"),
    path("<slug:slug>/work/", work.work, name="project_work"),
    path("<slug:slug>/work/<uuid:task_id>/", taking_back.take_task_back, name="project_take_back"),
    path("<slug:slug>/settings/", settings.settings, name="project_settings"),
    path("<slug:slug>/workload/", board.board, name="project_board"),
    path("<slug:slug>/controls/", controls.controls, name="project_controls"),
    path("<slug:slug>/controls/new/", controls.new_control, name="project_new_control"),
    path("<slug:slug>/controls/<uuid:control_id>/", controls.retire, name="project_retire_control"),
    path("<slug:slug>/models/", models.models, name="project_models"),
    path("<slug:slug>/models/new/", models.new_model, name="project_new_model"),
    path("<slug:slug>/waves/", waves.waves, name="project_waves"),
    path("<slug:slug>/waves/new/", waves.new_wave, name="project_new_wave"),
    path(WAVE, waves.wave, name="project_wave"),
    path(f"{WAVE}revise/", waves.plan_otherwise, name="project_revise_wave"),
    path(f"{WAVE}<slug:act>/", waves.set_wave, name="project_set_wave"),
    path("<slug:slug>/staffing/", staffing.staffing, name="project_staffing"),
    path("<slug:slug>/statements/", statements.statements, name="project_statements"),
    path("<slug:slug>/people/", people.people, name="project_people"),
    path("<slug:slug>/people/new/", admitting.admit_person, name="project_admit"),
    path(PERSON, people.person, name="project_person"),
    path(f"{PERSON}<slug:name>/", person_acts.act, name="project_person_act"),
    path("<slug:slug>/datasets/", dataset_pages.datasets, {"place": "projects"}, name="project_datasets"),
    path("<slug:slug>/datasets/new/", dataset_acts.new_dataset, name="project_new_dataset"),
    path(DATASET, dataset_pages.dataset, {"place": "projects"}, name="project_dataset"),
    path(f"{DATASET}compose/", dataset_acts.recompose, name="project_recompose"),
    path(f"{DATASET}next/", dataset_acts.next_version, name="project_next_dataset"),
    path(f"{DATASET}lock/", dataset_acts.lock, name="project_lock_dataset"),
    path(f"{DATASET}withdraw/", dataset_acts.withdraw, name="project_withdraw_dataset"),
    path("<slug:slug>/quality/", quality, {"place": "projects"}, name="project_quality"),
    path("<slug:slug>/versions/", versions.versions, name="project_versions"),
    re_path(rf"{LINE}new/$", drafts.begin, name="project_new_draft"),
    path("<slug:slug>/quality/watch/", monitors, {"place": "projects"}, name="project_watch"),
    path("<slug:slug>/what-if/", what_if, name="project_what_if"),
    re_path(PROTOCOL_WHAT_IF, what_if, name="project_version_what_if"),
    re_path(rf"{VERSION}$", versions.version, name="project_version"),
    re_path(rf"{VERSION}edit/$", drafts.draft, name="project_draft"),
    re_path(rf"{VERSION}publish/$", publishing.publish, name="project_publish"),
]
