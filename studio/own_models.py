"""A person's models as pages show them: what they were made of, until when, what was made with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from studio.characteristic_words import LABELS, WORDS
from studio.generation import MODEL_LIFE
from studio.models import Extension, Image, Photo, Shoot, Tune, TuneDeletion
from studio.ordering_more import problems_with_tune
from studio.progress import model_of

# Those that came to nothing, and those that are gone at the person's wish, are not listed.
_UNLISTED = (Tune.Status.FAILED, Tune.Status.DELETED)


@dataclass(frozen=True)
class ModelCard:
    """One model in the list. `state`: training, usable, extended or expired."""

    tune: Tune
    state: str
    until: datetime | None
    pictures: int
    cover_url: str


def models_of(user: User) -> QuerySet[Tune]:
    """Return a person's models for their list, newest first, with what `cards` needs."""
    stored = Image.objects.stored().filter(shoot__tune=OuterRef("pk"))
    extended = Extension.objects.open().filter(tune=OuterRef("pk"))
    return (
        Tune.objects.for_user(user)
        .exclude(status__in=_UNLISTED)
        .select_related("photo_set")
        .annotate(
            is_extended=Exists(extended),
            picture_count=Count(
                "shoots__images", filter=Q(shoots__images__status=Image.Status.STORED), distinct=True
            ),
            cover_id=Subquery(stored.order_by("-liked_at", "-stored_at").values("pk")[:1]),
        )
        .order_by("-created_at", "pk")
    )


def cards(tunes: Iterable[Any]) -> list[ModelCard]:
    """Return the cards of models of `models_of`."""
    return [_card(tune) for tune in tunes]


def _card(tune: Any) -> ModelCard:
    state, until = _state(tune)
    cover = reverse("studio:picture-file", args=[tune.cover_id, "640.webp"]) if tune.cover_id else ""
    return ModelCard(tune, state, until, tune.picture_count, cover)


def _state(tune: Any) -> tuple[str, datetime | None]:
    if tune.status == Tune.Status.EXPIRED:
        return "expired", tune.gone_at
    if tune.status != Tune.Status.TRAINED:
        return "training", None
    if tune.is_extended:
        return "extended", tune.expires_at + MODEL_LIFE
    return ("expired" if tune.is_over else "usable"), tune.expires_at


def page_of(tune: Tune) -> dict[str, Any]:
    """Return everything that the page of a model shows."""
    is_busy = tune.shoots.active().exists()
    return {
        "tune": tune,
        "model": model_of(tune),
        "is_training": tune.status in {*Tune.BEFORE_ASTRIA, Tune.Status.TRAINING},
        "can_make": not list(problems_with_tune(tune)),
        "photos": _photos(tune),
        "told": _told(tune.characteristics),
        "shoots": _shoots(tune),
        "deletion": TuneDeletion.objects.filter(pk=tune.pk).first(),
        "is_busy": is_busy,
        # An expired one is gone at Astria already.
        "can_delete": tune.status in {Tune.Status.TRAINED, Tune.Status.FAILED} and not is_busy,
    }


def _told(characteristics: dict[str, str]) -> list[tuple[Any, Any]]:
    """Return what Astria was told of the subject, in people's words where there are any."""
    return [
        (LABELS.get(key, key), WORDS.get(key, {}).get(value, value)) for key, value in characteristics.items()
    ]


def _photos(tune: Tune) -> list[dict[str, str]]:
    """Return the photos that the model was made of; none once they were erased."""
    photos = Photo.objects.filter(photo_set=tune.photo_set_id) if tune.photo_set_id else Photo.objects.none()
    alt = _("Photo %(number)d")
    return [
        {"url": reverse("studio:photo-tile", args=[photo.pk]), "alt": alt % {"number": number}}
        for number, photo in enumerate(photos, start=1)
    ]


def _shoots(tune: Tune) -> QuerySet[Shoot]:
    stored = Count("images", filter=Q(images__status=Image.Status.STORED))
    return tune.shoots.annotate(picture_count=stored).order_by("-created_at", "pk")
