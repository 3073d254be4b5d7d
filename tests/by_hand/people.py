"""The demonstration's people and their project, made as the app role; passwords are left for whoever signs in."""

import json
import secrets
import sys
from pathlib import Path

import django

django.setup()

from accounts.models import User  # noqa: E402
from demo.accounts import admit_everybody, users  # noqa: E402
from demo.study import SLUG  # noqa: E402
from workflow.acting import Acting  # noqa: E402
from workflow.models import Membership  # noqa: E402
from workflow.projects import create_project  # noqa: E402


def with_password(user: User) -> dict[str, str]:
    """Give a person a password."""
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    return {"username": user.username, "password": password}


people = users()
project = create_project(founder=people["manager"], slug=SLUG, name="Lung nodules", description="")
manager = Membership.objects.select_related("project__log").get(project=project, user=people["manager"])
admit_everybody(project, people, Acting(manager, "manager"))
Path(sys.argv[1]).write_text(json.dumps({key: with_password(user) for key, user in people.items()}))
