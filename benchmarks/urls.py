"""The studio's addresses, and two empty ones to compare with."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.core.cache import caches
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from accounts.requests import SignedInRequest
from config.urls import urlpatterns as addresses_of_the_studio
from studio.models import Image
from studio.views.gallery import gallery

_EMPTY = engines["django"].from_string('{% extends "base.html" %}')


def anonymous(request: HttpRequest) -> HttpResponse:
    """The least that a request costs: middleware, and nothing."""
    return HttpResponse()


@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """The least that a page costs: who is asking, and the frame around every page."""
    return HttpResponse(_EMPTY.render({}, request))


@login_required
def files(request: SignedInRequest) -> StreamingHttpResponse:
    """The least that a download costs: the same files, read and sent."""
    images = Image.objects.for_user(request.user).order_by("created_at", "id")
    keys, total = [image.original_key for image in images], sum(image.bytes for image in images)
    return StreamingHttpResponse(_read(keys), headers={"Content-Length": str(total)})


def _read(keys: list[str]) -> Iterator[bytes]:
    for key in keys:
        with default_storage.open(key) as file:
            yield file.read()


def made_anew(request: SignedInRequest) -> HttpResponse:
    """The gallery when nothing of it is kept."""
    caches["pages"].clear()
    return gallery(request)


@csrf_exempt
def posted(request: HttpRequest) -> HttpResponse:
    """The least that something posted costs: to be read."""
    return HttpResponse(status=204 if request.body else 400)


def worker(request: HttpRequest) -> HttpResponse:
    """Which of gunicorn's workers answers."""
    return HttpResponse(str(os.getpid()))


urlpatterns = [
    path("empty/", anonymous),
    path("empty/signed-in/", signed_in),
    path("files/", files),
    path("made-anew/gallery/", made_anew),
    path("empty/post/", posted),
    path("worker/", worker),
    *addresses_of_the_studio,
]
