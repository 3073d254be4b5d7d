"""Every address of the API, below /api/v1/."""

from django.urls import URLPattern, path

from .authentication import PathTokenAuthentication
from .dicomweb.addresses import below
from .views import (
    access,
    acts,
    agreement,
    assigning,
    cases,
    controls,
    docs,
    dossier,
    explained,
    exports,
    gate,
    imports,
    imports_files,
    issues,
    links,
    log,
    managing,
    members,
    monitors,
    people,
    projects,
    reader_models,
    safety,
    scores,
    settings,
    staffing,
    statements,
    tokens,
    versions,
    waves,
    what_if,
    withdrawing,
    work,
)

PROJECT = "projects/<slug:slug>"
GUIDELINES = f"{PROJECT}/guideline-versions"
PROTOCOLS = f"{PROJECT}/protocol-versions"
MEMBERS = f"{PROJECT}/members"
CASE = "cases/<uuid:case_id>"
MODEL = f"{PROJECT}/models/<uuid:model_id>"
IMPORTS = f"{PROJECT}/imports"
IMPORT = f"{IMPORTS}/<uuid:import_id>"
TASK = "tasks/<uuid:task_id>"

urlpatterns: list[URLPattern] = [
    path("schema", docs.SchemaView.as_view(), name="schema"),
    path("docs", docs.docs, name="docs"),
    path("tokens", tokens.Tokens.as_view(), name="tokens"),
    path("tokens/<uuid:token_id>/revoke", tokens.RevokeToken.as_view(), name="revoke_token"),
    path("me", people.Me.as_view(), name="me"),
    path("projects", projects.Projects.as_view(), name="projects"),
    path(PROJECT, projects.ProjectDetail.as_view(), name="project"),
    path(f"{PROJECT}/cases", projects.RegisterCases.as_view(), name="register_cases"),
    path(GUIDELINES, versions.Guidelines.as_view(), name="guidelines"),
    path(f"{GUIDELINES}/<int:number>", versions.GuidelineDetail.as_view(), name="guideline"),
    path(f"{GUIDELINES}/<int:number>/publish", versions.PublishGuideline.as_view(), name="publish_guideline"),
    path(
        f"{GUIDELINES}/<int:number>/acknowledge", versions.AcknowledgeGuideline.as_view(), name="acknowledge"
    ),
    path(PROTOCOLS, versions.Protocols.as_view(), name="protocols"),
    path(f"{PROTOCOLS}/<int:number>", versions.ProtocolDetail.as_view(), name="protocol"),
    path(f"{PROTOCOLS}/<int:number>/publish", versions.PublishProtocol.as_view(), name="publish_protocol"),
    path(f"{PROJECT}/agreement", agreement.Agreement.as_view(), name="agreement"),
    path(f"{PROJECT}/what-if", what_if.WhatIf.as_view(), name="what_if"),
    path(f"{PROJECT}/monitors", monitors.Monitors.as_view(), name="monitors"),
    path(f"{PROJECT}/settings", settings.Settings.as_view(), name="settings"),
    path(f"{PROJECT}/staffing", staffing.StaffingCheck.as_view(), name="staffing"),
    path(f"{PROJECT}/priorities", scores.Scores.as_view(), name="priorities"),
    path(f"{PROJECT}/forecast", assigning.ProjectForecast.as_view(), name="forecast"),
    path(f"{PROJECT}/controls", controls.Controls.as_view(), name="controls"),
    path(
        f"{PROJECT}/controls/<uuid:control_id>/retire",
        controls.RetireControl.as_view(),
        name="retire_control",
    ),
    path(f"{PROJECT}/models", reader_models.Models.as_view(), name="models"),
    path(f"{MODEL}/retire", reader_models.RetireModel.as_view(), name="retire_model"),
    path(f"{MODEL}/predictions", reader_models.Predictions.as_view(), name="predictions"),
    path(f"{MODEL}/assistance", reader_models.ModelAssistance.as_view(), name="assistance"),
    path(f"{PROJECT}/waves", waves.Waves.as_view(), name="waves"),
    path(f"{PROJECT}/waves/<uuid:wave_id>", waves.WaveDetail.as_view(), name="wave"),
    path(f"{PROJECT}/waves/<uuid:wave_id>/revise", waves.ReviseWave.as_view(), name="revise_wave"),
    path(f"{PROJECT}/waves/<uuid:wave_id>/open", waves.OpenWave.as_view(), name="open_wave"),
    path(f"{PROJECT}/waves/<uuid:wave_id>/close", waves.CloseWave.as_view(), name="close_wave"),
    path(IMPORTS, imports.Imports.as_view(), name="imports"),
    path(IMPORT, imports.ImportDetail.as_view(), name="import"),
    path(f"{IMPORT}/submit", imports.SubmitImport.as_view(), name="submit_import"),
    path(f"{IMPORT}/withdraw", imports.WithdrawImport.as_view(), name="withdraw_import"),
    path(f"{IMPORT}/cases", imports.ImportCases.as_view(), name="import_cases"),
    path(f"{IMPORT}/files", imports_files.ImportFiles.as_view(), name="import_files"),
    path(f"{IMPORT}/files/<int:number>", imports_files.OneFile.as_view(), name="import_file"),
    path(f"{PROJECT}/gate", gate.Gate.as_view(), name="gate"),
    path(f"{PROJECT}/statements", statements.Statements.as_view(), name="statements"),
    path(MEMBERS, members.Members.as_view(), name="members"),
    path(f"{MEMBERS}/<uuid:member_id>", members.MemberDetail.as_view(), name="member"),
    path(f"{MEMBERS}/<uuid:member_id>/impact", members.MemberImpact.as_view(), name="member_impact"),
    *(
        path(
            f"{MEMBERS}/<uuid:member_id>/{act.name}",
            members.view_of(act).as_view(),
            name=f"member_{act.name}",
        )
        for act in members.ACTS
    ),
    path(f"{PROJECT}/log/checkpoint", log.LogHead.as_view(), name="checkpoint"),
    path(f"{PROJECT}/access", access.AccessLog.as_view(), name="access_log"),
    path(f"{PROJECT}/log/events", log.LogEvents.as_view(), name="log_events"),
    path(f"{PROJECT}/log/proofs/inclusion", log.InclusionProof.as_view(), name="prove_inclusion"),
    path(f"{PROJECT}/log/proofs/consistency", log.ConsistencyProof.as_view(), name="prove_consistency"),
    path(f"{CASE}/proof", log.CaseProof.as_view(), name="prove_case"),
    path(f"{PROJECT}/exports", exports.Exports.as_view(), name="exports"),
    path("exports/<uuid:export_id>", exports.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:export_id>/download", exports.DownloadExport.as_view(), name="download_export"),
    path("cases", cases.Cases.as_view(), name="cases"),
    path(CASE, cases.CaseDetail.as_view(), name="case"),
    path(f"{CASE}/timeline", cases.Timeline.as_view(), name="timeline"),
    path(f"{CASE}/consensus", explained.CaseConsensus.as_view(), name="case_consensus"),
    path(f"{CASE}/dossier", dossier.CaseDossier.as_view(), name="case_dossier"),
    *(path(f"{CASE}/{act.name}", managing.view_of(act).as_view(), name=act.name) for act in managing.ACTS),
    path("tasks", work.Tasks.as_view(), name="tasks"),
    path("tasks/claim", work.Claim.as_view(), name="claim"),
    path("tasks/assign", assigning.Assign.as_view(), name="assign"),
    path("tasks/rebalance", assigning.Rebalance.as_view(), name="rebalance"),
    path("tasks/withdraw", withdrawing.Withdraw.as_view(), name="withdraw"),
    path(TASK, work.TaskDetail.as_view(), name="task"),
    path(f"{TASK}/heartbeat", acts.Heartbeat.as_view(), name="heartbeat"),
    path(f"{TASK}/draft", acts.SaveDraft.as_view(), name="draft"),
    path(f"{TASK}/submit", acts.Submit.as_view(), name="submit"),
    path(f"{TASK}/release", acts.Release.as_view(), name="release"),
    path(f"{TASK}/skip", acts.Skip.as_view(), name="skip"),
    path(f"{TASK}/recall", acts.Recall.as_view(), name="recall"),
    path(f"{TASK}/links", links.Links.as_view(), name="open_outside"),
    path(f"{TASK}/report", safety.ReportFinding.as_view(), name="report_finding"),
    path(f"{TASK}/issues", issues.RaiseIssue.as_view(), name="raise_issue"),
    path(f"{PROJECT}/issues", issues.ProjectIssues.as_view(), name="issues"),
    path("issues/<uuid:issue_id>/answer", issues.AnswerIssue.as_view(), name="answer_issue"),
    path("safety", safety.SafetyReports.as_view(), name="safety_reports"),
    path("safety/<uuid:report_id>", safety.SafetyReportDetail.as_view(), name="safety_report"),
    path(
        "safety/<uuid:report_id>/acknowledge", safety.AcknowledgeReport.as_view(), name="acknowledge_report"
    ),
    *below("dicomweb"),
    *below(f"dicomweb/{PROJECT}", "project"),
    *below(f"dicomweb/{TASK}", "task"),
    *below("dicomweb/links/<str:token>", "link", authentication_classes=[PathTokenAuthentication]),
]
