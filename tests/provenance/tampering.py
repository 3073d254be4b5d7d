"""What a forger may do to a bundle: each function is one attempt. The matrix says what must be said of it."""

import re
import uuid
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.canonical import canonical, parse
from audit.log import moment
from tests.provenance.forging import Forge


def demoted(forge: Forge, number: int = 0) -> dict[str, Any]:
    """Change what an early event of a case says of its actor."""
    event = forge.of_case("task.claimed", number)[0]
    event["actor"]["site"] = "south"
    return event


def unsettled(forge: Forge) -> None:
    """Write the events as they are, and repair nothing."""
    forge.files["data/log/events.ndjson"] = b"".join(canonical(event) + b"\n" for event in forge.events)


def last_waiting(forge: Forge) -> dict[str, Any]:
    """The last event of the case that waits: nothing hangs on it."""
    return forge.of_case(number=4)[-1]


def edit_late(forge: Forge) -> None:
    forge.export["request"]["correlation"] = "somebody else's"
    forge.settle(resign=False)


def edit(forge: Forge) -> None:
    demoted(forge)
    unsettled(forge)


def edit_repaired(forge: Forge) -> None:
    edit(forge)
    forge.repack()


def relinked(forge: Forge) -> None:
    demoted(forge)
    forge.settle(resign=False, heads=False)


def relinked_and_signed(forge: Forge) -> None:
    demoted(forge)
    forge.settle(heads=False)


def without_earlier_checkpoints(forge: Forge) -> None:
    sizes = sorted(int(path.rpartition("/")[2]) for path in forge.files if "/checkpoints/" in path)
    for size in sizes[:-1]:
        del forge.files[f"data/log/checkpoints/{size}"]
    relinked_and_signed(forge)


def rewritten_but_for_old_checkpoints(forge: Forge) -> None:
    demoted(forge)
    forge.settle()


def rewritten(forge: Forge) -> None:
    demoted(forge)
    forge.settle(earlier=True)


def delete(forge: Forge) -> None:
    forge.events.remove(forge.of_case("task.claimed")[0])
    unsettled(forge)


def delete_and_relink(forge: Forge) -> None:
    forge.events.remove(forge.of_case("task.claimed")[0])
    forge.export["extra"]["leaves"] -= 1
    forge.settle(earlier=True)


def swap(forge: Forge) -> None:
    first, second = (forge.events.index(event) for event in forge.of_case("task.claimed")[:2])
    forge.events[first], forge.events[second] = forge.events[second], forge.events[first]
    unsettled(forge)


def drop_tail(forge: Forge) -> None:
    del forge.events[-1]
    unsettled(forge)


def replay(forge: Forge) -> None:
    forge.events.append(forge.of_case("task.claimed")[0])
    unsettled(forge)


def same_id(forge: Forge) -> None:
    last_waiting(forge)["event_id"] = forge.events[0]["event_id"]
    forge.settle(earlier=True)


def backdate(forge: Forge) -> None:
    event, before = last_waiting(forge), forge.of_case(number=4)[-2]
    just_before = moment(before["time"]["server"]) - timedelta(microseconds=1)
    event["time"]["server"] = just_before.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    event["time"]["regressed_us"] = 0
    forge.settle(earlier=True)


def guideline_in_place(forge: Forge) -> None:
    path = forge.path_of(last_waiting(forge)["guideline"]["digest"])
    forge.files[path] = forge.files[path].replace(b"whole image", b"upper image")
    forge.repack()


def guideline_under_its_own_digest(forge: Forge) -> None:
    old = last_waiting(forge)["guideline"]["digest"]
    text = forge.files.pop(forge.path_of(old)).replace(b"whole image", b"upper image")
    forge.put(parse(text))
    forge.repack()


def guideline_swapped(forge: Forge) -> None:
    event = last_waiting(forge)
    event["guideline"]["digest"] = event["protocol"]["digest"]
    forge.settle(earlier=True)


def guideline_unpublished(forge: Forge) -> None:
    last_waiting(forge)["guideline"]["version"] = 7
    forge.settle(earlier=True)


def another_key(forge: Forge) -> None:
    forge.key = Ed25519PrivateKey.generate()
    forge.settle(earlier=True)


def signed_by_another(forge: Forge) -> None:
    forge.key = Ed25519PrivateKey.generate()
    size = len(forge.events)
    note = forge.signed(forge.events[0]["log"], forge.hashes())
    forge.files["data/log/checkpoint"] = forge.files[f"data/log/checkpoints/{size}"] = note
    forge.repack()


def fork(forge: Forge) -> None:
    forge.files["data/log/checkpoints/5"] = forge.signed(forge.events[0]["log"], forge.hashes()[1:6])
    forge.repack()


def without_the_named_head(forge: Forge) -> None:
    [named] = [event["extra"]["head"] for event in forge.events if event["action"] == "log.heartbeat"]
    del forge.files[f"data/log/checkpoints/{named['size']}"]
    forge.repack()


def lines_of(forge: Forge, path: str) -> list[Any]:
    return [parse(line) for line in forge.files[path].splitlines()]


def put_lines(forge: Forge, path: str, values: list[Any]) -> None:
    forge.files[path] = b"".join(canonical(value) + b"\n" for value in values)
    forge.repack()


def renamed(forge: Forge) -> None:
    openings = lines_of(forge, "data/openings.ndjson")
    for opening in openings:
        if opening["kind"] == "person" and opening["value"]["username"] == "anna":
            opening["value"]["name"] = "Somebody Else"
    put_lines(forge, "data/openings.ndjson", openings)


def reworded(forge: Forge) -> None:
    openings = lines_of(forge, "data/openings.ndjson")
    next(one for one in openings if one["value"] == "The margin is clear.")["value"] = "It was late."
    put_lines(forge, "data/openings.ndjson", openings)


def renamed_in_the_register(forge: Forge) -> None:
    readers = lines_of(forge, "data/registers/readers.ndjson")
    next(reader for reader in readers if reader["name"] == "Anna Annotator")["name"] = "Somebody Else"
    put_lines(forge, "data/registers/readers.ndjson", readers)


def erased(forge: Forge) -> None:
    forge.files["data/openings.ndjson"] = b""
    readers = lines_of(forge, "data/registers/readers.ndjson")
    put_lines(forge, "data/registers/readers.ndjson", [{**reader, "name": None} for reader in readers])
    for name in ("manifest", "labels"):
        told = lines_of(forge, f"data/labels/{name}.ndjson")
        put_lines(forge, f"data/labels/{name}.ndjson", [{**line, "external_ref": None} for line in told])
    table = forge.files["data/labels/labels.csv"].decode()
    forge.files["data/labels/labels.csv"] = re.sub(
        r"(?m)^([0-9a-f-]{36}),case-[0-9]+,", r"\1,,", table
    ).encode()
    forge.repack()


def remove_blob(forge: Forge) -> None:
    del forge.files[forge.path_of(forge.of_case("read.submitted")[0]["actor"]["credentials"])]
    forge.repack()


def skip_blob(forge: Forge) -> None:
    gone = forge.of_case("read.submitted")[0]["actor"]["credentials"]
    index = forge.files["data/content/index.ndjson"].splitlines(keepends=True)
    forge.files["data/content/index.ndjson"] = b"".join(line for line in index if gone.encode() not in line)
    remove_blob(forge)


def another_type(forge: Forge) -> None:
    """No event states the type of what is cited by its digest alone: it is a JSON document."""
    digest = forge.of_case("read.submitted")[0]["actor"]["credentials"].encode()
    lines = forge.files["data/content/index.ndjson"].splitlines()
    told = [line.replace(b"/json", b"/jsOn") if digest in line else line for line in lines]
    forge.files["data/content/index.ndjson"] = b"".join(line + b"\n" for line in told)
    forge.repack()


def call_erased(forge: Forge) -> None:
    forge.erase(forge.of_case("read.submitted")[0]["actor"]["credentials"])
    forge.repack()


def without_a_case(forge: Forge) -> None:
    gone = last_waiting(forge)["stream"]["id"]
    forge.events = [event for event in forge.events if event["stream"]["id"] != gone]
    told = lines_of(forge, "data/labels/manifest.ndjson")
    put_lines(forge, "data/labels/manifest.ndjson", [line for line in told if line["case"] != gone])
    forge.drop_uncited()
    forge.settle(earlier=True, heads=False)


def duplicate_key(forge: Forge) -> None:
    event = last_waiting(forge)
    forge.spelled[id(event)] = canonical(event).replace(b'"seq":', b'"seq":1,"seq":')
    forge.settle(earlier=True)


def other_spelling(forge: Forge) -> None:
    event = last_waiting(forge)
    forge.spelled[id(event)] = canonical(event).replace(b'"seq":', b'"seq": ')
    forge.settle(earlier=True)


def unknown_member(forge: Forge) -> None:
    last_waiting(forge)["note"] = 1
    forge.settle(earlier=True)


def without_reason(forge: Forge) -> None:
    forge.of_case("case.excluded", 2)[0]["reason"] = None
    forge.settle(earlier=True)


def size_in_the_checkpoint(forge: Forge) -> None:
    size = len(forge.events)
    note = forge.files["data/log/checkpoint"].replace(f"\n{size}\n".encode(), f"\n{size - 1}\n".encode())
    forge.files["data/log/checkpoint"] = note
    forge.repack()


def extra_file(forge: Forge) -> None:
    forge.files["data/schema/another.json"] = b"{}"


def program(forge: Forge) -> None:
    forge.files["data/json.py"] = b"raise SystemExit(0)"
    forge.repack()


def broken_chain(forge: Forge) -> None:
    last_waiting(forge)["prev"] = last_waiting(forge)["prev"][:-1] + "0"
    last_waiting(forge)["prev"] = "sha256:" + "0" * 64
    forge.settle(relink=False, earlier=True)


def head_left_out(forge: Forge) -> None:
    put_lines(forge, "data/log/heads.ndjson", lines_of(forge, "data/log/heads.ndjson")[1:])


def graph_with_a_shortcut(forge: Forge) -> None:
    graph = parse(forge.files["data/workflow-graph.json"])
    short = {"actions": ["label.released"], "name": "wish", "source": "annotation", "target": "final"}
    forge.files["data/workflow-graph.json"] = canonical({**graph, "moves": [*graph["moves"], short]})
    forge.repack()


def opened_twice(forge: Forge) -> None:
    again = {**parse(canonical(forge.events[0])), "event_id": str(uuid.uuid4())}
    forge.events.insert(1, again)
    forge.export["extra"]["leaves"] += 1
    forge.settle(earlier=True)


def other_log(forge: Forge) -> None:
    last_waiting(forge)["log"] += "1"
    forge.settle(earlier=True)


def other_profile(forge: Forge) -> None:
    forge.inform(**{"Consilium-Profile": "pseudonymous"})
    del forge.files["data/openings.ndjson"]
    forge.repack()


def bad_rotation(forge: Forge) -> None:
    """An event that says that the key was changed, and names none."""
    event = forge.events[0]
    event["action"], event["extra"] = "log.key_rotated", {"old": "x", "new": "y", "from_size": 0}
    forge.settle(earlier=True)


def nothing(forge: Forge) -> None:
    pass
