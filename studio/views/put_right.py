"""When something is not right with a shoot: a free shot, a refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from studio.contact_sheet import Frame, frames
from studio.models import Image, Prompt, Shoot
from studio.models.refund import MAX_REASON
from studio.ordering import OrderRefused
from studio.redoing import problems_with_redo, redo, redo_of
from studio.refunding import RefundRefused, ask_for_refund, problem_with_asking, until


@dataclass(frozen=True)
class Shot:
    """A shot to choose, by its first picture."""

    prompt_id: int
    number: int
    frame: Frame
    is_chosen: bool


@require_safe
@login_required
def put_right(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """What can be done about a shoot that does not please, and what became of it."""
    shoot = _own(request, shoot_id)
    problems = list(problems_with_redo(shoot))
    context: dict[str, Any] = {
        "shoot": shoot,
        "used": redo_of(shoot),
        "redo_problems": problems,
        "shots": [] if problems else _shots(shoot, chosen=request.GET.get("shot", "")),
        "request_made": getattr(shoot, "refund_request", None),
        "ask_problem": problem_with_asking(shoot),
        "until": until(shoot),
        "left": shoot.price - shoot.refunded,
        "max_reason": MAX_REASON,
        "refund_days": settings.REFUND_DAYS,
    }
    return render(request, "studio/put_right.html", context)


def _shots(shoot: Shoot, *, chosen: str) -> list[Shot]:
    images = shoot.images.stored().filter(prompt__status=Prompt.Status.READY)
    first: dict[int, Any] = {}
    for image in images.select_related("shoot", "prompt").order_by("prompt__number", "number"):
        first.setdefault(image.prompt_id, image)
    shown = frames(first.values(), width=320)
    pairs = zip(first.values(), shown, strict=True)
    return [
        Shot(image.prompt_id, image.prompt.number, frame, is_chosen=str(image.prompt_id) == chosen)
        for image, frame in pairs
    ]


@require_safe
@login_required
def put_right_picture(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """From a picture that does not please to what can be done about its shoot, its shot chosen."""
    image = get_object_or_404(Image.objects.for_user(request.user), pk=image_id)
    return redirect(f"{reverse('studio:put-right', args=[image.shoot_id])}?shot={image.prompt_id}")


@require_POST
@login_required
def redo_shot(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """Make the chosen shot again, for nothing."""
    shoot, chosen = _own(request, shoot_id), request.POST.get("shot", "")
    prompt = shoot.prompts.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if prompt is None:
        messages.error(request, _("Choose a shot. Nothing was ordered."))
        return redirect("studio:put-right", shoot.pk)
    try:
        return redirect(redo(prompt))
    except OrderRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    return redirect("studio:put-right", shoot.pk)


@require_POST
@login_required
def refund_ask(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """Ask for the credits back; staff decide."""
    shoot = _own(request, shoot_id)
    try:
        ask_for_refund(shoot, request.POST.get("reason", ""))
    except RefundRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A person at the studio reads it, decides, and writes to you."))
    return redirect("studio:put-right", shoot.pk)


def _own(request: SignedInRequest, shoot_id: UUID) -> Shoot:
    found = Shoot.objects.for_user(request.user).select_related("tune__account", "pack", "refund_request")
    return get_object_or_404(found, pk=shoot_id)
