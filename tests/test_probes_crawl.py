"""Whatever a reader can reach tells no probe from a case: before its turn, in their hands, and afterwards."""

import re

import pytest

from tasks.probes import prepare
from tests.crawling import UUID, Crawler
from tests.people import labels, study, with_protocol
from tests.probes import control, probed
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = re.compile(r"\b\d{4}-\d{3}-\d{3}\b")
TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)|\b\d\d:\d\d\b|[A-Za-z0-9_-]{40,}")


def plain(answer: str) -> str:
    """An answer without what differs between any two tasks: ids, the case's number, times, tokens."""
    return TIME.sub("time", NUMBER.sub("number", UUID.sub("id", answer)))


def told(crawler: Crawler) -> dict[str, list[str]]:
    """What the answers say, by address, without ids; several answers of one kind of address together."""
    found: dict[str, list[str]] = {}
    for address, answer in crawler.crawl(again=False).items():
        found.setdefault(plain(address), []).append(plain(answer))
    return {address: sorted(set(answers)) for address, answers in found.items()}


def test_a_probe_that_waits_for_its_turn_changes_nothing_that_anybody_can_reach() -> None:
    chest = probed()
    crawlers = [Crawler("anna"), Crawler("bob")]
    before = [crawler.crawl(again=False) for crawler in crawlers]
    assert prepare(chest.members["anna"]) == 1
    probe = Case.objects.get(purpose="gold")
    assert [crawler.crawl(again=False, more_ids=[str(probe.pk)]) for crawler in crawlers] != []
    for crawler, was in zip(crawlers, before, strict=True):
        now = crawler.crawl(again=False)
        assert {address: now[address] for address in was} == was


def test_a_probe_in_hand_and_done_looks_like_an_ordinary_task() -> None:
    shown = {"shown": {"question": "Any nodule?"}}
    ordinary = study(protocol=with_protocol(gold={"share": "1", "on_low": "alert"}))
    ordinary.register("case-1", "case-2", "case-3", **shown)
    ordinary.read("anna")
    seen: list[list[dict[str, list[str]]]] = []
    for kind in ("case", "probe"):
        anna, steps = Crawler("anna"), []
        if kind == "probe":
            control(ordinary)
            prepare(ordinary.members["anna"])
            ordinary.read("anna")
        task = ordinary.claim("anna")
        assert task.case.purpose == ("gold" if kind == "probe" else "study")
        steps.append(told(anna))
        ordinary.submit("anna", task, {"labels": labels()})
        seen.append(steps)
    assert set(seen[0][0]) == set(seen[1][0])
    page = next(address for address in seen[0][0] if address.startswith("/work/tasks/id/"))
    assert seen[0][0][page] == seen[1][0][page]
    assert seen[0][0]["/api/v1/tasks/id"] == seen[1][0]["/api/v1/tasks/id"]
