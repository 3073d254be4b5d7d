"""The log as files: its events as lines of CSV, or as the very JSON that is hashed."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from screens.listing.files import batches
from workflow.models import Project
from workflow.queries import told


def lines(project: Project, rows: Sequence[Any]) -> Iterator[tuple[object, ...]]:
    """Events as lines of a CSV file, with the cells of every column."""
    for event, row in zip(told(project, rows), rows, strict=True):
        actor, about, state, why = (
            event["actor"],
            event["object"],
            event["state"] or {},
            event["reason"] or {},
        )
        yield (
            event["at"], event["event_id"], event["stream"]["id"], event["seq"], actor["id"], actor["name"],
            actor["role"], event["action"], about["kind"], about["id"], about["version"], state.get("from"),
            state.get("to"),
            event["before"], event["after"], event["display"], why.get("code"), why.get("text"), event["guideline"],
            event["protocol"], row.leaf_index, event["leaf_hash"],
        )  # fmt: skip


def as_json(slug: str, rows: QuerySet[Any]) -> StreamingHttpResponse:
    """The very events that are hashed, with the place of each in the Merkle log, as one JSON list."""
    response = StreamingHttpResponse(_json_lines(rows), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slug}-log.json"'
    return response


def _json_lines(rows: QuerySet[Any]) -> Iterator[str]:
    before = "["
    for batch in batches(rows):
        for row in batch:
            leaf_hash = f"sha256:{bytes(row.leaf_hash).hex()}"
            beside = json.dumps({"leaf_index": row.leaf_index, "leaf_hash": leaf_hash})
            yield f'{before}\n{beside[:-1]}, "event": {bytes(row.body).decode()}}}'
            before = ","
    yield "\n]\n" if before == "," else "[]\n"
