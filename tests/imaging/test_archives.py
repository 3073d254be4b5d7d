"""ZIPs that lie: their members have numbers, not names, and none unpacks to more than is allowed."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from imaging.archives import leads_out, members, unpack
from imaging.limits import Limits
from imaging.refusals import Refused

LIMITS = Limits()


def zipped(folder: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A ZIP of such files."""
    path = folder / "sent.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def into(folder: Path) -> Path:
    """A new folder to unpack to."""
    made = folder / "unpacked"
    made.mkdir()
    return made


def whole(path: Path, folder: Path, limits: Limits = LIMITS) -> str:
    """The code with which the archive as a whole is refused; nothing is left in the folder."""
    with pytest.raises(Refused) as refused:
        unpack(path, folder, limits)
    assert not list(folder.iterdir())
    return refused.value.code


def test_members_come_out_under_numbers_and_directories_are_left_out(tmp_path: Path) -> None:
    folder = into(tmp_path)
    rows = unpack(
        zipped(tmp_path, {"DOE^JANE/": b"", "DOE^JANE/1.dcm": b"one", "2.dcm": b"three"}), folder, LIMITS
    )

    assert rows == [{"number": 1, "size": 3, "refused": None}, {"number": 2, "size": 5, "refused": None}]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "000001": b"one",
        "000002": b"three",
    }


@pytest.mark.parametrize(
    "name", ["../up", "a/../../up", "/etc/passwd", "C:\\windows", "c:up", "\\\\host\\share", "..\\up", "a/.."]
)
def test_a_path_that_leads_out_is_refused_and_its_neighbours_are_not(name: str, tmp_path: Path) -> None:
    folder = into(tmp_path)
    rows = unpack(zipped(tmp_path, {name: b"bad", "fine": b"good"}), folder, LIMITS)

    assert [row["refused"] for row in rows] == ["archive_path", None]
    assert [path.name for path in folder.iterdir()] == ["000002"]


@pytest.mark.parametrize("name", ["a", "a/b.dcm", "IM..1", "..."])
def test_other_names_lead_nowhere(name: str) -> None:
    assert not leads_out(name)


def test_a_link_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("link")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = tmp_path / "sent.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")

    assert unpack(path, into(tmp_path), LIMITS) == [{"number": 1, "size": 0, "refused": "archive_path"}]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a": b"secret", "b": b"open"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)

    assert [row["refused"] for row in unpack(path, into(tmp_path), LIMITS)] == ["archive_encrypted", None]


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!"])
def test_an_archive_in_an_archive_is_refused(begin: bytes, tmp_path: Path) -> None:
    rows = unpack(zipped(tmp_path, {"a": begin + b"more", "b": b"open"}), into(tmp_path), LIMITS)

    assert [row["refused"] for row in rows] == ["archive_nested", None]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_not_read(method: int, tmp_path: Path) -> None:
    rows = unpack(zipped(tmp_path, {"a": b"data"}, method), into(tmp_path), LIMITS)

    assert [row["refused"] for row in rows] == ["archive_corrupt"]


def test_a_member_that_packs_too_well_is_a_bomb(tmp_path: Path) -> None:
    assert whole(zipped(tmp_path, {"a": b"ok", "b": bytes(80 << 20)}), into(tmp_path)) == "archive_bomb"


def test_many_members_together_are_a_bomb(tmp_path: Path) -> None:
    files = {str(n): bytes(8 << 20) for n in range(10)}
    assert whole(zipped(tmp_path, files), into(tmp_path)) == "archive_bomb"


def test_members_that_lie_upon_each_other_are_a_bomb_or_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path, {str(n): bytes(1 << 20) for n in range(3)}, zipfile.ZIP_STORED)
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02")
    with zipfile.ZipFile(path) as archive:
        count = len(archive.infolist())
    directory = bytearray(data[at:])
    for _ in range(count):
        place = directory.index(b"PK\x01\x02")
        directory[place : place + 4] = b"PK\x01\x03"
        struct.pack_into("<L", directory, place + 42, 0)
    path.write_bytes(data[:at] + bytes(directory).replace(b"PK\x01\x03", b"PK\x01\x02"))

    rows = unpack(path, into(tmp_path), LIMITS)

    assert sum(row["refused"] is None for row in rows) <= 1


def test_the_size_in_the_header_is_not_believed(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a": bytes(1000), "b": b"open"})
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.index(b"PK\x01\x02") + 24, 10)
    path.write_bytes(data)

    assert [row["refused"] for row in unpack(path, into(tmp_path), LIMITS)] == ["archive_corrupt", None]


def test_a_member_whose_checksum_is_wrong_leaves_no_file(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a": b"abcdefgh", "b": b"open"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"abcdefgh", b"abcdefgX"))
    folder = into(tmp_path)

    assert [row["refused"] for row in unpack(path, folder, LIMITS)] == ["archive_corrupt", None]
    assert [left.name for left in folder.iterdir()] == ["000002"]


def test_a_member_without_a_name_does_not_lose_its_neighbour(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"x": b"nameless", "b": b"open"})
    data = bytearray(path.read_bytes())
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    struct.pack_into("<H", data, at + 28, 0)
    struct.pack_into("<L", data, end + 12, end - at - 1)
    del data[at + 46]
    path.write_bytes(data)

    assert [row["refused"] for row in unpack(path, into(tmp_path), LIMITS)] == ["archive_corrupt", None]


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, {str(n): b"" for n in range(11)})
    assert whole(path, into(tmp_path), Limits(files=10)) == "too_many"


def test_a_directory_of_too_many_entries_is_not_read_at_all(tmp_path: Path) -> None:
    path = zipped(tmp_path, {str(n): b"" for n in range(100)})
    assert whole(path, into(tmp_path), Limits(files=10, header_bytes=1000)) == "too_many"


@pytest.mark.parametrize("data", [b"no archive", b"PK\x05\x06" + bytes(17), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_told(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(data)
    assert whole(path, into(tmp_path)) == "archive_corrupt"


def test_an_archive_that_is_cut_anywhere_is_refused_or_gives_what_is_whole(tmp_path: Path) -> None:
    data = zipped(tmp_path, {"a": b"one" * 50, "b": b"two" * 50}).read_bytes()
    path, folder = tmp_path / "cut.zip", into(tmp_path)
    for size in range(1, len(data) - 1):
        path.write_bytes(data[:size])
        assert whole(path, folder) == "archive_corrupt"


def test_a_member_is_read_piece_by_piece(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"a": bytes(5 << 20)})
    found = [[len(piece) for piece in member.chunks()] for member in members(path, LIMITS)]

    assert sum(found[0]) == 5 << 20
    assert max(found[0]) <= 1 << 20


def test_nothing_of_a_name_is_kept(tmp_path: Path) -> None:
    path = zipped(tmp_path, {"DOE^JANE.dcm": b"x"})
    (member,) = members(path, LIMITS)

    shown = io.StringIO()
    shown.write(repr(member) + str(member))
    assert "DOE" not in shown.getvalue()
