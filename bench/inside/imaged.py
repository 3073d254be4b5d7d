"""Takes in the files of a folder as one study, and has readers claim it: what viewers ask the web service for.

python -m bench.inside.imaged FOLDER READERS
"""

import sys
from pathlib import Path
from typing import Any

import django

ASKS_NOTHING = {
    **dict.fromkeys(("tags_present", "tags_agree"), False),
    **dict.fromkeys(("least_edge", "noise", "blur", "clipped_high", "clipped_low"), None),
}


def open_images(folder: Path, readers: int) -> dict[str, Any]:
    """For each reader the token, the study's addresses under their own names, and its frames as the file has them."""
    from bench.inside.opening import open_project
    from tasks.importing.processing import take_in
    from tasks.leases import claim
    from tasks.models import Task
    from tasks.settings import change_settings
    from workflow.acting import Acting
    from workflow.images.receiving import open_import, receive_paths, submit_import

    boss, members, told = open_project(readers, readers)
    project = change_settings(acting=boss, project=boss.person().project, changes={"gate": ASKS_NOTHING})
    batch = open_import(acting=boss, project=project, split="train")
    receive_paths(acting=boss, batch=batch, paths=sorted(folder.iterdir()))
    take_in(submit_import(acting=boss, batch=batch).pk)
    tasks = [claim(acting=Acting(member, "annotator")) for member in members]
    assert all(isinstance(task, Task) for task in tasks), tasks
    return {"readers": [_looking(*one) for one in zip(tasks, told["tokens"], strict=True)]}


def _looking(task: Any, token: str) -> dict[str, Any]:
    from tasks.naming import uids_for
    from workflow.images.looking import file_of
    from workflow.models import Instance

    name = uids_for(task).shown
    frames, series = [], ""
    rows = Instance.objects.select_related("series__study").order_by("facts__instance_number")
    for one in rows:
        study = f"/api/v1/dicomweb/tasks/{task.pk}/studies/{name(one.series.study.uid)}"
        series = f"{study}/series/{name(one.series.uid)}"
        for number, (offset, length) in enumerate(one.frames, 1):
            address = f"{series}/instances/{name(one.uid)}/frames/{number}"
            frames.append([address, str(file_of(one)), offset, length])
    return {"token": token, "study": study, "series": series, "frames": frames}


if __name__ == "__main__":
    from bench.inside.telling import tell

    django.setup()
    tell(open_images(Path(sys.argv[1]), int(sys.argv[2])))
