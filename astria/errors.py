"""What can go wrong with a call.

AstriaError
├── InvalidParameter     ours: refused before any call
├── InvalidCallback      the body of a callback cannot be read
├── Failed               a tune or a prompt that was waited for has failed
├── WaitedTooLong        it was not done in time
├── NotSent              the connection was never made: safe to repeat
├── Refused              4xx: Astria answered and did nothing
│   ├── Unauthorized     401
│   ├── PaymentRequired  402
│   ├── Forbidden        403
│   ├── NotFound         404
│   ├── Invalid          422
│   └── RateLimited      429
└── Ambiguous            any other end of a call: it may have been processed
    ├── TimedOut
    ├── ConnectionLost
    ├── ServerError      5xx
    └── InvalidResponse  an answer that cannot be read, or an unexpected redirect
"""

from __future__ import annotations

from collections.abc import Sequence

EXCERPT_LENGTH = 500


class AstriaError(Exception):
    """Base of all errors of this package. Never holds the API key.

    `method` and `path` name the call ("" if none was made), `status` is the HTTP status if one was read.
    `body` is the beginning of the answer, at most 500 characters: it may repeat what was sent: do not log it.
    `messages` are sentences for people, as Astria words them. `retry_after` is in seconds.
    Source: docs/api/0-overview (Error Codes)
    """

    def __init__(
        self,
        message: str = "",
        *,
        method: str = "",
        path: str = "",
        status: int | None = None,
        body: str = "",
        messages: Sequence[str] = (),
        retry_after: float | None = None,
    ) -> None:
        # Only the message goes into args: with defaults for the rest, pickle and copy rebuild the error.
        super().__init__(message)
        self.method = method
        self.path = path
        self.status = status
        self.body = body[:EXCERPT_LENGTH]
        self.messages = list(messages)
        self.retry_after = retry_after


class InvalidParameter(AstriaError, ValueError):
    """An argument that Astria would refuse, or that cannot be sent. No call was made.

    `parameter` names it ("" if none can be named), `value` is what was given. The words say what is allowed;
    of a text they say only the length, as it may be private: do not log `value`.
    """

    def __init__(self, message: str = "", *, parameter: str = "", value: object = None) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.value = value


class InvalidCallback(AstriaError, ValueError):
    """A callback body that is none of the known shapes."""


class Failed(AstriaError):
    """What was waited for has failed at Astria: `found` is the tune or the prompt, with its `user_error`."""

    def __init__(self, message: str = "", *, found: object = None) -> None:
        super().__init__(message)
        self.found = found


class WaitedTooLong(AstriaError):
    """What was waited for is not done yet: `found` is how it was seen last, None if it never was."""

    def __init__(self, message: str = "", *, found: object = None) -> None:
        super().__init__(message)
        self.found = found


class NotSent(AstriaError):
    """The connection was never made (name, refusal, connect time-out, certificate). Safe to repeat."""


class Refused(AstriaError):
    """Astria answered 4xx and did nothing."""


class Unauthorized(Refused):
    """401: the key is missing or wrong."""


class PaymentRequired(Refused):
    """402: the account's balance does not suffice."""


class Forbidden(Refused):
    """403: the key may not do this."""


class NotFound(Refused):
    """404: no such object in this account."""


class Invalid(Refused):
    """422: validation failed; `messages` say why. Do not repeat."""


class RateLimited(Refused):
    """429: too many calls; `retry_after` is in seconds if Astria named a time."""


class Ambiguous(AstriaError):
    """The call may or may not have been processed. Look before repeating what costs money."""


class TimedOut(Ambiguous):
    """The answer did not come, or did not end, in time."""


class ConnectionLost(Ambiguous):
    """The connection broke after it had been made."""


class ServerError(Ambiguous):
    """5xx. A 504 has usually been processed."""


class InvalidResponse(Ambiguous):
    """An answer that cannot be read: not JSON, not the expected shape, too large, an unexpected redirect."""


REFUSALS: dict[int, type[Refused]] = {
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
    422: Invalid,
    429: RateLimited,
}


def error_for(status: int) -> type[AstriaError]:
    """Return the class of error that an answer with this HTTP status is."""
    if 400 <= status < 500:
        return REFUSALS.get(status, Refused)
    return ServerError if 500 <= status < 600 else InvalidResponse
