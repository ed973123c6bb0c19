"""Share links as their owner has them: made, listed, revoked."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest, posted_id
from studio.choosing import LIKED, chosen_images, chosen_shoot, is_chosen, named
from studio.contact_sheet import frames, newest, rows, votes_in_words
from studio.forms import PicturesShareForm, ShareForm
from studio.models import Image, Share, Shoot

PREVIEWED = 6


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shares(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """The links to a shoot; POST makes one."""
    shoot = get_object_or_404(Shoot.objects.for_user(request.user), pk=shoot_id)
    data = request.POST if request.method == "POST" else None
    form = ShareForm(data, initial={"name": shoot.title[:80], "only_liked": request.GET.get("only") == LIKED})
    if form.is_valid():
        Share.create_for(shoot, **form.cleaned_data)
        messages.success(request, _("The link is ready. Copy it and send it to whom you like."))
        return redirect("studio:shares", shoot.pk)
    context = {"shoot": shoot, "form": form, "shares": _listed(shoot.shares.all())}
    return render(request, "studio/shares.html", context, status=422 if form.is_bound else 200)


@require_safe
@login_required
def share_list(request: SignedInRequest) -> HttpResponse:
    """All links of a person."""
    shares = Share.objects.for_user(request.user).select_related("shoot")
    return render(request, "studio/shares.html", {"shares": _listed(shares)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def share_new(request: SignedInRequest) -> HttpResponse:
    """A link to chosen pictures, or to all that are liked (studio/choosing.py).

    A selection is posted here; what is posted with the terms of a link makes it.
    """
    asked = request.POST if request.method == "POST" else request.GET
    if not is_chosen(asked):
        messages.warning(request, _("No picture was chosen: tick some in the gallery first."))
        return redirect("studio:gallery")
    if asked.get("shoot"):
        only = f"?only={LIKED}" if asked.get("only") == LIKED else ""
        return redirect(f"{chosen_shoot(request.user, asked).shares_url}{only}")
    images = chosen_images(request.user, asked).shown()
    if not images.exists():
        messages.warning(request, _("There is nothing to share: none of these is shown, or none liked."))
        return redirect("studio:gallery")
    form = PicturesShareForm(request.POST if "lifetime" in request.POST else None)
    if form.is_valid():
        chosen = images if "picture" in asked else None
        Share.create_of(request.user.account, chosen, **form.cleaned_data)
        messages.success(request, _("The link is ready. Copy it and send it to whom you like."))
        return redirect("studio:share-list")
    context = {
        "form": form,
        "fields": named(asked),
        "count": images.count(),
        "frames": newest(images, PREVIEWED),
    }
    return render(request, "studio/share_new.html", context, status=422 if form.is_bound else 200)


def _listed(shares: QuerySet[Share]) -> list[dict[str, Any]]:
    """Return links as a page shows them, with how many votes each brought."""
    # Counting drops the order that links have by themselves.
    counted = shares.annotate(vote_count=Count("votes")).order_by("-created_at", "-id")
    return [{"share": share, "url": f"{settings.PUBLIC_URL}{share.get_absolute_url()}"} for share in counted]


@require_POST
@login_required
def revoke(request: SignedInRequest, share_id: int) -> HttpResponse:
    """Close a link for good; once more changes nothing."""
    share = _own(request, share_id)
    share.revoke()
    messages.success(request, _("The link is revoked: it no longer shows anything."))
    return _back(share)


@require_safe
@login_required
def votes(request: SignedInRequest, share_id: int) -> HttpResponse:
    """The pictures that got votes by a link, the best first; votes can be deleted of each."""
    share = _own(request, share_id)
    counted = share.votes.order_by().values_list("image").annotate(n=Count("pk"))
    of_link = dict(counted.order_by("-n", "image"))
    shown = {frame.id: frame for frame in frames(rows(Image.objects.filter(pk__in=of_link)), width=320)}
    voted = [(shown[str(pk)], votes_in_words(n)) for pk, n in of_link.items()]
    context = {"share": share, "voted": voted, "back_url": _address(share)}
    return render(request, "studio/share_votes.html", context)


@require_POST
@login_required
def clear_votes(request: SignedInRequest, share_id: int) -> HttpResponse:
    """Delete the votes that came by a link, or those of one `picture`; once more changes nothing."""
    share = _own(request, share_id)
    of_picture = "picture" in request.POST
    votes = share.votes.filter(image=posted_id(request, "picture")) if of_picture else share.votes.all()
    votes.withdraw()
    messages.success(request, _("The votes are deleted."))
    return redirect("studio:share-votes", share.pk) if of_picture else _back(share)


def _own(request: SignedInRequest, share_id: int) -> Share:
    return get_object_or_404(Share.objects.for_user(request.user).select_related("shoot"), pk=share_id)


def _back(share: Share) -> HttpResponse:
    return redirect(_address(share))


def _address(share: Share) -> str:
    """Return the page that lists a link."""
    return share.shoot.shares_url if share.shoot else reverse("studio:share-list")
