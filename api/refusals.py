"""What only the API has to refuse, in the same form as the refusals of the packages below."""

from workflow.errors import DomainError


class TooLarge(DomainError):
    """The body is larger than this service accepts. Send it in parts."""

    code, status = "too_large", 413


class NoSuchRange(DomainError):
    """The file ends before the bytes that you asked for; `size` says where."""

    code, status = "no_such_range", 416


class Conflict(DomainError):
    """Somebody else changed the same thing at the same moment; nothing of yours was stored. Try again."""

    code = "conflict"


class Busy(DomainError):
    """Too many people are at the same thing at this moment; nothing was changed. Try again."""

    code, status = "busy", 503


class DatabaseGone(DomainError):
    """The database can't be reached; nothing was changed. Try again in a moment."""

    code, status = "database_away", 503


class BrokerGone(DomainError):
    """A part of the service that this needs can't be reached; nothing was changed. Try again in a moment."""

    code, status = "broker_away", 503


class Internal(DomainError):
    """Something went wrong on our side; nothing was changed. Give the request id to whoever runs this service."""

    code, status = "internal", 500


class BadKey(DomainError):
    """An Idempotency-Key has 8 to 255 printable ASCII characters."""

    code, status = "bad_idempotency_key", 400


class BadOffset(DomainError):
    """Upload-Offset says where in its file this piece begins: a number of bytes, 0 for the first."""

    code, status = "bad_upload_offset", 400


class LengthNeeded(DomainError):
    """Say with Content-Length how many bytes this piece has."""

    code, status = "length_needed", 411


class KeyReused(DomainError):
    """This Idempotency-Key came with another request before. Use a new key for a new request."""

    code, status = "idempotency_key_reused", 422


class BadSignIn(DomainError):
    """The name and the password don't fit together, or the person is no longer active."""

    code, status = "bad_sign_in", 401


class OwnPasswordNeeded(DomainError):
    """Your password is a one-time one that somebody else knows. Sign in with a browser and choose your own first."""

    code, status = "own_password_needed", 403


class SecondFactorNeeded(DomainError):
    """You sign in with a second factor, so make your token on the account page, after signing in there."""

    code, status = "second_factor_needed", 403
