"""The same callback ten times at once, over real connections, and everything that follows from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from django.core.files.storage import default_storage
from django_q.models import OrmQ

from studio.delivery import deliver
from studio.inbox import process
from studio.models import Callback, Image, Prompt, Shoot
from tests.astria.server import Server, running
from tests.factories import ShootFactory, jpeg
from tests.studio.conftest import AtOnce

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TIMES = 10


@pytest.fixture
def shoot() -> Shoot:
    return ShootFactory.create(expected_prompts=2, expected_images=2)


@pytest.fixture
def call(live_server: Any, shoot: Shoot, at_once: AtOnce) -> Any:
    """Return a way to call back ten times at once: the answers' statuses."""

    def call(body: object, token: str = "") -> list[int]:
        address = f"{live_server.url}/callbacks/{shoot.pk}/{token or shoot.callback_token}"
        return at_once(*[lambda: requests.post(address, json=body, timeout=20).status_code] * TIMES)

    return call


def test_ten_at_once_are_all_taken_and_everything_they_say_is_there_once(
    call: Any, shoot: Shoot, at_once: AtOnce
) -> None:
    urls = [f"https://mp.example/{n}" for n in (1, 2)]
    body = [{"id": 7, "images": urls[:1]}, {"id": 8, "images": urls[1:]}]

    answers = call(body)
    callbacks = list(Callback.objects.all())
    at_once(*[lambda callback=callback: process(callback.pk) for callback in callbacks])

    assert answers == [204] * TIMES
    assert [json.loads(callback.body) for callback in callbacks] == [body] * TIMES
    assert (Prompt.objects.count(), Image.objects.count(), OrmQ.objects.count()) == (2, 2, 2)
    assert not Callback.objects.filter(processed_at=None).exists()


def test_one_row_of_the_inbox_is_taken_in_once_by_ten_workers(shoot: Shoot, at_once: AtOnce) -> None:
    body = [{"id": 7, "images": ["https://mp.example/1"]}, {"id": 8, "user_error": "no"}]
    callback = Callback.objects.create(shoot=shoot, body=json.dumps(body))

    at_once(*[lambda: process(callback.pk)] * TIMES)

    callback.refresh_from_db()
    assert (Prompt.objects.count(), Image.objects.count(), OrmQ.objects.count()) == (2, 1, 1)
    assert (callback.error, callback.next_check_at) == ("", None)


def test_ten_forged_ones_at_once_leave_no_trace(call: Any, shoot: Shoot) -> None:
    stranger = ShootFactory.create()

    answers = call({"prompt": {"id": 7, "images": ["https://mp.example/1"]}}, stranger.callback_token)

    assert answers == [404] * TIMES
    assert not Callback.objects.exists() and not Prompt.objects.exists()


@pytest.fixture
def server(settings: Any) -> Any:
    with running() as server:
        settings.ASTRIA_BASE_URL = server.url
        yield server


def test_one_picture_is_fetched_and_stored_by_one_of_ten_workers(
    server: Server, shoot: Shoot, at_once: AtOnce
) -> None:
    process(
        Callback.objects.create(
            shoot=shoot, body=json.dumps([{"id": 7, "images": [f"{server.url}/mp/1"]}])
        ).pk
    )
    server.answers(200, jpeg())
    server.plays *= TIMES
    image = Image.objects.get()

    at_once(*[lambda: deliver(image.pk)] * TIMES)

    image.refresh_from_db()
    assert (image.status, image.attempts, len(server.received)) == (Image.Status.STORED, 1, 1)
    assert len(default_storage.listdir(image.folder)[1]) == 4
