"""Images sent from a browser: chosen, sent in pieces, gone on with after a broken line; the gate looked at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pydicom.data import get_testdata_file

from tests.imported import at_gate, opened
from tests.people import Study, study
from workflow.images.places import received
from workflow.images.receiving import open_import, receive
from workflow.models import ImportBatch, ImportFile

Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]
SignIn = Callable[[Page, str], Any]
IMPORTS = "/projects/chest/imports/"
# The first three pieces meet a broken line: two only after they arrived, so that just their answers are lost.
BREAKS = """() => { window.broken = 0;
const real = window.fetch;
window.fetch = async (url, options) => {
  if (options.method !== "PUT" || window.broken >= 3) return real(url, options);
  window.broken += 1;
  if (window.broken % 2) await real(url, options);
  throw new TypeError("Failed to fetch");
}; }"""
DROP = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(["dropped"], "SMITH^JOHN.dcm"));
  document.querySelector("[data-drop]").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
}"""


@pytest.fixture
def chest(server: str, settings: Any, tmp_path: Path) -> Study:
    settings.IMAGES_FOLDER = tmp_path / "images"
    return study()


@pytest.fixture
def maria(chest: Study, page: Page, sign_in: SignIn) -> Page:
    """Her browser, at the imports."""
    sign_in(page, "maria")
    page.goto(IMPORTS)
    return page


@pytest.fixture
def scans() -> list[Path]:
    """Two small DICOM files that come with pydicom."""
    return [Path(str(get_testdata_file(name, download=False))) for name in ("CT_small.dcm", "MR_small.dcm")]


def begin(page: Page) -> ImportBatch:
    """Say that each study is a case, and stop before the files are taken in."""
    page.get_by_role("link", name="New import").click()
    page.get_by_label("Split").select_option("train")
    page.get_by_role("button", name="Go on to the files").click()
    page.get_by_label("Take them in as soon as").uncheck()
    return ImportBatch.objects.get()


def test_chosen_files_arrive_whole_and_without_their_names(
    maria: Page, scans: list[Path], axe: Check, shoot: Shoot
) -> None:
    maria.get_by_role("link", name="New import").click()
    axe(maria)
    shoot(maria, "manager-import-new")
    maria.go_back()
    batch = begin(maria)
    axe(maria)
    shoot(maria, "manager-import-send")
    sent: list[str] = []
    maria.on("request", lambda request: sent.append(f"{request.url} {request.headers}"))
    maria.get_by_label("Choose files").set_input_files(scans)
    expect(maria.get_by_role("button", name="Take them in")).to_be_visible()
    for number, scan in enumerate(scans, 1):
        assert received(batch.pk, number).read_bytes() == scan.read_bytes()
    assert len(sent) >= 4
    assert not [told for told in sent if "_small" in told]
    maria.get_by_role("link", name="File by file").or_(
        maria.get_by_role("link", name="Images").first
    ).first.click()
    maria.goto(f"{IMPORTS}{batch.pk}/files/")
    expect(maria.get_by_role("cell", name="MR_small.dcm")).to_be_visible()  # this tab knows
    axe(maria)
    shoot(maria, "manager-import-files")


def test_a_folder_is_taken_in_by_itself_as_soon_as_all_is_here(
    maria: Page, scans: list[Path], tmp_path: Path, axe: Check, shoot: Shoot
) -> None:
    folder = tmp_path / "DOE^JOHN"
    folder.mkdir()
    for scan in scans:
        (folder / scan.name).write_bytes(scan.read_bytes())
    (folder / "note.txt").write_text("This is no image.")
    (folder / "DICOMDIR").write_text("Whoever reads the files needs none.")
    (folder / "nothing.dcm").touch()
    batch = begin(maria)
    maria.get_by_label("Take them in as soon as").check()
    maria.get_by_label("Choose a folder").set_input_files(folder)
    expect(maria.locator("#import-state")).to_have_text("taken in", timeout=60_000)
    expect(maria.get_by_role("link", name="Files refused 1")).to_be_visible()
    axe(maria)
    shoot(maria, "manager-import-done")
    maria.get_by_role("link", name="Files refused 1").click()
    expect(maria.get_by_role("cell", name="DOE^JOHN/note.txt")).to_be_visible()
    assert batch.files.count() == 3


def test_files_can_be_dropped(maria: Page, scans: list[Path]) -> None:
    batch = begin(maria)
    maria.evaluate(DROP)
    expect(maria.get_by_role("button", name="Take them in")).to_be_visible()
    assert received(batch.pk, 1).read_bytes() == b"dropped"


def test_a_broken_line_is_gone_on_with(maria: Page, scans: list[Path], chest: Study) -> None:
    batch = begin(maria)
    maria.evaluate(BREAKS)
    maria.get_by_label("Choose files").set_input_files(scans)
    expect(maria.get_by_role("button", name="Take them in")).to_be_visible()
    assert maria.evaluate("broken") == 3
    assert set(batch.files.values_list("state", flat=True)) == {"received"}


def test_an_import_is_found_again_and_gone_on_with(
    maria: Page, scans: list[Path], chest: Study, axe: Check, shoot: Shoot
) -> None:
    boss = chest.acting("maria")
    batch = open_import(acting=boss, project=chest.project, split="train")
    content = scans[0].read_bytes()
    ImportFile.objects.create(batch=batch, number=1, size=len(content), received=0)
    ImportFile.objects.create(batch=batch, number=2, size=scans[1].stat().st_size)
    receive(acting=boss, batch=batch, number=1, offset=0, pieces=[content[:1000]])
    maria.goto(f"{IMPORTS}{batch.pk}/")
    expect(maria.get_by_text("choose the same folder or files again")).to_be_visible()
    shoot(maria, "manager-import-continue")
    maria.get_by_label("Take them in as soon as").uncheck()
    maria.get_by_label("Choose files").set_input_files(scans[1])
    expect(maria.get_by_role("alert")).to_contain_text("These are not the files that were announced")
    axe(maria)
    maria.get_by_label("Choose files").set_input_files(scans[::-1])
    expect(maria.get_by_role("button", name="Take them in")).to_be_visible()
    assert received(batch.pk, 1).read_bytes() == content
    assert batch.files.count() == 2


def test_from_a_stale_tab_nothing_more_is_sent(maria: Page, scans: list[Path]) -> None:
    batch = begin(maria)
    ImportBatch.objects.filter(pk=batch.pk).update(state="waiting")
    maria.get_by_label("Choose files").set_input_files(scans)
    expect(maria.get_by_role("alert")).to_contain_text("takes no more files")


def test_the_gate_shows_what_waits(maria: Page, chest: Study, axe: Check, shoot: Shoot) -> None:
    case = at_gate(chest, synthetic=True)
    opened(chest, b"x")
    maria.goto("/projects/chest/gate/")
    expect(maria.get_by_text("text?")).to_be_visible()
    expect(maria.locator("img").first).to_have_js_property("naturalWidth", 1)
    pages = {
        "gate": "/projects/chest/gate/",
        "imports": IMPORTS,
        "case-at-gate": f"/projects/chest/cases/{case.pk}/",
        "case-images": f"/projects/chest/cases/{case.pk}/images/",
        "let-in": f"/projects/chest/cases/{case.pk}/let-in/",
        "import-withdraw": f"{IMPORTS}{ImportBatch.objects.order_by('created_at')[0].pk}/withdraw/",
        "settings": "/projects/chest/settings/",
    }
    for name, address in pages.items():
        maria.goto(address)
        axe(maria)
        shoot(maria, f"manager-{name}")
