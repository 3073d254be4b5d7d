"""Bundles as a forger would make them: what can be changed is changed, and all that hangs on it is made to fit."""

import base64
import hashlib
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from audit.access import Code, Seen, record
from audit.bundle.archive import Archive
from audit.canonical import canonical, digest, parse
from audit.merkle import leaf_hash, root
from audit.models import Standing
from audit.notes import Checkpoint, sign
from tasks import cases as managing
from tasks.completing import recall
from tests.databases import TestDatabases
from tests.datasets import locked
from tests.imported import at_gate
from tests.people import Study, labels, study
from tests.provenance.exports import exported
from tests.sealed import a_sealer, seal_all
from workflow import heartbeats
from workflow.models import Instance


@dataclass
class Bundles:
    """The files by profile, and the log's public and private key."""

    files: dict[str, Path]
    vkey: str
    private: Ed25519PrivateKey


def whole_study() -> Study:
    """Five cases: to the senior and into a second round; agreed; excluded by two people; with images; waiting."""
    chest = study("case-1")
    chest.read("anna", malignancy=2)
    chest.read("bob", malignancy=5)
    chest.review("jin", "return", comments=[{"path": "/fields/malignancy", "text": "Look again."}])
    chest.review("jana", "correct", correction=labels(malignancy=4))
    returned = chest.read("anna", malignancy=1)
    recall(acting=chest.acting("anna"), task_id=returned.pk)
    chest.read("anna", malignancy=1)
    chest.review("jin")
    chest.arbitrate(labels=labels(malignancy=4))
    chest.register("case-2")
    chest.agree_at_two()
    chest.register("case-3")
    chest.claim("cleo")
    chest.exclude("maria", "case-3")
    managing.approve_exclusion(acting=chest.acting("mehmet"), case_id=chest.case("case-3").pk)
    chest.reopen("same_readers")
    chest.read("anna", malignancy=3)
    look_and_read(chest)
    chest.register("case-4")
    return chest


def look_and_read(chest: Study) -> None:
    """A case with three images of one frame: Cleo is served two of them, and reads."""
    at_gate(chest, findings=())
    task = chest.claim("cleo")
    for image in Instance.objects.order_by("digest")[:2]:
        who = (chest.project.log_id, chest.members["cleo"].actor_id, "annotator", Code.INSTANCES_ACCESSED)
        record(Seen(*who, "frames", task.case_id, task.pk, instance=image.pk, frames=(1,)))
    chest.submit("cleo", task, {"labels": labels()})


def make_bundles(folder: Path, databases: TestDatabases) -> Bundles:
    """Carry the study through, sealing on the way, and export every profile."""
    sealer = a_sealer(folder)
    chest = whole_study()
    seal_all(sealer, databases)
    with transaction.atomic():
        heartbeats.write(chest.project)
    chest.read("bob", malignancy=3)
    locked(chest)
    files = {}
    for profile in ("full", "pseudonymous", "subset"):
        files[profile] = folder / f"{profile}.zip"
        exported(chest, files[profile], sealer, databases, profile)
    raw = base64.b64decode((folder / "log.key").read_text())
    return Bundles(files, Standing.objects.get().vkey, Ed25519PrivateKey.from_private_bytes(raw))


Event = dict[str, Any]
LOG = "data/log/"
_TEXT = ("data/labels/", "data/registers/", "bag-info.txt")  # what speaks of leaves
_LEAF = re.compile(rb"sha256:[0-9a-f]{64}")


class Forge:
    """A whole bundle taken apart. `events` are changed at will; `settle` makes fit whatever the forger can."""

    def __init__(self, path: Path, key: Ed25519PrivateKey | None = None) -> None:
        with zipfile.ZipFile(path) as archive:
            self.files = {name.removeprefix("bundle/"): archive.read(name) for name in archive.namelist()}
        self.key = key or Ed25519PrivateKey.generate()
        self.old_keys: dict[int, Ed25519PrivateKey] = {}  # by epoch, of those before the last
        self.folders = [
            *sorted({path[:-13] for path in self.files if path.endswith("/events.ndjson")} - {LOG}),
            LOG,
        ]
        self.epochs: list[list[Event]] = [
            [parse(line) for line in self.files[f"{folder}events.ndjson"].splitlines()]
            for folder in self.folders
        ]
        self.events = self.epochs[-1]
        every = [event for epoch in self.epochs for event in epoch]
        self._leaves = {id(event): f"sha256:{leaf_hash(canonical(event)).hex()}" for event in every}
        self.spelled: dict[int, bytes] = {}  # by id(event): bytes instead of the canonical ones

    def of_case(self, action: str = "", number: int = 0, **extra: Any) -> list[Event]:
        """The events of the case that is `number` in the order of creation, of an action if one is named."""
        created = [event["stream"]["id"] for event in self.events if event["action"] == "case.created"]
        found = [event for event in self.events if event["stream"]["id"] == created[number]]
        found = [event for event in found if event["action"].startswith(action)]
        return [e for e in found if all((e["extra"] or {}).get(k) == v for k, v in extra.items())]

    @property
    def export(self) -> Event:
        """The event that made the bundle."""
        return next(event for event in reversed(self.events) if event["action"] == "export.created")

    def content(self, cited: str) -> Any:
        """The JSON of a content."""
        return parse(self.files[self.path_of(cited)])

    @staticmethod
    def path_of(cited: str) -> str:
        """Where a content lies."""
        return f"data/content/sha256/{cited[7:9]}/{cited[7:]}"

    def put(self, value: Any) -> dict[str, Any]:
        """Store a content, list it, and return how an event cites it."""
        return self.put_bytes(canonical(value), "application/json")

    def put_bytes(self, body: bytes, media_type: str) -> dict[str, Any]:
        """The same, of any type."""
        self.files[self.path_of(digest(body))] = body
        cited = {"digest": digest(body), "media_type": media_type, "size": len(body)}
        index = self.files["data/content/index.ndjson"].splitlines()
        self.files["data/content/index.ndjson"] = _joined(sorted({*index, canonical(cited)}))
        return cited

    def erase(self, digest: str) -> None:
        """Take a content away and say so in the list."""
        del self.files[self.path_of(digest)]
        index = self.files["data/content/index.ndjson"].splitlines()
        gone = canonical({"digest": digest, "erased": True})
        self.files["data/content/index.ndjson"] = _joined(
            [gone if digest.encode() in line else line for line in index]
        )

    def drop_uncited(self) -> None:
        """Leave out contents that no event cites any more."""
        cited = set(_LEAF.findall(b"".join(map(canonical, self.events))))
        index = self.files["data/content/index.ndjson"].splitlines()
        self.files["data/content/index.ndjson"] = _joined([line for line in index if line[11:82] in cited])
        for line in index:
            if line[11:82] not in cited:
                del self.files[self.path_of(line[11:82].decode())]

    def settle(
        self,
        *,
        relink: bool = True,
        heads: bool = True,
        resign: bool = True,
        earlier: bool = False,
        link: bool = True,
    ) -> "Forge":
        """Make chains, heads, labels, registers, signature and manifests fit; `earlier`: older checkpoints, too.

        `link`: what each epoch says of the one before it, too.
        """
        self.epochs[-1] = self.events
        leaves = self._relinked(relink, heads, link, resign and earlier)
        for path in [path for path in self.files if path.startswith(_TEXT)]:
            self.files[path] = _LEAF.sub(lambda found: leaves.get(found[0], found[0]), self.files[path])
        self._sign(resign, earlier)
        return self.repack()

    def _relinked(self, relink: bool, heads: bool, link: bool, resign: bool) -> dict[bytes, bytes]:
        last: dict[str, Event] = {}
        moved: dict[str, str] = {}
        ends: dict[str, dict[str, Any]] = {}
        for number, (folder, epoch) in enumerate(zip(self.folders, self.epochs, strict=True), 1):
            if number > 1 and link:
                epoch[0]["extra"]["predecessor"] |= self._stated(number - 1)
            bodies: list[bytes] = []
            for event in epoch:
                before = last.get(event["stream"]["id"])
                if folder == LOG and event is self.export and heads:
                    self._tell_of_heads(event, ends)
                if relink:
                    event["seq"] = before["seq"] + 1 if before else 1
                    event["prev"] = before["leaf"] if before else None
                    caused = event["request"]["causation"]
                    event["request"]["causation"] = moved.get(caused, caused)
                named = event["action"] == "log.heartbeat" and (event["extra"] or {}).get("head")
                if named and resign and folder == LOG:
                    self._name_head(named, event["log"], bodies)
                bodies.append(self.spelled.get(id(event)) or canonical(event))
                leaf = f"sha256:{leaf_hash(bodies[-1]).hex()}"
                moved[self._leaves.get(id(event), leaf)] = leaf
                last[event["stream"]["id"]] = {"seq": event["seq"], "leaf": leaf}
                if folder != LOG or len(bodies) <= self.export["extra"]["leaves"]:
                    self._ends(ends, bodies, number)
            self.files[f"{folder}events.ndjson"] = _joined(bodies)
            if folder != LOG and resign:
                self._sign_again(number)
        return {old.encode(): new.encode() for old, new in moved.items()}

    def _name_head(self, named: dict[str, Any], origin: str, bodies: list[bytes]) -> None:
        """The head that a sign of life names, as it will be signed again."""
        hashes = [leaf_hash(body) for body in bodies[: named["size"]]]
        named["checkpoint"] = digest(self.signed(origin, hashes))

    def _ends(self, ends: dict[str, dict[str, Any]], bodies: list[bytes], number: int) -> None:
        event, leaf = json.loads(bodies[-1]), f"sha256:{leaf_hash(bodies[-1]).hex()}"
        about = {"head": leaf, "index": len(bodies) - 1, "kind": event["stream"]["kind"], "seq": event["seq"]}
        about |= {"epoch": number} if len(self.epochs) > 1 else {}
        ends[event["stream"]["id"]] = {**about, "stream": event["stream"]["id"]}

    def _tell_of_heads(self, export: Event, ends: dict[str, dict[str, Any]]) -> None:
        lines = _joined([canonical(ends[stream]) for stream in sorted(ends)])
        self.files["data/log/heads.ndjson"] = lines
        export["extra"] |= {"heads": digest(lines), "heads_size": len(lines), "streams": len(ends)}

    def _stated(self, number: int) -> dict[str, Any]:
        """What the next epoch says of one: its size, root and newest checkpoint."""
        folder = self.folders[number - 1]
        hashes = self.hashes(folder)
        newest = self.files[f"{folder}checkpoints/{max(self.sizes(folder))}"]
        return {"size": len(hashes), "root": f"sha256:{root(hashes).hex()}", "checkpoint": digest(newest)}

    def _sign_again(self, number: int) -> None:
        """The checkpoints of an epoch before the last, by its own key."""
        folder = self.folders[number - 1]
        for size in self.sizes(folder):
            hashes, origin = self.hashes(folder)[:size], self.epochs[number - 1][0]["log"]
            text = Checkpoint(origin, len(hashes), root(hashes)).text()
            self.files[f"{folder}checkpoints/{size}"] = sign(text, origin, self.old_keys[number]).encode()

    def sizes(self, folder: str = LOG) -> list[int]:
        """Of which sizes an epoch's checkpoints are, rising."""
        found = (path for path in self.files if path.startswith(f"{folder}checkpoints/"))
        return sorted(int(path.rpartition("/")[2]) for path in found)

    def drop_line(self, path: str, number: int) -> None:
        """Leave out one line of a file."""
        lines = self.files[path].splitlines()
        del lines[number]
        self.files[path] = _joined(lines)

    def drop_lines(self, path: str, of: str) -> None:
        """Leave out the lines of a file that speak of something."""
        self.files[path] = _joined(
            [line for line in self.files[path].splitlines() if of.encode() not in line]
        )

    def proof(self) -> str:
        """Where the first proof of a subset lies."""
        return min(path for path in self.files if path.endswith(".tlog-proof"))

    def hashes(self, folder: str = LOG) -> list[bytes]:
        """The leaf hashes of an epoch as they are now."""
        return [leaf_hash(line) for line in self.files[f"{folder}events.ndjson"].split(b"\n")[:-1]]

    def _sign(self, resign: bool, earlier: bool) -> None:
        hashes, origin = self.hashes(), self.events[0]["log"]
        sizes = self.sizes()
        if not resign:
            return
        del self.files[f"data/log/checkpoints/{sizes.pop()}"]
        for size in sizes if earlier else ():
            self.files[f"data/log/checkpoints/{size}"] = self.signed(origin, hashes[:size])
        note = self.signed(origin, hashes)
        self.files["data/log/checkpoint"] = self.files[f"data/log/checkpoints/{len(hashes)}"] = note
        self.inform(
            **{"Consilium-Size": str(len(hashes)), "Consilium-Root": base64.b64encode(root(hashes)).decode()}
        )

    def signed(self, origin: str, hashes: list[bytes]) -> bytes:
        """A checkpoint by the forger's key."""
        return sign(Checkpoint(origin, len(hashes), root(hashes)).text(), origin, self.key).encode()

    def inform(self, **said: str) -> None:
        """Change lines of bag-info.txt."""
        lines = [line.partition(": ") for line in self.files["bag-info.txt"].decode().splitlines()]
        self.files["bag-info.txt"] = "".join(f"{n}: {said.get(n, value)}\n" for n, _, value in lines).encode()

    def repack(self) -> "Forge":
        """Make bag-info.txt and the manifests fit the files."""
        payload = {path: data for path, data in self.files.items() if path.startswith("data/")}
        self.inform(**{"Payload-Oxum": f"{sum(map(len, payload.values()))}.{len(payload)}"})
        self.files["manifest-sha256.txt"] = _manifest(payload)
        tags = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "verify.py")
        self.files["tagmanifest-sha256.txt"] = _manifest({path: self.files[path] for path in tags})
        return self

    def write(self, path: Path) -> Path:
        """The bundle as a ZIP file."""
        with path.open("wb") as file, Archive(file, "bundle") as archive:
            for name, data in self.files.items():
                archive.add(name, data)
            archive.close()
        return path


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


def _manifest(files: dict[str, bytes]) -> bytes:
    return b"".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n".encode() for path in sorted(files))
