"""What a person is told about their work."""

from workflow.errors import DomainError


class LeaseLost(DomainError):
    """Your time on this case ran out and somebody else has it now. What you entered is kept as your draft."""

    code = "lease_lost"


class NotYours(DomainError):
    """This task isn't yours, so you can't act on it. Press Start next to get one."""

    code, status = "not_your_task", 403


class TaskFinished(DomainError):
    """This task is finished already; nothing was changed."""

    code = "task_finished"


class CannotRecall(DomainError):
    """Somebody has opened this read already, so it can't be recalled. Ask the manager for an amendment."""

    code = "cannot_recall"


class OnlyYours(DomainError):
    """This work came back to you, so nobody else can take it. Ask the project manager if you can't do it."""

    code = "only_yours"


class DraftConflict(DomainError):
    """Another tab or device, or a viewer, saved a newer draft of this task. Look at it before you save over it."""

    code = "draft_conflict"


class StalePreview(DomainError):
    """Work went on since this preview was made, so nothing was changed. Look at the new preview, then apply that."""

    code = "stale_preview"


class NoImages(DomainError):
    """This case has no images here, so there is nothing to open in a viewer."""

    code = "no_images"


class DisplayNotAttested(DomainError):
    """Say first what display you read on: this project asks for it once a day, before the first case."""

    code = "display_not_attested"
