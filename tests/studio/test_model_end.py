"""The thirty days of a model: told of in time, once, and over without harm."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from responses import RequestsMock
from time_machine import Traveller

import astria
from accounts.models import User
from packs.models import Pack
from studio.clock import queue_due
from studio.extending import extend
from studio.generation import take_in_tune
from studio.mail import send_letter
from studio.models import Event, Letter, PhotoSet, Shoot, Tune
from studio.ordering import OrderRefused, order_pack
from studio.ordering_more import order_theme
from studio.training import check_tune
from tests.factories import ImageFactory, PhotoFactory, ShootFactory, TrainedTuneFactory
from tests.studio.conftest import API, NOON

pytestmark = pytest.mark.django_db

END = NOON + timedelta(days=30)
HOUR = timedelta(hours=1)


@pytest.fixture
def model(noon: Traveller, user: User, api: RequestsMock) -> Tune:
    """A model that ends thirty days after noon; Astria says the same."""
    tune = TrainedTuneFactory.create(account=user.account, trained_at=NOON, expires_at=END)
    said = {"id": tune.astria_id, "trained_at": NOON.isoformat(), "expires_at": END.isoformat()}
    api.get(f"{API}/tunes/{tune.astria_id}", json=said)
    return tune


def letters() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))


def test_a_month_of_looks_writes_a_week_and_a_day_before_the_end_each_once(
    noon: Traveller, model: Tune
) -> None:
    looks = 0
    while model.status == Tune.Status.TRAINED:
        noon.shift(6 * HOUR)
        for tune in Tune.objects.due(timezone.now()):
            looks += 1
            [check_tune(tune.pk) for _ in range(2)]
        model.refresh_from_db()

    assert letters() == ["ends_in_a_week", "ends_in_a_day"]
    assert (timezone.now(), model.status, model.next_check_at) == (END, Tune.Status.EXPIRED, None)
    assert looks == 4  # at once after the factory, and at each turn


@pytest.mark.parametrize(
    ("before", "written"),
    [
        (timedelta(days=7, hours=1), []),
        (timedelta(days=6, hours=23), ["ends_in_a_week"]),
        (timedelta(days=5), []),
        (timedelta(hours=23), ["ends_in_a_day"]),
        (timedelta(minutes=1), ["ends_in_a_day"]),
    ],
)
def test_a_studio_that_was_down_does_not_write_of_what_is_past(
    noon: Traveller, model: Tune, before: timedelta, written: list[str]
) -> None:
    noon.move_to(END - before)

    check_tune(model.pk)

    assert letters() == written


def test_the_mail_says_until_when_and_leads_to_the_button(noon: Traveller, model: Tune, user: User) -> None:
    shoot = ShootFactory.create(account=user.account, tune=model)
    noon.move_to(END - timedelta(days=7))
    check_tune(model.pk)

    send_letter(Letter.objects.get().pk)

    assert mail.outbox[0].subject == "Your model can be used until 31 March"
    assert "“Anna” can be used for new pictures until 31 March 2026, 12:00 UTC." in mail.outbox[0].body
    assert "another 30 days for 5 credits" in mail.outbox[0].body
    assert f"{shoot.get_absolute_url()}#model" in mail.outbox[0].body


def test_a_model_that_was_extended_is_written_of_again_before_its_new_end(
    noon: Traveller, api: RequestsMock, model: Tune
) -> None:
    noon.move_to(END - timedelta(days=1))
    check_tune(model.pk)
    later = {"trained_at": NOON.isoformat(), "expires_at": (END + timedelta(days=30)).isoformat()}
    api.replace("GET", f"{API}/tunes/{model.astria_id}", json={"id": model.astria_id, **later})

    for days in (0, 20, 23, 29):
        noon.move_to(END + timedelta(days=days))
        [check_tune(model.pk) for _ in range(2)]

    model.refresh_from_db()
    assert letters() == ["ends_in_a_day", "ends_in_a_week", "ends_in_a_day"]
    assert model.next_check_at == END + timedelta(days=30)


def test_what_was_extended_before_the_mail_left_is_not_written_of(noon: Traveller, model: Tune) -> None:
    noon.move_to(END - timedelta(days=1))
    check_tune(model.pk)
    extend(model)

    send_letter(Letter.objects.get().pk)

    assert (Letter.objects.get().status, mail.outbox) == (Letter.Status.DROPPED, [])
    assert not Event.objects.filter(kind=Event.Kind.TROUBLE).exists()


def test_a_model_that_is_to_be_extended_is_not_written_of_and_outlives_its_end(
    noon: Traveller, model: Tune
) -> None:
    extend(model)
    for before in (timedelta(days=7), timedelta(days=1), timedelta()):
        noon.move_to(END - before)
        check_tune(model.pk)

    model.refresh_from_db()
    assert letters() == []
    assert (model.status, model.next_check_at) == (Tune.Status.TRAINED, END + HOUR)


def test_a_model_that_is_due_costs_a_call_only_when_a_turn_has_come(noon: Traveller, model: Tune) -> None:
    check_tune(model.pk)
    noon.move_to(END - timedelta(days=8))

    queued = queue_due()

    model.refresh_from_db()
    assert (queued, model.next_check_at) == (0, END - timedelta(days=7))


def test_callbacks_that_come_after_the_end_change_nothing(noon: Traveller, model: Tune) -> None:
    model.mark_expired()
    before = Tune.objects.values().get()
    later = {"trained_at": NOON.isoformat(), "expires_at": (END + timedelta(days=30)).isoformat()}

    for said in (later, {"failed_at": NOON.isoformat()}, {}):
        take_in_tune(Tune.objects.get(), astria.Tune.from_json({"id": model.astria_id, **said}))

    assert Tune.objects.values().get() == before


def page_of(client: Client, shoot: Shoot) -> str:
    return " ".join(client.get(shoot.get_absolute_url()).content.decode().split())


def test_the_page_and_the_gallery_say_until_when_the_model_can_be_used(
    model: Tune, user: User, signed_in: Client
) -> None:
    shoot = ShootFactory.create(account=user.account, tune=model)
    ImageFactory.create(shoot=shoot)

    gallery = signed_in.get(f"{shoot.get_absolute_url()}gallery/").content.decode()

    assert "Your model can be used for new pictures until 31 March 2026, 12:00 UTC." in page_of(
        signed_in, shoot
    )
    assert "Keep the model for another 30 days for 5 credits" in page_of(signed_in, shoot)
    assert "Your model can be used until 31 March 2026" in gallery


@pytest.mark.parametrize("is_known", [True, False])
def test_a_model_past_its_end_is_said_to_be_and_offers_training_again(
    noon: Traveller, model: Tune, user: User, signed_in: Client, is_known: bool
) -> None:
    shoot = ShootFactory.create(account=user.account, tune=model)
    noon.move_to(END + HOUR)
    is_known and model.mark_expired()
    # A new session: the other's has run out.
    signed_in.force_login(user)

    page = page_of(signed_in, shoot)

    assert "This model expired on 31 March 2026. Your pictures and your photos are still here" in page
    assert "Order with training again" in page
    assert "Keep the model" not in page


def test_a_model_that_astria_let_go_early_is_said_to_have_gone_then(
    noon: Traveller, api: RequestsMock, model: Tune, user: User, signed_in: Client
) -> None:
    shoot = ShootFactory.create(account=user.account, tune=model)
    api.replace("GET", f"{API}/tunes/{model.astria_id}", status=404)

    check_tune(model.pk)

    assert "This model expired on 1 March 2026." in page_of(signed_in, shoot)
    with pytest.raises(OrderRefused, match="expired on 1 March 2026"):
        order_theme(model, "space", key="a")


@pytest.mark.parametrize("is_known", [True, False])
def test_the_next_order_after_the_end_trains_again_at_that_price(
    noon: Traveller, model: Tune, pack: Pack, is_known: bool
) -> None:
    photo_set = PhotoSet.objects.get()
    PhotoFactory.create_batch(2, photo_set=photo_set)
    noon.move_to(END)
    is_known and model.mark_expired()

    shoot = order_pack(photo_set, pack, number=0, price=18)

    model.refresh_from_db()
    assert (shoot.trains, model.status) == (True, Tune.Status.EXPIRED)
    assert shoot.tune != model


def test_a_model_that_is_being_extended_takes_orders_past_its_end(
    noon: Traveller, model: Tune, pack: Pack
) -> None:
    extend(model)
    noon.move_to(END + HOUR)

    shoot = order_pack(PhotoSet.objects.get(), pack, number=0)

    assert (shoot.tune, shoot.trains) == (model, False)


def test_what_is_asked_of_a_model_past_its_end_is_refused_with_the_day(noon: Traveller, model: Tune) -> None:
    noon.move_to(END)

    with pytest.raises(OrderRefused, match=r"expired on 31 March 2026; your photos are still here"):
        order_theme(model, "space", key="a")

    assert not Shoot.objects.exists()


def test_a_model_that_is_not_trained_says_nothing_of_an_end(signed_in: Client, user: User) -> None:
    shoot: Any = ShootFactory.create(account=user.account)

    assert 'id="model"' not in page_of(signed_in, shoot)
