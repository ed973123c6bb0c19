"""Ordering, and watching an order."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest, posted_id
from packs.models import Pack
from studio import ordering
from studio.characteristics import agreed
from studio.draft import drafts_of
from studio.models import PhotoSet, Shoot
from studio.progress import list_of, progress_of

SHOOTS_A_PAGE = 24


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shoots(request: SignedInRequest) -> HttpResponse:
    """The person's shoots and drafts; POST orders one."""
    if request.method == "POST":
        return _order(request)
    page = Paginator(list_of(request.user), SHOOTS_A_PAGE).get_page(request.GET.get("page"))
    context = {"shoots": page, "drafts": drafts_of(request.user) if page.number == 1 else []}
    return render(request, "studio/shoots.html", context)


def _order(request: SignedInRequest) -> HttpResponseRedirect:
    photo_set = _own_set(request)
    pack = Pack.objects.with_slug(request.POST.get("pack", "")).first()
    try:
        number, price = map(int, request.POST.get("order_key", "").split(":"))
        shoot = ordering.order_pack(
            photo_set, pack, number=number, price=price, characteristics=agreed(request.POST)
        )
    except ValueError:
        messages.error(request, _("This page is out of date. Look at it once more and order again."))
    except ordering.OrderRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        return redirect(shoot)
    return HttpResponseRedirect(f"{photo_set.get_absolute_url()}#review")


def _own_set(request: SignedInRequest) -> PhotoSet:
    photo_sets = PhotoSet.objects.for_user(request.user).select_related("account", "pack")
    return get_object_or_404(photo_sets, pk=posted_id(request, "photo_set"))


@require_http_methods(["GET", "HEAD"])
@login_required
def shoot(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """A shoot in progress; htmx gets the moving part alone."""
    found = _own(request, shoot_id)
    template = "studio/_progress.html" if request.htmx else "studio/shoot.html"
    response = render(request, template, progress_of(found))
    # Back must not show the part for the whole.
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@login_required
def cancel(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """Take an order back while it is queued."""
    found = _own(request, shoot_id)
    if ordering.cancel(found):
        messages.success(request, _("The order is cancelled. All credits are back."))
    else:
        messages.error(request, _("Too late to cancel: the order is on its way. Nothing was changed."))
    return redirect(found)


def _own(request: SignedInRequest, shoot_id: UUID) -> Shoot:
    found = Shoot.objects.for_user(request.user).select_related("tune__photo_set", "pack", "account")
    return get_object_or_404(found, pk=shoot_id)
