"""A small part of the demonstration over HTTP alone, as its people with tokens: no database, no Django, urllib only.

    python -m demo.over_http http://localhost:8000 .consilium/demo/accounts.json --cases 12

The people and the project must be there, as `make demo` leaves them. Everybody knows only what the service shows
them: a reader recognises a case by the place that the question is about, as a person would by looking.
"""

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

from demo.guidelines import guideline
from demo.lidc import DemoCase, cases, spare_cases
from demo.people import person as invented
from demo.protocols import protocol
from demo.script import arbiter_decision, junior_verdict, submitted_read

SLUG = "lung-nodules"
WORKERS = {"annotator": "annotate", "junior_reviewer": "review", "senior_arbiter": "arbitrate"}
QUESTION = "Is there a nodule of 3 mm or more at the marked place? If so, outline and rate it."
PATIENCE_SECONDS = 60.0
Json = dict[str, Any]


class Refused(Exception):
    """The service answered with a problem."""


class Person:
    """One person at the API, under their own token."""

    def __init__(self, base: str, key: str, account: Json, host: str | None) -> None:
        self.base, self.key, self.host, self.token = base, key, host, account.get("token", "")
        if not self.token:
            told = {"username": account["username"], "password": account["password"], "name": "over HTTP"}
            self.token = self.post("/tokens", told)["token"]

    def get(self, path: str) -> Any:
        """What is there."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Json | None = None) -> Any:
        """Change something, once."""
        return self._ask("POST", path, body or {})

    def _ask(self, method: str, path: str, body: Json | None) -> Any:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.host:
            headers["Host"] = self.host
        if body is not None:
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.base}/api/v1{path}", data, headers, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310
                text = answer.read()
        except HTTPError as error:
            raise Refused(
                f"{self.key}: {method} {path}: {error.code} {error.read().decode()[:500]}"
            ) from None
        return json.loads(text) if text else None


class Study:
    """The study as its people carry it."""

    def __init__(self, people: dict[str, Person], chosen: list[DemoCase]) -> None:
        self.people, self.chosen = people, chosen
        self.by_place = {_key(case.place): case for case in (*cases(), *spare_cases())}
        self.done: Counter[tuple[str, str]] = Counter()

    def prepare(self) -> None:
        """Publish what is missing, let everybody acknowledge it, register the cases."""
        manager = self.people["manager"]
        there = manager.get(f"/projects/{SLUG}")
        for kind, document in (("guideline", guideline()), ("protocol", protocol())):
            if there[kind] is None:
                number = manager.post(f"/projects/{SLUG}/{kind}-versions", {"document": document})["number"]
                manager.post(
                    f"/projects/{SLUG}/{kind}-versions/{number}/publish", {"change_note": "First version."}
                )
        number = manager.get(f"/projects/{SLUG}")["guideline"]["number"]
        for worker in self.workers():
            worker.post(f"/projects/{SLUG}/guideline-versions/{number}/acknowledge")
        rows = manager.post(f"/projects/{SLUG}/cases", {"cases": [_new(case) for case in self.chosen]})[
            "rows"
        ]
        self.say("manager", f"registered {Counter(row['result'] for row in rows)}")
        if refused := [row for row in rows if row["result"] == "refused"]:
            raise Refused(f"a case was refused: {refused[0]['faults']}")

    def carry(self) -> None:
        """Let everybody press Start next until nobody has work and nothing is left to compare."""
        while sum(self._work(worker) for worker in self.workers()) or self._is_comparing():
            pass

    def workers(self) -> list[Person]:
        """Readers, then reviewers, then the arbiter."""
        return [one for key, one in self.people.items() if invented(key).role in WORKERS]

    def _work(self, worker: Person) -> int:
        finished = 0
        while task := worker.post("/tasks/claim", {"project": SLUG}):
            case = self.by_place[_key(task["material"]["case"]["place"])]
            result = _result(task, case, worker)
            worker.post(f"/tasks/{task['id']}/submit", {"token": task["token"], "result": result})
            self.done[worker.key, task["kind"] if task["step"] == "result" else "first look"] += 1
            finished += 1
        return finished

    def _is_comparing(self) -> bool:
        """Wait until the worker has compared what is due; whether there was anything."""
        manager, patience = self.people["manager"], time.monotonic() + PATIENCE_SECONDS
        waited = False
        while manager.get(f"/cases?project={SLUG}&state=consensus")["results"]:
            if time.monotonic() > patience:
                raise Refused("cases wait in consensus: does the worker run?")
            waited = True
            time.sleep(0.2)
        return waited

    def summary(self) -> Json:
        """How the chosen cases ended, as the manager and the auditor see it."""
        found = [self._case(case) for case in self.chosen]
        timeline = self.people["auditor"].get(f"/cases/{found[0]['id']}/timeline")["results"]
        return {
            "people": len(self.people),
            "acts": {f"{key}: {act}": count for (key, act), count in sorted(self.done.items())},
            "states": dict(Counter(case["state"] for case in found)),
            "settled": dict(Counter(self._settled(case) for case in found)),
            "first_case": [event["action"] for event in timeline],
        }

    def _case(self, case: DemoCase) -> Json:
        (row,) = self.people["manager"].get(f"/cases?project={SLUG}&external_ref={case.external_ref}")[
            "results"
        ]
        return dict(row)

    def _settled(self, case: Json) -> str:
        label = self.people["manager"].get(f"/cases/{case['id']}")["label"]
        return f"{label['status']} by {label['settled_by']}" if label else "not yet"

    def say(self, who: str, what: str) -> None:
        """Tell whoever watches."""
        sys.stdout.write(f"{who}: {what}\n")


def _new(case: DemoCase) -> Json:
    return {
        "external_ref": case.external_ref,
        "patient_key": case.patient_key,
        "split": case.split,
        "strata": case.strata,
        "shown": {"question": QUESTION, "place": case.place},
    }


def _result(task: Json, case: DemoCase, worker: Person) -> Json:
    if task["kind"] == "annotate":
        revision = 2 if task["returned"] else 1
        return {"labels": submitted_read(case, invented(worker.key).slot or 1, revision)}
    if task["kind"] == "review":
        return _verdict(task["material"]["read"], case)
    if task["step"] == "first_look":
        return {"labels": case.read(4)}
    return _decision(task["material"], case)


def _verdict(read: Json, case: DemoCase) -> Json:
    """What the script says of this read; accepted where it says nothing."""
    for slot in (1, 2, 3):
        verdict = junior_verdict(case.external_ref, slot, 1)
        if verdict.verdict == "return" and read["fields"] == submitted_read(case, slot, 1)["fields"]:
            comments = [{"path": "", "text": verdict.text}]
            return {"verdict": "return", "reason_code": verdict.code, "comments": comments}
    return {"verdict": "accept"}


def _decision(material: Json, case: DemoCase) -> Json:
    disputed = list(material.get("disputed") or [])
    decision = arbiter_decision(case.external_ref, disputed)
    answer = {"reason_code": decision.code, "rationale": decision.text}
    if decision.outcome == "equivocal":
        return {"outcome": "equivocal", **answer}
    fields = decision.fields if disputed else case.read(4)["fields"]
    return {"outcome": "decided", "labels": {"fields": fields}, **answer}


def _key(place: Json) -> str:
    return json.dumps(place, sort_keys=True)


def main(arguments: list[str]) -> int:
    """Carry the cases and print what became of them; 1 if one of them isn't final."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.over_http", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("base", help="the service's address, such as http://localhost:8000")
    parser.add_argument("accounts", type=Path, help="JSON: who signs in, with a token or a password")
    parser.add_argument("--cases", type=int, default=12)
    parser.add_argument("--host", help="the name to ask the service by, if it isn't the address's")
    given = parser.parse_args(arguments)
    accounts = json.loads(given.accounts.read_text(encoding="utf-8"))
    insiders = {key: account for key, account in accounts.items() if invented(key).role}
    try:
        people = {key: Person(given.base, key, account, given.host) for key, account in insiders.items()}
        study = Study(people, cases(given.cases))
        study.prepare()
        study.carry()
        summary = study.summary()
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    study.say("summary", json.dumps(summary, indent=2))
    return 0 if set(summary["states"]) == {"final"} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
