"""Thirty more days: paid once, told to Astria surely, given back if it does not come to pass."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import User
from packs.models import Pack
from packs.sync import sync_packs
from studio.auditing import mismatches
from studio.clock import queue_due
from studio.extending import extend, see_to_extension
from studio.mail import send_letter
from studio.models import Extension, Letter, PhotoSet, Shoot, Tune
from studio.ordering import OrderRefused, order_pack
from studio.training import advance, check_tune
from tests.factories import PhotoSetFactory, ShootFactory, TrainedTuneFactory
from tests.sandbox.process import Sandbox, running
from tests.studio.conftest import API, NOON, AtOnce
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db

MONTH = timedelta(days=30)
END = NOON + MONTH


@pytest.fixture
def model(noon: Traveller, user: User) -> Tune:
    """A model that ends thirty days after noon."""
    tune: Tune = TrainedTuneFactory.create(account=user.account, trained_at=NOON, expires_at=END)
    return tune


def balance(user: User) -> int:
    user.account.refresh_from_db()
    return user.account.balance


def says(api: RequestsMock, model: Tune, *, ends: datetime = END, method: str = "PATCH") -> None:
    """Let Astria answer with the model."""
    said = {"id": model.astria_id, "trained_at": NOON.isoformat(), "expires_at": ends.isoformat()}
    api.add(method, f"{API}/tunes/{model.astria_id}", json=said)


def sent(api: RequestsMock) -> list[bool]:
    return ["true" in str(request.body) for request in calls(api, "PATCH")]


def test_an_extension_is_paid_at_once_and_is_one_however_often_it_is_asked_for(
    model: Tune, user: User
) -> None:
    asked = [extend(model, price=5), extend(Tune.objects.get(), price=5)]

    assert asked[0] == asked[1]
    assert balance(user) == 95
    assert list(mismatches()) == []


@pytest.mark.django_db(transaction=True)
def test_an_extension_asked_for_from_two_tabs_at_once_is_paid_once(
    model: Tune, user: User, at_once: AtOnce
) -> None:
    asked = at_once(*[lambda: extend(Tune.objects.get()).pk] * 4)

    assert len(set(asked)) == 1
    assert balance(user) == 95


@pytest.mark.parametrize(
    "change", [{"status": Tune.Status.EXPIRED, "next_check_at": None}, {"expires_at": NOON}]
)
def test_what_is_over_is_not_extended(model: Tune, user: User, change: dict[str, Any]) -> None:
    Tune.objects.update(**change)

    with pytest.raises(OrderRefused, match=r"cannot be kept any longer. Nothing was charged."):
        extend(model)

    assert balance(user) == 100


def test_only_the_price_that_was_shown_is_charged(model: Tune, user: User, settings: Any) -> None:
    settings.EXTENSION_PRICE = 7

    with pytest.raises(OrderRefused, match="The price has changed"):
        extend(model, price=5)

    assert (balance(user), Extension.objects.exists()) == (100, False)


def test_who_cannot_pay_is_told_so(model: Tune, user: User) -> None:
    user.account.spend(96, key="before")

    with pytest.raises(OrderRefused, match="not enough credits"):
        extend(model)

    assert not Extension.objects.exists()


def test_the_button_of_the_page_extends_once(model: Tune, user: User, signed_in: Client) -> None:
    shoot = ShootFactory.create(account=user.account, tune=model)

    pages = [
        signed_in.post(f"{shoot.get_absolute_url()}keep-model/", {"price": "5"}, follow=True) for _ in "ab"
    ]
    old = signed_in.post(f"{shoot.get_absolute_url()}keep-model/", {"price": "?"}, follow=True)

    assert all("Your model is kept for another 30 days." in page.content.decode() for page in pages)
    assert "until 30 April 2026, 12:00 UTC." in pages[1].content.decode()
    assert "Nothing was charged" in old.content.decode()
    assert balance(user) == 95


def test_astria_is_told_once_and_looked_at_after_the_end(api: RequestsMock, model: Tune) -> None:
    says(api, model)
    extension = extend(model)

    [see_to_extension(extension.pk) for _ in range(3)]

    extension.refresh_from_db()
    assert sent(api) == [True]
    assert (extension.status, extension.next_check_at) == ("agreed", END + timedelta(minutes=5))


@pytest.mark.parametrize("status", [401, 402, 429, 500, 504])
def test_what_says_nothing_of_the_model_is_said_again(api: RequestsMock, model: Tune, status: int) -> None:
    api.patch(f"{API}/tunes/{model.astria_id}", status=status)
    extension = extend(model)

    see_to_extension(extension.pk)

    extension.refresh_from_db()
    assert (extension.status, extension.attempts) == ("asked", 1)
    assert extension.next_check_at == NOON + timedelta(seconds=30)


@pytest.mark.parametrize(("status", "left"), [(422, Tune.Status.TRAINED), (404, Tune.Status.EXPIRED)])
def test_a_refusal_gives_the_credits_back_and_is_written_about_once(
    api: RequestsMock, model: Tune, user: User, status: int, left: str
) -> None:
    api.patch(f"{API}/tunes/{model.astria_id}", status=status, json={"auto_extend": ["is not for you"]})
    extension = extend(model)

    [see_to_extension(extension.pk) for _ in range(2)]
    [send_letter(letter.pk) for letter in Letter.objects.all()]

    model.refresh_from_db()
    assert (Extension.objects.get().status, model.status, balance(user)) == ("refused", left, 100)
    assert [letter.subject for letter in mail.outbox] == ["Your model could not be kept"]
    assert "5 credits came back" in mail.outbox[0].body
    assert list(mismatches()) == []


def test_a_model_that_goes_all_the_same_is_given_back(
    api: RequestsMock, noon: Traveller, model: Tune, user: User
) -> None:
    says(api, model)
    extension = extend(model)
    see_to_extension(extension.pk)
    api.get(f"{API}/tunes/{model.astria_id}", status=404)
    noon.move_to(END + timedelta(minutes=5))

    see_to_extension(extension.pk)

    model.refresh_from_db()
    assert (Extension.objects.get().status, model.status) == ("refused", Tune.Status.EXPIRED)
    assert balance(user) == 100


def test_a_model_that_is_neither_kept_nor_gone_is_given_back_after_a_day(
    api: RequestsMock, noon: Traveller, model: Tune, user: User
) -> None:
    says(api, model), says(api, model, method="GET")
    extension = extend(model)
    see_to_extension(extension.pk)
    noon.move_to(END + timedelta(hours=23))
    see_to_extension(extension.pk)
    before = balance(user)
    noon.move_to(END + timedelta(hours=24))

    see_to_extension(extension.pk)

    assert (before, balance(user), sent(api)) == (95, 100, [True, False])
    assert Tune.objects.get().status == Tune.Status.EXPIRED


def test_an_answer_that_was_lost_is_found_out_at_the_end(
    api: RequestsMock, noon: Traveller, model: Tune, user: User
) -> None:
    api.patch(f"{API}/tunes/{model.astria_id}", status=504)
    extension = extend(model)
    see_to_extension(extension.pk)
    api.replace("PATCH", f"{API}/tunes/{model.astria_id}", json={"id": model.astria_id})
    says(api, model, ends=END + MONTH, method="GET")
    noon.move_to(END + timedelta(hours=7))

    see_to_extension(extension.pk)

    assert (Extension.objects.get().status, balance(user)) == ("done", 95)
    assert Tune.objects.get().expires_at == END + MONTH


def test_while_astria_is_away_it_is_told_again_at_least_every_half_hour(
    api: RequestsMock, model: Tune
) -> None:
    api.patch(f"{API}/tunes/{model.astria_id}", status=504)
    extension = extend(model)
    Extension.objects.update(attempts=20)

    see_to_extension(extension.pk)

    assert Extension.objects.get().next_check_at == NOON + timedelta(minutes=30)


def test_an_extension_whose_task_got_lost_is_due(noon: Traveller, model: Tune) -> None:
    extension = extend(model)
    Tune.objects.update(next_check_at=END)
    noon.shift(timedelta(minutes=1))

    assert queue_due() == 1
    extension.refresh_from_db()
    assert extension.next_check_at == NOON + timedelta(minutes=6)


# Ordered together with the model.


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    """Four photos that nothing was ordered from."""
    made: PhotoSet = PhotoSetFactory.create(account=user.account, photos=4)
    return made


def order_and_keep(client: Client, photo_set: PhotoSet, pack: Pack, keep: object = 5) -> HttpResponse:
    """Order a pack as the review does, with its box ticked; whatever happened before, as the first order."""
    fields = {"photo_set": photo_set.pk, "pack": pack.slug, "order_key": "0:18", "keep": keep}
    return client.post("/shoots/", fields, follow=True)


def test_the_review_offers_to_keep_a_model_that_is_to_be_trained(
    signed_in: Client, photo_set: PhotoSet, pack: Pack
) -> None:
    photo_set.choose(pack)
    before = signed_in.get(f"{photo_set.get_absolute_url()}?part=review").content.decode()
    order_pack(photo_set, pack, number=0)
    after = signed_in.get(f"{photo_set.get_absolute_url()}?part=review").content.decode()

    assert 'name="keep" value="5"' in before and "when its first 30 are over: 5 credits more" in before
    assert 'name="keep"' not in after


def test_a_model_is_ordered_and_kept_for_one_price_however_often_the_button_is_pressed(
    signed_in: Client, photo_set: PhotoSet, pack: Pack, user: User
) -> None:
    for _ in range(3):
        order_and_keep(signed_in, photo_set, pack)

    assert (Shoot.objects.count(), Extension.objects.count()) == (1, 1)
    assert balance(user) == 100 - 18 - 5
    assert list(mismatches()) == []


@pytest.mark.parametrize(("keep", "word"), [(4, "The price has changed"), ("x", "out of date")])
def test_at_another_price_nothing_is_ordered_at_all(
    signed_in: Client, photo_set: PhotoSet, pack: Pack, user: User, keep: object, word: str
) -> None:
    page = order_and_keep(signed_in, photo_set, pack, keep)

    assert word in page.content.decode()
    assert (Shoot.objects.count(), balance(user)) == (0, 100)


@pytest.mark.parametrize(("spent", "said"), [(0, ("Left afterwards", 77)), (80, ("Missing", 3))])
def test_the_review_says_what_is_left_or_missing_with_the_model_kept(
    signed_in: Client, photo_set: PhotoSet, pack: Pack, user: User, spent: int, said: tuple[str, int]
) -> None:
    photo_set.choose(pack)
    user.account.spend(spent, key="before")

    page = signed_in.get(f"{photo_set.get_absolute_url()}?part=review").content.decode()

    label, number = said
    assert f'if-kept"><dt>{label}</dt><dd>{number} credits' in page
    assert "Order 8 pictures for 23 credits" in page


def test_who_can_pay_for_the_order_alone_is_charged_nothing(
    signed_in: Client, photo_set: PhotoSet, pack: Pack, user: User
) -> None:
    user.account.spend(80, key="before")

    page = order_and_keep(signed_in, photo_set, pack)

    assert "There are not enough credits for this order. Nothing was charged." in page.content.decode()
    assert (Shoot.objects.count(), Extension.objects.count(), balance(user)) == (0, 0, 20)


def test_astria_is_told_when_the_model_is_there(
    api: RequestsMock, noon: Traveller, photo_set: PhotoSet, pack: Pack
) -> None:
    tune = order_pack(photo_set, pack, number=0).tune
    extension = extend(tune)
    [see_to_extension(extension.pk) for _ in range(2)]
    waits = (Extension.objects.get().next_check_at, len(api.calls))
    trained = {"status": Tune.Status.TRAINED, "astria_id": 7, "trained_at": NOON, "expires_at": END}
    Tune.objects.update(**trained, next_check_at=END)
    tune.refresh_from_db()
    says(api, tune)
    [see_to_extension(extension.pk) for _ in range(2)]

    extension.refresh_from_db()
    assert waits == (NOON + timedelta(minutes=5), 0)
    assert (sent(api), extension.status, extension.extends_from) == ([True], "agreed", END)


def test_without_a_model_the_price_of_keeping_it_comes_back_without_a_mail_of_its_own(
    photo_set: PhotoSet, pack: Pack, user: User
) -> None:
    shoot = order_pack(photo_set, pack, number=0)
    extension = extend(shoot.tune)
    Tune.objects.get().fail("Poor photos.")

    [see_to_extension(extension.pk) for _ in range(2)]

    assert Extension.objects.get().status == "refused"
    assert (balance(user), Letter.objects.count()) == (100 - shoot.price, 0)


def test_an_order_that_is_taken_back_gives_back_what_keeping_its_model_cost(
    signed_in: Client, photo_set: PhotoSet, pack: Pack, user: User
) -> None:
    order_and_keep(signed_in, photo_set, pack)

    for _ in range(2):
        signed_in.post(f"{Shoot.objects.get().get_absolute_url()}cancel/")

    assert (balance(user), Extension.objects.get().status) == (100, "refused")
    assert list(mismatches()) == []


# Against the real sandbox, which lets thirty days pass.


@pytest.fixture
def month(tmp_path: Path, settings: Any) -> Iterator[tuple[Sandbox, Traveller]]:
    """A sandbox of its own whose clock can be moved by months, and ours, which stands still until moved."""
    options = ("--speed", "50", "--pictures", "small", "--no-callbacks")
    with running(tmp_path, *options) as sandbox, time_machine.travel(datetime.now(UTC), tick=False) as clock:
        settings.ASTRIA_BASE_URL = sandbox.url
        yield sandbox, clock


@pytest.fixture
def trained(month: tuple[Sandbox, Traveller], user: User, monkeypatch: pytest.MonkeyPatch) -> Shoot:
    """A shoot whose model the sandbox has trained."""
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    pack = Pack.objects.get(slug="black-and-white")
    pack.publish()
    photo_set = PhotoSetFactory.create(account=user.account, photos=4)
    shoot = order_pack(photo_set, pack, number=0)
    advance(shoot.pk)
    month[0].advance(60)
    advance(shoot.pk)
    shoot.tune.refresh_from_db()
    assert shoot.tune.status == Tune.Status.TRAINED
    return shoot


def thirty_days_later(month: tuple[Sandbox, Traveller]) -> None:
    sandbox, clock = month
    sandbox.advance(MONTH.total_seconds())
    clock.shift(MONTH + timedelta(minutes=10))
    for tune in Tune.objects.due(timezone.now()):
        check_tune(tune.pk)
    for extension in Extension.objects.due(timezone.now()):
        see_to_extension(extension.pk)


@pytest.mark.processes
def test_at_the_sandbox_an_extended_model_lives_thirty_days_longer_and_no_more(
    month: tuple[Sandbox, Traveller], trained: Shoot, user: User
) -> None:
    tune, ends = trained.tune, trained.tune.expires_at
    assert ends is not None
    see_to_extension(extend(tune).pk)

    thirty_days_later(month)
    tune.refresh_from_db()
    first = (tune.status, tune.expires_at, Extension.objects.get().status)
    thirty_days_later(month)

    tune.refresh_from_db()
    assert first == (Tune.Status.TRAINED, ends + MONTH, Extension.Status.DONE)
    assert tune.status == Tune.Status.EXPIRED
    assert balance(user) == 95 - trained.price
    assert list(mismatches()) == []


@pytest.mark.processes
def test_at_the_sandbox_a_model_goes_after_thirty_days_and_the_next_order_trains_again(
    month: tuple[Sandbox, Traveller], trained: Shoot, user: User
) -> None:
    thirty_days_later(month)
    photo_set = trained.tune.photo_set
    assert photo_set is not None and trained.pack is not None
    user.account.grant(100, key="more")

    again = order_pack(photo_set, trained.pack, number=1)

    trained.tune.refresh_from_db()
    assert trained.tune.status == Tune.Status.EXPIRED
    assert (again.trains, again.price) == (True, trained.price)
    assert again.tune_id != trained.tune_id
