"""What a forger may do to what people did, and to what is told of it: steps, decisions, labels, blinding, names."""

from tests.provenance.forging import Forge
from tests.provenance.tampering import lines_of, put_lines


def other_before(forge: Forge) -> None:
    revised = forge.of_case("read.revised")[0]
    revised["before"] = forge.of_case("read.submitted")[1]["after"]
    forge.settle(earlier=True)


def other_state(forge: Forge) -> None:
    told = lines_of(forge, "data/labels/manifest.ndjson")
    next(line for line in told if line["state"] == "excluded")["state"] = "final"
    put_lines(forge, "data/labels/manifest.ndjson", told)


def other_label_in_the_table(forge: Forge) -> None:
    table = forge.files["data/labels/labels.csv"].replace(
        b"fields/malignancy,,,malignancy,4", b"fields/malignancy,,,malignancy,1"
    )
    assert table != forge.files["data/labels/labels.csv"]
    forge.files["data/labels/labels.csv"] = table
    forge.repack()


def other_label(forge: Forge) -> None:
    released = forge.of_case("label.released", 1)[0]
    label = forge.content(released["after"]["digest"])
    label["labels"]["fields"]["malignancy"] = 1
    released["after"] = forge.put(label)
    forge.drop_uncited()
    forge.settle(earlier=True)


def skipped_review(forge: Forge) -> None:
    forge.events.remove(forge.of_case("review.accepted", 1)[0])
    forge.export["extra"]["leaves"] -= 1
    forge.drop_uncited()
    forge.settle(earlier=True)


def one_person_twice(forge: Forge) -> None:
    reader = forge.of_case("read.submitted", 1)[0]["actor"]
    forge.of_case("review.accepted", 1)[1]["actor"] = {**reader, "role": "junior_reviewer"}
    forge.settle(earlier=True)


def peer_shown(forge: Forge) -> None:
    first, second = forge.of_case("read.submitted")[:2]
    display = forge.content(second["display"])
    display["items"].append({"kind": "case", "digest": first["after"]["digest"]})
    second["display"] = forge.put(display)["digest"]
    forge.drop_uncited()
    forge.settle(earlier=True)


def unblinded(forge: Forge) -> None:
    forge.of_case("read.submitted")[0]["blinding"]["peer_labels"] = False
    forge.settle(earlier=True)


def display_swapped(forge: Forge) -> None:
    first, second = forge.of_case("read.submitted")[:2]
    first["display"] = second["display"]
    forge.drop_uncited()
    forge.settle(earlier=True)


def other_outcome(forge: Forge) -> None:
    forge.of_case("arbitration.decided")[0]["extra"]["outcome"] = "equivocal"
    forge.settle(earlier=True)


def decided_on_nothing(forge: Forge) -> None:
    forge.of_case("arbitration.decided")[0]["inputs"] = []
    forge.settle(earlier=True)


def other_draw(forge: Forge) -> None:
    draw = forge.of_case("consensus.computed", 1)[0]["extra"]["draw"]
    draw["value_ppm"] = (draw["value_ppm"] + 1) % 1_000_000
    forge.settle(earlier=True)


def other_person(forge: Forge) -> None:
    first, second = forge.of_case("read.submitted")[:2]
    first["actor"]["person"] = second["actor"]["person"]
    forge.settle(earlier=True)


def other_role(forge: Forge) -> None:
    readers = lines_of(forge, "data/registers/readers.ndjson")
    held = readers[0]["roles"][0]
    held["role"] = "annotator" if held["role"] == "senior_arbiter" else "senior_arbiter"
    put_lines(forge, "data/registers/readers.ndjson", readers)
