"""A token in a path is written nowhere: not in our lines, not in those of an error, not by the server in front."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing

import pytest

from accounts.models import new_token_text
from config.serving import WEB
from tests.config import production
from tests.databases import ROOT

TOKEN = new_token_text()
UNKNOWN = ("api.views.docs.Unknown", 404)
PATHS = (
    f"/api/v1/dicomweb/links/{TOKEN}/studies",
    f"/api/v1/dicomweb/links/{TOKEN}/studies/2.25.1/series/2.25.2/instances/2.25.3/frames/1",
    f"/api/v1/dicomweb/links/{TOKEN}/nowhere",
    f"/api/v1/dicomweb/links/{TOKEN}",
)


@pytest.fixture(scope="module")
def told() -> tuple[str, list[int]]:
    """All that the production server wrote while a viewer asked, and how it answered; the database is away."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: os.environ[name] for name in production.INHERITED if name in os.environ}
    server = subprocess.Popen(
        [sys.executable, *WEB, "--workers", "1", "--host", "127.0.0.1", "--port", str(port)],
        cwd=ROOT, env={**environment, **production.SAID, "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        root = f"http://127.0.0.1:{port}"
        _until_up(f"{root}/healthz")
        statuses = [_asked(root + path) for path in PATHS]
    finally:
        server.terminate()
        written, _ = server.communicate(timeout=30)
    return written, statuses


def _until_up(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if _asked(address):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server didn't come up")


def _asked(address: str) -> int:
    request = urllib.request.Request(address, headers={"Host": "labels.example.org"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        told, status = error.read().decode(), error.code
    if TOKEN in told:
        raise AssertionError("an answer repeats the token")
    return status


def test_the_token_is_in_no_line_that_the_service_writes(told: tuple[str, list[int]]) -> None:
    written, statuses = told
    assert statuses == [503, 503, 404, 404]
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    asked = [(line["route"], line["status"]) for line in lines if line["event"] == "request"]
    expected = [("dicomweb_link_search_studies", 503), ("dicomweb_link_retrieve_frames", 503)]
    assert [pair for pair in asked if pair[1] in (503, 404)] == [
        *expected,
        UNKNOWN,
        UNKNOWN,
    ]
    assert any("stack" in line for line in lines)  # what went wrong is told, too
    assert TOKEN not in written
    assert TOKEN.removeprefix("cns_") not in written


def test_the_server_in_front_writes_no_access_log() -> None:
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "access-log" not in " ".join(WEB) + compose + image
    assert "ACCESS_LOG" not in compose + image
