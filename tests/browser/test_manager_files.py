"""Files that managers choose: a model's, of which only the digest is sent, and pictures for a guideline's examples."""

import hashlib
import io
import re
from collections.abc import Callable
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

from tests.people import study
from workflow.models import GuidelineVersion, ReaderModel

SignIn = Callable[[Page, str], Any]
Check = Callable[[Page], None]
Shoot = Callable[[Page, str], None]


def test_a_model_is_registered_by_the_digest_that_the_browser_reckons(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    study()
    sign_in(page, "maria")
    page.goto("/projects/chest/models/")
    page.get_by_role("link", name="Register a model …").click()
    weights = b"weights" * 1000
    page.get_by_label("Take the digest from the file").set_input_files(
        {"name": "model.onnx", "mimeType": "application/octet-stream", "buffer": weights}
    )
    digest = f"sha256:{hashlib.sha256(weights).hexdigest()}"
    expect(page.get_by_label("SHA-256 of its file or weights")).to_have_value(digest)
    expect(page.get_by_role("status").filter(has_text="This is the digest")).to_be_visible()
    axe(page)
    shoot(page, "manager-model-new")
    page.get_by_label("Name").fill("Detector")
    page.get_by_label("Version").fill("3")
    page.get_by_label("Intended use").fill("Nodules on chest CT.")
    page.get_by_role("button", name="Register").click()
    expect(page.locator("#registered + *")).to_contain_text(digest)
    assert ReaderModel.objects.get().digest == digest


def test_a_picture_of_an_example_is_chosen_as_a_file(
    server: str, page: Page, sign_in: SignIn, axe: Check, shoot: Shoot
) -> None:
    study()
    sign_in(page, "maria")
    page.goto("/projects/chest/versions/")
    page.locator("form[action$='/guideline/new/'] button").click()
    page.get_by_label("New example: title").fill("A solid nodule")
    page.get_by_label("New example: what is to be seen").fill("A round, dense spot.")
    Image.new("L", (20, 10), 90).save(out := io.BytesIO(), "PNG")
    page.get_by_label("New example: picture").set_input_files(
        {"name": "Doe^Jane.png", "mimeType": "image/png", "buffer": out.getvalue()}
    )
    axe(page)
    page.get_by_role("button", name="Save the draft").click()
    expect(page.locator("#messages")).to_contain_text("The draft is saved.")
    expect(page.get_by_label("Examples (JSON list)")).to_have_value(re.compile("sha256:"))
    axe(page)
    shoot(page, "manager-guideline-draft")
    [example] = GuidelineVersion.objects.get(status="draft").draft["examples"]
    assert (example["title"], example["image"]["alt"]) == ("A solid nodule", "A round, dense spot.")
