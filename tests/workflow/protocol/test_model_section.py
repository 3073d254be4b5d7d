"""Whether and when readers see a model's marks: one section and the matrix of blinding, which never contradict."""

from typing import Any

import pytest

from tests.workflow.protocol.test_parsing import MINIMAL, faults_of
from workflow.protocol.protocol import Protocol

FILE = "sha256:" + "ab" * 32
SHOWN = {"show": "as_start", "model": FILE}
HIDING = {"annotate": ["other_reads", "reader_names", "model_output"]}
SHOWING = {"annotate": ["other_reads", "reader_names"]}


def parsed(**sections: Any) -> Protocol:
    return Protocol.parse({**MINIMAL, **sections})


def test_without_the_section_nothing_is_shown_and_the_digest_stays_as_it_was() -> None:
    plain = parsed()
    assert (plain.model.show, "model" in plain.document()) == ("never", False)
    assert "model_output" in plain.blinding.annotate
    assert parsed(model={"show": "never"}) == plain
    # A protocol of before the section may leave out what it hides: there was nothing to be shown.
    assert parsed(blinding=SHOWING).model.show == "never"


@pytest.mark.parametrize("blinding", [None, SHOWING])
def test_what_is_shown_is_not_hidden_and_parses_to_the_same(blinding: Any) -> None:
    protocol = parsed(model=SHOWN, **({"blinding": blinding} if blinding else {}))
    assert (protocol.model.model, protocol.model.named) == (FILE, True)
    assert "model_output" not in protocol.blinding.annotate
    assert "other_reads" in protocol.blinding.annotate
    assert Protocol.parse(protocol.document()) == protocol
    assert parsed(model={**SHOWN, "named": False}).document()["model"]["named"] is False


@pytest.mark.parametrize(
    ("sections", "fault"),
    [
        ({"model": SHOWN, "blinding": HIDING}, ("/blinding/annotate", "model_hidden_and_shown")),
        ({"model": {"show": "never"}, "blinding": SHOWING}, ("/blinding/annotate", "model_hidden_and_shown")),
        ({"model": {"show": "as_start"}}, ("/model/model", "model_missing")),
        ({"model": {"show": "never", "model": FILE}}, ("/model/model", "model_unused")),
        ({"model": {"show": "after_commitment"}}, ("/model/model", "model_missing")),
        ({"model": {**SHOWN, "model": "Detector"}}, ("/model/model", "pattern")),
        ({"model": {**SHOWN, "show": "always"}}, ("/model/show", "enum")),
    ],
)
def test_a_contradiction_is_refused_with_its_place(sections: Any, fault: tuple[str, str]) -> None:
    assert fault in faults_of(**sections)


def test_marks_may_be_shown_after_a_commitment() -> None:
    protocol = parsed(model={**SHOWN, "show": "after_commitment"})
    assert protocol.model.show == "after_commitment"
    assert "model_output" not in protocol.blinding.annotate
    assert Protocol.parse(protocol.document()) == protocol
