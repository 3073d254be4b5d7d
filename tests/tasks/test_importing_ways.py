"""Ways in which files come and cases are made of them: archives, series, lists with priors, gold, the command."""

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.core.management import CommandError, call_command

from tasks.advancing import advance_all
from tasks.importing.leftovers import clear_leftovers
from tasks.importing.queries import files_of, progress_of, rows_of, waiting_imports
from tasks.settings import change_settings
from tests.images import OFF, asking_little, imported, received_import, shipped
from tests.people import Study, labels, study
from workflow.errors import AlreadyDone, InvalidInput
from workflow.images.keys import NotOpened
from workflow.images.originals import opened_original
from workflow.images.places import original, stored
from workflow.images.receiving import WrongOffset, announce, open_import, receive, submit_import
from workflow.models import Case, CaseImage, GoldItem, ImportRow, Instance, Series

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("images_folder")]
CT, MR = "CT_small.dcm", "MR_small.dcm"


@pytest.fixture
def chest() -> Study:
    """A study whose gate asks little."""
    return asking_little(study())


def test_a_zip_file_is_opened_and_each_member_has_its_row(chest: Study, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as out:
        for number, path in enumerate(shipped(CT, MR)):
            out.write(path, f"folder/{number}.dcm")
        out.writestr("folder/note.txt", "no image")
    batch = imported(chest, tmp_path / "all.zip")
    rows = [(file.number, file.member, file.state) for file in files_of(batch)]
    assert rows == [(1, 0, "opened"), (1, 1, "accepted"), (1, 2, "accepted"), (1, 3, "refused")]
    assert progress_of(batch).total == 4


def test_each_series_becomes_a_case_where_the_manager_says_so(chest: Study, tmp_path: Path) -> None:
    second = pydicom.dcmread(shipped(CT)[0])
    second.SeriesInstanceUID, second.SOPInstanceUID = "1.2.840.1.1", "1.2.840.1.2"
    second.file_meta.MediaStorageSOPInstanceUID = second.SOPInstanceUID
    second.save_as(tmp_path / "second.dcm")
    batch = imported(chest, *shipped(CT), tmp_path / "second.dcm", unit="series")
    assert [row.result for row in rows_of(batch)] == ["registered", "registered"]
    assert {case.external_ref[:7] for case in Case.objects.all()} == {"series-"}


def test_a_list_shows_a_prior_beside_the_current_study(chest: Study, tmp_path: Path) -> None:
    current = pydicom.dcmread(shipped(CT)[0])
    prior = pydicom.dcmread(shipped(CT)[0])
    prior.StudyInstanceUID, prior.SeriesInstanceUID, prior.SOPInstanceUID = "1.2.3.4", "1.2.3.5", "1.2.3.6"
    prior.file_meta.MediaStorageSOPInstanceUID = "1.2.3.6"
    prior.save_as(tmp_path / "prior.dcm")
    manifest = f"external_ref,series,priors\ncase-1,{current.SeriesInstanceUID},1.2.3.4\n"
    imported(chest, *shipped(CT), tmp_path / "prior.dcm", unit="list", manifest=manifest)
    assert list(CaseImage.objects.order_by("position").values_list("role", flat=True)) == ["current", "prior"]


def test_marks_in_a_manifest_name_their_images_by_pseudonym_too(chest: Study) -> None:
    uid = pydicom.dcmread(shipped(CT)[0]).SeriesInstanceUID
    place = {"kind": "point", "on": {"series": uid}, "at": [1000, 1000]}
    quoted = json.dumps(place).replace('"', '""')
    gold = json.dumps({"fields": {"place": place}}).replace('"', '""')
    manifest = f'external_ref,series,place,gold\ncase-1,{uid},"{quoted}","{gold}"\n'
    batch = imported(chest, *shipped(CT), unit="list", manifest=manifest)
    (row,) = ImportRow.objects.filter(batch=batch)
    pseudonym = Series.objects.get().uid
    assert pseudonym != uid
    assert row.shown["place"]["on"]["series"] == row.gold["fields"]["place"]["on"]["series"] == pseudonym


def test_no_manifest_hides_that_an_image_is_synthetic(chest: Study, tmp_path: Path) -> None:
    drawn = pydicom.dcmread(shipped(CT)[0])
    drawn.SeriesDescription = "SYNTHETIC PHANTOM, NOT A PATIENT"
    drawn.save_as(tmp_path / "drawn.dcm")
    manifest = f"external_ref,study,synthetic\ncase-1,{drawn.StudyInstanceUID},no\n"
    imported(chest, tmp_path / "drawn.dcm", manifest=manifest)
    assert Case.objects.get().strata["synthetic"] is True


def test_images_of_several_patients_are_no_case(chest: Study) -> None:
    uids = " ".join(str(pydicom.dcmread(path).StudyInstanceUID) for path in shipped(CT, MR))
    batch = imported(chest, *shipped(CT, MR), unit="list", manifest=f"external_ref,study\nboth,{uids}\n")
    assert [one["code"] for row in rows_of(batch) for one in row.faults] == ["several_patients"]


def test_a_row_whose_images_did_not_come_is_refused_and_the_others_go_on(chest: Study) -> None:
    uid = pydicom.dcmread(shipped(CT)[0]).StudyInstanceUID
    batch = imported(chest, *shipped(CT), manifest=f"external_ref,study\nhere,{uid}\ngone,1.2.3\n")
    assert [(row.external_ref, row.result) for row in rows_of(batch)] == [
        ("here", "registered"),
        ("gone", "refused"),
    ]


def test_a_case_is_whole_or_no_case(chest: Study) -> None:
    uid = pydicom.dcmread(shipped(CT)[0]).StudyInstanceUID
    short = imported(chest, *shipped(CT), manifest=f"external_ref,study,images\ncase-1,{uid},2\n")
    (row,) = rows_of(short)
    assert [one["message"] for one in row.faults] == ["It has 1 images, its manifest says 2."]
    whole = imported(chest, *shipped(MR, CT), manifest=f"external_ref,study,images\ncase-1,{uid},1\n")
    assert [row.result for row in rows_of(whole)] == ["registered"]


def test_a_series_of_which_an_image_was_cut_off_waits_at_the_gate(tmp_path: Path) -> None:
    of = study()
    of.project = change_settings(acting=of.acting("maria"), project=of.project, changes={"gate": OFF})
    cut = pydicom.dcmread(shipped(CT)[0])
    cut.SOPInstanceUID = cut.file_meta.MediaStorageSOPInstanceUID = "1.2.840.3.3"
    cut.PixelData = cut.PixelData[: len(cut.PixelData) // 2]
    cut.save_as(tmp_path / "cut.dcm")
    batch = imported(of, *shipped(CT), tmp_path / "cut.dcm")
    assert [(file.state, file.code) for file in files_of(batch)] == [
        ("accepted", ""),
        ("refused", "pixels_truncated"),
    ]
    case = Case.objects.get()
    assert case.state == "intake"
    assert "pixels_truncated" in set(case.gate_findings.values_list("code", flat=True))


def test_a_gold_answer_makes_a_control_that_nobody_reads_as_a_case(chest: Study) -> None:
    uid = pydicom.dcmread(shipped(CT)[0]).StudyInstanceUID
    gold = json.dumps(labels()).replace('"', '""')
    imported(chest, *shipped(CT), manifest=f'external_ref,study,gold\nknown,{uid},"{gold}"\n')
    assert GoldItem.objects.get().source_case.external_ref == "known"
    assert (Case.objects.get().purpose, Case.objects.get().state) == ("reference", "intake")


def test_neither_publishing_nor_a_sweep_begins_what_waits_at_the_gate() -> None:
    chest = study()
    changes = {"gate": {**OFF, "modalities": ["MR"]}}
    chest.project = change_settings(acting=chest.acting("maria"), project=chest.project, changes=changes)
    imported(chest, *shipped(CT))
    advance_all(chest.project)
    assert Case.objects.get().state == "intake"


def test_originals_are_kept_sealed_only_where_the_project_says_so(chest: Study, settings: Any) -> None:
    imported(chest, *shipped(MR))
    mine = change_settings(
        acting=chest.acting("maria"), project=chest.project, changes={"keep_originals": True}
    )
    chest.project = mine
    imported(chest, *shipped(CT))
    ct = Instance.objects.get(facts__modality="CT")
    mr = Instance.objects.get(facts__modality="MR")
    path = original(mine.pk, ct.pk)
    assert not original(mine.pk, mr.pk).exists()
    assert b"CompressedSamples" not in path.read_bytes()
    assert b"".join(opened_original(mine.pk, ct.pk)) == shipped(CT)[0].read_bytes()
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotOpened):
        list(opened_original(mine.pk, ct.pk))
    shutil.copy(stored(mine.pk, ct.pk), path)
    with pytest.raises(NotOpened):
        list(opened_original(mine.pk, ct.pk))


def test_a_file_goes_on_where_the_line_broke(chest: Study) -> None:
    acting, data = chest.acting("maria"), shipped(CT)[0].read_bytes()
    batch = open_import(acting=acting, project=chest.project, split="train")
    (file,) = announce(acting=acting, batch=batch, sizes=[len(data)])
    receive(acting=acting, batch=batch, number=1, offset=0, pieces=[data[:1000], data[1000:2000]])
    with pytest.raises(WrongOffset) as told:
        receive(acting=acting, batch=batch, number=1, offset=0, pieces=[data])
    assert told.value.extra["received"] == 2000
    with pytest.raises(InvalidInput):
        submit_import(acting=acting, batch=batch)
    with pytest.raises(InvalidInput):
        receive(acting=acting, batch=batch, number=1, offset=2000, pieces=[data[2000:], b"more"])
    receive(acting=acting, batch=batch, number=1, offset=2000, pieces=[data[2000:]])
    with pytest.raises(AlreadyDone):
        receive(acting=acting, batch=batch, number=file.number, offset=len(data), pieces=[])
    submit_import(acting=acting, batch=batch)
    assert waiting_imports() == [batch.pk]


def test_files_that_nothing_needs_are_cleared_away(chest: Study, images_folder: Path) -> None:
    batch = received_import(chest, shipped(CT))
    stray = images_folder / "incoming" / "00000000-0000-4000-8000-000000000000"
    stray.mkdir(parents=True)
    assert clear_leftovers() == 1
    assert not stray.exists()
    assert (images_folder / "incoming" / str(batch.pk)).exists()


def test_the_command_says_what_became_of_each_file_by_its_name(chest: Study, tmp_path: Path) -> None:
    for path in shipped(CT, MR):
        shutil.copy(path, tmp_path / path.name)
    (tmp_path / "wrong.dcm").write_bytes(b"x" * 500)
    out = io.StringIO()
    with pytest.raises(CommandError, match="several managers"):
        call_command("import_study", "chest", str(tmp_path), "--split", "train", stdout=out)
    call_command("import_study", "chest", str(tmp_path), "--split", "train", "--as", "maria", stdout=out)
    assert "wrong.dcm: refused: " in out.getvalue()
    assert "files: 2 accepted, 1 refused; cases: 2 registered." in out.getvalue()


def test_the_command_refuses_what_it_can_not_do(chest: Study, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no"):
        call_command("import_study", "chest", str(tmp_path / "nowhere"), "--as", "maria")
    with pytest.raises(CommandError, match="Say into which split"):
        call_command("import_study", "chest", str(shipped(CT)[0]), "--as", "maria")
