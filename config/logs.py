"""Log lines: whom each is about, how it is written, and what never reaches one.

A *door* (a request, a task) opens `about(…)`; every line until it closes carries those ids, and what is
learnt on the way (`note`). Never written: keys, tokens, addresses of pictures and of people. Traits have
no shape that could be recognised: nobody may log them.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SECRETS = (
    (re.compile(r"\bsd_[A-Za-z0-9_-]+"), "sd_…"),
    (re.compile(r"(/callbacks/)[^\s\"'?]+"), r"\1…"),
    (re.compile(r"(/s/)[^\s\"'?]+"), r"\1…"),
    (re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^\s\"'?]+"), r"\1…"),
    (re.compile(r"https?://[^\s\"']+/(?:mp/)?[0-9a-z]{28}\b[^\s\"']*"), "<picture>"),
    # What PostgreSQL tells of a row that it refuses: its values, traits and tokens among them.
    (re.compile(r"^(DETAIL|CONTEXT):.*", re.MULTILINE), r"\1: …"),
    # Last: what stands before the @ may be a password in an address, too.
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "<address>"),
)

# None outside any door.
_ids: ContextVar[Mapping[str, str] | None] = ContextVar("ids", default=None)


@contextmanager
def about(**ids: object) -> Iterator[None]:
    """Let every log line of this block carry `ids` (`shoot=…`, `tune=…`; None is left out)."""
    token = _ids.set(_with(ids))
    try:
        yield
    finally:
        _ids.reset(token)


def note(**ids: object) -> None:
    """Let the log lines from here to the end of the door that is open carry `ids`, too."""
    if _ids.get() is not None:
        _ids.set(_with(ids))


def open_door(**ids: object) -> None:
    """Let the log lines from here to `close_door` carry `ids`, for what cannot be a block."""
    close_door()
    _ids.set(_with(ids))


def close_door() -> None:
    """Let the log lines from here on carry no ids."""
    _ids.set(None)


def current_ids() -> Mapping[str, str]:
    """Return the ids that a line written now would carry."""
    return _ids.get() or {}


def _with(ids: Mapping[str, object]) -> dict[str, str]:
    return {**current_ids(), **{name: str(value) for name, value in ids.items() if value is not None}}


def scrub(text: str) -> str:
    """Return `text` without our API key, and with every secret that we know the shape of replaced."""
    # gunicorn writes lines before there are settings; they are not read for a line's sake.
    if settings.configured and settings.ASTRIA_API_KEY:
        text = text.replace(settings.ASTRIA_API_KEY, "sd_…")
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def _message(record: logging.LogRecord) -> str:
    """Return the message; a call whose arguments do not fit its text must not stop who called."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args}"


class ScrubSecrets(logging.Filter):
    """Rewrite each record's message, arguments and traceback text through `scrub`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(_message(record)), ()
        if record.exc_info:
            record.exc_text = scrub(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True


class NotTwice(logging.Filter):
    """Drop what django-q's monitor says of a task that failed: its worker said it, ids and all."""

    def filter(self, record: logging.LogRecord) -> bool:
        return (record.module, record.funcName) != ("monitor", "monitor")


class TextLine(logging.Formatter):
    """For people: time, level, logger, message, and in brackets the ids. A traceback follows."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        ids = " ".join(f"{name}={value}" for name, value in current_ids().items())
        return f"{self.formatTime(record)} {record.levelname} {record.name} {record.message}" + (
            f" [{ids}]" if ids else ""
        )


class JsonLine(logging.Formatter):
    """For machines: one JSON object a record, the ids beside time (UTC), level, logger and message."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["exception"] = record.exc_text or self.formatException(record.exc_info)
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps({**current_ids(), **line, "process": record.process}, ensure_ascii=False)


def formatter_for(log_format: str) -> type[logging.Formatter]:
    """Return how lines are written, by the name in LOG_FORMAT. Raises ImproperlyConfigured."""
    known = {"text": TextLine, "json": JsonLine}
    if log_format not in known:
        raise ImproperlyConfigured(f"LOG_FORMAT is {log_format!r}; it may be {' or '.join(known)}.")
    return known[log_format]


def logging_for(log_format: str) -> dict[str, object]:
    """Return Django's LOGGING: everything to standard error, as `text` or `json`."""
    to_console = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "scrub": {"()": "config.logs.ScrubSecrets"},
            "not twice": {"()": "config.logs.NotTwice"},
        },
        "formatters": {"line": {"()": formatter_for(log_format)}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["scrub"]},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "studio": {"level": "INFO"},
            "packs": {"level": "INFO"},
            "accounts": {"level": "INFO"},
            "django": {"level": "WARNING", **to_console},
            "django-q": {"level": "WARNING", "filters": ["not twice"], **to_console},
        },
    }
