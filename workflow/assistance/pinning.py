"""The model whose marks a protocol shows must be one that reads in its project."""

from typing import Any

from workflow.errors import InvalidInput
from workflow.models import Project, ReaderModel
from workflow.reasons import fault


def check_its_model(project: Project, protocol: dict[str, Any]) -> None:
    """InvalidInput for a whole protocol that shows what no model of the project says, or one that is retired."""
    digest = protocol.get("model", {}).get("model")
    if digest is None:
        return
    if not ReaderModel.objects.filter(project=project, digest=digest, retired_event=None).exists():
        message = "No model in use here has a file of this digest. Register it first."
        raise InvalidInput(
            [fault("/model/model", "model_unknown", message)], "The protocol can't be published yet."
        )
