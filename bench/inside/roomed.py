"""Takes in phantoms of the demonstration's cases for one reader, who signs in with a password; and lays out the pages.

python -m bench.inside.roomed FOLDER CASES
"""

import secrets
import sys
from pathlib import Path
from typing import Any

import django


def open_room(folder: Path, cases: int) -> dict[str, Any]:
    """The reader's name and password, and how many questions a case asks."""
    from django.core.management import call_command

    from bench.inside.imaged import ASKS_NOTHING
    from bench.inside.opening import open_project
    from demo.images import phantom_files
    from demo.lidc import nodule_cases
    from tasks.importing.processing import take_in
    from tasks.settings import change_settings
    from workflow.images.receiving import open_import, receive_paths, submit_import

    call_command("collectstatic", interactive=False, verbosity=0)
    boss, [reader, _], told = open_project(2, 2)  # the other half of each case waits for somebody else
    project = change_settings(acting=boss, project=boss.person().project, changes={"gate": ASKS_NOTHING})
    batch = open_import(acting=boss, project=project, split="train")
    one_each = {case.patient_key: case for case in nodule_cases()}  # a patient's images would be one case
    for number, case in enumerate(list(one_each.values())[:cases]):
        own = folder / str(number)
        own.mkdir()
        receive_paths(acting=boss, batch=batch, paths=phantom_files(case, own))
    take_in(submit_import(acting=boss, batch=batch).pk)
    password = secrets.token_urlsafe(24)
    reader.user.set_password(password)
    reader.user.save(update_fields=["password"])
    questions = len(told["labels"]["fields"])
    return {"name": reader.user.username, "password": password, "questions": questions}


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(open_room(Path(sys.argv[1]), int(sys.argv[2])))
