"""A new shoot: who, photos, review, on one page."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from packs.choosing import choice_of, left_out
from packs.models import Pack, PackClass
from packs.shop import picture_url
from studio.characteristics import agreed_in
from studio.consenting import agree
from studio.draft import begin, change, drafts_of, page_of, tiles_of
from studio.forms import NewPhotoSetForm, PhotoSetForm
from studio.models import PhotoSet

# The parts of the page, in the order in which they open.
PARTS = ("who", "photos", "review")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: SignedInRequest) -> HttpResponse:
    """Say who is in the photos; what follows is the draft's own page."""
    pack = _pack_called(request.GET.get("pack", ""))
    pack_class = _class_of(pack, request.GET.get("class", ""))
    off = left_out(pack_class, request.GET) if pack_class else ()
    form = NewPhotoSetForm(request.POST or None, initial={"class_name": pack_class and pack_class.name})
    if form.is_valid():
        return redirect(begin(request.user, form, pack, left_out=off))
    context = {
        "form": form,
        "pack": pack,
        "cover_url": picture_url(pack.cover_key) if pack else "",
        "choice": choice_of(pack_class, off) if pack_class else None,
        "drafts": drafts_of(request.user),
    }
    return render(request, "studio/photo_set_new.html", context, status=422 if form.is_bound else 200)


@require_safe
@login_required
def photo_set(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """The whole draft, in three parts of which one is open: a reload loses nothing."""
    part = request.GET.get("part", "")
    return _page(request, _own(request, photo_set_id), part=part if part in PARTS else PARTS[1])


@require_safe
@login_required
def side(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """Coach and review alone, for when the photos or the shots have changed."""
    context = page_of(_own(request, photo_set_id), request.user)
    return render(request, "studio/_side.html", context)


@require_safe
@login_required
def tiles(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """What has arrived: asked after a connection broke, and when another device may have added photos."""
    return render(request, "studio/_tiles.html", tiles_of(_own(request, photo_set_id)))


@require_POST
@login_required
def edit(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """Change name or class."""
    with transaction.atomic():
        # Orders take the same lock: the class that a model was made for does not change under it.
        form = PhotoSetForm(request.POST, instance=_own(request, photo_set_id, lock=True))
        if form.is_valid():
            return redirect(change(form))
    return _page(request, _own(request, photo_set_id), form)


@require_POST
@login_required
def agree_again(request: SignedInRequest, photo_set_id: UUID) -> HttpResponseRedirect:
    """Agree to the wording in force, for the class that the set has now; once more changes nothing."""
    found = _own(request, photo_set_id)
    if request.POST.get("consent"):
        agree(found)
    else:
        messages.error(request, _("Nothing was confirmed. Tick the box if you may use these photos."))
    return redirect(found)


@require_POST
@login_required
def choose_pack(request: SignedInRequest, photo_set_id: UUID) -> HttpResponse:
    """Choose the pack to order, and which of its shots; htmx gets what follows from it."""
    found = _own(request, photo_set_id)
    pack = _pack_called(request.POST.get("pack", ""))
    if pack is None:
        messages.error(request, _("That pack is no longer offered. Choose another one."))
    else:
        pack_class = _class_of(pack, found.class_name)
        found.choose(pack, left_out=left_out(pack_class, request.POST) if pack_class else ())
    if request.htmx and pack:
        return render(request, "studio/_side.html", page_of(found, request.user))
    return HttpResponseRedirect(f"{found.get_absolute_url()}?part=review")


@require_POST
@login_required
def get_credits(request: SignedInRequest, photo_set_id: UUID) -> HttpResponseRedirect:
    """Keep what was chosen in the review, and lead to where credits are bought; from there one comes back."""
    found = _own(request, photo_set_id)
    if (characteristics := agreed_in(request.POST)) is not None:
        found.agree_to(characteristics)
    back = urlencode({"next": f"{found.get_absolute_url()}?part=review"})
    return HttpResponseRedirect(f"{reverse('accounts:credits')}?{back}")


def _pack_called(slug: str) -> Pack | None:
    return Pack.objects.published().with_slug(slug).first()


def _class_of(pack: Pack | None, name: str) -> PackClass | None:
    """Return what a pack is for a class name, with its shots; None if it is nothing."""
    if pack is None or "\0" in name:
        return None
    return pack.classes.offered().filter(name=name).select_related("pack").prefetch_related("prompts").first()


def _own(request: SignedInRequest, photo_set_id: UUID, *, lock: bool = False) -> PhotoSet:
    sets = PhotoSet.objects.for_user(request.user)
    sets = sets.select_for_update() if lock else sets.select_related("pack")
    return get_object_or_404(sets, pk=photo_set_id)


def _page(
    request: SignedInRequest, found: PhotoSet, form: PhotoSetForm | None = None, *, part: str = PARTS[0]
) -> HttpResponse:
    context = page_of(found, request.user) | {"edit_form": form or PhotoSetForm(instance=found), "part": part}
    return render(request, "studio/photo_set.html", context, status=422 if form else 200)
