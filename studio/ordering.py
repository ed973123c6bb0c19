"""Taking an order: checks, credits, and the rows that carry it, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import NotEnoughCredits
from packs.models import Pack, PackClass
from packs.pricing import price_of_class
from studio import pace
from studio.models import PhotoSet, Shoot, Tune
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS, is_allowed_class
from studio.queue import enqueue
from studio.training import advance


class OrderRefused(Exception):
    """The order cannot be taken; nothing was charged. `reasons` are sentences for the person."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = list(reasons)


def orders_so_far(photo_set: PhotoSet) -> int:
    """Return how many orders this set has seen: the number that the next order's form carries."""
    return Shoot.objects.filter(order_key__startswith=f"{photo_set.pk}:").count()


def living_tune(photo_set: PhotoSet) -> Tune | None:
    """Return the model of this set that can still take orders, if there is one."""
    return photo_set.tunes.exclude(status__in=Tune.FINAL).first()


def problems_with(photo_set: PhotoSet, pack: Pack | None) -> list[str]:
    """Return why `pack` cannot be ordered from this set, as sentences; credits are not looked at."""
    return [*_problems_with_photos(photo_set), *_problems_with_pack(pack, photo_set.class_name)]


def _problems_with_photos(photo_set: PhotoSet) -> Iterator[str]:
    photos = photo_set.photos.count()
    if photos < MIN_PHOTOS:
        more = MIN_PHOTOS - photos
        text = ngettext("Add at least %(more)d more photo: %(least)d are the minimum.",
                        "Add at least %(more)d more photos: %(least)d are the minimum.", more)  # fmt: skip
        yield text % {"more": more, "least": MIN_PHOTOS}
    if photos > MAX_PHOTOS:
        yield _("Remove some photos: %(most)d are the most.") % {"most": MAX_PHOTOS}
    if not is_allowed_class(photo_set.class_name):
        yield _("This studio takes no photos of this kind.")


def _problems_with_pack(pack: Pack | None, class_name: str) -> Iterator[str]:
    if pack is None:
        yield _("Choose a pack.")
    elif not pack.is_orderable:
        yield _("“%(pack)s” is no longer offered. Choose another pack.") % {"pack": pack.title}
    elif not pack.classes.offered().filter(name=class_name).exists():
        text = _("“%(pack)s” is not made for a %(name)s. Choose another pack.")
        yield text % {"pack": pack.title, "name": class_name}


def order_pack(
    photo_set: PhotoSet,
    pack: Pack | None,
    *,
    number: int,
    price: int | None = None,
    characteristics: dict[str, str] | None = None,
) -> Shoot:
    """Order `pack` from `photo_set` and return the shoot.

    `number` is what `orders_so_far` said when the form was made: an order that was already taken under
    it is returned as it is, so that a double click or a second tab is one order. `price` is what the
    person was shown, in credits; nothing else is charged. Raises OrderRefused.
    """
    if characteristics is not None:
        # Also when the order is refused: what was chosen is not asked for again.
        photo_set.agree_to(characteristics)
    try:
        with transaction.atomic():
            # One order of a set at a time: who comes second waits here, and is given the first one's.
            photo_set = PhotoSet.objects.select_for_update().get(pk=photo_set.pk)
            taken = Shoot.objects.filter(order_key=_order_key(photo_set, number)).first()
            return taken or _take(photo_set, pack, number, price, characteristics or {})
    except NotEnoughCredits:
        raise OrderRefused(_("There are not enough credits for this order. Nothing was charged.")) from None


def _order_key(photo_set: PhotoSet, number: int) -> str:
    return f"{photo_set.pk}:{number}"


def _take(
    photo_set: PhotoSet, pack: Pack | None, number: int, shown: int | None, characteristics: dict[str, str]
) -> Shoot:
    offer, tune = _offer(photo_set, pack), living_tune(photo_set)
    price = price_of_class(offer, with_training=tune is None)
    if number != orders_so_far(photo_set) or shown not in (None, price):
        raise OrderRefused(_("This page is out of date. Look at it once more and order again."))
    shoot = Shoot.objects.create(
        account=photo_set.account,
        tune=tune or _new_tune(photo_set, characteristics),
        trains=tune is None,
        pack=offer.pack,
        title=offer.pack.title,
        order_key=_order_key(photo_set, number),
        price=price,
        expected_images=offer.num_images,
        expected_prompts=offer.prompts.count(),
    )
    photo_set.account.spend(price, key=f"shoot:{shoot.pk}", note=shoot.title)
    shoot.mark_queued(next_check_at=timezone.now() + pace.SWEEP)
    enqueue(advance, shoot.pk)
    return shoot


def _offer(photo_set: PhotoSet, pack: Pack | None) -> PackClass:
    """Return what is ordered. Raises OrderRefused with every reason against it."""
    problems = problems_with(photo_set, pack)
    if pack is None or problems:
        raise OrderRefused(*problems)
    return pack.classes.get(name=photo_set.class_name)


def _new_tune(photo_set: PhotoSet, characteristics: dict[str, Any]) -> Tune:
    return Tune.objects.create(
        account=photo_set.account,
        photo_set=photo_set,
        class_name=photo_set.class_name,
        characteristics={key: value for key, value in characteristics.items() if value not in ("", "NONE")},
        next_check_at=timezone.now() + pace.SWEEP,
    )


def cancel(shoot: Shoot) -> bool:
    """Take back an order that is still queued, and give all credits back. False if it is too late."""
    with transaction.atomic():
        Tune.lock(shoot.tune_id)
        if not shoot.cancel():
            return False
        if shoot.trains:
            shoot.tune.mark_deleted()
        shoot.refund(shoot.price, key="cancelled", note=shoot.title)
    return True
