"""What is done to chosen pictures at once. Each answer says which pictures changed: an undo takes those.

A script gets JSON. A form goes back to where it came from, with what happened and an undo in the message.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from studio import likes
from studio.models import Image
from studio.models.image import ImageQuerySet

UNDO = "undo-of-selection"


@require_POST
@login_required
def like(request: SignedInRequest) -> HttpResponse:
    """Like the chosen pictures."""

    def said(n: int) -> str:
        return ngettext("%(n)d picture liked.", "%(n)d pictures liked.", n) % {"n": n}

    return _change(request, likes.like_all, said, undo="studio:pictures-unlike")


@require_POST
@login_required
def unlike(request: SignedInRequest) -> HttpResponse:
    """Take the likes of the chosen pictures back."""

    def said(n: int) -> str:
        return ngettext("%(n)d like taken back.", "%(n)d likes taken back.", n) % {"n": n}

    return _change(request, likes.unlike_all, said, undo="studio:pictures-like")


@require_POST
@login_required
def hide(request: SignedInRequest) -> HttpResponse:
    """Hide the chosen pictures: galleries and shares no longer show them."""

    def said(n: int) -> str:
        return ngettext("%(n)d picture hidden.", "%(n)d pictures hidden.", n) % {"n": n}

    return _change(request, ImageQuerySet.hide, said, undo="studio:pictures-unhide")


@require_POST
@login_required
def unhide(request: SignedInRequest) -> HttpResponse:
    """Show the chosen pictures again."""

    def said(n: int) -> str:
        return ngettext("%(n)d picture shown again.", "%(n)d pictures shown again.", n) % {"n": n}

    return _change(request, ImageQuerySet.unhide, said, undo="studio:pictures-hide")


@require_POST
@login_required
def seen(request: SignedInRequest) -> HttpResponse:
    """Write down that the pictures were looked at: scripts say so, a while after the fact."""
    chosen_pictures(request.POST, request.user).mark_seen()
    return HttpResponse(status=204)


def chosen_pictures(data: QueryDict, user: User) -> ImageQuerySet:
    """Return the pictures that `data` names as `picture`. Raises Http404 if none of them is the person's."""
    ids = [pk for text in data.getlist("picture") if (pk := as_uuid(text))]
    images = Image.objects.for_user(user).stored().filter(pk__in=ids)
    if not images.exists():
        raise Http404
    return images


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def address_of_ours(request: SignedInRequest, field: str) -> str:
    """Return the address in a form's or query's `field`; "" if it leads elsewhere."""
    data = request.POST if request.method == "POST" else request.GET
    url = data.get(field, "")
    is_ours = url_has_allowed_host_and_scheme(url, request.get_host(), require_https=request.is_secure())
    return url if is_ours else ""


def _change(
    request: SignedInRequest,
    act: Callable[[ImageQuerySet], list[UUID]],
    said: Callable[[int], str],
    *,
    undo: str,
) -> HttpResponse:
    if "picture" not in request.POST:
        messages.warning(request, _("No picture was chosen: tick some first."))
        return redirect(address_of_ours(request, "next") or "studio:gallery")
    changed = [str(pk) for pk in act(chosen_pictures(request.POST, request.user))]
    if request.htmx:
        return JsonResponse({"changed": changed, "text": said(len(changed)), "undo": reverse(undo)})
    if changed:
        request.session[UNDO] = {"url": reverse(undo), "pictures": changed}
    messages.success(request, said(len(changed)))
    return redirect(address_of_ours(request, "next") or "studio:gallery")
