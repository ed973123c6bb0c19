"""Pictures, training photos and covers: public, as at Astria, by addresses that cannot be guessed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from sandbox.catalogue import find_pack
from sandbox.models import Photo, Picture, Prompt
from sandbox.photographs import photo_path
from sandbox.pictures import developed, developed_cover


def picture(request: HttpRequest, key: str) -> HttpResponse:
    """GET /mp/:key: a picture as JPEG, or a training photo as it was sent."""
    found = Picture.objects.filter(key=key).first()
    if found is None:
        return _photo(key)
    prompt = Prompt.objects.filter(pk=found.prompt_id).first()
    if prompt is None or prompt.trained_at is None:
        raise Http404
    return _file(developed(found, prompt), "image/jpeg")


def cover(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /covers/:slug.jpg: the cover of a pack."""
    pack = find_pack(slug)
    if pack is None:
        raise Http404
    return _file(developed_cover(pack), "image/jpeg")


def _photo(key: str) -> HttpResponse:
    photo = Photo.objects.filter(key=key).first()
    if photo is None:
        raise Http404
    try:
        return _file(photo_path(key).read_bytes(), photo.content_type)
    except FileNotFoundError as error:
        raise Http404 from error


def _file(content: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
