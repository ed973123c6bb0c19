"""Where Astria calls back: one row and an answer."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from studio.models import Callback, Event, Shoot, Tally
from studio.views import callbacks
from tests.factories import ShootFactory

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

LATER = timedelta(hours=1)


@pytest.fixture
def shoot(db: None) -> Shoot:
    return ShootFactory.create(next_check_at=timezone.now() + LATER)


def call(shoot: Shoot, body: str | bytes, token: str = "", **headers: Any) -> Any:
    """Call as Astria does: without a session, without a token of a form."""
    path = f"/callbacks/{shoot.pk}/{token or shoot.callback_token}"
    return Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", **headers)


@pytest.fixture
def two_proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 2


def is_due(shoot: Shoot) -> bool:
    return Shoot.objects.due(timezone.now()).filter(pk=shoot.pk).exists()


def test_a_callback_becomes_one_row_as_it_came(shoot: Shoot) -> None:
    body = '{"tune": {"id": 1,  "title": "李"}}'

    answer = call(shoot, body)

    kept = Callback.objects.get()
    assert (answer.status_code, answer.content) == (204, b"")
    assert (kept.shoot, kept.body, kept.processed_at) == (shoot, body, None)


def test_receiving_does_nothing_else(shoot: Shoot, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        call(shoot, "{}")

    assert not OrmQ.objects.exists()
    assert not Event.objects.exists()


def test_a_callback_that_comes_twice_is_two_rows(shoot: Shoot) -> None:
    answers = [call(shoot, "{}").status_code, call(shoot, "{}").status_code]

    assert answers == [204, 204]
    assert Callback.objects.count() == 2


def test_callbacks_are_taken_after_the_end_too(shoot: Shoot) -> None:
    Shoot.objects.update(status="ready", ended_at=timezone.now(), next_check_at=None)

    assert call(shoot, "[]").status_code == 204


@pytest.mark.parametrize("token", ["x", "0" * 43, "é"])
def test_a_wrong_token_is_not_found(shoot: Shoot, token: str) -> None:
    assert call(shoot, "{}", token).status_code == 404
    assert not Callback.objects.exists()


def test_the_token_of_another_shoot_is_wrong(shoot: Shoot) -> None:
    other: Shoot = ShootFactory.create()

    assert call(shoot, "{}", other.callback_token).status_code == 404


def test_a_shoot_that_is_none_is_not_found(shoot: Shoot) -> None:
    shoot.pk = uuid4()

    assert call(shoot, "{}").status_code == 404


def test_guessing_is_rate_limited_and_right_tokens_are_not(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "MOST_WRONG_A_MINUTE", 2)

    guesses = [call(shoot, "{}", "wrong").status_code for _ in range(3)]

    assert guesses == [404, 404, 429]
    assert call(shoot, "{}").status_code == 204


def test_what_is_refused_is_counted_by_why_and_guessing_on_is_not(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "MOST_WRONG_A_MINUTE", 5)
    gone = ShootFactory.create()
    Shoot.objects.filter(pk=gone.pk).delete()

    call(gone, "{}")
    for _guess in range(9):
        call(shoot, "{}", "wrong")
    call(shoot, "{}")

    assert dict(Tally.objects.values_list("kind", "count")) == {"no_order": 1, "wrong_token": 4}


@pytest.mark.usefixtures("two_proxies")
def test_behind_our_proxies_strangers_are_told_apart_and_nobody_hides(
    shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "MOST_WRONG_A_MINUTE", 2)

    def guess(forwarded: str) -> int:
        return int(call(shoot, "{}", "wrong", HTTP_X_FORWARDED_FOR=forwarded).status_code)

    guesses = [guess(f"10.9.9.{n}, 198.51.100.7, 10.0.0.1") for n in range(3)]

    assert guesses == [404, 404, 429]
    assert guess("198.51.100.8, 10.0.0.1") == 404


def test_callbacks_for_a_shoot_that_was_deleted_are_not_found(shoot: Shoot) -> None:
    kept = call(shoot, "{}").status_code
    shoot.delete()

    assert (kept, call(shoot, "{}").status_code) == (204, 404)
    assert not Callback.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "tune", "{", b"\xff\xfe", "[" * 100_000, '{"a": ' + "9" * 5000 + "}"],
    ids=["empty", "word", "cut", "not-utf-8", "deep", "long-number"],
)  # fmt: skip
def test_what_is_not_json_is_400_and_the_shoot_is_looked_at(shoot: Shoot, body: str | bytes) -> None:
    answer = call(shoot, body)

    assert answer.status_code == 400
    assert not Callback.objects.exists()
    assert is_due(shoot)


def test_what_is_too_large_is_400_and_the_shoot_is_looked_at(shoot: Shoot) -> None:
    answer = call(shoot, json.dumps("x" * (1 << 20)))

    assert answer.status_code == 400
    assert not Callback.objects.exists()
    assert is_due(shoot)


def test_a_large_callback_within_the_limit_is_kept(shoot: Shoot) -> None:
    assert call(shoot, json.dumps("x" * 1_000_000)).status_code == 204


@pytest.mark.parametrize("length", ["x", "-5", "99999999999999999999"])
def test_a_length_that_lies_is_400(shoot: Shoot, length: str) -> None:
    assert call(shoot, "{}", CONTENT_LENGTH=length).status_code in {400, 413}
    assert not Callback.objects.exists()


def test_an_unreadable_callback_of_a_finished_shoot_wakes_nothing(shoot: Shoot) -> None:
    Shoot.objects.update(status="ready", ended_at=timezone.now(), next_check_at=None)

    assert call(shoot, "{").status_code == 400
    assert not is_due(shoot)


def test_get_is_refused(shoot: Shoot, client: Client) -> None:
    assert client.get(f"/callbacks/{shoot.pk}/{shoot.callback_token}").status_code == 405
