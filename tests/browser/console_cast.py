"""What staff find in the morning, for the journeys through the console. Runs inside a studio's shell."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from packs.models import Pack
from studio.models import Image, RefundRequest, Shoot, Tally, Tune
from tests.browser.cast import order_of, person, shoot_in_progress
from tests.factories import (
    ImageFactory,
    PromptFactory,
    PurchaseFactory,
    ShootFactory,
    TrainedTuneFactory,
    TuneFactory,
    UserFactory,
)
from tests.sandbox.process import eventually

LONG_AGO = timedelta(hours=1)
# Beyond what the cast of the other journeys has made in a process of its own.
APART = 10_000


def main() -> None:
    """Print a JSON object: for each name the address, the session, and ids by what they are of."""
    for made in (UserFactory, TuneFactory, TrainedTuneFactory, PromptFactory, PurchaseFactory):
        made.reset_sequence(APART, force=True)
    said = {}
    owner, said["owner"] = person("owner", 0)
    User.objects.filter(pk=owner.pk).update(is_staff=True, is_superuser=True)
    for name, shoot_of in (("stuck", stuck), ("waiting", half_way)):
        user, said[name] = person(name, 500)
        said[name] |= {"user": str(user.pk), "shoot": str(shoot_of(user).pk)}
    customer, said["customer"] = person("customer", 500)
    a_month(customer)
    print(json.dumps(said))


def stuck(user: User) -> Shoot:
    """Return an order of which nobody heard that Astria is done: no callback came, and no look is due."""
    shoot = order_of(user, Pack.objects.get(slug="corporate-headshots"))
    eventually(lambda: Shoot.objects.get(pk=shoot.pk).status == Shoot.Status.WAITING, seconds=120)
    now = timezone.now()
    Shoot.objects.filter(pk=shoot.pk).update(
        submitted_at=now - LONG_AGO, next_check_at=now + timedelta(days=1)
    )
    Tune.objects.filter(pk=shoot.tune_id).update(eta=now - LONG_AGO, next_check_at=now + timedelta(days=1))
    return shoot


def half_way(user: User) -> Shoot:
    """Return an order that was paid for, of which two of eight pictures came an hour ago, and no more."""
    shoot = shoot_in_progress(user)
    user.account.spend(shoot.price, key=f"shoot:{shoot.pk}", note=shoot.ledger_note)
    now = timezone.now()
    Shoot.objects.filter(pk=shoot.pk).update(
        queued_at=now - 2 * LONG_AGO, submitted_at=now - 2 * LONG_AGO, generating_at=now - LONG_AGO
    )
    return shoot


def a_month(user: User) -> None:
    """Fill the figures of the last days, so that there is a chart and money to look at."""
    pack = Pack.objects.get(slug="outdoor-portraits")
    tune = TrainedTuneFactory.create(account=user.account)
    for number in range(24):
        ordered = timezone.now() - timedelta(days=number % 9 * 3, minutes=30)
        status = Shoot.Status.FAILED if number % 8 == 7 else Shoot.Status.READY
        shoot = ShootFactory.create(
            account=user.account, tune=tune, trains=False, pack=pack, status=status, queued_at=ordered,
            ended_at=ordered, cost_mc=90_000, price=0,
        )  # fmt: skip
        if status == Shoot.Status.READY:
            came = {"status": Image.Status.STORED, "stored_at": ordered + timedelta(minutes=9 + number)}
            ImageFactory.create(shoot=shoot, prompt=PromptFactory.create(shoot=shoot), **came)
    for _purchase in range(2):
        PurchaseFactory.create(account=user.account, currency="usd")
    RefundRequest.objects.create(shoot=shoot, account=user.account, reason="None of them looks like me.")
    Tally.add(Tally.Kind.NO_ORDER)
