"""What a forger may do to what a bundle tells of sights: rows of the access log, and the images that were served."""

import re
from collections.abc import Callable
from typing import Any

from audit.canonical import canonical, parse
from tests.provenance.forging import Forge

Lines = list[dict[str, Any]]


def batch_of(forge: Forge) -> dict[str, Any]:
    """The event of a batch of two rows."""
    return next(event for event in forge.events if event["action"] == "access.batch")


def rewritten_batch(forge: Forge, change: Callable[[bytes], bytes], **extra: Any) -> None:
    """Put another file in the place of a batch's, and make all fit that a thief of the key can."""
    event = batch_of(forge)
    body = change(forge.files[forge.path_of(event["after"]["digest"])])
    event["after"] = forge.put_bytes(body, "application/x-ndjson")
    event["extra"] |= extra
    forge.drop_uncited()
    forge.settle(earlier=True)


def rows(change: Callable[[Lines], Lines]) -> Callable[[bytes], bytes]:
    """A change of rows as one of bytes."""
    return lambda body: b"".join(canonical(row) + b"\n" for row in change([*map(parse, body.splitlines())]))


def row_left_out(forge: Forge) -> None:
    rewritten_batch(forge, rows(lambda found: found[:1]))


def row_left_out_and_told(forge: Forge) -> None:
    rewritten_batch(forge, rows(lambda found: found[:1]), count=1)


def rows_swapped(forge: Forge) -> None:
    rewritten_batch(forge, rows(lambda found: found[::-1]))


def row_twice(forge: Forge) -> None:
    rewritten_batch(forge, rows(lambda found: [*found, found[-1]]), count=3)


def row_of_another_log(forge: Forge) -> None:
    rewritten_batch(forge, rows(lambda found: [found[0], found[1] | {"log": "elsewhere/p/1/e1"}]))


def row_with_a_name(forge: Forge) -> None:
    rewritten_batch(forge, rows(lambda found: [found[0], found[1] | {"actor": "Cleo Annotator"}]))


def row_spelled_otherwise(forge: Forge) -> None:
    rewritten_batch(forge, lambda body: body.replace(b'"role":"annotator"', b'"role": "annotator"'))


def row_later_than_its_batch(forge: Forge) -> None:
    late = "2101-01-01T00:00:00.000000Z"
    rewritten_batch(forge, rows(lambda found: [found[0], found[1] | {"at": late}]), last=late)


def batch_said_to_be_earlier(forge: Forge) -> None:
    early = "2001-01-01T00:00:00.000000Z"
    rewritten_batch(forge, lambda body: body, first=early)


def batch_left_out(forge: Forge) -> None:
    path = forge.path_of(batch_of(forge)["after"]["digest"])
    del forge.files[path]
    forge.repack()


def redisplayed(forge: Forge, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the reader of the images is said to have been served."""
    event = forge.of_case("read.submitted", 3)[0]
    display = forge.content(event["display"])
    change(display)
    event["display"] = forge.put(display)["digest"]
    forge.drop_uncited()
    forge.settle(earlier=True)


def images_of_another_case(forge: Forge) -> None:
    redisplayed(forge, lambda told: told["images"][0].update(digest=f"sha256:{'0' * 64}"))


def frames_beyond_the_file(forge: Forge) -> None:
    redisplayed(forge, lambda told: told["images"][0].update(frames=[[1, 2]]))


def frames_in_pieces(forge: Forge) -> None:
    redisplayed(forge, lambda told: told["images"][0].update(frames=[[1, 1], [1, 1]]))


def images_out_of_order(forge: Forge) -> None:
    redisplayed(forge, lambda told: told["images"].reverse())


def images_without_their_manifest(forge: Forge) -> None:
    event = forge.of_case("case.study_attached", 3)[0]
    manifest = forge.content(event["after"]["digest"])
    manifest["series"][0]["instances"] = []
    event["after"] = forge.put(manifest)
    forge.drop_uncited()
    forge.settle(earlier=True)


def images_under_the_old_schema(forge: Forge) -> None:
    redisplayed(forge, lambda told: told.update(schema="consilium/display/v1"))


def no_images_under_the_new_schema(forge: Forge) -> None:
    redisplayed(forge, lambda told: told.pop("images"))


def withheld_shown(forge: Forge) -> None:
    """Tell in a whole bundle that a batch is left out."""
    digest = batch_of(forge)["after"]["digest"]
    del forge.files[forge.path_of(digest)]
    listed = forge.files["data/content/index.ndjson"]
    line = re.compile(rb'(\{"digest":"%s"[^}]*)\}' % digest.encode())
    forge.files["data/content/index.ndjson"] = line.sub(rb'\1,"withheld":true}', listed)
    forge.repack()
