"""Credits: what a person has, what became of it, and buying more."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts import buying
from accounts.forms import BuyForm, words_of
from accounts.models import Bundle, Purchase
from accounts.requests import SignedInRequest, posted_id, way_back
from accounts.stripe_client import is_selling, signed_event

logger = logging.getLogger("accounts.stripe")

LINES_A_PAGE = 50
PURCHASES_LISTED = 100
MAX_EVENT_BYTES = 1024 * 1024


class SeeOther(HttpResponseRedirectBase):
    """To a page of somebody else's, which is to be fetched, not posted to."""

    status_code = 303


@require_safe
@login_required
def statement(request: SignedInRequest) -> HttpResponse:
    """Credits, what they cost, every line of the ledger, and receipts."""
    account = request.user.account
    page = Paginator(account.entries.all(), LINES_A_PAGE).get_page(request.GET.get("page"))
    way = buying.way_to_pay()
    context: dict[str, Any] = {
        "account": account,
        "entries": page,
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "back": way_back(request),
        "way": way,
        "bundles": Bundle.objects.filter(is_active=True) if way else (),
        "purchases": account.purchases.exclude(status=Purchase.Status.FAILED)[:PURCHASES_LISTED],
        "form_key": uuid4(),
        "refund_days": settings.REFUND_DAYS,
    }
    return render(request, "accounts/credits.html", context)


@require_POST
@login_required
def buy(request: SignedInRequest) -> HttpResponse:
    """Lead to Stripe's page for the chosen bundle; amounts are ours, the browser only says which."""
    form = BuyForm(request.POST)
    if not is_selling():
        messages.error(request, _("This studio sells no credits at the moment. Nothing was charged."))
    elif not form.is_valid():
        messages.error(request, words_of(form))
    else:
        try:
            bundle, quantity = form.cleaned_data["bundle"], form.cleaned_data["quantity"]
            return SeeOther(buying.buy(request.user, bundle, quantity, back=way_back(request)))
        except buying.NotForSale as refusal:
            messages.error(request, str(refusal))
    return _to_credits(request)


@require_POST
@login_required
def top_up(request: SignedInRequest) -> HttpResponse:
    """Development alone: the bundle for nothing."""
    if buying.way_to_pay() != "free":
        raise Http404
    form, key = BuyForm(request.POST), posted_id(request, "key")
    if not form.is_valid():
        messages.error(request, words_of(form))
    elif buying.top_up(request.user.account, form.cleaned_data["bundle"], key=key):
        messages.success(request, _("The credits are there. Nothing was charged: this is development."))
    return _to_credits(request)


def _to_credits(request: SignedInRequest) -> HttpResponse:
    """To the page of credits, which goes on showing the way back."""
    back = way_back(request)
    return redirect(reverse("accounts:credits") + (f"?{urlencode({'next': back})}" if back else ""))


@require_safe
@login_required
def purchase(request: SignedInRequest, purchase_id: UUID) -> HttpResponse:
    """Whether the money has arrived; htmx gets the moving part alone."""
    found = _own(request, purchase_id)
    if not request.htmx and not found.is_final:
        # Who comes back from Stripe need not wait for its event.
        Purchase.objects.filter(pk=found.pk).make_due()
    template = "accounts/_purchase.html" if request.htmx else "accounts/purchase.html"
    response = render(request, template, {"purchase": found, "back": way_back(request)})
    # Back must not show the part for the whole.
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@login_required
def receipt(request: SignedInRequest, purchase_id: UUID) -> HttpResponse:
    """A receipt to print or to keep; there is one once the money is there."""
    found = _own(request, purchase_id)
    if found.number is None:
        raise Http404
    seller = [settings.OPERATOR_NAME or settings.SITE_NAME, *settings.OPERATOR_ADDRESS.split("|")]
    return render(request, "accounts/receipt.html", {"purchase": found, "seller": seller})


def _own(request: SignedInRequest, purchase_id: UUID) -> Purchase:
    return get_object_or_404(Purchase.objects.filter(account=request.user.account), pk=purchase_id)


@csrf_exempt
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Where Stripe knocks. Events of any kind are 200; what is not signed by Stripe lately is 400."""
    if not is_selling():
        raise Http404
    try:
        event = signed_event(_body(request), request.headers.get("Stripe-Signature", ""))
    except ValueError as error:
        logger.warning("event refused: %s", error)
        return HttpResponse(_("Not an event signed by Stripe within the last minutes."), status=400)
    is_ours = buying.take_in_event(event["data"]["object"])
    logger.info("event %s: %s", event.get("type"), "about a purchase" if is_ours else "nothing to do")
    return HttpResponse(status=200)


def _body(request: HttpRequest) -> bytes:
    """Return the body if it is of a sensible size. Raises ValueError."""
    try:
        body: bytes = request.read(MAX_EVENT_BYTES + 1)
    except UnreadablePostError as error:
        raise ValueError("broken off") from error
    if len(body) > MAX_EVENT_BYTES:
        raise ValueError("too large")
    return body
