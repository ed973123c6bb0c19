"""Galleries that need not be made again, nor sent again: their version says that nothing changed.

The version (studio/gallery_version.py) comes with the person. What a page shows beside it is part of the key,
or is made for each request: the frame around it with the balance, tokens of forms, messages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from django.contrib.messages import get_messages
from django.core.cache import caches
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from accounts.requests import SignedInRequest
from config.release import release
from studio.context_processors import site
from studio.views.selection import UNDO

Made = TypeVar("Made")

# Addresses that were signed stay the same for as long; and nothing that we forgot here lasts longer.
_PERIOD = 60 * 60


def kept(request: SignedInRequest, about: Hashable, make: Callable[[], Made]) -> Made:
    """Return what `make` returned when it was last asked `about` this gallery as it is now.

    It must depend on nothing but the account's rows, the language and `about`.
    """
    key = ":".join(map(str, (*_version(request), about)))
    key = salted_hmac("studio.kept", key, algorithm="sha256").hexdigest()
    pages = caches["pages"]
    found: Made | None = pages.get(key)
    if found is None:
        pages.set(key, found := make())
    return found


def etag_of(request: SignedInRequest, about: Hashable) -> str:
    """Return what the whole page is known by; "" for one that says something only once."""
    if UNDO in request.session or len(get_messages(request)):
        return ""
    user, account = request.user, request.user.account
    who = (user.pk, user.email, user.is_staff, account.balance, account.owed)
    frame = {name: value for name, value in site(request).items() if not callable(value)}
    # Tokens in its forms are those of this secret.
    secret = request.META.get("CSRF_COOKIE")
    said = repr((_version(request), who, frame, secret, release(), about))
    # Weak: the same secret has a different mask in every token.
    return f'W/"{salted_hmac("studio.etag", said, algorithm="sha256").hexdigest()[:32]}"'


def unchanged(request: SignedInRequest, etag: str) -> HttpResponse | None:
    """Return 304 if that is the page that the browser has; None if it is to be sent."""
    head = HttpResponse()
    label(head, etag)
    answer = get_conditional_response(request, etag=etag or None, response=head)
    return None if answer is head else answer


def label(response: HttpResponse, etag: str) -> None:
    """Have the browser keep the page, and ask each time whether it may still show it."""
    response["Cache-Control"] = "private, no-cache"
    if etag:
        response["ETag"] = etag


def _version(request: SignedInRequest) -> tuple[Hashable, ...]:
    user = request.user
    return str(user.credit_account_id), user.gallery_version, get_language(), int(time.time()) // _PERIOD
