"""The check of the docs' links."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.databases import ROOT


@pytest.fixture(scope="module")
def checker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_links", ROOT / "docs" / "check_links.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def page(tmp_path: Path, checker: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(checker, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "other page.md").write_text("# One\n\n## Two words, and *more*\n", encoding="utf-8")
    return tmp_path / "docs" / "page.md"


@pytest.mark.parametrize(
    "text",
    [
        "[a](other%20page.md)",
        "[a](<other page.md>)",
        "[a](other%20page.md#two-words-and-more)",
        "[a](#here)\n# Here",
        "[a](https://example.org/none)",
        "`[a](none.md)`",
        "```\n[a](none.md)\n```",
        "[a]: ../docs/page.md",
    ],
)
def test_a_link_that_holds_is_accepted(checker: ModuleType, page: Path, text: str) -> None:
    page.write_text(text, encoding="utf-8")
    assert list(checker.broken_links(page)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[a](none.md)", "none.md leads nowhere"),
        ("![a](none.png)", "none.png leads nowhere"),
        ("[a]: none.md", "none.md leads nowhere"),
        ("[a](other%20page.md#three)", "other%20page.md#three names no heading of other page.md"),
        ("[a](../..)", "../.. leads out of the project"),
    ],
)
def test_a_broken_link_is_named(checker: ModuleType, page: Path, text: str, fault: str) -> None:
    page.write_text(text, encoding="utf-8")
    assert list(checker.broken_links(page)) == [fault]
