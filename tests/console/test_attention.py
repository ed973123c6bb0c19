"""What needs somebody is named once, counted, and led to the list that shows it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import Task

from accounts.models import Purchase
from studio.console import attention
from studio.console.attention import Item, items
from studio.models import Callback, Image, Letter, Pause, Removal, Report, Shoot, Tally
from studio.progress import is_late
from tests.factories import ImageFactory, PackFactory, ShootFactory, TuneFactory, UserFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG = timedelta(hours=1)


@pytest.fixture(autouse=True)
def all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process runs here: their lines are tested with /healthz."""
    monkeypatch.setattr(attention, "_health", lambda: iter(()))


def late_shoot() -> Shoot:
    shoot: Shoot = ShootFactory.create(status="generating", generating_at=NOW - LONG)
    return shoot


def a_lost_picture() -> Image:
    image: Image = ImageFactory.create(shoot=ShootFactory.create(), status="lost", error="404")
    return image


def a_letter(status: str, **columns: Any) -> Letter:
    shoot = ShootFactory.create()
    return Letter.objects.create(
        key="k", kind="ready", account=shoot.account, shoot=shoot, status=status, **columns
    )


def a_report() -> Report:
    image = ImageFactory.create(shoot=ShootFactory.create())
    return Report.objects.create(image=image, account=image.account, reason="is_me")


TROUBLES: dict[str, Callable[[], Any]] = {
    "Orders that are late": late_shoot,
    "Orders that Astria has not confirmed": lambda: ShootFactory.create(status="unconfirmed"),
    "Orders that failed within a day": lambda: ShootFactory.create(status="failed"),
    "Pictures that could not be had": a_lost_picture,
    "Callbacks that could not be taken in": lambda: Callback.objects.create(
        shoot=ShootFactory.create(), body="{}", error="no", processed_at=NOW, next_check_at=None
    ),
    "Mails that may not have arrived": lambda: a_letter("unknown", error="the worker died"),
    "Mails that cannot leave": lambda: a_letter("waiting", attempts=2, next_check_at=NOW),
    "Tasks that failed within a day": lambda: Task.objects.create(
        id="0" * 32, name="x", func="f", started=NOW, stopped=NOW, success=False
    ),
    "Stored files that cannot be deleted": lambda: Removal.objects.create(
        keys=["u/1"], error="no", next_check_at=NOW
    ),
    "Packs on sale that Astria no longer has": lambda: PackFactory.create(missing_since=NOW),
    "Packs that changed at Astria": lambda: (
        PackFactory.create().classes.filter(name="man").update(cost_was_mc=1)
    ),
    "Pictures that visitors reported": a_report,
    "Payments that are not what was asked for": lambda: Purchase.objects.create(
        account=UserFactory.create().account, credits=10, price=500, currency="eur", status="held", error="no"
    ),
}


def test_while_all_is_well_there_is_nothing() -> None:
    ShootFactory.create()
    ShootFactory.create(status="ready")

    assert items() == []


@pytest.mark.parametrize("words", TROUBLES)
def test_each_trouble_is_counted_and_its_list_shows_it(words: str, console: Client) -> None:
    TROUBLES[words]()

    [item] = [item for item in items() if item.words == words]
    page = console.get(item.url)

    assert item.count == 1
    assert page.status_code == 200
    assert page.context["cl"].result_count == 1


def test_a_pause_says_why_and_how_many_orders_wait(console: Client) -> None:
    ShootFactory.create(status="queued")
    Pause.start("Payment required (402)", probe_in=timedelta(minutes=5))

    [item] = items()

    assert (item.words, item.count) == ("Submissions are paused: Payment required (402)", 1)
    assert console.get(item.url).status_code == 200


@pytest.mark.parametrize("kind", Tally.Kind)
def test_callbacks_that_were_refused_within_a_day_are_named_by_why(console: Client, kind: Tally.Kind) -> None:
    Tally.add(kind)
    Tally.add(kind)
    Tally.objects.create(kind=kind, hour=NOW - timedelta(days=2), count=7)

    [item] = items()

    assert (item.words, item.count) == (f"Refused within a day: {kind.label}", 2)
    assert console.get(item.url).context["cl"].result_count == 2


def test_much_trouble_is_not_counted_to_its_end() -> None:
    assert Item("x", "/", attention.MOST + 1).amount == "100+"


@pytest.mark.parametrize("status", ["queued", "submitting", "unconfirmed", "waiting", "generating"])
@pytest.mark.parametrize("ago", [timedelta(minutes=10), timedelta(minutes=50)])
@pytest.mark.parametrize("eta", [None, timedelta(minutes=-20), timedelta(minutes=5)])
def test_late_here_is_what_the_person_is_told(status: str, ago: timedelta, eta: timedelta | None) -> None:
    tune = TuneFactory.create(eta=eta and NOW + eta)
    times = {
        name: NOW - ago
        for name in ("queued_at", "submitted_at", "generating_at")
        if ShootFactory.build(status=status, tune=None, account=None, pack=None).__dict__[name] is not None
    }
    shoot: Shoot = ShootFactory.create(status=status, tune=tune, **times)

    assert Shoot.objects.late(timezone.now()).filter(pk=shoot.pk).exists() == is_late(shoot)
