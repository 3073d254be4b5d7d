"""Opens a study for claims: readers with a token each, published versions, one registered case with its reads to come.

python -m bench.inside.opening READERS READS
"""

import sys
from datetime import date, timedelta
from typing import Any

import django

DAYS = 2


def open_study(readers: int, reads: int) -> dict[str, Any]:
    """What the processes that claim must know; `labels` is a read that fits."""
    from tasks.cases import register
    from workflow.intake import NewCase
    from workflow.models import Case

    boss, members, told = open_project(readers, reads)
    project = boss.person().project
    register(acting=boss, project=project, cases=[NewCase("template", "patient", "train", {})])
    case = Case.objects.get()
    assert case.state == "annotation", case.state
    return {
        "project": str(project.pk),
        "case": str(case.pk),
        "members": [str(member.pk) for member in members],
        **told,
    }


def open_project(readers: int, reads: int) -> tuple[Any, list[Any], dict[str, Any]]:
    """Its manager acting, its readers, their tokens and a read that fits; published, with no case."""
    from bench.cases import ratings
    from workflow.acting import Acting
    from workflow.models import Membership
    from workflow.projects import add_member, create_project

    chief = _person("chief")
    project = create_project(founder=chief, slug="queue", name="Queue")
    boss = Acting(Membership.objects.select_related("project__log").get(project=project), "manager")
    people = [_person(f"reader-{n}") for n in range(readers)]
    members = [
        add_member(acting=boss, project=project, user=user, roles=["annotator"], capacity_per_day=1_000_000)
        for user in people
    ]
    decided = ratings(1)
    planned = {"rule": "2+1", "count": 2} if reads == 2 else {"rule": "majority", "count": reads}
    protocol = {**decided.protocol.document(), "reads": planned}
    _publish(boss, decided.schema, protocol, members)
    return boss, members, {"tokens": [_token(user) for user in people], "labels": decided.cases[0][0].content}


def _token(user: Any) -> str:
    from django.utils import timezone

    from accounts.models import Token, new_token_text, token_hash

    text, expires = new_token_text(), timezone.now() + timedelta(days=DAYS)
    Token.objects.create(user=user, name="bench", sha256=token_hash(text), expires_at=expires)
    return text


def _person(name: str) -> Any:
    from accounts.models import Credential, User

    user = User.objects.create(username=name)
    Credential.objects.create(
        user=user, profession="physician", specialty="radiology", valid_from=date(2020, 1, 1)
    )
    return user


def _publish(boss: Any, schema: dict[str, Any], protocol: dict[str, Any], members: list[Any]) -> None:
    from workflow import versions
    from workflow.acting import Acting

    document = {
        "schema": "consilium/guideline/v1",
        "title": "Nodules",
        "instructions": "Rate what is marked.",
        "label_schema": schema,
        "examples": [],
    }
    project = boss.person().project
    draft = versions.draft_guideline(acting=boss, project=project, document=document)
    guideline = versions.publish_guideline(acting=boss, version=draft, change_note="First version.")
    planned = versions.draft_protocol(acting=boss, project=project, document=protocol)
    versions.publish_protocol(acting=boss, version=planned, change_note="As planned.")
    for member in members:
        versions.acknowledge(acting=Acting(member, "annotator"), guideline=guideline)


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(open_study(int(sys.argv[1]), int(sys.argv[2])))
