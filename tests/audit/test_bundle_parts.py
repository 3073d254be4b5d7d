"""What a bundle is packed with: archives that others can read, sorting in little memory, proofs in one pass."""

import hashlib
import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from audit.bundle.archive import Archive
from audit.bundle.bag import Bag
from audit.bundle.cited import Citations
from audit.bundle.proofs import Proofs
from audit.bundle.spill import Spill
from audit.canonical import canonical, digest
from audit.merkle import inclusion_proof, leaf_hash

ONE, TWO = digest(b"1"), digest(b"2")


class Unseekable(io.RawIOBase):
    """A pipe, as far as an archive can tell."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self.taken += data
        return len(data)


def test_an_archive_of_more_files_than_zip_once_could_count_is_read_by_others() -> None:
    out = Unseekable()
    with Archive(out, "top") as archive:
        for number in range(66_000):
            archive.add(f"data/{number}", b"")
        with archive.stream("data/last") as file:
            file.write(b"piece by ")
            file.write(b"piece")
        archive.close()
    with zipfile.ZipFile(io.BytesIO(out.taken)) as read:
        assert len(read.namelist()) == 66_001
        assert read.read("top/data/last") == b"piece by piece"
        assert {info.date_time for info in read.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in read.infolist()} == {0o100644}


def test_a_bag_lists_what_it_holds_by_path() -> None:
    out = Unseekable()
    with Archive(out, "bundle") as archive:
        bag = Bag(archive)
        for path in ("data/b", "data/a", "verify.py"):
            bag.add(path, path.encode())
        bag.finish([("One", "1"), ("Two", "2"), ("Three", "3"), ("Five", "5")])
        bag.close()
    with zipfile.ZipFile(io.BytesIO(out.taken)) as read:
        manifest = read.read("bundle/manifest-sha256.txt").decode()
        tags = [
            line.split("  ")[1] for line in read.read("bundle/tagmanifest-sha256.txt").decode().splitlines()
        ]
        assert "Three: 3\nPayload-Oxum: 12.2\nFive: 5\n" in read.read("bundle/bag-info.txt").decode()
    assert manifest == "".join(
        f"{hashlib.sha256(p).hexdigest()}  {p.decode()}\n" for p in (b"data/a", b"data/b")
    )
    assert tags == ["bag-info.txt", "bagit.txt", "manifest-sha256.txt", "verify.py"]


@given(st.lists(st.binary(max_size=3).map(lambda b: b.replace(b"\n", b" "))), st.integers(1, 5))
def test_what_is_spilled_comes_back_sorted_and_once(given_lines: list[bytes], at_once: int) -> None:
    spill = Spill(at_once)
    spill.add(*given_lines)
    assert list(spill) == sorted(set(given_lines))
    spill.close()


@given(st.integers(1, 70), st.data())
def test_proofs_gathered_in_one_pass_are_the_proofs(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    indexes = data.draw(st.sets(st.integers(0, size - 1), min_size=1))
    proofs = Proofs(indexes, size)
    for index, leaf in enumerate(leaves):
        proofs.take(index, leaf)
    for index in indexes:
        assert proofs.of(index) == inclusion_proof(leaves, index)


def test_what_an_event_cites_is_found_in_its_bytes_and_no_text_can_mimic_it() -> None:
    event = {
        "action": "review.returned",
        "actor": {"credentials": ONE, "person": TWO, "software_digest": digest(b"3")},
        "inputs": [{"digest": TWO, "role": "comments"}],
        "note": f'"digest":"{digest(b"4")}"',
        "prev": digest(b"5"),
        "reason": {"code": "boundary", "text": ONE},
    }
    found = Citations()
    found.gather(canonical(event) + b"\n")
    assert list(found.contents) == sorted([ONE.encode(), TWO.encode()])
    assert list(found.committing) == [TWO.encode()]
    assert list(found.commitments) == sorted([ONE.encode(), TWO.encode()])
    found.close()
