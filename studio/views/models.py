"""A person's models: the list, and each on a page of its own."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from studio.erasing_models import delete_model
from studio.extending import extend
from studio.models import Tune
from studio.ordering import OrderRefused
from studio.own_models import cards, models_of, page_of

MODELS_A_PAGE = 24


@require_safe
@login_required
def models(request: SignedInRequest) -> HttpResponse:
    """All models of a person that can be used, or could be."""
    page = Paginator(models_of(request.user), MODELS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "studio/models.html", {"page": page, "models": cards(page)})


@require_safe
@login_required
def model(request: SignedInRequest, tune_id: UUID) -> HttpResponse:
    """What a model was made of, until when it can be used, and what was made with it."""
    return render(request, "studio/model.html", page_of(own_model(request, tune_id)))


@require_POST
@login_required
def keep(request: SignedInRequest, tune_id: UUID) -> HttpResponse:
    """Keep a model for another thirty days; once more changes nothing."""
    found = own_model(request, tune_id)
    try:
        extend(found, price=int(request.POST.get("price", "")))
    except ValueError:
        messages.error(request, _("This page is out of date. Nothing was charged; press the button again."))
    except OrderRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, _("Your model is kept for another 30 days."))
    return redirect(found)


@require_POST
@login_required
def delete(request: SignedInRequest, tune_id: UUID) -> HttpResponse:
    """Delete a model here and at Astria, if the person is sure and nothing is being made with it."""
    found = own_model(request, tune_id)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Tick the box first: a deleted model cannot be brought back."))
    elif found.shoots.active().exists():
        text = _("Pictures are being made with this model. Wait for them, or cancel the order if that is "
                 "still possible, then delete it. Nothing was changed.")  # fmt: skip
        messages.error(request, text)
    else:
        delete_model(found.pk)
        messages.success(request, _("The model is deleted. The pictures in your gallery stay."))
    return redirect(found)


def own_model(request: SignedInRequest, tune_id: UUID) -> Tune:
    """Return a model of whoever asks. Raises Http404."""
    tunes = Tune.objects.for_user(request.user).select_related("photo_set", "account")
    return get_object_or_404(tunes, pk=tune_id)
