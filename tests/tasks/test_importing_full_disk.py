"""A full disk: no file is blamed for it, nothing is lost, and taking in goes on once there is room."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from imaging.refusals import Refused
from imaging.worker.preparing import prepare
from imaging.worker.recipe import Recipe
from tasks.importing import processing
from tasks.importing.preparing import Asked, Done, NoRoom
from tests.images import received_import, shipped
from tests.people import study
from workflow.images.places import received

CT = "CT_small.dcm"


def test_a_file_that_finds_no_room_is_told_apart_from_one_that_is_bad(tmp_path: Path) -> None:
    target = tmp_path / "stored.dcm"
    target.with_suffix(".part").symlink_to("/dev/full")
    with pytest.raises(Refused) as told:
        prepare(shipped(CT)[0], target, Recipe(key=b"k" * 32))
    assert told.value.code == "no_room"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_the_file_waits_as_it_came_and_is_taken_in_later(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES_FOLDER = tmp_path / "images"
    batch = received_import(study(), shipped(CT))
    file, source = batch.files.get(), received(batch.pk, 1)
    asked = Asked((file, uuid4()), source, tmp_path / "stored.dcm")
    with pytest.raises(NoRoom):
        processing._take(batch, Done(asked, Refused("no_room")), keeps=False)
    assert source.exists()
    assert batch.files.get().state == "received"
    assert processing.take_in(batch.pk)
    assert batch.files.get().state == "accepted"
