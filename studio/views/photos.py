"""Uploading photos, one request a file; without JavaScript one form with several."""

from __future__ import annotations

import logging
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest, posted_id
from config.storage import StorageDown, serve_file, storage_down
from studio.draft import removed_tile, single_tile
from studio.inspection import inspect_in_background
from studio.models import Photo, PhotoSet
from studio.photos import Busy, PhotoRefused
from studio.queue import enqueue
from studio.uploading import add_photo, remove_photo, restore_photo

logger = logging.getLogger("studio.uploads")


@require_POST
@login_required
def upload(request: SignedInRequest) -> HttpResponse:
    """Take photos into a draft: from a script one file with its id, from a form several."""
    photo_set = _own_set(request)
    files = request.FILES.getlist("photos")
    if request.POST.get("id"):
        return _upload_one(request, photo_set, files)
    for file in files:
        _upload_of_form(request, photo_set, file)
    if not files:
        messages.error(request, _("No photo was chosen. Nothing was changed."))
    return redirect(photo_set)


def _upload_one(
    request: SignedInRequest, photo_set: PhotoSet, files: list[UploadedFile[bytes]]
) -> HttpResponse:
    try:
        if not files:
            raise PhotoRefused(_("The file is empty. Choose another one."))
        photo = add_photo(photo_set, _id_of(request), files[0])
    except Busy:
        return HttpResponse(status=503, headers={"Retry-After": "1"})
    except StorageDown:
        logger.exception("a photo could not be kept")
        return storage_down()
    except PhotoRefused as refusal:
        context = {"name": files[0].name if files else "", "message": str(refusal)}
        return render(request, "studio/_refused.html", context, status=422)
    return render(request, "studio/_tile.html", {"tile": single_tile(photo)}, status=201)


def _id_of(request: SignedInRequest) -> UUID:
    try:
        return UUID(request.POST["id"])
    except ValueError:
        raise PhotoRefused(_("This photo has no proper number.")) from None


def _upload_of_form(request: SignedInRequest, photo_set: PhotoSet, file: UploadedFile[bytes]) -> None:
    try:
        photo = add_photo(photo_set, uuid4(), file)
    except Busy:
        messages.error(request, _("%(name)s: the studio is busy. Send it again.") % {"name": file.name})
    except StorageDown:
        logger.exception("a photo could not be kept")
        text = _("%(name)s could not be kept: our storage does not answer. Send it again in a minute; the "
                 "photos that are here stay.")  # fmt: skip
        messages.error(request, text % {"name": file.name})
    except PhotoRefused as refusal:
        messages.error(request, f"{file.name}: {refusal}")
    else:
        enqueue(inspect_in_background, photo.pk)


@require_safe
@login_required
def tile(request: SignedInRequest, photo_id: UUID) -> HttpResponseBase:
    """The photo as its tile shows it; to its owner alone."""
    return serve_file(_own_photo(request, photo_id).tile_key, cache="private, max-age=86400, immutable")


@require_POST
@login_required
def remove(request: SignedInRequest, photo_id: UUID) -> HttpResponse:
    """Take a photo out of a draft; for a while it can be undone."""
    photo = _own_photo(request, photo_id)
    if not remove_photo(photo):
        messages.error(request, _("This set was ordered: its photos stay with the model."))
        return _changed(request, photo)
    if not request.htmx:
        return redirect(photo.photo_set)
    return render(request, "studio/_removed.html", {"tile": removed_tile(photo)})


@require_POST
@login_required
def restore(request: SignedInRequest, photo_id: UUID) -> HttpResponse:
    """Undo a removal."""
    photos = Photo.with_removed.for_user(request.user).select_related("photo_set")
    photo = get_object_or_404(photos, pk=photo_id)
    try:
        photo = restore_photo(photo)
    except PhotoRefused as refusal:
        messages.error(request, str(refusal))
        if request.htmx:
            context = {"tile": removed_tile(photo), "message": str(refusal)}
            return render(request, "studio/_removed.html", context)
        return redirect(photo.photo_set)
    return _changed(request, photo)


@require_POST
@login_required
def keep(request: SignedInRequest, photo_id: UUID) -> HttpResponse:
    """Keep a photo in spite of the warnings that were shown; another one that comes later is asked about."""
    photo = _own_photo(request, photo_id)
    shown = set(request.POST.getlist("kind"))
    photo.keep_anyway(doubt.kind for doubt in single_tile(photo).to_decide if doubt.kind in shown)
    return _changed(request, photo)


def _changed(request: SignedInRequest, photo: Photo) -> HttpResponse:
    """Return the photo's tile to a script, its page to anybody else."""
    if request.htmx:
        return render(request, "studio/_tile.html", {"tile": single_tile(photo)})
    return redirect(photo.photo_set)


def _own_set(request: SignedInRequest) -> PhotoSet:
    photo_sets = PhotoSet.objects.for_user(request.user)
    return get_object_or_404(photo_sets, pk=posted_id(request, "photo_set"))


def _own_photo(request: SignedInRequest, photo_id: UUID) -> Photo:
    photos = Photo.objects.for_user(request.user).select_related("photo_set")
    return get_object_or_404(photos, pk=photo_id)
