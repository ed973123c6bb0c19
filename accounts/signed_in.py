"""Where a person is signed in, and how they end it from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User

# In this order: each names itself after those that it is made like.
BROWSERS = {
    "Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "FxiOS": "Firefox",
    "CriOS": "Chrome", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "macOS",
    "CrOS": "ChromeOS", "Linux": "Linux",
}  # fmt: skip


@dataclass(frozen=True)
class SignIn:
    """One browser in which a person is signed in."""

    id: int
    browser: str
    address: str
    since: datetime
    is_this_one: bool


def sign_ins(user: User, *, current: str | None) -> list[SignIn]:
    """Return the person's browsers, newest first, that of the session `current` before all others."""
    rows = [
        SignIn(row.pk, browser(row.user_agent), str(row.ip), row.created_at, row.session_key == current)
        for row in _living(user)
    ]
    return sorted(rows, key=lambda row: not row.is_this_one)


def end(user: User, sign_in_id: int) -> bool:
    """Sign the person out there. False if it is over already, or somebody else's."""
    keys = UserSession.objects.filter(user=user, pk=sign_in_id).values_list("session_key", flat=True)
    return _end(list(keys)) > 0


def end_others(user: User, *, current: str | None) -> int:
    """Sign the person out everywhere but in the session `current`; return of how many browsers."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=current or "")
    return _end(list(rows.values_list("session_key", flat=True)))


def browser(user_agent: str) -> str:
    """Return what a person calls the browser that calls itself `user_agent`."""
    name = next((it for mark, it in BROWSERS.items() if f"{mark}/" in user_agent), "")
    system = next((it for mark, it in SYSTEMS.items() if mark in user_agent), "")
    if name and system:
        return _("{browser} on {system}").format(browser=name, system=system)
    return name or system or _("An unknown browser")


def _living(user: User) -> list[UserSession]:
    alive = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return list(UserSession.objects.filter(user=user, session_key__in=alive).order_by("-created_at"))


def _end(keys: list[str]) -> int:
    with transaction.atomic():
        ended, _each = Session.objects.filter(session_key__in=keys).delete()
        UserSession.objects.filter(session_key__in=keys).delete()
    return ended
