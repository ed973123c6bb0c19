"""A new shoot: who, photos, review, on one page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from packs.models import Pack
from packs.shop import picture_url
from studio.draft import begin, drafts_of, page_of
from studio.forms import NewPhotoSetForm, PhotoSetForm
from studio.models import PhotoSet


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: SignedInRequest) -> HttpResponse:
    """Say who is in the photos; what follows is the draft's own page."""
    pack = Pack.objects.published().with_slug(request.GET.get("pack", "")).first()
    form = NewPhotoSetForm(request.POST or None)
    if form.is_valid():
        return redirect(begin(request.user, form, pack))
    cover_url = picture_url(pack.cover) if pack else ""
    context = {"form": form, "pack": pack, "cover_url": cover_url, "drafts": drafts_of(request.user)}
    return render(request, "studio/photo_set_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@login_required
def photo_set(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """The whole draft: a reload loses nothing."""
    return _page(request, _own(request, photo_set_id))


@require_safe
@login_required
def side(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """Coach and review alone, for when the photos have changed."""
    context = page_of(_own(request, photo_set_id), request.user)
    return render(request, "studio/_side.html", context)


@require_POST
@login_required
def edit(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """Change name or class."""
    with transaction.atomic():
        # Orders take the same lock: the class that a model was made for does not change under it.
        form = PhotoSetForm(request.POST, instance=_own(request, photo_set_id, lock=True))
        if form.is_valid():
            return redirect(form.save())
    return _page(request, _own(request, photo_set_id), form)


@require_POST
@login_required
def choose_pack(request: SignedInRequest, photo_set_id: UUID) -> HttpResponseRedirect:
    """Choose the pack to order."""
    found = _own(request, photo_set_id)
    pack = Pack.objects.published().with_slug(request.POST.get("pack", "")).first()
    if pack is None:
        messages.error(request, _("That pack is no longer offered. Choose another one."))
    else:
        found.choose(pack)
    return HttpResponseRedirect(f"{found.get_absolute_url()}#review")


def _own(request: SignedInRequest, photo_set_id: UUID, *, lock: bool = False) -> PhotoSet:
    sets = PhotoSet.objects.for_user(request.user)
    sets = sets.select_for_update() if lock else sets.select_related("pack")
    return get_object_or_404(sets, pk=photo_set_id)


def _page(request: SignedInRequest, found: PhotoSet, form: PhotoSetForm | None = None) -> HttpResponse:
    context = page_of(found, request.user) | {"edit_form": form or PhotoSetForm(instance=found)}
    return render(request, "studio/photo_set.html", context, status=422 if form else 200)
