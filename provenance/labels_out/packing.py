"""An export of labels, pinned to the signed head that covers its event: the same bytes whenever it is packed."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from audit import agent
from audit.bundle.bag import Container
from audit.bundle.reading import Reader
from audit.bundle.scope import BundleFault, Scope, scope_of
from audit.canonical import parse
from provenance.models import Export

from .coco_files import Coco
from .gathering import Gatherer
from .index import Files
from .writing import write_case

Progress = Callable[[int, int], None]  # thousandths done; the size of the checkpoint


def pack_labels(export: Export, reader: Reader, into: Container, progress: Progress) -> Scope:
    """Write the files of the formats that were asked for; BundleFault while the export isn't sealed."""
    assert export.event_id is not None, "an export is packed once it is recorded"
    event = _event(reader, export)
    scope = scope_of(reader, export.event_id, event["extra"]["leaves"], None)
    into.add("about.json", _about(export, scope, event))
    with ExitStack() as until:
        files, wanted = Files(into, until), frozenset(export.formats or ())
        coco = Coco(_info(event), until) if "coco" in wanted else None
        _write_cases(Gatherer(reader, scope), files, coco, wanted, progress)
        if coco is not None:
            coco.write(files)
        files.finish()
    into.close()
    return scope


def _write_cases(
    gatherer: Gatherer, files: Files, coco: Coco | None, wanted: frozenset[str], progress: Progress
) -> None:
    most = gatherer.count() or 1
    for number, case in enumerate(gatherer.labelled()):
        write_case(case, gatherer.coder_of(case), files, coco, agent.SOFTWARE, wanted)
        progress(min(1000 * number // most, 990), gatherer.scope.size)


def _info(event: dict[str, Any]) -> dict[str, Any]:
    """COCO's `info`: what wrote the file, and in which year it was asked for."""
    return {"version": agent.SOFTWARE, "year": int(event["time"]["server"][:4])}


def _event(reader: Reader, export: Export) -> dict[str, Any]:
    found = reader.one("SELECT body FROM audit_event WHERE event_id = %s", [export.event_id])
    assert found is not None, "an export refers to its event"
    event = parse(bytes(found[0]))
    if event["agent"]["software_digest"] != agent.software_digest():
        raise BundleFault(
            "SOFTWARE_CHANGED", "The service was upgraded since the export was asked for; ask again."
        )
    return dict(event)


def _about(export: Export, scope: Scope, event: dict[str, Any]) -> bytes:
    told = {
        "schema": "consilium/labels-out/v1",
        "export": str(export.pk),
        "project": export.project.slug,
        "formats": sorted(export.formats or ()),
        "log": scope.origin,
        "size": scope.size,
        "root": f"sha256:{scope.root.hex()}",
        "asked_at": event["time"]["server"],
        "software": event["agent"]["software"],
        "software_digest": event["agent"]["software_digest"],
    }
    return (json.dumps(told, indent=2, sort_keys=True) + "\n").encode()
