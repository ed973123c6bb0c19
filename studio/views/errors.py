"""Refusals that Django itself makes, in our words."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is out of date, or came from another site."""
    return render(request, "403_csrf.html", status=403)
