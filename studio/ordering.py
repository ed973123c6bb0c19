"""Taking an order: checks, credits, and the rows that carry it, in one transaction.

Orders on a model that exists, whatever became of its photos, are in studio/ordering_more.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import NotEnoughCredits
from packs.models import Pack, PackClass, PackPrompt
from packs.pricing import cost_of_class, price_of_class
from studio import pace
from studio.consenting import is_agreed
from studio.models import PhotoSet, Shoot, Tune
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS, is_allowed_class
from studio.queue import enqueue
from studio.reviewing import problems_in_review
from studio.spending import problems_with_spending
from studio.training import advance

MAX_TITLE = 200


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
    tune = photo_set.tunes.exclude(status__in=Tune.FINAL).first()
    return None if tune is None or tune.is_past_its_end else tune


def problems_with(photo_set: PhotoSet, pack: Pack | None) -> list[str]:
    """Return why `pack` cannot be ordered from this set, as sentences; credits are not looked at."""
    return [*_problems_with_photos(photo_set), *problems_with_pack(pack, photo_set.class_name)]


def _problems_with_photos(photo_set: PhotoSet) -> Iterator[str]:
    reviews = list(photo_set.photos.values_list("review", flat=True))
    photos, has_model = len(reviews), living_tune(photo_set) is not None
    # A model works on when its photos have gone.
    if photos < MIN_PHOTOS and not has_model:
        more = MIN_PHOTOS - photos
        text = ngettext("Add at least %(more)d more photo: %(least)d are the minimum.",
                        "Add at least %(more)d more photos: %(least)d are the minimum.", more)  # fmt: skip
        yield text % {"more": more, "least": MIN_PHOTOS}
    yield from problems_in_review(photo_set, reviews)
    if not is_agreed(photo_set):
        yield _("Confirm that you may use these photos: the text is above, or its wording has changed.")
    if photos > MAX_PHOTOS:
        yield _("Remove some photos: %(most)d are the most.") % {"most": MAX_PHOTOS}
    if not is_allowed_class(photo_set.class_name):
        yield _("This studio takes no photos of this kind.")


def problems_with_pack(pack: Pack | None, class_name: str) -> Iterator[str]:
    """Yield why `pack` cannot be ordered for a class, as sentences."""
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
    prompt_ids: Collection[int] = (),
    along: Callable[[Shoot], None] | None = None,
) -> Shoot:
    """Order `pack` from `photo_set` and return the shoot.

    `number` is what `orders_so_far` said when the form was made: an order that was already taken under
    it is returned as it is, so that a double click or a second tab is one order. `price` is what the
    person was shown, in credits; nothing else is charged. `prompt_ids` are Astria's ids of the shots if not
    all are wanted. `along` does what belongs to the order, with it or not at all. Raises OrderRefused.
    """
    if characteristics is not None:
        # Also when the order is refused: what was chosen is not asked for again.
        photo_set.agree_to(characteristics)

    def take() -> Shoot:
        # One order of a set at a time: who comes second waits here, and is given the first one's.
        locked = PhotoSet.objects.select_for_update().get(pk=photo_set.pk)
        taken = Shoot.objects.filter(order_key=_order_key(locked, number)).first()
        shoot = taken or _take_pack(locked, pack, number, price, characteristics or {}, prompt_ids)
        if along is not None:
            along(shoot)
        return shoot

    return charging(take)


def charging(take: Callable[[], Shoot]) -> Shoot:
    """Take an order in one transaction."""
    try:
        with transaction.atomic():
            return take()
    except NotEnoughCredits as error:
        raise OrderRefused(words_for(error)) from None


def words_for(error: NotEnoughCredits) -> str:
    """Return why an order could not be paid, and what to do."""
    return debt(error.owed) or _("There are not enough credits for this order. Nothing was charged.")


def debt(owed: int) -> str:
    """Return what to do about `owed` credits before an order; "" for none."""
    if not owed:
        return ""
    text = ngettext(
        "%(n)d credit is owed, because a purchase was reversed after it was spent.",
        "%(n)d credits are owed, because a purchase was reversed after it was spent.",
        owed,
    )
    rest = _("Orders wait until that is settled: the next credits that you buy or are given do it, "
             "or ask the studio. Nothing was charged.")  # fmt: skip
    return f"{text} {rest}" % {"n": owed}


def _order_key(photo_set: PhotoSet, number: int) -> str:
    return f"{photo_set.pk}:{number}"


def _take_pack(
    photo_set: PhotoSet,
    pack: Pack | None,
    number: int,
    shown: int | None,
    characteristics: dict[str, str],
    prompt_ids: Collection[int],
) -> Shoot:
    offer, tune = _offer(photo_set, pack), living_tune(photo_set)
    shots, images = shots_and_images(offer, prompt_ids)
    price = price_of_class(offer, with_training=tune is None, num_images=images)
    if number != orders_so_far(photo_set):
        raise out_of_date()
    check_price(price, shown)
    return record(
        tune or _new_tune(photo_set, characteristics),
        price,
        trains=tune is None,
        kind=Shoot.Kind.PACK,
        pack=offer.pack,
        wish={"prompt_ids": sorted(set(prompt_ids))} if prompt_ids else {},
        title=offer.pack.title,
        order_key=_order_key(photo_set, number),
        expected_prompts=shots,
        expected_images=images,
        cost_mc=cost_of_class(offer, with_training=tune is None, num_images=images),
    )


def _offer(photo_set: PhotoSet, pack: Pack | None) -> PackClass:
    """Return what is ordered. Raises OrderRefused with every reason against it."""
    problems = problems_with(photo_set, pack)
    if pack is None or problems:
        raise OrderRefused(*problems)
    return pack.classes.get(name=photo_set.class_name)


def shots_and_images(offer: PackClass, prompt_ids: Collection[int]) -> tuple[int, int]:
    """Return how many shots, and pictures in all, the chosen ones are (the whole pack if none is chosen)."""
    if not prompt_ids:
        return offer.prompts.count(), offer.num_images
    chosen = PackPrompt.objects.filter(pack_class=offer, astria_id__in=prompt_ids)
    if chosen.count() != len(set(prompt_ids)):
        raise OrderRefused(
            _("Some of these shots are no longer in the pack. Choose again; nothing was charged.")
        )
    return chosen.count(), chosen.aggregate(images=Sum("num_images"))["images"]


def record(tune: Tune, price: int, *, title: str, **order: Any) -> Shoot:
    """Write down the order, take the credits and queue it. Raises OrderRefused when a cap is reached."""
    if reasons := list(problems_with_spending(tune.account, order["cost_mc"])):
        raise OrderRefused(*reasons)
    shoot = Shoot.objects.create(
        account=tune.account, tune=tune, price=price, title=Truncator(title).chars(MAX_TITLE), **order
    )
    tune.account.spend(price, key=f"shoot:{shoot.pk}", note=shoot.ledger_note)
    shoot.mark_queued(next_check_at=timezone.now() + pace.SWEEP)
    enqueue(advance, shoot.pk)
    return shoot


def check_price(price: int, shown: int | None) -> None:
    """Raise OrderRefused if another price was shown."""
    if shown not in (None, price):
        raise out_of_date()


def out_of_date() -> OrderRefused:
    return OrderRefused(_("This page is out of date. Look at it once more and order again."))


def _new_tune(photo_set: PhotoSet, characteristics: dict[str, Any]) -> Tune:
    """A set has one living model: what is over makes room, even if the clock has not looked yet."""
    for old in photo_set.tunes.filter(status=Tune.Status.TRAINED):
        Tune.lock(old.pk)
        old.mark_expired()
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
        shoot.refund(shoot.price, key="cancelled", note=shoot.ledger_note)
    return True
