"""The addresses of annotators, junior reviewers and senior arbiters. Nothing in them names a case."""

from django.urls import path

from . import (
    ahead,
    attestation,
    background,
    calibration,
    committing,
    feedback,
    guidelines,
    images,
    issues,
    leaving,
    outside,
    queue,
    room,
)

TASK = "tasks/<uuid:task_id>/"

urlpatterns = [
    path("", queue.work_queue, name="work_queue"),
    path("next", queue.work_next, name="work_next"),
    path("guidelines/<slug:slug>/<int:number>/", guidelines.work_guideline, name="work_guideline"),
    path(
        "guidelines/<slug:slug>/<int:number>/examples/<int:example>",
        guidelines.work_example,
        name="work_example",
    ),
    path("calibration/<slug:slug>/", calibration.calibration, name="work_calibration"),
    path("display/<slug:slug>/", attestation.work_display, name="work_display"),
    path("feedback/", feedback.my_feedback, name="work_feedback"),
    path("issues/", issues.my_issues, name="work_issues"),
    path(TASK, room.task, name="work_task"),
    path(f"{TASK}commit", committing.committed, name="work_commit"),
    path(f"{TASK}submit", room.submitted, name="work_submit"),
    path(f"{TASK}leave", room.left, name="work_leave"),
    path(f"{TASK}findings", room.findings, name="work_findings"),
    path(f"{TASK}images", images.images, name="work_images"),
    path(f"{TASK}ahead", ahead.ahead, name="work_ahead"),
    path(f"{TASK}outside", outside.opened, name="work_outside"),
    path(f"{TASK}draft", background.draft, name="work_draft"),
    path(f"{TASK}heartbeat", background.beat, name="work_heartbeat"),
    path(f"{TASK}release", leaving.released, name="work_release"),
    path(f"{TASK}skip", leaving.skipped, name="work_skip"),
    path(f"{TASK}recall", leaving.recalled, name="work_recall"),
    path(f"{TASK}issue", issues.issue_raised, name="work_issue"),
    path(f"{TASK}report", leaving.reported, name="work_report"),
]
