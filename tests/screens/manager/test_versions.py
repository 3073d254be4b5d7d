"""Guideline and protocol: drafted with every fault named, compared, checked for staff, published by a confirmation."""

import io
import json
import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.people import GUIDELINE, PROTOCOL, Study, study
from tests.screens.desk import Desk
from workflow.examples import image_of
from workflow.models import GuidelineVersion, ProtocolVersion

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = "/projects/chest/"
NOTE = {"change_note": "Clearer words.", "meaning": "editorial"}


@pytest.fixture
def chest() -> Study:
    return study("case-1")


def form_of(page: str) -> dict[str, str]:
    """What a page's form holds now."""
    texts = dict(re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.S))
    fields = dict(re.findall(r'<input type="(?:text|hidden)" name="(\w+)" value="([^"]*)"', page))
    return {name: unescape(value) for name, value in {**fields, **texts}.items()}


def begun(line: str) -> tuple[Desk, str, dict[str, str]]:
    """A draft of the second version, begun by Maria: its address, and what its form holds."""
    maria = Desk("maria")
    address = maria.post(f"{PROJECT}{line}/new/")
    return maria, address, form_of(maria.raw(address))


def test_the_list_tells_digest_status_publisher_and_note(chest: Study) -> None:
    page = Desk("maria").get(f"{PROJECT}versions/")
    digest = chest.guideline.content_id.removeprefix("sha256:")[:12]
    assert f"Version 1 published {digest}" in page
    assert "Maria Manager changes meaning First version." in page


def test_a_draft_begins_from_what_is_in_force_and_only_once(chest: Study) -> None:
    maria, address, form = begun("guideline")
    assert json.loads(form["label_schema"]) == GUIDELINE["label_schema"]
    assert (form["title"], form["instructions"]) == ("Chest", GUIDELINE["instructions"])
    assert maria.post(f"{PROJECT}guideline/new/") == address
    assert GuidelineVersion.objects.count() == 2


def test_json_that_is_none_is_told_with_its_line_and_nothing_is_lost(chest: Study) -> None:
    maria, address, form = begun("protocol")
    for wrong, told in (
        ('{"reads": 1,\n oops}', "Line 2, column 2"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ("[]", "must be a JSON object"),
        ('{"a": NaN}', "NaN is no JSON value"),
        ("[" * 100_000, "nested too deeply"),
    ):
        page = maria.post(address, 422, **form | {"protocol": wrong})
        assert told in page
        assert " ".join(wrong[:20].split()) in page


def test_a_faulty_draft_is_saved_with_each_fault_at_its_place_and_line(chest: Study) -> None:
    maria, address, form = begun("guideline")
    schema = {**GUIDELINE["label_schema"], "fields": [{"key": "x", "kind": "guess", "label": "X"}]}
    page = maria.follow(address, **form | {"title": "", "label_schema": json.dumps(schema)})
    assert "The draft is saved." in page
    assert "/title : The guideline needs a title." in page
    maria, address, form = begun("guideline")
    page = maria.follow(address, **form | {"title": "Chest", "label_schema": json.dumps(schema)})
    assert re.search(r"/label_schema/fields/0\S* \(line \d+\)", page)
    assert "can’t be published yet" in maria.get(address.replace("edit", "publish"))


def test_a_draft_that_somebody_else_changed_is_not_overwritten(chest: Study) -> None:
    maria, address, form = begun("guideline")
    Desk("mehmet").post(address, **form | {"title": "By Mehmet"})
    page = maria.post(address, 422, **form | {"title": "By Maria"})
    assert "Somebody changed this draft after you opened it" in page
    assert 'value="By Maria"' in maria.http.post(address, form | {"title": "By Maria"}).content.decode()
    assert GuidelineVersion.objects.get(number=2).draft["title"] == "By Mehmet"  # type: ignore[index]


def test_a_guideline_is_published_after_its_effects_were_told(chest: Study) -> None:
    maria, address, form = begun("guideline")
    maria.post(address, **form | {"instructions": "Look twice."})
    publish = address.replace("edit", "publish")
    page = maria.get(publish)
    for told in (
        "Version 1 is retired. Rounds at work finish under it (1 case)", "0 reference labels made under version 1",
        "Readers must acknowledge it before they get work under it (7 readers)", '+ "instructions": "Look twice."',
    ):  # fmt: skip
        assert told in page, told
    seen = form_of(maria.raw(publish))["seen"]
    maria.post(publish, 422, seen=seen, change_note="x")
    assert "is published" in maria.follow(publish, seen=seen, **NOTE)
    version = chest.project.guidelineversions.get(number=2)
    assert (version.status, version.changes_meaning, version.published_by) == (
        "published",
        False,
        chest.members["maria"],
    )
    assert "never changes" in maria.get(address, 409)
    assert "Anna Annotator, Bob Annotator" in maria.get(f"{PROJECT}guideline/2/")


def test_what_changed_after_the_confirmation_was_opened_is_not_published(chest: Study) -> None:
    maria, address, form = begun("guideline")
    publish = address.replace("edit", "publish")
    seen = form_of(maria.raw(publish))["seen"]
    Desk("mehmet").post(address, **form | {"title": "By Mehmet"})
    assert "Look at it again" in maria.post(publish, 422, seen=seen, **NOTE)


def test_a_guideline_that_the_protocol_no_longer_fits_says_so(chest: Study) -> None:
    maria, address, form = begun("guideline")
    schema = {**GUIDELINE["label_schema"], "fields": GUIDELINE["label_schema"]["fields"][:1]}
    maria.post(address, **form | {"label_schema": json.dumps(schema)})
    page = maria.get(address.replace("edit", "publish"))
    assert "The published protocol (version 1) does not fit this label schema" in page


def test_a_protocol_without_enough_people_is_published_only_by_saying_so(chest: Study) -> None:
    maria, address, form = begun("protocol")
    many: dict[str, Any] = {**PROTOCOL, "reads": {"rule": "majority", "count": 5, "max": 5}}
    maria.post(address, **form | {"protocol": json.dumps(many)})
    publish = address.replace("edit", "publish")
    page = maria.get(publish)
    assert "A case from north may need 5 annotators; 3 can take it." in page
    seen = form_of(maria.raw(publish))["seen"]
    assert "Say so if you want to publish all the same." in maria.post(publish, 422, seen=seen, **NOTE)
    maria.post(publish, seen=seen, despite="on", **NOTE)
    assert ProtocolVersion.objects.get(number=2).status == "published"


def test_the_staffing_page_checks_drafts_too_and_lists_what_is_stuck(chest: Study) -> None:
    from tests.staff import put

    maria, address, form = begun("protocol")
    assert "There are enough people for every case." in maria.get(f"{PROJECT}staffing/", protocol="2")
    maria.post(address, **form | {"protocol": '{"reads": 1}'})
    assert "mend them first" in maria.get(f"{PROJECT}staffing/", protocol="2")
    put(chest, "paused", "anna", "bob", "cleo")
    page = maria.get(f"{PROJECT}staffing/")
    assert "case-1 annotate 3 with the role annotator: 3 paused or gone." in page


def picture(side: int = 8) -> SimpleUploadedFile:
    Image.effect_noise((side, side), 60).save(out := io.BytesIO(), "PNG")
    return SimpleUploadedFile("C:/Doe^Jane.png", out.getvalue(), "image/png")


def test_a_picture_is_sent_as_a_file_and_stands_in_the_list_by_its_digest(chest: Study) -> None:
    maria, address, form = begun("guideline")
    told = {"example_title": "Solid", "example_alt": "A round nodule."}
    maria.follow(address, **form, **told, example_image=picture())
    kept = GuidelineVersion.objects.get(status="draft").draft["examples"]
    assert [one["title"] for one in kept] == ["Solid"]
    assert image_of({"examples": kept}, 1)[0] == "image/png"
    form = form_of(maria.raw(address))
    [shown] = json.loads(form["examples"])
    assert re.fullmatch("sha256:[0-9a-f]{64}", shown["image"]["data"])
    assert shown["image"]["alt"] == "A round nodule."

    maria.follow(address, **form | {"instructions": "Look twice."}, example_title="Words only")
    again = GuidelineVersion.objects.get(status="draft").draft["examples"]
    assert again == [*kept, {"title": "Words only", "text": ""}]
    lost = json.dumps([{"title": "x", "image": {**shown["image"], "data": f"sha256:{'0' * 64}"}}])
    page = maria.follow(address, **form_of(maria.raw(address)) | {"examples": lost})
    assert "/examples/0/image" in page


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"example_image": SimpleUploadedFile("a.png", b"no picture")}, "no whole PNG or JPEG"),
        ({"example_image": picture()}, "what is to be seen"),
        ({"example_image": picture(1600), "example_alt": "Noise."}, "more than 2 MiB"),
        ({"example_image": SimpleUploadedFile("a.png", bytes(10 * 1024 * 1024 + 1))}, "more than 10 MiB"),
    ],
)
def test_what_is_wrong_with_a_picture_is_told_and_nothing_is_saved(
    chest: Study, given: dict[str, Any], why: str
) -> None:
    maria, address, form = begun("guideline")
    assert why in maria.post(address, 422, **form, **given)
    assert GuidelineVersion.objects.get(status="draft").draft["examples"] == []
