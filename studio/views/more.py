"""More pictures on a model that exists."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from studio.making_more import page_of, way_of
from studio.models import Image
from studio.views.models import own_model


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def more(request: SignedInRequest, tune_id: UUID) -> HttpResponse:
    """Another pack, more like a picture, a theme or words of one's own; POST orders. htmx gets the price."""
    is_sent = request.method == "POST"
    way = way_of(own_model(request, tune_id), request.POST if is_sent else request.GET, is_sent=is_sent)
    if is_sent and (shoot := way.order()):
        return redirect(shoot)
    is_price = request.htmx and request.htmx.target == "more-price"
    template = "studio/_more_price.html" if is_price else "studio/more.html"
    response = render(request, template, page_of(way), status=422 if way.is_refused else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def more_like(request: SignedInRequest) -> HttpResponseRedirect:
    """Go to the page for more like `picture`, from a link or a gallery's form, on the model that made it."""
    asked = request.POST if request.method == "POST" else request.GET
    try:
        picture_id = UUID(asked.getlist("picture", [""])[0])
    except ValueError:
        raise Http404 from None
    tune_id = Image.objects.for_user(request.user).filter(pk=picture_id).values_list("shoot__tune", flat=True)
    if not tune_id:
        raise Http404
    return redirect(f"{reverse('studio:more', args=[tune_id[0]])}?picture={picture_id}")
