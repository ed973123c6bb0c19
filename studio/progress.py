"""How far a shoot is, in the words of its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from packs.pricing import extension_price
from studio import pace
from studio.contact_sheet import frames
from studio.durations import Usual, in_minutes, usual
from studio.generation import MODEL_LIFE
from studio.models import Image, PhotoSet, Shoot, Tune
from studio.posting import subject_of

LATEST = 12
# Seconds after which the page of a shoot that is so old asks again.
ASKS = ((timedelta(minutes=10), 2), (timedelta(hours=1), 5))
ASKS_LAST = 30


@dataclass(frozen=True)
class Stage:
    """A step of the way: `state` is done, now, todo or failed; `usually` says how long it takes here."""

    title: str
    state: str
    at: datetime | None = None
    note: str = ""
    usually: str = ""


@dataclass(frozen=True)
class Model:
    """A person's model: `state` is usable, extended or expired; `price` of thirty more days, if on offer."""

    state: str
    until: datetime
    photo_set: PhotoSet | None
    price: int | None = None


def model_of(tune: Tune) -> Model | None:
    """Return until when a model can be used; None before it is trained, or if it never was."""
    if tune.expires_at is None or tune.gone_at is None:
        return None
    if tune.status not in {Tune.Status.TRAINED, Tune.Status.EXPIRED}:
        return None
    if tune.status == Tune.Status.TRAINED and tune.extensions.open().exists():
        return Model("extended", tune.expires_at + MODEL_LIFE, tune.photo_set)
    if tune.ends_at is None:
        return Model("expired", tune.gone_at, tune.photo_set)
    return Model("usable", tune.expires_at, tune.photo_set, extension_price())


def progress_of(shoot: Shoot) -> dict[str, Any]:
    """Return everything that the page of a shoot shows."""
    images = shoot.images.stored().select_related("shoot", "prompt").order_by("-stored_at")
    arrived = images.count()
    learnt = None if shoot.is_final else usual(trains=shoot.trains)
    return {
        "shoot": shoot,
        "stages": _stages(shoot, arrived, learnt),
        "estimate": _estimate(shoot, learnt),
        "asks_every": _asks_every(shoot),
        "late": _late_words(shoot) if is_late(shoot) else "",
        "gives_up_at": _gives_up_at(shoot),
        "model": model_of(shoot.tune),
        "thought_up": _thought_up(shoot),
        "images": frames(images[:LATEST], width=320),
        "blanks": range(arrived, 0 if shoot.is_final else min(shoot.expected_images, LATEST)),
        "arrived": arrived,
        "more": max(0, arrived - LATEST),
        "expected": shoot.expected_images,
        "can_cancel": shoot.is_cancellable,
        "order_again_url": _order_again_url(shoot),
        "gallery_url": reverse("studio:shoot-gallery", args=[shoot.pk]) if arrived else "",
        "missing_note": _missing_note(shoot, arrived),
        "refund_note": _refund_note(shoot),
    }


def _thought_up(shoot: Shoot) -> list[str]:
    """Return what Astria thought up for a theme so far, without the model's name; none for other kinds."""
    if shoot.kind != Shoot.Kind.THEME:
        return []
    who = re.escape(subject_of(shoot.tune))
    texts = shoot.prompts.order_by("number", "astria_id").values_list("text", flat=True)
    plain = (re.sub(rf"<[^<>]*>|(\bof )?\b{who}\b", "", text) for text in texts)
    return [line for text in plain if (line := " ".join(text.replace(" ,", ",").split()).strip(" ,"))]


def _stages(shoot: Shoot, arrived: int, learnt: Usual | None) -> list[Stage]:
    """Photos received → Training → Pictures → Ready; on a model that exists, the order is received."""
    if shoot.status == Shoot.Status.CANCELLED:
        return [Stage(_("Order cancelled"), "done", shoot.ended_at)]
    order = [_("Photos received"), _("Training your model"), _("Taking pictures"), _("Ready")]
    if not shoot.trains:
        order[:2] = [_("Order received"), _("Preparing your model")]
    times = [shoot.queued_at, shoot.submitted_at, shoot.generating_at, shoot.ended_at]
    stages = []
    for number, (title, time) in enumerate(zip(order, times, strict=True)):
        state = _state(shoot, number)
        at = time if state != "todo" else None
        usually = _usually(learnt, number - 1) if state in {"now", "todo"} else ""
        stages.append(Stage(title, state, at, _note(shoot, number, state, arrived), usually))
    return stages


def _usually(learnt: Usual | None, number: int) -> str:
    """Return how long the stage from mark `number` on takes here; "" if that is not known."""
    if learnt is None or not 1 <= number < len(learnt.stages):
        return ""
    minutes = in_minutes(learnt.stages[number])
    return ngettext("usually %(n)d minute", "usually %(n)d minutes", minutes) % {"n": minutes}


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
        is_posted = shoot.status == Shoot.Status.UNCONFIRMED
        return _("Waiting for Astria to confirm it.") if is_posted else _("Waiting to be passed on.")
    if number == 2 and state == "now":
        return _("%(arrived)d of %(expected)d pictures are here.") % {
            "arrived": arrived,
            "expected": shoot.expected_images,
        }
    return ""


def _estimate(shoot: Shoot, learnt: Usual | None) -> str:
    """Return how long it should still take: learnt here, or announced by Astria; "" when neither is known."""
    if shoot.is_final:
        return ""
    now = timezone.now()
    if learnt is not None:
        since = _since(shoot) or now
        return _ready_at(now, learnt.left(_reached(shoot), now - since))
    eta = shoot.tune.eta
    if eta and eta > now and shoot.status == Shoot.Status.WAITING:
        minutes = in_minutes(eta - now)
        text = ngettext("Training should take about %(n)d more minute.",
                        "Training should take about %(n)d more minutes.", minutes)  # fmt: skip
        return text % {"n": minutes}
    return ""


def _ready_at(now: datetime, left: timedelta) -> str:
    if left <= timedelta():
        return _("It should be ready any moment now.")
    minutes = in_minutes(left)
    text = ngettext("About %(n)d more minute, by what shoots took here lately: ready at about %(time)s.",
                    "About %(n)d more minutes, by what shoots took here lately: ready at about %(time)s.",
                    minutes)  # fmt: skip
    return text % {"n": minutes, "time": date_format(timezone.localtime(now + left), "H:i T")}


def _since(shoot: Shoot) -> datetime | None:
    """Return since when the shoot is in the stage that it is in."""
    return shoot.generating_at or shoot.submitted_at or shoot.queued_at


def _asks_every(shoot: Shoot) -> int:
    """Return after how many seconds the page asks again: ever more rarely, and not at all at the end (0)."""
    if shoot.is_final:
        return 0
    age = timezone.now() - (shoot.queued_at or shoot.created_at)
    return next((seconds for most, seconds in ASKS if age < most), ASKS_LAST)


def is_late(shoot: Shoot) -> bool:
    """Whether the shoot takes so much longer than announced that the person should know what happens."""
    if shoot.is_final:
        return False
    if shoot.status == Shoot.Status.WAITING and shoot.tune.eta:
        return shoot.tune.eta + pace.LATE_AFTER < timezone.now()
    since = _since(shoot)
    return since is not None and since + 2 * pace.LATE_AFTER < timezone.now()


def _late_words(shoot: Shoot) -> str:
    return {
        Shoot.Status.UNCONFIRMED: _("Astria has not confirmed the order yet. We keep looking for it."),
        Shoot.Status.WAITING: _("Training takes longer than usual. We keep asking Astria."),
        Shoot.Status.GENERATING: _("The pictures take longer than usual. We keep asking Astria."),
    }.get(Shoot.Status(shoot.status), _("The order could not be passed on yet. We keep trying."))


def _gives_up_at(shoot: Shoot) -> datetime | None:
    """Return until when the shoot is waited for in the stage that it is in."""
    if shoot.status in Shoot.AT_ASTRIA:
        return shoot.deadline_at
    return shoot.queued_at and shoot.queued_at + pace.GIVE_UP_SUBMITTING


def _order_again_url(shoot: Shoot) -> str:
    """Return where to order anew what came to nothing; "" if its photos are gone, or for any other shoot."""
    photo_set = shoot.tune.photo_set
    came_to_nothing = shoot.status in {Shoot.Status.FAILED, Shoot.Status.CANCELLED}
    return photo_set.get_absolute_url() if came_to_nothing and photo_set else ""


def _missing_note(shoot: Shoot, arrived: int) -> str:
    """Return how many pictures did not come to a shoot that ended without them; some may come later."""
    if shoot.status != Shoot.Status.PARTLY:
        return ""
    missing = shoot.expected_images - arrived
    if missing <= 0:
        return _("All pictures came after all.")
    text = ngettext("%(n)d of %(expected)d pictures did not come.",
                    "%(n)d of %(expected)d pictures did not come.", missing)  # fmt: skip
    return text % {"n": missing, "expected": shoot.expected_images}


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
