"""System checks: settings that contradict each other, each with an id and what to do."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def _is_loopback(url: str) -> bool:
    return (urlsplit(url).hostname or "") in _LOOPBACK


@register(Tags.urls)
def astria_can_reach_us(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The real Astria cannot call back a loopback address."""
    if _is_loopback(settings.ASTRIA_BASE_URL) or not _is_loopback(settings.PUBLIC_URL):
        return []
    return [
        checks.Error(
            "PUBLIC_URL is a loopback address, and ASTRIA_BASE_URL is not: no callback can arrive.",
            hint="Set PUBLIC_URL to the address under which the internet reaches this studio.",
            id="studio.E001",
        )
    ]


@register()
def time_is_real(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Where people order, an order must get the time that Astria needs."""
    if settings.PACE == 1 or not settings.IS_HTTPS:
        return []
    return [
        checks.Error(
            f"PACE is {settings.PACE:g}: orders would be given up {settings.PACE:g} times too early.",
            hint="Remove PACE: it is for tests of the whole.",
            id="studio.E002",
        )
    ]


@register(Tags.security, deploy=True)
def stand_in_is_not_for_customers(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A studio that is open to people should not take orders for a local stand-in."""
    if settings.DEBUG or not _is_loopback(settings.ASTRIA_BASE_URL):
        return []
    return [
        checks.Warning(
            "ASTRIA_BASE_URL is a loopback address while DEBUG is off.",
            hint="Set ASTRIA_BASE_URL=https://api.astria.ai and ASTRIA_API_KEY.",
            id="studio.W001",
        )
    ]


@register(Tags.security, deploy=True)
def idempotency_is_declared(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without idempotency, an order whose answer was lost can only wait for staff."""
    if settings.ASTRIA_IDEMPOTENT:
        return []
    return [
        checks.Warning(
            "ASTRIA_IDEMPOTENT is off: orders that Astria never confirmed are held for staff.",
            hint="Switch idempotency on in Astria's API settings, then set ASTRIA_IDEMPOTENT=1.",
            id="studio.W002",
        )
    ]


@register(Tags.security, deploy=True)
def mail_leaves(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without a mail server nobody can sign up: the codes would go to the console and to the disk."""
    if settings.DEBUG or settings.MAILBOX_DIR is None:
        return []
    return [
        checks.Warning(
            "EMAIL_URL is not set: mail, sign-in codes included, only goes to the console and DATA_DIR.",
            hint="Set EMAIL_URL to your mail server, for example smtp+tls://user:password@mail.example.org:587.",
            id="studio.W003",
        )
    ]
