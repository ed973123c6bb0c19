"""Keeping a model for another thirty days: paid at once, told to Astria in the background, surely.

Astria extends a model at its end if `auto_extend` says so then. Saying it is safe to repeat. It is taken back
once the model was extended: what is kept after that is another person's wish and another price.

It can be wished for with the order that trains the model (decision 18): then it waits until the model is
there, and its credits come back by themselves if it never is.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from accounts.models import NotEnoughCredits
from config.logs import note
from packs.pricing import cost_of_extension, extension_price
from studio import pace
from studio.astria_client import astria_client
from studio.generation import take_in_tune
from studio.mail import write
from studio.models import Event, Extension, Letter, Shoot, Tune
from studio.ordering import OrderRefused, words_for
from studio.queue import calls_astria, enqueue
from studio.spending import problems_with_spending


def extend(tune: Tune, *, price: int | None = None, is_gift: bool = False) -> Extension:
    """Keep `tune` for another thirty days and return the extension; one that is open already is that one.

    It may be in training still: then it is kept when its time ends. `price` is what the person was shown; a
    gift of the studio's costs them nothing. Raises OrderRefused; nothing was charged then.
    """
    try:
        with transaction.atomic():
            Tune.lock(tune.pk)
            tune.refresh_from_db()
            return tune.extensions.open().first() or _take(tune, price, is_gift=is_gift)
    except NotEnoughCredits as error:
        raise OrderRefused(words_for(error)) from None


def keep_ordered(shoot: Shoot, *, price: int | None) -> None:
    """Keep the model that is ordered with `shoot`, if that was wished for: `price` is what was shown then.

    The same order sent again changes nothing. Raises OrderRefused.
    """
    if price is not None and shoot.trains and not shoot.tune.extensions.exists():
        extend(shoot.tune, price=price)


def _take(tune: Tune, shown: int | None, *, is_gift: bool) -> Extension:
    now, price = timezone.now(), 0 if is_gift else extension_price()
    if tune.is_final or tune.is_over:
        raise OrderRefused(_("This model cannot be kept any longer. Nothing was charged."))
    if shown not in (None, price):
        raise OrderRefused(_("The price has changed. Nothing was charged; look at it once more."))
    # A gift counts, too, but staff know what they do.
    if not is_gift and (reasons := list(problems_with_spending(tune.account, cost_of_extension()))):
        raise OrderRefused(*reasons)
    extension = Extension.objects.create(
        tune=tune,
        account=tune.account,
        extends_from=tune.expires_at,
        price=price,
        cost_mc=cost_of_extension(),
        next_check_at=now + pace.SWEEP,
    )
    tune.account.spend(price, key=f"extension:{extension.pk}", note=_("Model kept for another 30 days"))
    Event.record(Event.Kind.MONEY, f"extension: {price}", tune=tune, data={"amount": price})
    enqueue(see_to_extension, extension.pk)
    return extension


@calls_astria
def see_to_extension(extension_id: UUID) -> None:
    """Tell Astria, or see at the model's end what came of it. Safe to run twice, and at once."""
    extension = Extension.objects.select_related("tune", "account").filter(pk=extension_id).first()
    if extension is None or extension.is_final:
        return
    note(tune=extension.tune_id)
    now = timezone.now()
    end = extension.extends_from or _end_of_new_model(extension)
    is_too_soon = extension.status == Extension.Status.AGREED and end and now < end
    if end is None or is_too_soon or not extension.claim(next_check_at=now + pace.CLAIM):
        return
    try:
        if now < end:
            _tell(extension, end)
        else:
            _look(extension, end)
    except astria.NotFound:
        extension.tune.mark_expired()
        _give_back(extension, _("The model is no longer there."))
    except astria.AstriaError:
        extension.look_again_at(timezone.now() + pace.retry_delay(extension.attempts + 1))


def _end_of_new_model(extension: Extension) -> datetime | None:
    """Return when a model ends that was ordered with its extension; None if it is not there (yet)."""
    tune = extension.tune
    if tune.is_final:
        # The order's own mail says that there is no model.
        _refuse(extension, _("There is no model to keep."))
    elif tune.expires_at is None:
        extension.claim(next_check_at=timezone.now() + pace.EXTENSION_LOOK)
    else:
        extension.begin_at(tune.expires_at)
    return extension.extends_from


def _tell(extension: Extension, end: datetime) -> None:
    try:
        theirs = astria_client(tune=extension.tune).tunes.update(_id_of(extension), auto_extend=True)
    except astria.Invalid as error:
        _give_back(extension, "; ".join(error.messages) or _("It was refused."))
        return
    extension.mark_agreed(next_check_at=end + pace.EXTENSION_LOOK)
    _take_in(extension, theirs, end)


def _look(extension: Extension, end: datetime) -> None:
    """See whether the model was kept. For a while after its end, that may still be under way."""
    _take_in(extension, astria_client(tune=extension.tune).tunes.get(_id_of(extension)), end)
    if extension.is_final:
        return
    if timezone.now() < end + pace.GIVE_UP_EXTENDING:
        extension.look_again_at(timezone.now() + pace.EXTENSION_LOOK)
        return
    _stop(extension)
    extension.tune.mark_expired()
    _give_back(extension, _("The model was not kept."))


def _take_in(extension: Extension, theirs: astria.Tune, end: datetime) -> None:
    take_in_tune(extension.tune, theirs)
    ends = extension.tune.expires_at
    if ends is not None and ends > end:
        _stop(extension)
        extension.mark_done()


def _stop(extension: Extension) -> None:
    """Have Astria not extend it once more, at our cost."""
    astria_client(tune=extension.tune).tunes.update(_id_of(extension), auto_extend=False)


def _id_of(extension: Extension) -> int:
    assert extension.tune.astria_id is not None  # only what is at Astria is extended
    return extension.tune.astria_id


def call_off(tune: Tune, error: str) -> None:
    """The model goes, or never comes, at the person's own wish: what was paid for keeping it comes back."""
    for extension in tune.extensions.open().select_related("tune", "account"):
        _refuse(extension, error)


@transaction.atomic
def _give_back(extension: Extension, error: str) -> None:
    """The model is not kept: the credits come back, and the person is told."""
    if _refuse(extension, error):
        key = f"extension:{extension.pk}"
        write(Letter.Kind.NOT_KEPT, key=key, about=extension.tune, refunded=extension.price)


@transaction.atomic
def _refuse(extension: Extension, error: str) -> bool:
    Tune.lock(extension.tune_id)
    if not extension.refuse(error):
        return False
    key = f"extension:{extension.pk}:refund"
    if extension.price:
        extension.account.refund(extension.price, key=key, note=_("Model could not be kept"))
    Event.record(Event.Kind.MONEY, f"refund: {extension.price}", tune=extension.tune)
    return True
