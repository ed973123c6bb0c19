"""Errors to a Sentry, if SENTRY_DSN names one: where they happened and whom they are about, no more."""

from __future__ import annotations

from typing import Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.logging import LoggingIntegration
from sentry_sdk.types import Event, Hint

from config.logs import current_ids, scrub

OF_A_REQUEST = ("method", "url")


def start(dsn: str, *, environment: str, release: str) -> None:
    """Send every unhandled exception and every line of level ERROR to `dsn`, in the background.

    A Sentry that is away or slow costs nothing: what does not fit its queue is dropped.
    """
    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        release=release or None,
        before_send=_clean,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        # What led to an error stands in the log and on the timeline; queries and addresses stay here.
        max_breadcrumbs=0,
        auto_session_tracking=False,
        default_integrations=False,
        integrations=[
            DjangoIntegration(),
            LoggingIntegration(),
            ExcepthookIntegration(),
            DedupeIntegration(),
            AtexitIntegration(callback=lambda pending, timeout: None),
        ],
    )


def _clean(event: Event, hint: Hint) -> Event:
    """Return the event tagged with its ids, every text in it scrubbed, of its request but the address."""
    if "request" in event:
        event["request"] = {name: event["request"].get(name, "") for name in OF_A_REQUEST}
    event["tags"] = {**event.get("tags", {}), **current_ids()}
    cleaned: Event = _scrubbed(event)
    return cleaned


def _scrubbed(value: Any) -> Any:
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: _scrubbed(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_scrubbed(part) for part in value]
    return value
