"""Share links: the owner's list of them, and what a visitor sees."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from studio.contact_sheet import sheet, start_of
from studio.forms import ShareForm
from studio.models import Share, Shoot
from studio.ratelimit import is_within
from studio.serving import serve

MOST_WRONG_A_MINUTE = 60
# The address is the key: no index, no referrer and no cache may pass it on.
HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shares(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """The links to a shoot; POST makes one."""
    shoot = get_object_or_404(Shoot.objects.for_user(request.user), pk=shoot_id)
    data = request.POST if request.method == "POST" else None
    form = ShareForm(data, initial={"name": shoot.title[:80]})
    if form.is_valid():
        Share.create_for(shoot, **form.cleaned_data)
        messages.success(request, _("The link is ready. Copy it and send it to whom you like."))
        return redirect("studio:shares", shoot.pk)
    context = {"shoot": shoot, "form": form, "shares": _listed(shoot)}
    return render(request, "studio/shares.html", context, status=422 if form.is_bound else 200)


def _listed(shoot: Shoot) -> list[dict[str, Any]]:
    return [
        {"share": share, "url": f"{settings.PUBLIC_URL}{share.get_absolute_url()}"}
        for share in shoot.shares.all()
    ]


@require_POST
@login_required
def revoke(request: SignedInRequest, share_id: int) -> HttpResponse:
    """Close a link for good; once more changes nothing."""
    share = get_object_or_404(Share.objects.for_user(request.user), pk=share_id)
    share.revoke()
    messages.success(request, _("The link is revoked: it no longer shows anything."))
    return redirect("studio:shares", share.shoot_id)


def with_open_share(
    view: Callable[Concatenate[HttpRequest, Share, ...], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give a view the open share of its token; whatever is not one gets the same refusal."""

    @wraps(view)
    def find(request: HttpRequest, share_token: str, **kwargs: Any) -> HttpResponseBase:
        share = Share.objects.open().with_token(share_token).select_related("shoot").first()
        response = view(request, share, **kwargs) if share else _refusal(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return find


def _refusal(request: HttpRequest) -> HttpResponse:
    """Wrong, expired and revoked tokens look alike, and are rate limited alike: open ones never are."""
    address = str(request.META.get("REMOTE_ADDR"))
    if is_within("share", address, most=MOST_WRONG_A_MINUTE, seconds=60):
        return render(request, "404.html", status=404)
    return render(request, "429.html", status=429)


@require_safe
@with_open_share
def shared(request: HttpRequest, share: Share) -> HttpResponse:
    """The pictures of a share, for whoever has its link. Counts visits, but not its owner's."""
    start = start_of(request)
    # Neither further pages of the same visit nor a program's HEAD are visits.
    if request.method == "GET" and start == 0 and not _is_owner(request, share):
        share.count_visit()
    url = share.get_absolute_url()
    page = sheet(share.images(), start, base=url)
    context = {
        "share": share,
        "images": page.frames,
        "count": share.images().count(),
        "next_url": f"{url}?from={page.next_start}" if page.next_start else "",
    }
    return render(request, "studio/shared.html", context)


def _is_owner(request: HttpRequest, share: Share) -> bool:
    return request.user.is_authenticated and request.user.credit_account_id == share.account_id


@require_safe
@with_open_share
def shared_file(request: HttpRequest, share: Share, image_id: UUID, variant: str) -> HttpResponseBase:
    """A file of a picture that the share shows; the original only where downloads are on."""
    if variant.startswith("original.") and not share.downloads:
        raise Http404
    image = get_object_or_404(share.images().select_related("shoot__pack", "prompt"), pk=image_id)
    # Not for long: a revoked link goes dark in browsers that have seen it, too.
    return serve(image, variant, cache="private, max-age=300", download="download" in request.GET)
