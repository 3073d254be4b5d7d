"""What goes into a bundle (docs/bundle.md): a function of the export's event and the checkpoint over it."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

from audit import agent
from audit.bundle.bag import Bag, Container
from audit.bundle.pack import write_log
from audit.bundle.reading import Reader
from audit.bundle.scope import BundleFault, Scope, scope_of
from audit.canonical import parse
from audit.merkle import leaf_hash
from audit.models import Standing

from .graph import graph_bytes, graph_digest
from .label_tables import write_labels
from .models import Export
from .registers import write_registers

_ROOT: Final = Path(__file__).resolve().parent.parent
_README: Final = Path(__file__).parent / "README.bundle.txt"
_VERIFIER: Final = _ROOT / "audit" / "verify.py"
_SCHEMAS: Final = ("audit/schemas", "workflow/labels", "workflow/protocol", "provenance/schemas")

Progress = Callable[[int, int], None]  # thousandths done; the size of the checkpoint


@cache
def verifier_digest() -> str:
    """SHA-256 of the verify.py of this release, in hex: whoever was given a bundle compares it with this."""
    return hashlib.sha256(_VERIFIER.read_bytes()).hexdigest()


def pack(export: Export, reader: Reader, into: Container, progress: Progress) -> Scope:
    """Write the bundle; BundleFault while it isn't sealed, or if the log or its contents aren't what was signed."""
    assert export.event_id is not None
    body = _event(reader, export)
    event = parse(body)
    extra = event["extra"]
    if event["agent"]["software_digest"] != agent.software_digest():
        raise BundleFault(
            "SOFTWARE_CHANGED", "The service was upgraded since the export was asked for; ask again."
        )
    scope = scope_of(reader, export.event_id, extra["leaves"], export.cases)
    if extra["workflow_graph"] != graph_digest():
        raise BundleFault(
            "GRAPH_CHANGED", "The machine was changed since the export was asked for; ask again."
        )
    bag = Bag(into)
    try:
        _write(bag, export, reader, scope, extra["heads"], progress)
        bag.finish(_info(export, scope, body))
    finally:
        bag.close()
    return scope


def _write(bag: Bag, export: Export, reader: Reader, scope: Scope, heads: str, progress: Progress) -> None:
    named = export.profile != Export.Profile.PSEUDONYMOUS
    _write_fixed(bag, export, scope)

    leaves = scope.leaves

    def events_done(count: int) -> None:
        progress(900 * count // leaves, scope.size)

    write_log(bag, reader, scope, heads=heads, openings=named, progress=events_done)
    write_registers(bag, reader, scope, named=named)
    write_labels(bag, reader, scope, named=named)


def _event(reader: Reader, export: Export) -> bytes:
    found = reader.one("SELECT body FROM audit_event WHERE event_id = %s", [export.event_id])
    assert found is not None, "an export refers to its event"
    return bytes(found[0])


def _write_fixed(bag: Bag, export: Export, scope: Scope) -> None:
    """What follows from the software and the scope alone."""
    if _VERIFIER.exists():
        bag.add("verify.py", _VERIFIER.read_bytes())
    text = _README.read_text(encoding="utf-8").format(
        project=export.project.name,
        profile=export.profile,
        origin=scope.origin,
        size=scope.size,
        root=_base64(scope.root),
    )
    bag.add("data/README.txt", text.encode())
    bag.add("data/workflow-graph.json", graph_bytes())
    for path in sorted(
        (p for folder in _SCHEMAS for p in (_ROOT / folder).glob("*.json")), key=lambda p: p.name
    ):
        bag.add(f"data/schema/{path.name}", path.read_bytes())
    keys = dict(Standing.objects.filter(log__in=scope.logs).values_list("log", "vkey"))
    bag.add("data/trust/log.vkey", f"{keys[scope.log_id]}\n".encode())
    for epoch in scope.before:
        if epoch.log_id in keys:
            bag.add(f"data/trust/log-e{epoch.number}.vkey", f"{keys[epoch.log_id]}\n".encode())


def _info(export: Export, scope: Scope, body: bytes) -> list[tuple[str, str]]:
    event: dict[str, Any] = parse(body)
    return [
        ("Bag-Software-Agent", agent.SOFTWARE),
        ("Bagging-Date", event["time"]["server"][:10]),
        ("External-Identifier", str(export.pk)),
        ("Consilium-Bundle", "1"),
        ("Consilium-Profile", export.profile),
        ("Consilium-Log", scope.origin),
        ("Consilium-Size", str(scope.size)),
        ("Consilium-Root", _base64(scope.root)),
        ("Consilium-Event", f"sha256:{leaf_hash(body).hex()}"),
        ("Consilium-Software-Digest", agent.software_digest()),
    ]


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
