"""What never reaches a log line: keys, tokens of callbacks and share links, addresses of pictures."""

from __future__ import annotations

import logging
import re

from django.conf import settings

_SECRETS = (
    (re.compile(r"\bsd_[A-Za-z0-9_-]+"), "sd_…"),
    (re.compile(r"(/callbacks/)[^\s\"'?]+"), r"\1…"),
    (re.compile(r"(/s/)[^\s\"'?]+"), r"\1…"),
    (re.compile(r"(/accounts/(?:password/reset/key|confirm-email)/)[^\s\"'?]+"), r"\1…"),
    (re.compile(r"https?://[^\s\"']+/(?:mp/)?[0-9a-z]{28}\b[^\s\"']*"), "<picture>"),
)


def scrub(text: str) -> str:
    """Return `text` without our API key, and with every secret that we know the shape of replaced."""
    if settings.ASTRIA_API_KEY:
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
