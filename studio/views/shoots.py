"""Ordering, and watching an order."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest, posted_id
from packs.choosing import ids_in
from packs.models import Pack
from studio import ordering
from studio.characteristics import agreed_in
from studio.draft import drafts_of
from studio.extending import call_off, extend, keep_ordered
from studio.models import PhotoSet, Shoot
from studio.progress import is_late, list_of, progress_of

SHOOTS_A_PAGE = 24
# A status of htmx's own: swap this in, and ask no more.
HTMX_STOP_POLLING = 286


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def shoots(request: SignedInRequest) -> HttpResponse:
    """The person's shoots and drafts; POST orders one."""
    if request.method == "POST":
        return _order(request)
    page = Paginator(list_of(request.user), SHOOTS_A_PAGE).get_page(request.GET.get("page"))
    drafts = drafts_of(request.user) if page.number == 1 else []
    context = {"shoots": page, "drafts": drafts, "late": {shoot.pk for shoot in page if is_late(shoot)}}
    return render(request, "studio/shoots.html", context)


def _order(request: SignedInRequest) -> HttpResponseRedirect:
    photo_set = _own_set(request)
    pack = Pack.objects.with_slug(request.POST.get("pack", "")).first()
    try:
        number, price = map(int, request.POST.get("order_key", "").split(":"))
        keep = int(request.POST["keep"]) if "keep" in request.POST else None
        shoot = ordering.order_pack(
            photo_set,
            pack,
            number=number,
            price=price,
            characteristics=agreed_in(request.POST),
            prompt_ids=ids_in(request.POST.getlist("shot")),
            along=partial(keep_ordered, price=keep),
        )
    except ValueError:
        messages.error(request, _("This page is out of date. Look at it once more and order again."))
    except ordering.OrderRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        return redirect(shoot)
    return HttpResponseRedirect(f"{photo_set.get_absolute_url()}?part=review")


def _own_set(request: SignedInRequest) -> PhotoSet:
    photo_sets = PhotoSet.objects.for_user(request.user).select_related("account", "pack")
    return get_object_or_404(photo_sets, pk=posted_id(request, "photo_set"))


@require_http_methods(["GET", "HEAD"])
@login_required
def shoot(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """A shoot in progress; htmx gets the moving part alone, and is told to stop when there is none."""
    try:
        found = _own(request, shoot_id)
    except Http404:
        if request.htmx:
            return render(request, "studio/_progress_gone.html", status=HTMX_STOP_POLLING)
        raise
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
        if found.trains:
            call_off(found.tune, _("The order was cancelled."))
        messages.success(request, _("The order is cancelled. All credits are back."))
    else:
        messages.error(request, _("Too late to cancel: the order is on its way. Nothing was changed."))
    return redirect(found)


@require_POST
@login_required
def keep_model(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """Keep the shoot's model for another thirty days; once more changes nothing."""
    found = _own(request, shoot_id)
    try:
        extend(found.tune, price=int(request.POST.get("price", "")))
    except ValueError:
        messages.error(request, _("This page is out of date. Nothing was charged; press the button again."))
    except ordering.OrderRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, _("Your model is kept for another 30 days."))
    return redirect(found)


def _own(request: SignedInRequest, shoot_id: UUID) -> Shoot:
    found = Shoot.objects.for_user(request.user).select_related("tune__photo_set", "pack", "account")
    return get_object_or_404(found, pk=shoot_id)
