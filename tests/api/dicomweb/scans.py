"""A study of shipped files, and its readers, at the addresses of DICOMweb."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pydicom
from django.http import HttpResponseBase
from django.test import Client

from tasks.models import Task
from tests.api.client import API, token_for
from tests.images import asking_little, imported, shipped
from tests.people import Study, study
from workflow.images.places import stored
from workflow.models import Instance

FILES = (
    *("CT_small.dcm", "MR_small.dcm", "examples_ybr_color.dcm", "SC_rgb.dcm"),
    *("liver.dcm", "rtdose.dcm"),
)


def scanned(*names: str) -> Study:
    """A study with cases of shipped files, let in."""
    chest = asking_little(study())
    imported(chest, *shipped(*names))
    return chest


@dataclass
class Viewer:
    """Somebody with a token, at one root of DICOMweb."""

    name: str
    root: str

    @cached_property
    def token(self) -> str:
        return token_for(self.name)

    def ask(self, path: str, method: str = "get", accept: str = "*/*", **headers: str) -> Any:
        """The answer, whatever it is."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {self.token}", "Accept": accept, **more}
        client = Client(raise_request_exception=False)
        return getattr(client, method)(f"{API}/{self.root}{path}", headers=sent)

    def get(self, path: str, status: int = 200, accept: str = "*/*", **headers: str) -> Any:
        """An answer of the expected status."""
        answer = self.ask(path, accept=accept, **headers)
        assert answer.status_code == status, (path, answer.status_code, body(answer)[:500])
        return answer

    def json(self, path: str, status: int = 200) -> Any:
        """What an answer tells as JSON."""
        return json_of(self.get(path, status))


def json_of(answer: Any) -> Any:
    import json

    return json.loads(body(answer))


def body(answer: HttpResponseBase) -> bytes:
    """All of an answer's body."""
    told: Any = answer
    return b"".join(told.streaming_content) if told.streaming else bytes(told.content)


def staff(name: str = "maria", slug: str = "chest") -> Viewer:
    return Viewer(name, f"dicomweb/projects/{slug}")


def reader(chest: Study, name: str, task: Task | None = None) -> Viewer:
    """A reader at the root of the task that they claim."""
    return Viewer(name, f"dicomweb/tasks/{(task or chest.claim(name)).pk}")


def value(attributes: Mapping[str, Any], keyword: str) -> Any:
    """The only value of an attribute in DICOM JSON; None without one."""
    tag = f"{pydicom.datadict.tag_for_keyword(keyword):08X}"
    values = attributes.get(tag, {}).get("Value", [])
    return values[0] if values else None


def address_of(attributes: Mapping[str, Any], depth: int = 3) -> str:
    """The path of an image, its series (2) or study (1), below a root."""
    pairs = (
        ("studies", "StudyInstanceUID"),
        ("series", "SeriesInstanceUID"),
        ("instances", "SOPInstanceUID"),
    )
    return "".join(f"/{name}/{value(attributes, keyword)}" for name, keyword in pairs[:depth])


def stored_file(instance: Instance) -> Path:
    return stored(instance.project_id, instance.pk)


def parts(answer: HttpResponseBase) -> list[tuple[str, bytes]]:
    """The parts of a message: each one's head, and its body."""
    boundary = answer["Content-Type"].partition("boundary=")[2].partition(";")[0].encode()
    pieces = (b"\r\n" + body(answer)).split(b"\r\n--" + boundary)
    assert pieces[0] == b""
    assert pieces[-1] == b"--\r\n"
    found = (piece.removeprefix(b"\r\n").partition(b"\r\n\r\n") for piece in pieces[1:-1])
    return [(head.decode(), content) for head, _, content in found]
