"""What the JSON Schema cannot say of a model's marks: that they are of some model, and not hidden and shown at once."""

from collections.abc import Iterator
from typing import Any

from workflow.protocol.faults import Fault
from workflow.protocol.sections import MODEL_OUTPUT, NEVER


def model_faults(sections: dict[str, Any]) -> Iterator[Fault]:
    """The faults between the sections model and blinding, of those whose shape is right."""
    model = sections.get("model")
    if model is None:
        return
    hidden = sections.get("blinding", {}).get("annotate")
    if model["show"] == NEVER:
        yield from _never(model, hidden)
        return
    if "model" not in model:
        message = "Say which model's marks are shown: the digest of its file, as it is registered."
        yield Fault("/model/model", "model_missing", message)
    if hidden is not None and MODEL_OUTPUT in hidden:
        message = "annotate hides model_output, but the section model shows it: say one of the two."
        yield Fault("/blinding/annotate", "model_hidden_and_shown", message)


def _never(model: dict[str, Any], hidden: list[str] | None) -> Iterator[Fault]:
    if "model" in model:
        message = "No model is shown, so name none."
        yield Fault("/model/model", "model_unused", message)
    if hidden is not None and MODEL_OUTPUT not in hidden:
        message = (
            "The section model shows nothing, but annotate doesn't hide model_output: say one of the two."
        )
        yield Fault("/blinding/annotate", "model_hidden_and_shown", message)
