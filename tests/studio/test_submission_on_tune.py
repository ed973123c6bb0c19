"""Orders on a model that exists: the watermark, one at a time, found by their prompts."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from responses import RequestsMock
from time_machine import Traveller

from studio.generation import callback_url
from studio.models import Image, Prompt, Shoot
from studio.submission import submit
from studio.training import advance
from tests.factories import PromptFactory
from tests.states import put
from tests.studio.conftest import API, NOON
from tests.studio.posted import calls, json_of

pytestmark = pytest.mark.django_db

Maker = Callable[..., Shoot]


def shot_of(shoot: Shoot, number: int = 0) -> int:
    """Return the id of a template prompt that was ordered."""
    shots = shoot.pack.classes.get(name="woman").prompts
    return int(shots.values_list("astria_id", flat=True)[number])


def lists(api: RequestsMock, shoot: Shoot, prompts: list[dict[str, Any]]) -> None:
    """From now on let Astria list these prompts of the shoot's tune, as many of them as are asked for."""
    url = f"{API}/tunes/{shoot.tune.astria_id}/prompts"

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        limit = int(parse_qs(urlsplit(request.url or "").query)["limit"][0])
        return 200, {}, json.dumps(prompts[:limit])

    api.remove("GET", url)
    api.add_callback("GET", url, callback=answer)


def answers(api: RequestsMock, shoot: Shoot, status: int, **answer: Any) -> None:
    api.post(f"{API}/p/{shoot.pack.astria_id}/tunes", status=status, **answer)


def test_the_pack_is_run_on_the_model_with_the_callback_everywhere(
    api: RequestsMock, order_on_tune: Maker
) -> None:
    order = order_on_tune()
    lists(api, order, [])
    answers(api, order, 201, json={"status": 201, "message": "Prompts created"})

    advance(order.pk)

    url = callback_url(order)
    sent = {"tune_ids": [order.tune.astria_id], "prompt_attributes": {"callback": url}}
    assert json_of(calls(api, "POST")[0]) == {"tune": sent | {"prompts_callback": url}}
    order.refresh_from_db()
    assert order.status == Shoot.Status.GENERATING


def test_the_highest_prompt_that_was_there_before_is_remembered(
    api: RequestsMock, order_on_tune: Maker
) -> None:
    order = order_on_tune()
    lists(api, order, [{"id": 41}, {"id": 40}])
    answers(api, order, 504)

    advance(order.pk)

    order.refresh_from_db()
    assert (order.status, order.prompt_watermark) == (Shoot.Status.UNCONFIRMED, 41)


def test_a_watermark_that_cannot_be_read_puts_the_order_off_longer_each_time(
    noon: Traveller, api: RequestsMock, order_on_tune: Maker
) -> None:
    order = order_on_tune()
    api.get(f"{API}/tunes/{order.tune.astria_id}/prompts", status=500)

    waits = []
    for _ in range(3):
        advance(order.pk)
        order.refresh_from_db()
        waits.append(order.next_check_at)

    assert waits == [NOON + timedelta(seconds=seconds) for seconds in (30, 60, 120)]
    assert order.status == Shoot.Status.QUEUED
    assert calls(api, "POST") == []


def test_a_second_order_waits_while_the_first_is_unconfirmed(
    noon: Traveller, api: RequestsMock, order_on_tune: Maker
) -> None:
    first, second = order_on_tune(), order_on_tune()
    lists(api, first, [])
    answers(api, first, 504)
    advance(first.pk)

    advance(second.pk)
    advance(second.pk)

    second.refresh_from_db()
    assert (second.status, second.next_check_at) == (Shoot.Status.QUEUED, NOON + timedelta(seconds=30))
    assert len(calls(api, "POST")) == 1


def test_an_order_taken_while_the_watermark_was_read_is_waited_for(
    noon: Traveller, api: RequestsMock, order_on_tune: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = order_on_tune(), order_on_tune()
    lists(api, second, [])

    def be_overtaken(shoot: Shoot) -> None:
        put(first, "generating")

    monkeypatch.setattr("studio.submission._read_watermark", be_overtaken)
    submit(second)

    second.refresh_from_db()
    assert (second.status, second.attempts) == (Shoot.Status.QUEUED, 0)
    assert calls(api, "POST") == []


@pytest.fixture
def lost(noon: Traveller, api: RequestsMock, order_on_tune: Maker) -> Shoot:
    """An order above prompt 41 whose post was answered with 504 at noon."""
    order = order_on_tune()
    lists(api, order, [{"id": 41}])
    answers(api, order, 504)
    advance(order.pk)
    noon.shift(timedelta(minutes=1))
    order.refresh_from_db()
    return order


def test_it_is_found_by_the_token_in_the_callback_of_its_prompts(api: RequestsMock, lost: Shoot) -> None:
    lists(api, lost, [{"id": 43, "callback": callback_url(lost), "images": ["https://x.example/1"]}])

    advance(lost.pk)

    lost.refresh_from_db()
    assert lost.status == Shoot.Status.GENERATING
    assert Prompt.objects.get(astria_id=43).shoot == lost
    assert Image.objects.get().shoot == lost


def test_it_is_found_by_shots_of_its_pack_above_the_watermark(api: RequestsMock, lost: Shoot) -> None:
    lists(api, lost, [{"id": 43, "orig_prompt_id": shot_of(lost)}])

    advance(lost.pk)

    lost.refresh_from_db()
    assert lost.status == Shoot.Status.GENERATING
    assert Prompt.objects.get().orig_prompt_id == shot_of(lost)


@pytest.mark.parametrize(
    "prompt",
    [
        {"id": 41, "orig_prompt_id": "mine"},
        {"id": 43, "orig_prompt_id": 999},
        {"id": 43},
        {"id": 43, "callback": "http://127.0.0.1:8000/callbacks/a/somebody-elses-t%C3%B6ken"},
        {"id": 43, "callback": "http://127.0.0.1:8000/callbacks/a/töken\ud800"},
    ],
)
def test_prompts_that_were_there_or_are_of_others_are_not_taken_for_it(
    api: RequestsMock, lost: Shoot, prompt: dict[str, Any]
) -> None:
    mine = {"orig_prompt_id": shot_of(lost)} if prompt.get("orig_prompt_id") == "mine" else {}
    lists(api, lost, [prompt | mine])

    advance(lost.pk)

    lost.refresh_from_db()
    assert (lost.status, lost.looks) == (Shoot.Status.UNCONFIRMED, 1)
    assert not Prompt.objects.exists()


def test_prompts_known_to_be_of_another_order_are_not_taken_for_it(
    api: RequestsMock, lost: Shoot, order_on_tune: Maker
) -> None:
    other = order_on_tune(status="generating", submitted_at=NOON, deadline_at=NOON, pack=lost.pack)
    PromptFactory.create(shoot=other, astria_id=43)
    lists(api, lost, [{"id": 43, "orig_prompt_id": shot_of(lost)}])

    advance(lost.pk)

    lost.refresh_from_db()
    assert lost.status == Shoot.Status.UNCONFIRMED
    assert Prompt.objects.get().shoot == other


def test_a_model_that_is_gone_while_it_is_looked_for_gives_the_order_back_after_a_day(
    noon: Traveller, api: RequestsMock, lost: Shoot
) -> None:
    api.replace("GET", f"{API}/tunes/{lost.tune.astria_id}/prompts", status=404)
    noon.shift(timedelta(hours=24))

    advance(lost.pk)
    advance(lost.pk)

    lost.refresh_from_db()
    assert (lost.status, lost.refunded) == (Shoot.Status.FAILED, lost.price)
