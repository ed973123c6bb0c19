"""The studio's addresses, and two empty ones to compare with."""

from __future__ import annotations

import os

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from config.urls import urlpatterns as addresses_of_the_studio

_EMPTY = engines["django"].from_string('{% extends "base.html" %}')


def anonymous(request: HttpRequest) -> HttpResponse:
    """The least that a request costs: middleware, and nothing."""
    return HttpResponse()


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """The least that a page costs: who is asking, and the frame around every page."""
    return HttpResponse(_EMPTY.render({}, request))


def worker(request: HttpRequest) -> HttpResponse:
    """Which of gunicorn's workers answers."""
    return HttpResponse(str(os.getpid()))


urlpatterns = [
    path("empty/", anonymous),
    path("empty/signed-in/", signed_in),
    path("worker/", worker),
    *addresses_of_the_studio,
]
