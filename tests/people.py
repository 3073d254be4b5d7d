"""The fixed cast: the same few people in every test, and a study for them to work in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from accounts.models import Credential, User
from audit.log import Reason
from tasks import cases as managing
from tasks.completing import submit
from tasks.leases import claim
from tasks.models import Task
from workflow.acting import Acting
from workflow.intake import NewCase, Row
from workflow.models import Case, GuidelineVersion, Membership, Project, ProtocolVersion
from workflow.projects import add_member, create_project
from workflow.versions import (
    acknowledge,
    draft_guideline,
    draft_protocol,
    publish_guideline,
    publish_protocol,
)

MOST_WORK = 200

CAST: dict[str, tuple[str, tuple[str, ...]]] = {
    "maria": ("Maria Manager", ("manager",)),
    "mehmet": ("Mehmet Manager", ("manager",)),
    "anna": ("Anna Annotator", ("annotator",)),
    "bob": ("Bob Annotator", ("annotator",)),
    "cleo": ("Cleo Annotator", ("annotator",)),
    "jin": ("Jin Junior", ("junior_reviewer",)),
    "jana": ("Jana Junior", ("junior_reviewer",)),
    "jules": ("Jules Junior", ("junior_reviewer",)),
    "sana": ("Sana Senior", ("senior_arbiter",)),
    "aud": ("Aud Auditor", ("auditor",)),
}

LABEL_SCHEMA: dict[str, Any] = {
    "schema": "consilium/label-schema/v1",
    "fields": [
        {
            "key": "finding",
            "kind": "nominal",
            "label": "Finding",
            "categories": [{"value": v, "label": v.title()} for v in ("none", "nodule", "mass")],
        },
        {
            "key": "malignancy",
            "kind": "ordinal",
            "label": "Malignancy",
            "categories": [{"value": v, "label": str(v)} for v in range(1, 6)],
        },
    ],
}
GUIDELINE: dict[str, Any] = {
    "schema": "consilium/guideline/v1",
    "title": "Chest",
    "instructions": "Look at the whole image, then choose.",
    "label_schema": LABEL_SCHEMA,
    "examples": [],
}
PROTOCOL: dict[str, Any] = {
    "schema": "consilium/protocol/v1",
    "reads": {"rule": "2+1", "count": 2, "max": 3},
    "junior_review": {"share": "1", "always_if": [], "distinct_reviewers": True, "max_returns": 1},
    "fields": {
        "finding": {"comparator": {"equal": {}}},
        "malignancy": {"comparator": {"ordinal": {"within": 1}}, "cutoffs": [4], "median": "high"},
    },
    "second_look": {"rounds": 0},
    "arbitration": {"sample_of_agreed": {"share": "0", "strata": []}, "signature": "series"},
    "safety_contact": {"none_because": "A test has no patients."},
}


def labels(finding: str = "nodule", malignancy: int = 3, **more: Any) -> dict[str, Any]:
    """A read of the cast's label schema."""
    return {
        "schema": "consilium/read/v1",
        "fields": {"finding": finding, "malignancy": malignancy},
        "findings": [],
        **more,
    }


def person(name: str) -> User:
    """One of the cast, or an outsider, with a credential."""
    full = CAST.get(name, (name.title(), ()))[0]
    first, _, last = full.partition(" ")
    user, new = User.objects.get_or_create(username=name, defaults={"first_name": first, "last_name": last})
    if new:
        Credential.objects.create(
            user=user,
            profession="physician",
            specialty="radiology",
            years_experience=7,
            valid_from=date(2020, 1, 1),
        )
    return user


@dataclass
class Study:
    """A project with the whole cast in it, and short words for what they do."""

    project: Project
    members: dict[str, Membership] = field(default_factory=dict)

    def acting(self, name: str) -> Acting:
        """The person, in their first role."""
        member = self.members[name]
        return Acting(member, member.roles[0])

    @cached_property
    def guideline(self) -> GuidelineVersion:
        """The published guideline."""
        return GuidelineVersion.objects.get(project=self.project, status="published")

    def register(self, *refs: str, **more: Any) -> list[Row]:
        """Register cases, each of a patient of its own."""
        new = [NewCase(ref, f"patient-{ref}", "train", {"site": "north"}, **more) for ref in refs]
        return managing.register(acting=self.acting("maria"), project=self.project, cases=new)

    def case(self, ref: str = "case-1") -> Case:
        """The case as it stands now."""
        return Case.objects.get(project=self.project, external_ref=ref)

    def claim(self, name: str, kinds: Sequence[str] | None = None) -> Task:
        """The person's next task; the test fails if there is none."""
        task = claim(acting=self.acting(name), kinds=kinds)
        assert isinstance(task, Task), f"{name} got no task: {task.sentence()}"
        return task

    def submit(self, name: str, task: Task, result: dict[str, Any]) -> Task:
        """Finish a task that the person holds."""
        assert task.token is not None
        return submit(acting=self.acting(name), task_id=task.pk, token=task.token, result=result)

    def read(self, name: str, **values: Any) -> Task:
        """Claim the next read and submit it."""
        return self.submit(name, self.claim(name), {"labels": labels(**values)})

    def review(self, name: str, verdict: str = "accept", **more: Any) -> Task:
        """Claim the next review and give a verdict."""
        reason = {} if verdict == "accept" else {"reason_code": "boundary"}
        return self.submit(name, self.claim(name), {"verdict": verdict, **reason, **more})

    def arbitrate(self, name: str = "sana", outcome: str = "decided", **more: Any) -> Task:
        """Claim the next dispute and decide it."""
        decision = {
            "outcome": outcome,
            "reason_code": "perception",
            "rationale": "The margin is clear.",
            **more,
        }
        return self.submit(name, self.claim(name), decision)

    def agree_at_two(self, **values: Any) -> None:
        """Carry the first case through reads and reviews that all agree."""
        for reader in ("anna", "bob"):
            self.read(reader, **values)
        for reviewer in ("jin", "jana"):
            self.review(reviewer)

    def reopen(self, readers: str, ref: str = "case-1") -> None:
        """Begin a new round of a final case."""
        reason = Reason("new_evidence", "Histology came in.")
        managing.reopen(
            acting=self.acting("maria"), case_id=self.case(ref).pk, readers=readers, reason=reason
        )

    def exclude(self, name: str = "maria", ref: str = "case-1") -> None:
        """Ask to exclude a case."""
        managing.exclude(
            acting=self.acting(name), case_id=self.case(ref).pk, reason=Reason("bad_image", "Blurred.")
        )


def study(
    *refs: str,
    protocol: dict[str, Any] | None = None,
    guideline: dict[str, Any] | None = None,
    slug: str = "chest",
) -> Study:
    """A study with the whole cast, published versions that everybody acknowledged, and the cases named."""
    project = create_project(founder=person("maria"), slug=slug, name="Chest")
    # What was opened first comes first, also within the hour.
    project.settings = {"spread_minutes": 0}
    project.save(update_fields=["settings"])
    new = Study(project, {"maria": Membership.objects.select_related("project__log").get(project=project)})
    boss = new.acting("maria")
    for name, (_, roles) in CAST.items():
        if name != "maria":
            new.members[name] = add_member(
                acting=boss, project=project, user=person(name), roles=roles, site="north"
            )
    draft = draft_guideline(acting=boss, project=project, document=guideline or GUIDELINE)
    published = publish_guideline(acting=boss, version=draft, change_note="First version.")
    publish_new_protocol(new, protocol or PROTOCOL)
    for name in CAST:
        acknowledge(acting=new.acting(name), guideline=published)
    if refs:
        new.register(*refs)
    return new


def publish_new_guideline(of: Study, document: dict[str, Any] | None = None) -> GuidelineVersion:
    """Publish another guideline version, which nobody has acknowledged yet."""
    draft = draft_guideline(acting=of.acting("maria"), project=of.project, document=document or GUIDELINE)
    return publish_guideline(acting=of.acting("maria"), version=draft, change_note="Clearer words.")


def publish_new_protocol(of: Study, document: dict[str, Any]) -> ProtocolVersion:
    """Publish another protocol version."""
    draft = draft_protocol(acting=of.acting("maria"), project=of.project, document=document)
    return publish_protocol(acting=of.acting("maria"), version=draft, change_note="As planned.")


def with_protocol(**sections: Any) -> dict[str, Any]:
    """The cast's protocol with some sections changed."""
    return {**PROTOCOL, **{k: {**PROTOCOL.get(k, {}), **v} for k, v in sections.items()}}
