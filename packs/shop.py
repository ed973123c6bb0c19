"""Packs as people see them: covers with addresses, prices in credits, shots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.urls import reverse

from packs.models import Pack, PackClass
from packs.pricing import price_of_class


@dataclass
class Offer:
    """A pack for one class name, at its price with training, and its number of shots."""

    name: str
    num_images: int
    price: int
    shots: int


@dataclass
class Shelf:
    """A pack with what its card shows."""

    pack: Pack
    cover_url: str
    offers: list[Offer] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.pack.title

    @property
    def one_offer(self) -> Offer | None:
        """What every class is offered alike, so that a card says it once; None when they differ."""
        alike = {(offer.num_images, offer.price) for offer in self.offers}
        return self.offers[0] if len(alike) == 1 else None

    def get_absolute_url(self) -> str:
        return self.pack.get_absolute_url()


def picture_url(key: str) -> str:
    """Return the public address of our copy `packs/<astria id>/<name>`; "" for none."""
    if not key:
        return ""
    _, pack_id, name = key.split("/")
    return reverse("packs:picture", args=[int(pack_id), name.removesuffix(".webp")])


def shelf(packs: Iterable[Pack]) -> list[Shelf]:
    """Return packs for a list. Needs `with_classes`."""
    return [_on_shelf(pack) for pack in packs]


def _on_shelf(pack: Pack) -> Shelf:
    return Shelf(pack, picture_url(pack.cover_key), offers_of(pack))


def offers_of(pack: Pack) -> list[Offer]:
    """Return what a pack is for each class. Needs `with_classes`, or each shot (`with_shots`)."""
    return [_offer(pack, it) for it in classes_of(pack)]


def classes_of(pack: Pack) -> list[PackClass]:
    """Return a pack's classes in the order in which the studio names them everywhere."""
    return sorted(pack.classes.all(), key=lambda it: (place_of_class(it.name), it.name))


def place_of_class(name: str) -> int:
    """Return where a class name stands among those of this studio; others come last."""
    names = list(settings.CLASS_NAMES)
    return names.index(name) if name in names else len(names)


def _offer(pack: Pack, pack_class: PackClass) -> Offer:
    shots = getattr(pack_class, "shots", None)
    if shots is None:
        shots = len(pack_class.prompts.all())
    pack_class.pack = pack  # the price asks for it; it is this one
    return Offer(pack_class.name, pack_class.num_images, price_of_class(pack_class), shots)
