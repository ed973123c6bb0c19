"""Callbacks with a valid token that mean harm: put aside, seen by staff, and nobody is held up."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from time_machine import Traveller

from studio import inbox, pace
from studio.clock import queue_callbacks
from studio.inbox import process
from studio.models import Callback, Event, Image, Prompt, Shoot, Tune
from tests.factories import ShootFactory
from tests.sandbox.fuzzing import nonsense, values
from tests.states import put

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

moments = some.sampled_from(
    ["2026-03-01T12:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00", "1e9", "", 0]
)
addresses = some.sampled_from(
    ["https://mp.example/1", "https://mp.example/\ud800", "https://[", "javascript:1", "\0", "a" * 2000]
)
objects = some.fixed_dictionaries(
    {"id": some.integers(1, 9) | values},
    optional={
        "title": values,
        "images": some.lists(addresses | values, max_size=3) | values,
        "callback": values,
        "text": values,
        "seed": values,
        "user_error": values,
        "num_images": values,
        "orig_prompt_id": values,
        "trained_at": moments | values,
        "failed_at": moments | values,
        "expires_at": moments | values,
        "eta": moments | values,
        "token": values,
    },
)
bodies = some.one_of(
    some.fixed_dictionaries({"prompt": objects}),
    some.fixed_dictionaries({"tune": objects}),
    some.lists(objects, max_size=3),
    values,
)


def call(shoot: Shoot, body: str | bytes) -> int:
    path = f"/callbacks/{shoot.pk}/{shoot.callback_token}"
    return Client().post(path, body, content_type="application/json").status_code


@pytest.fixture
def shoot(db: None) -> Shoot:
    return ShootFactory.create()


@pytest.mark.long
@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(bodies)
def test_whatever_json_says_it_is_answered_and_done_with_at_once(shoot: Shoot, body: object) -> None:
    if isinstance(body, dict) and isinstance(body.get("tune"), dict):
        # Half of what makes it past the door is about the very model.
        body["tune"]["id"] = Tune.objects.get(pk=shoot.tune_id).astria_id
    text = json.dumps(body)

    assert call(shoot, text) in {204, 400}
    for callback in Callback.objects.filter(processed_at=None):
        process(callback.pk)

    assert not Callback.objects.filter(processed_at=None).exists()


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(nonsense | some.text().map(str.encode))
def test_whatever_bytes_come_they_are_answered(shoot: Shoot, body: bytes) -> None:
    assert call(shoot, body) in {204, 400}


DEEP = 300


@pytest.mark.parametrize(
    "body",
    [
        '{"prompt": {"id": 7, "id": 8, "images": ["https://mp.example/1"]}}',
        '{"prompt": {"id": NaN, "images": [Infinity, -Infinity]}}',
        '{"prompt": {"id": 7, "seed": NaN, "num_images": 1e400, "images": [1e400, null, {}, [[]]]}}',
        '{"tune": {"id": 1, "trained_at": "9999-12-31T23:59:59-23:59", "eta": "\\ud800"}}',
        "[" * DEEP + "]" * DEEP,
        '{"prompt": {"id": 7, "images": ' + "[" * DEEP + "]" * DEEP + "}}",
        '{"prompt": {"id": ' + "9" * 4000 + "}}",
        '{"prompt": {"id": -' + "9" * 4000 + ', "seed": ' + "9" * 4000 + "}}",
        '{"prompt": {"id": true}, "tune": [], "\\ud800": "\\udfff\\ud83d"}',
    ],
    ids=[
        "keys twice",
        "no number",
        "infinite",
        "no day",
        "deep",
        "deep pictures",
        "huge id",
        "huge",
        "halves",
    ],
)
def test_json_at_the_edge_of_json_does_no_harm(shoot: Shoot, body: str) -> None:
    assert call(shoot, body) == 204

    process(Callback.objects.get().pk)

    assert Callback.objects.get().processed_at is not None
    assert Shoot.objects.get().status == Shoot.Status.WAITING


@pytest.mark.parametrize(
    "prompts",
    [
        [{"id": n} for n in range(1, 12)],
        [{"id": 1, "images": [f"https://mp.example/{n}" for n in range(21)]}],
    ],
    ids=["prompts", "pictures"],
)
def test_more_than_any_order_has_is_not_taken_in_and_staff_see_it(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch, prompts: list[Any]
) -> None:
    monkeypatch.setattr(inbox, "MAX_PROMPTS", 10)
    monkeypatch.setattr(inbox, "MAX_PICTURES", 20)
    callback = Callback.objects.create(shoot=shoot, body=json.dumps(prompts))

    process(callback.pk)

    assert not Prompt.objects.exists()
    trouble = Event.objects.get(kind=Event.Kind.TROUBLE, shoot=shoot).text
    assert f"callback {callback.pk}" in trouble and "more than any order has" in trouble


def test_what_was_not_understood_has_the_shoot_looked_at_at_once(shoot: Shoot, noon: Traveller) -> None:
    put(shoot, "generating", next_check_at=timezone.now() + pace.CLAIM)
    callback = Callback.objects.create(shoot=shoot, body="{}")

    process(callback.pk)

    assert Shoot.objects.due(timezone.now()).get() == shoot


def break_off(*_args: object) -> None:
    raise AttributeError("a mistake of ours")


def test_one_that_breaks_off_each_time_is_given_up_and_staff_see_it(
    shoot: Shoot, noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "take_in_prompt", break_off)
    callback = Callback.objects.create(shoot=shoot, body='{"prompt": {"id": 7}}')

    for _ in range(pace.MAX_INBOX_ATTEMPTS):
        with pytest.raises(AttributeError):
            process(callback.pk)
    process(callback.pk)

    callback.refresh_from_db()
    assert callback.error == "given up: every attempt broke off"
    assert queue_callbacks() == 0
    assert callback.error in Event.objects.get(kind=Event.Kind.TROUBLE, shoot=shoot).text


def test_one_that_breaks_off_comes_back_ever_more_rarely(
    shoot: Shoot, noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "take_in_prompt", break_off)
    callback = Callback.objects.create(shoot=shoot, body='{"prompt": {"id": 7}}')

    waits = []
    for _ in range(3):
        with pytest.raises(AttributeError):
            process(callback.pk)
        callback.refresh_from_db()
        waits.append(callback.next_check_at - timezone.now())

    assert waits == [pace.INBOX_AGAIN, 2 * pace.INBOX_AGAIN, 4 * pace.INBOX_AGAIN]


def test_those_that_break_off_hold_up_nobody_behind_them(
    shoot: Shoot, noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(inbox, "take_in_prompt", break_off)
        for _ in range(3):
            callback = Callback.objects.create(shoot=shoot, body='{"prompt": {"id": 7}}')
            with pytest.raises(AttributeError):
                process(callback.pk)
    good = Callback.objects.create(
        shoot=shoot, body='{"prompt": {"id": 8, "images": ["https://x.example/1"]}}'
    )

    assert queue_callbacks() == 1
    process(good.pk)

    assert Image.objects.get().prompt.astria_id == 8


def test_replayed_after_our_mistake_is_mended_it_is_taken_in(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = Callback.objects.create(
        shoot=shoot, body='{"prompt": {"id": 7}}', attempts=pace.MAX_INBOX_ATTEMPTS
    )
    process(callback.pk)
    given_up = Callback.objects.get().error

    Callback.objects.all().replay()
    process(callback.pk)

    assert given_up != ""
    assert Callback.objects.get().error == ""
    assert Prompt.objects.get().astria_id == 7
