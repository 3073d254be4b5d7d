"""What a forger may do to what a bundle tells of a locked dataset, and make all fit that a thief of the key can."""

from collections.abc import Callable
from typing import Any

from tests.provenance.forging import Forge


def lock_in(forge: Forge) -> dict[str, Any]:
    """The event of the lock."""
    return next(event for event in forge.events if event["action"] == "dataset.locked")


def relisted(
    forge: Forge, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], **told: Any
) -> None:
    """Put another list in the place of the dataset's, and a manifest and an event that fit it."""
    event = lock_in(forge)
    manifest = forge.content(event["after"]["digest"])
    lines = change(forge.content(manifest["lists"][0]["digest"])["cases"])
    listed = forge.put({"schema": "consilium/dataset-cases/v1", "cases": lines})["digest"]
    lists = [{"digest": listed, "cases": len(lines)}]
    event["inputs"] = [{"role": "cases", "digest": listed}]
    event["after"] = forge.put({**manifest, "lists": lists, "cases": len(lines), **told})
    forge.drop_uncited()
    forge.settle(earlier=True)


def another_answer(forge: Forge) -> None:
    relisted(forge, lambda lines: [{**line, "digest": "sha256:" + "a" * 64} for line in lines])


def another_case(forge: Forge) -> None:
    relisted(forge, lambda lines: [{**line, "case": "0" * 8 + line["case"][8:]} for line in lines])


def an_event_that_is_none(forge: Forge) -> None:
    relisted(forge, lambda lines: [{**line, "event": lock_in(forge)["event_id"]} for line in lines])


def a_case_twice(forge: Forge) -> None:
    relisted(forge, lambda lines: [*lines, *lines])


def a_line_that_is_none(forge: Forge) -> None:
    relisted(forge, lambda lines: [{"case": line["case"]} for line in lines])


def more_than_is_listed(forge: Forge) -> None:
    relisted(forge, lambda lines: lines, cases=2)


def lists_that_are_not_cited(forge: Forge) -> None:
    relisted(forge, lambda lines: lines, lists=[])


def no_manifest(forge: Forge) -> None:
    relisted(forge, lambda lines: lines, schema="consilium/dataset/v1")
