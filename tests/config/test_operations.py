"""What operators see: log lines that name no patient and no person, and what they need to find a fault."""

import json
from typing import Any

import pytest

from tests.config import production
from tests.config.faulty import PATIENT

REQUEST_ID = "0b1f2c3d-1111-4222-8333-444455556666"
SERVE = f"""
import io
from django.conf import settings
settings.ROOT_URLCONF = "tests.config.faulty"
settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
from config.wsgi import application
from django.test import RequestFactory
def ask(name, host="labels.example.org"):
    address = f"/{PATIENT}/{{name}}?reference={PATIENT}"
    environ = RequestFactory().post(address, {{"name": "{PATIENT}"}}, headers={{
        "host": host, "x-request-id": "{REQUEST_ID}", "cookie": "seen={PATIENT}",
        "user-agent": "{PATIENT}", "idempotency-key": "{PATIENT}"}}).environ
    list(application(environ, lambda *_: None))
"""


def lines_of(program: str) -> list[dict[str, Any]]:
    """The log lines of a production process; the test fails if the patient is anywhere in its output."""
    done = production.run(program)
    assert done.returncode == 0, done.stderr
    assert PATIENT not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


@pytest.fixture(scope="module")
def served() -> dict[str, list[dict[str, Any]]]:
    """The lines of one request to each faulty address, by its name."""
    asked = "\n".join(f"ask({name!r})" for name in ("fine", "raises", "suspicious", "chatty", "nowhere"))
    found: dict[str, list[dict[str, Any]]] = {}
    gathered: list[dict[str, Any]] = []
    for line in lines_of(SERVE + asked + f"\nask('fine', host={PATIENT.lower() + '.example.net'!r})"):
        gathered.append(line)
        if line["logger"] == "config.request_lines":
            name = f"{line['route']} {line['status']}"
            found[name], gathered = gathered, []
    return found


def test_a_request_has_one_line_with_its_route_and_nothing_that_was_sent(served: Any) -> None:
    (line,) = served["fine 200"]
    assert line.pop("ms") >= 0
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "config.request_lines",
        "method": "POST",
        "request_id": REQUEST_ID,
        "route": "fine",
        "status": 200,
    }


def test_an_error_is_told_by_its_type_and_place_without_its_words(served: Any) -> None:
    error, line = served["raises 500"]
    assert (line["level"], line["status"]) == ("error", 500)
    assert (error["error"], error["causes"], error["request_id"]) == ("ValueError", ["KeyError"], REQUEST_ID)
    assert error["stack"][-1].startswith("tests/config/faulty.py:")
    assert error["stack"][-1].endswith(" raises")


def test_what_libraries_say_is_withheld(served: Any) -> None:
    library, own, _ = served["chatty 200"]
    assert library["event"] == "somelibrary.http (text withheld)"
    assert (own["event"], own["count"], own["route"]) == ("claimed %s", 3, "(withheld)")
    assert "patient" not in own


def test_what_nobody_routed_has_no_name(served: Any) -> None:
    (line,) = served["unmatched 404"]
    assert line["route"] == "unmatched"


def test_a_false_host_and_a_suspicious_request_are_seen_without_their_words(served: Any) -> None:
    assert served["suspicious 400"][-1]["status"] == 400
    assert any(line["logger"].startswith("django.security") for line in served["unmatched 400"])


def test_a_job_that_fails_is_told_by_its_name_and_id() -> None:
    job = "00000000-0000-4000-8000-000000000001"
    lines = lines_of(
        "import os; os.environ['JOBS_INLINE'] = '1'\n"
        "import django; django.setup()\n"
        "from audit.background import job\n"
        "@job\n"
        "def compare(case_id: str) -> None:\n"
        f"    raise LookupError('{PATIENT}')\n"
        f"compare.task.apply_async(({job!r},))\n"
    )
    failed, ended = lines
    assert (failed["error"], failed["job"], failed["event"]) == (
        "LookupError",
        "__main__.compare",
        "a job failed",
    )
    assert (ended["status"], ended["job_id"]) == ("failed", failed["job_id"])


def test_a_developer_reads_words() -> None:
    from config.logs import logging_settings

    program = (
        "import logging.config; from config.logs import logging_settings\n"
        "logging.config.dictConfig(logging_settings(debug=True, level='INFO'))\n"
        "logging.getLogger('tasks').info('opened %s', 'three tasks', extra={'count': 3})\n"
    )
    assert logging_settings(debug=True, level="INFO")["root"]["level"] == "INFO"
    assert "opened three tasks" in production.run(program).stderr
