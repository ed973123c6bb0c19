"""Pictures, training photos and covers: public, as at Astria, by addresses that cannot be guessed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from sandbox.gallery.catalogue import find_pack
from sandbox.models import Photo, Picture, Prompt
from sandbox.photographs import photo_path
from sandbox.pictures import developed, developed_cover
from sandbox.spoiling import picture_faults, spoiled
from sandbox.visits import MET


def picture(request: HttpRequest, key: str) -> HttpResponseBase:
    """GET /mp/:key: a picture as JPEG unless a fault spoils it, or a photo as it was sent."""
    found = Picture.objects.filter(key=key).first()
    if found is None:
        return _photo(key)
    prompt = _finished(found)
    met = picture_faults(found, prompt, request.META[MET])
    return spoiled(request, found, met, lambda: developed(found, prompt)) or _jpeg(found, prompt)


def thumbnail(request: HttpRequest, key: str) -> HttpResponse:
    """GET /sandbox/pictures/:key: a picture for the developer's page, which uses up no fault."""
    found = Picture.objects.filter(key=key).first()
    if found is None:
        raise Http404
    return _jpeg(found, _finished(found))


def cover(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /covers/:slug.jpg: the cover of a pack."""
    pack = find_pack(slug)
    if pack is None:
        raise Http404
    return _file(developed_cover(pack), "image/jpeg")


def _finished(picture: Picture) -> Prompt:
    prompt = Prompt.objects.filter(pk=picture.prompt_id).first()
    if prompt is None or prompt.trained_at is None:
        raise Http404
    return prompt


def _jpeg(picture: Picture, prompt: Prompt) -> HttpResponse:
    return _file(developed(picture, prompt), "image/jpeg")


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
