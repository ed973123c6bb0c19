"""Every address of the sandbox. Paths arrive here without `.json`, doubled and trailing slashes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path

from sandbox.views import (
    account,
    clock,
    console,
    images,
    insight,
    likes,
    packs,
    page,
    pictures,
    prompts,
    themes,
    tunes,
)
from sandbox.views.methods import by_method

ID = r"(?P<{}>\d{{1,18}})"
TUNE, PROMPT = ID.format("tune_id"), ID.format("prompt_id")
one_prompt = by_method(GET=prompts.detail, PATCH=prompts.change, DELETE=prompts.delete)

urlpatterns = [
    # The API
    path("packs", by_method(GET=packs.own, POST=packs.create)),
    path("gallery/packs", by_method(GET=packs.gallery)),
    path("p/<str:id_or_slug>", by_method(GET=packs.detail)),
    path("p/<str:id_or_slug>/tunes", by_method(POST=packs.create_tunes)),
    path("tunes", by_method(GET=tunes.listing, POST=tunes.create)),
    path("gallery/tunes", by_method(GET=tunes.gallery)),
    re_path(rf"^tunes/{TUNE}$", by_method(GET=tunes.detail, PATCH=tunes.change, DELETE=tunes.delete)),
    re_path(rf"^tunes/{TUNE}/prompts$", by_method(GET=prompts.of_tune, POST=prompts.create_on_tune)),
    re_path(rf"^tunes/{TUNE}/prompts/{PROMPT}$", one_prompt),
    path("prompts", by_method(GET=prompts.listing, POST=prompts.create)),
    re_path(rf"^prompts/{PROMPT}$", one_prompt),
    re_path(rf"^prompts/{PROMPT}/duplicate$", by_method(POST=prompts.duplicate)),
    re_path(rf"^prompts/{PROMPT}/likes$", by_method(POST=likes.add, DELETE=likes.remove)),
    re_path(rf"^prompts/{PROMPT}/like$", by_method(POST=likes.toggle, DELETE=likes.remove)),
    path("images/inspect", by_method(POST=images.inspect)),
    path("themes", by_method(POST=themes.create)),
    path("users", by_method(GET=account.show)),
    path("cli/models", by_method(GET=account.models)),
    # Public files
    path("mp/<slug:key>", by_method(GET=pictures.picture)),
    path("covers/<slug:slug>.jpg", by_method(GET=pictures.cover)),
    # For the developer
    path("", by_method(GET=page.page)),
    path("favicon.ico", by_method(GET=page.icon)),
    path("sandbox/pictures/<slug:key>", by_method(GET=pictures.thumbnail)),
    path("sandbox/clock", by_method(GET=clock.show, POST=clock.move)),
    re_path(rf"^sandbox/prompts/{PROMPT}$", by_method(GET=insight.prompt)),
    path("sandbox/requests", by_method(GET=console.show_requests)),
    path("sandbox/callbacks", by_method(GET=console.show_callbacks)),
    path("sandbox/callbacks/<int:delivery_id>/replay", by_method(POST=console.replay_callback)),
    path("sandbox/settings", by_method(GET=console.show_settings, POST=console.change_settings)),
]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 as Rails does for JSON."""
    return JsonResponse({"status": 404, "error": "Not Found"}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 for what Django itself refuses."""
    return JsonResponse({"status": 400, "error": "Bad Request"}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 as Rails does; the traceback went to stderr."""
    return JsonResponse({"status": 500, "error": "Internal Server Error"}, status=500)


handler404 = not_found
handler400 = bad_request
handler500 = server_error
