"""A signed head is kept outside the service: in a folder, at an address, in a mailbox."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from audit.models import Checkpoint
from audit.notes import verify
from audit.sealing import Sealer
from provenance.proofs import Head, head_of
from provenance.publishing import NotPublished, to_folder, to_mail, to_url
from tests.databases import TestDatabases
from tests.people import study
from tests.sealed import a_sealer, seal_all

HEAD = Head("example.org/p/1/e1", 7, b"\0" * 32, "example.org/p/1/e1\n7\nAAAA\n\n— x y\n", "", "", "", 1)


class Collector(BaseHTTPRequestHandler):
    """Keeps what it is sent; what it answers is set by the path."""

    got: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Location", "/200")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[str]:
    Collector.got.clear()
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_head_is_kept_once_and_never_overwritten(tmp_path: Path) -> None:
    path = to_folder(HEAD, tmp_path)
    assert path.read_text() == HEAD.note
    assert to_folder(HEAD, tmp_path) == path
    path.write_text("another")
    with pytest.raises(NotPublished, match="two histories"):
        to_folder(HEAD, tmp_path)
    assert path.read_text() == "another"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotPublished, match="can't be written"):
        to_folder(HEAD, tmp_path / "file")


def test_an_address_takes_the_head_as_it_is(collector: str) -> None:
    to_url(HEAD, f"{collector}/204")
    assert Collector.got == [HEAD.note.encode()]


@pytest.mark.parametrize("path", ["/404", "/500", "/302"])
def test_an_address_that_refuses_or_sends_elsewhere_is_a_failure(collector: str, path: str) -> None:
    with pytest.raises(NotPublished, match="did not take"):
        to_url(HEAD, collector + path)
    assert len(Collector.got) == 1


@pytest.mark.parametrize(
    "url", ["http://example.org/", "file:///etc/passwd", "ftp://example.org/", "example.org"]
)
def test_only_an_encrypted_address_is_taken(url: str) -> None:
    with pytest.raises(NotPublished, match="https"):
        to_url(HEAD, url)


def test_a_mailbox_gets_the_whole_note() -> None:
    to_mail(HEAD, "aud@example.org")
    [sent] = mail.outbox
    assert (sent.to, sent.body) == (["aud@example.org"], HEAD.note)


@pytest.mark.django_db(transaction=True)
def test_the_command_prints_and_keeps_the_newest_head(
    tmp_path: Path, own_databases: TestDatabases, capsys: pytest.CaptureFixture[str]
) -> None:
    project = study("case-1").project
    with pytest.raises(CommandError, match="No head"):
        call_command("publish_checkpoint", "chest")
    sealer: Sealer = a_sealer(tmp_path)
    seal_all(sealer, own_databases)
    call_command("publish_checkpoint", "chest", folder=tmp_path / "out")
    printed = capsys.readouterr().out
    assert printed == Checkpoint.objects.get().note
    assert [path.read_text() for path in (tmp_path / "out").rglob("*.checkpoint")] == [printed]
    assert verify(printed, [head_of(project).vkey]) == [head_of(project).origin]
    with pytest.raises(CommandError, match="There is no project"):
        call_command("publish_checkpoint", "none")
