"""Archives and folders that somebody made to harm whoever opens them: refused before anything in them is used."""

import os
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from audit import verify
from tests.provenance.forging import Bundles, Forge

Make = Callable[[zipfile.ZipFile], object]


def like_ours(name: str, **changes: int) -> zipfile.ZipInfo:
    """A member's entry as the service writes it, but for some changes."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr, info.create_version = 3, 0o100644 << 16, 20
    for attribute, value in changes.items():
        setattr(info, attribute, value)
    return info


def with_member(name: str, data: bytes = b"x", **changes: int) -> Make:
    return lambda archive: archive.writestr(like_ours(name, **changes), data)


def twice(archive: zipfile.ZipFile) -> None:
    archive.writestr(like_ours("bundle/data/README.txt"), b"x")
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(like_ours("bundle/data/README.txt"), b"y")


def bomb(archive: zipfile.ZipFile) -> None:
    archive.writestr(like_ours("bundle/data/README.txt"), b"\0" * 50_000_000, zipfile.ZIP_DEFLATED, 9)


def comment(archive: zipfile.ZipFile) -> None:
    archive.writestr(like_ours("bundle/data/README.txt"), b"x")
    archive.comment = b"PK\x05\x06"


HOSTILE: dict[str, Make] = {
    "an absolute path": with_member("/etc/passwd"),
    "an absolute path below": with_member("bundle//etc/passwd"),
    "a path that climbs": with_member("bundle/../../etc/passwd"),
    "a path that climbs at the end": with_member("bundle/data/.."),
    "a path of Windows": with_member("bundle/C:\\x"),
    "a path with a backslash": with_member("bundle/data\\x"),
    "a path outside the bundle": with_member("elsewhere/x"),
    "a path in another script": with_member("bundle/däta"),
    "a path with a line feed": with_member("bundle/da\nta"),
    "a very long path": with_member("bundle/" + "x/" * 200 + "x"),
    "a folder": with_member("bundle/data/", b""),
    "a symbolic link": with_member(
        "bundle/data/x", b"/etc/passwd", external_attr=(stat.S_IFLNK | 0o777) << 16
    ),
    "a file that may run": with_member("bundle/data/x", external_attr=0o100755 << 16),
    "a date": with_member("bundle/data/x", date_time=(2026, 1, 1, 0, 0, 0)),  # type: ignore[arg-type]
    "an extra field": with_member("bundle/data/x", extra=struct.pack("<HH4s", 7, 4, b"evil")),  # type: ignore[arg-type]
    "a comment on a member": with_member("bundle/data/x", comment=b"evil"),  # type: ignore[arg-type]
    "another system": with_member("bundle/data/x", create_system=0),
    "the same name twice": twice,
    "a compressed bomb": bomb,
    "a comment": comment,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        HOSTILE[name](archive)
    with pytest.raises(verify.Refused):
        verify.open_bundle(str(tmp_path / "b.zip"))


def test_an_archive_of_our_making_is_read_so_that_the_others_are_refused_for_what_they_are(
    tmp_path: Path,
) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        with_member("bundle/data/x", b"hello")(archive)
    with closing(verify.open_bundle(str(tmp_path / "b.zip"))) as bundle:
        assert (bundle.sizes, bundle.read("data/x")) == ({"data/x": 5}, b"hello")


Patch = Callable[[bytes], bytes]
LOCAL, ENTRY, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"


def at(signature: bytes, offset: int, form: str, *values: int) -> Patch:
    """Overwrite a field of the first record with this signature."""

    def patch(data: bytes) -> bytes:
        place = data.index(signature) + offset
        return data[:place] + struct.pack(form, *values) + data[place + struct.calcsize(form) :]

    return patch


PATCHES: dict[str, Patch] = {
    "cut off": lambda data: data[:-30],
    "only its end": lambda data: data[-22:],
    "nothing": lambda data: b"",
    "no ZIP file at all": lambda data: b"x" * 100,
    "bytes before it": lambda data: b"#!/bin/sh\n" + data,
    "bytes after it": lambda data: data + b"x",
    "bytes between its members": lambda data: data.replace(ENTRY, b"xx" + ENTRY, 1),
    "more members than there are": at(END, 8, "<HH", 900, 900),
    "fewer members than there are": at(END, 8, "<HH", 1, 1),
    "a directory elsewhere": at(END, 16, "<L", 0),
    "a directory of four gigabytes": at(END, 12, "<L", 0xFFFFFFFE),
    "a member of four gigabytes": at(ENTRY, 24, "<L", 0xFFFFFFFE),
    "a member of the largest size there is": at(ENTRY, 24, "<L", 0xFFFFFFFF),
    "a member at another place": at(ENTRY, 42, "<L", 1),
    "an encrypted member": at(ENTRY, 8, "<H", 1),
    "a compressed member": at(ENTRY, 10, "<H", 8),
    "another size in its own header": at(LOCAL, 18, "<L", 1),
    "another name in its own header": lambda data: data.replace(b"bundle/", b"bundel/", 1),
    "a name of no length": at(ENTRY, 28, "<H", 0),
    "a name longer than the file": at(ENTRY, 28, "<H", 0xFFFF),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_broken_archive_is_refused(name: str, bundles: Bundles, tmp_path: Path) -> None:
    data = PATCHES[name](bundles.files["full"].read_bytes())
    (tmp_path / "b.zip").write_bytes(data)
    with pytest.raises(verify.Refused):
        verify.open_bundle(str(tmp_path / "b.zip"))


@pytest.mark.parametrize("kind", ["link to a file", "link to a folder", "pipe"])
def test_a_folder_with_anything_but_plain_files_is_refused(kind: str, tmp_path: Path) -> None:
    (tmp_path / "bagit.txt").write_text("x")
    if kind == "pipe":
        os.mkfifo(tmp_path / "data")
    else:
        (tmp_path / "data").symlink_to("/etc/passwd" if kind == "link to a file" else "/etc")
    with pytest.raises(verify.Refused):
        verify.open_bundle(str(tmp_path))


HOSTILE_FILES: dict[str, tuple[str, bytes]] = {
    "a line without an end": ("data/log/events.ndjson", b"x" * (verify.MAX_LINE + 10)),
    "deep nesting": ("data/labels/manifest.ndjson", b"[" * 200_000 + b"\n"),
    "a huge number": ("data/log/heads.ndjson", b"9" * 100_000 + b"\n"),
    "no events": ("data/log/events.ndjson", b""),
    "no labels": ("data/labels/labels.ndjson", b""),
    "no checkpoint": ("data/log/checkpoint", b""),
    "a graph of another kind": ("data/workflow-graph.json", b'{"moves":[1],"start":{}}'),
    "lines that are no objects": ("data/openings.ndjson", b"1\n[]\nnull\n"),
    "an index of another kind": ("data/content/index.ndjson", b"[]\n" * 50),
    "what is not text": ("data/registers/readers.ndjson", b"\xff\xfe\n" * 50),
    "bag-info of another kind": ("bag-info.txt", b"\xff: \n\n:\n"),
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_file_of_any_content_is_survived(name: str, bundles: Bundles, tmp_path: Path) -> None:
    forge = Forge(bundles.files["full"])
    path, data = HOSTILE_FILES[name]
    forge.files[path] = data
    if path != "bag-info.txt":
        forge.repack()
    with closing(verify.open_bundle(str(forge.write(tmp_path / "b.zip")))) as bundle:
        assert verify.exit_code(verify.verify(bundle, verify.parse_vkey(bundles.vkey))) == 1


def test_contents_of_any_kind_are_survived(bundles: Bundles, tmp_path: Path) -> None:
    """A thief of the key signs whatever they like: nothing of it may stop the verifier in the middle."""
    odd = (
        [],
        1,
        "x",
        None,
        {"items": 1},
        {"items": [1]},
        {"reads": 1, "outcome": []},
        {"cases": {}},
        {"comments": 3},
    )
    for number, value in enumerate(odd):
        forge = Forge(bundles.files["full"], bundles.private)
        for event in forge.events[number :: len(odd)]:
            for key in ("after", "before"):
                event[key] = event[key] and forge.put(value)
            event["display"] = event["display"] and forge.put(value)["digest"]
            event["extra"] = event["extra"] if event is forge.export else {"rework": 1, "reads_planned": None}
        forge.drop_uncited()
        with closing(verify.open_bundle(str(forge.settle(earlier=True).write(tmp_path / "b.zip")))) as bundle:
            assert verify.exit_code(verify.verify(bundle, verify.parse_vkey(bundles.vkey))) == 1
