"""What a person is told when an export is refused."""

from workflow.errors import DomainError


class LogRefused(DomainError):
    """The log isn't being signed, so nothing is exported from it. Ask whoever runs this service."""

    code = "log_refused"


class ExportNotReady(DomainError):
    """This export isn't ready yet. Ask again in a moment."""

    code = "export_not_ready"


class ExportGone(DomainError):
    """The file of this export is no longer kept. Ask for a new one, on the page of bundles or by the API."""

    code, status = "export_gone", 410


class OpenPart(DomainError):
    """You play a part in cases that are not final, and an export would show you what others say of them."""

    code, status = "plays_part", 403


class NotSealed(DomainError):
    """This isn't under a signed head yet. The sealer signs one each minute: ask again then."""

    code = "not_sealed"


class LogUnreadable(DomainError):
    """An event of this case can't be read: the log was changed. Keep the database as it is, and run check_log."""

    code = "log_unreadable"
