"""How far a shoot is, in the words of its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from studio import pace
from studio.contact_sheet import frames
from studio.durations import usual_minutes
from studio.models import Image, Shoot

LATEST = 12


@dataclass(frozen=True)
class Stage:
    """A step of the way: `state` is done, now, todo or failed."""

    title: str
    state: str
    at: datetime | None = None
    note: str = ""


def progress_of(shoot: Shoot) -> dict[str, Any]:
    """Return everything that the page of a shoot shows."""
    images = shoot.images.stored().select_related("shoot", "prompt").order_by("-stored_at")
    arrived = images.count()
    return {
        "shoot": shoot,
        "stages": _stages(shoot, arrived),
        "estimate": _estimate(shoot),
        "is_late": _is_late(shoot),
        "images": frames(images[:LATEST], width=320),
        "blanks": range(arrived, 0 if shoot.is_final else min(shoot.expected_images, LATEST)),
        "arrived": arrived,
        "more": max(0, arrived - LATEST),
        "expected": shoot.expected_images,
        "can_cancel": shoot.is_cancellable,
        "gallery_url": reverse("studio:shoot-gallery", args=[shoot.pk]) if arrived else "",
        "refund_note": _refund_note(shoot),
    }


def _stages(shoot: Shoot, arrived: int) -> list[Stage]:
    """Photos received → Training → Pictures → Ready."""
    if shoot.status == Shoot.Status.CANCELLED:
        return [Stage(_("Order cancelled"), "failed", shoot.ended_at)]
    order = [_("Photos received"), _("Training your model"), _("Taking pictures"), _("Ready")]
    if not shoot.trains:
        order[1] = _("Preparing your model")
    times = [shoot.queued_at, shoot.submitted_at, shoot.generating_at, shoot.ended_at]
    stages = []
    for number, (title, time) in enumerate(zip(order, times, strict=True)):
        state = _state(shoot, number)
        at = time if state != "todo" else None
        stages.append(Stage(title, state, at, _note(shoot, number, state, arrived)))
    return stages


def _state(shoot: Shoot, number: int) -> str:
    """Return the state of stage `number` (0–3). Photos are received as soon as there is an order."""
    reached = _reached(shoot)
    if number < max(reached, 1):
        return "done"
    if shoot.status == Shoot.Status.FAILED:
        return "failed" if number == max(reached, 1) else "todo"
    return "now" if number == reached else "todo"


def _reached(shoot: Shoot) -> int:
    """Return which stage the shoot is in, or was in when it failed; 0 before Astria has it, 4 at the end."""
    if shoot.status in {Shoot.Status.READY, Shoot.Status.PARTLY}:
        return 4
    if shoot.status == Shoot.Status.FAILED:
        return 2 if shoot.generating_at else 1 if shoot.submitted_at else 0
    return {Shoot.Status.WAITING: 1, Shoot.Status.GENERATING: 2}.get(Shoot.Status(shoot.status), 0)


def _note(shoot: Shoot, number: int, state: str, arrived: int) -> str:
    if state == "failed":
        return shoot.error
    if number == 0 and not shoot.is_final and shoot.submitted_at is None:
        return _("Waiting to be passed on.")
    if number == 2 and state == "now":
        return _("%(arrived)d of %(expected)d pictures are here.") % {
            "arrived": arrived,
            "expected": shoot.expected_images,
        }
    return ""


def _estimate(shoot: Shoot) -> str:
    """Return how long it usually takes here, or how long Astria announced; "" when neither is known."""
    if shoot.is_final:
        return ""
    minutes = usual_minutes() if shoot.trains else None
    if minutes is not None:
        text = ngettext("Usually ready about %(n)d minute after the order.",
                        "Usually ready about %(n)d minutes after the order.", minutes)  # fmt: skip
        return text % {"n": minutes}
    eta = shoot.tune.eta
    if eta and eta > timezone.now() and shoot.status == Shoot.Status.WAITING:
        minutes = max(1, round((eta - timezone.now()).total_seconds() / 60))
        text = ngettext("Training should take about %(n)d more minute.",
                        "Training should take about %(n)d more minutes.", minutes)  # fmt: skip
        return text % {"n": minutes}
    return ""


def _is_late(shoot: Shoot) -> bool:
    if shoot.is_final:
        return False
    if shoot.status == Shoot.Status.WAITING and shoot.tune.eta:
        return shoot.tune.eta + pace.LATE_AFTER < timezone.now()
    since = shoot.generating_at or shoot.submitted_at or shoot.queued_at
    return since is not None and since + 2 * pace.LATE_AFTER < timezone.now()


def _refund_note(shoot: Shoot) -> str:
    if not shoot.refunded:
        return ""
    text = ngettext("%(n)d credit came back.", "%(n)d credits came back.", shoot.refunded)
    return text % {"n": shoot.refunded}


def list_of(user: User) -> QuerySet[Shoot]:
    """Return a person's shoots for their list, with `picture_count` and `cover_id` (the latest picture's)."""
    latest = Image.objects.stored().filter(shoot=OuterRef("pk")).order_by("-stored_at").values("pk")[:1]
    stored = Count("images", filter=Q(images__status=Image.Status.STORED))
    shoots = Shoot.objects.for_user(user).select_related("tune__photo_set")
    shoots = shoots.annotate(picture_count=stored, cover_id=Subquery(latest))
    return shoots.order_by("-created_at", "pk")
