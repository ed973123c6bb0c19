"""Two processes that change the same rows at the same moment, each with a connection of its own."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import CreditAccount
from studio import likes
from studio.clock import queue_callbacks, queue_due
from studio.inbox import process
from studio.models import Callback, Heartbeat, Image, Pause, Prompt, Shoot, Tune
from studio.settling import fail
from tests.astria.server import running
from tests.factories import ImageFactory, PromptFactory, ShootFactory
from tests.studio.conftest import AtOnce

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_a_shoot_that_fails_twice_at_once_is_refunded_once(at_once: AtOnce) -> None:
    shoot = ShootFactory.create()
    copies = [Shoot.objects.get(), Shoot.objects.get()]

    ended = at_once(*[lambda copy=copy: fail(copy, "no") for copy in copies])

    assert sorted(ended) == [False, True]
    assert CreditAccount.objects.get(pk=shoot.account_id).balance == 118
    assert Shoot.objects.get().refunded == shoot.price


def test_refunds_at_once_never_exceed_the_price(at_once: AtOnce) -> None:
    shoot = ShootFactory.create(price=10)

    def refund(number: int) -> int:
        return Shoot.objects.get().refund(4, key=f"prompt:{number}", note="")

    given = at_once(*[lambda number=number: refund(number) for number in range(4)])

    assert sorted(given) == [0, 2, 4, 4]
    assert Shoot.objects.get().refunded == 10
    assert CreditAccount.objects.get(pk=shoot.account_id).balance == 110


def test_likes_of_two_pictures_changed_at_once_add_up(at_once: AtOnce) -> None:
    prompt = PromptFactory.create()
    one, other = ImageFactory.create_batch(2, prompt=prompt, shoot=prompt.shoot)
    likes.like(one)

    at_once(lambda: likes.unlike(one), lambda: likes.like(other))

    assert Image.objects.filter(liked_at=None).get() == one
    assert Prompt.objects.get().like_wanted is True


def test_of_ten_workers_one_tells_astria_of_a_like(at_once: AtOnce, settings: Any) -> None:
    image = ImageFactory.create()
    likes.like(image)

    with running() as server:
        settings.ASTRIA_BASE_URL = server.url
        server.answers(201)
        server.plays *= 10
        at_once(*[lambda: likes.sync(image.prompt_id)] * 10)

    prompt = Prompt.objects.get()
    assert [received.path for received in server.received] == [f"/prompts/{prompt.astria_id}/likes"]
    assert (prompt.like_confirmed, prompt.like_check_at) == (True, None)


def test_a_pause_begins_once_for_all_workers(at_once: AtOnce) -> None:
    begun = at_once(*[lambda: Pause.start("key", probe_in=timedelta(minutes=5))] * 4)

    assert sorted(begun) == [False, False, False, True]
    assert Pause.objects.count() == 1


def test_the_lease_has_one_holder(at_once: AtOnce) -> None:
    held = at_once(
        *[lambda name=name: Heartbeat.hold("clock", name, timedelta(seconds=10)) for name in "abcd"]
    )

    assert sorted(held) == [False, False, False, True]


def test_two_clocks_at_once_queue_what_is_due_once(at_once: AtOnce) -> None:
    shoot = ShootFactory.create()
    Tune.objects.update(next_check_at=timezone.now() + timedelta(hours=1))
    Callback.objects.create(shoot=shoot, body="{}")

    numbers = at_once(queue_due, queue_due, queue_callbacks, queue_callbacks)

    assert sorted(numbers) == [0, 0, 1, 1]
    assert OrmQ.objects.count() == 2


def test_the_same_prompts_told_of_at_once_in_any_order_are_taken_in_once(at_once: AtOnce) -> None:
    shoot = ShootFactory.create()
    told = [{"id": 100 + n, "images": [f"https://p.example/{n}/{k}" for k in (1, 2)]} for n in range(4)]
    bodies = [told, told[::-1]] * 4
    callbacks = [Callback.objects.create(shoot=shoot, body=json.dumps(body)) for body in bodies]

    at_once(*[lambda callback=callback: process(callback.pk) for callback in callbacks])

    assert (Prompt.objects.count(), Image.objects.count()) == (4, 8)
    assert set(Callback.objects.values_list("error", flat=True)) == {""}
    assert OrmQ.objects.count() == 8
