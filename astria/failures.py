"""Telling apart how a call ended without an answer: not sent, too late, broken, or unreadable."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import requests
import urllib3

from astria.errors import AstriaError, ConnectionLost, InvalidResponse, NotSent, TimedOut

# Whatever a call without an answer ends with.
FAILURES = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)

# Raised while connecting, before a byte of the request is written. urllib3's ProxyError does not belong here:
# a connection that breaks after the request was sent through a proxy also ends with it.
BEFORE_SENDING = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    ssl.SSLCertVerificationError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
)
TOO_LATE = (TimeoutError, urllib3.exceptions.TimeoutError, requests.Timeout)


class TooLarge(OSError):
    """The answer goes on beyond what is read of it."""


UNREADABLE = (TooLarge, urllib3.exceptions.DecodeError, requests.exceptions.ContentDecodingError)
REASON_LENGTH = 200


def explain(error: BaseException) -> tuple[type[AstriaError], str]:
    """Return the class of error that a failure is, and a short reason without the address called."""
    chain = list(_chain(error))
    for kind, found in (
        (NotSent, [e for e in chain if isinstance(e, BEFORE_SENDING)]),
        (TimedOut, [e for e in chain if isinstance(e, TOO_LATE)]),
        (InvalidResponse, [e for e in chain if isinstance(e, UNREADABLE) or _is_no_http(e)]),
    ):
        if found:
            return kind, _reason(found[-1])
    return ConnectionLost, _reason(chain[-1])


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those wrapped in it, the innermost last.

    __context__ is left out: it may be an older failure that the caller is just handling.
    """
    yield error
    wrapped = (*error.args, getattr(error, "reason", None), getattr(error, "original_error", None))
    for inner in wrapped:
        if isinstance(inner, BaseException):
            yield from _chain(inner)


def _is_no_http(error: BaseException) -> bool:
    lost = isinstance(error, ConnectionError | http.client.IncompleteRead)
    return isinstance(error, http.client.HTTPException) and not lost


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:REASON_LENGTH]
