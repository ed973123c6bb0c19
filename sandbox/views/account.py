"""The account and the models it may use. Neither is documented; official programs ask for both."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox.account import balance
from sandbox.gallery.catalogue import GALLERY_TUNES

CACHE_SECONDS = 3600


def show(request: HttpRequest) -> HttpResponse:
    """GET /users: the account behind the key; a balance of null has no end."""
    return JsonResponse(
        {
            "id": 1,
            "email": "developer@example.com",
            "name": "Sandbox",
            "usd_balance_mc": balance(),
            "auto_extend_tunes": False,
            "top_off_amount": None,
        }
    )


def models(request: HttpRequest) -> HttpResponse:
    """GET /cli/models: the gallery's tunes as the command line program asks for them; needs no key."""
    known = {branch: {"tune_id": pk, "title": title} for pk, title, branch in GALLERY_TUNES}
    return JsonResponse(
        {
            "default": "flux1",
            "default_video_model": None,
            "models": known,
            "video_models": [],
            "cli": {"min_version": "0.0.0", "latest_version": "0.0.0"},
            "cache_ttl": CACHE_SECONDS,
        }
    )
