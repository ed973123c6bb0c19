"""Showing staff somebody's pictures: never by default, only for a reason, and each time in the audit log.

The pictures are part of the page itself: no address is made that would show them once more.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import AuditEntry, User
from studio import files
from studio.models import Photo, PhotoSet, Shoot
from studio.reviewing import decide

PERMISSION = "studio.see_pictures"
# So many are shown at a time: help seldom needs more, and all are in one page.
MOST = 40
LOOK, CHANGE = "admin/studio/look.html", "admin/studio/look_link.html"


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why you need to see them (for the audit log)"),
        help_text=gettext_lazy("No names: the log outlives the person."),
        max_length=200,
    )


@dataclass(frozen=True)
class Shown:
    """A picture inside the page; `decide_url` where staff are to decide on it."""

    src: str
    words: str
    decide_url: str = ""


class LookPages:
    """Adds the page that shows faces to an admin; mixed in before ModelAdmin."""

    change_form_before_template = CHANGE

    def get_urls(self) -> list[URLPattern]:
        name = self.model._meta.model_name  # type: ignore[attr-defined]
        view = {"shoot": look_at_shoot, "photoset": look_at_photo_set}[name]
        own = path("<uuid:pk>/look/", admin.site.admin_view(never_cache(view)), name=f"studio_{name}_look")
        return [own, *super().get_urls()]  # type: ignore[misc]


def look_url(row: Shoot | PhotoSet, by: Any) -> str:
    """Return where `by` may be shown the pictures of a row; "" for who may not."""
    name = f"admin:studio_{row._meta.model_name}_look"
    return reverse(name, args=[row.pk]) if by.has_perm(PERMISSION) else ""


def look_at_shoot(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The pictures of a shoot, for a reason."""
    shoot = get_object_or_404(Shoot, pk=pk)
    return _look(request, shoot, _("Pictures of a shoot"), lambda: _pictures_of(shoot))


def look_at_photo_set(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The photos of a set, for a reason; those that wait for staff can be decided on."""
    photo_set = get_object_or_404(PhotoSet, pk=pk)
    return _look(request, photo_set, _("Photos of a set"), lambda: _photos_of(photo_set))


def _look(request: HttpRequest, row: Shoot | PhotoSet, title: str, pictures: Any) -> HttpResponse:
    by = _who_may(request)
    form = ReasonForm(request.POST or None)
    shown: list[Shown] = []
    reason = ""
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        # First written down, then shown.
        AuditEntry.record(by, "pictures shown", about=row, text=reason)
        shown = list(pictures())
    context = {
        **admin.site.each_context(request),
        "title": title,
        "form": form,
        "shown": shown,
        "row": row,
        "back": reverse(f"admin:studio_{row._meta.model_name}_change", args=[row.pk]),
        "reason": reason,
    }
    return TemplateResponse(request, LOOK, context)


def _who_may(request: HttpRequest) -> User:
    by = request.user
    if not isinstance(by, User) or not by.has_perm(PERMISSION):
        raise PermissionDenied
    return by


def _pictures_of(shoot: Shoot) -> Iterator[Shown]:
    for image in shoot.images.stored().order_by("number")[:MOST]:
        yield Shown(_inside(image.variant_key(320)), _("Picture %(n)d") % {"n": image.number})


def _photos_of(photo_set: PhotoSet) -> Iterator[Shown]:
    waiting = set(photo_set.photos.to_review().values_list("pk", flat=True))
    photos: Iterable[Photo] = photo_set.photos.select_related("photo_set")[:MOST]
    for photo in sorted(photos, key=lambda photo: photo.pk not in waiting):
        url = reverse("admin:studio_photo_decide", args=[photo.pk]) if photo.pk in waiting else ""
        yield Shown(_inside(photo.tile_key), str(photo.get_review_display() or ""), url)


def _inside(key: str) -> str:
    """Return a stored WebP as an address that holds it."""
    try:
        return f"data:image/webp;base64,{b64encode(files.read(key)).decode()}"
    except (FileNotFoundError, files.StorageDown):
        return ""


@require_POST
def decide_on_photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve or refuse a photo that waits for staff."""
    by = _who_may(request)
    photo = get_object_or_404(Photo.objects.select_related("photo_set"), pk=pk)
    approve = request.POST.get("decision") == "approve"
    if not decide(photo, by, approve=approve, reason=request.POST.get("reason", "")):
        messages.warning(request, _("Somebody else has decided already."))
    else:
        messages.success(request, _("Approved.") if approve else _("Refused. The person is told."))
    return HttpResponseRedirect(reverse("admin:studio_photoset_look", args=[photo.photo_set_id]))
