"""The id of what is created, when its caller wishes for one: `X-Sandbox-Id: 89` on the creating call."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.db import IntegrityError, models
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from sandbox.rails.casting import Refused

# Twelve digits: the ids that follow the largest one must fit into an address too.
POSSIBLE = re.compile(r"[1-9]\d{0,11}")

_wish: ContextVar[str] = ContextVar("wish", default="")


class Wishes:
    """Middleware: remember what id this call wishes for, and forget it afterwards."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Wrap the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        token = _wish.set(request.headers.get("X-Sandbox-Id", ""))
        try:
            return self.get_response(request)
        finally:
            _wish.reset(token)


class Numbered(models.Model):
    """A row that gets the id its caller wished for: the first row of a call, all others the next free ids."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Save; raises Refused when a new row cannot have the id that was wished for."""
        wish = _wish.get() if self._state.adding and self.pk is None else ""
        if not wish:
            super().save(*args, **options)
            return
        _wish.set("")
        if not POSSIBLE.fullmatch(wish):
            raise Refused({"id": ["must be a number of one to twelve digits"]})
        self.pk = int(wish)
        try:
            super().save(force_insert=True)
        except IntegrityError as error:
            raise Refused({"id": ["has already been taken"]}) from error
