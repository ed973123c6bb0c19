"""A shoot's timeline has everything that happened to it, and nothing that is the person's alone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from studio.console.timeline import readable, timeline_of
from studio.models import Callback, Event, Letter, Shoot
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def shoot(user: User) -> Shoot:
    made: Shoot = ShootFactory.create(account=user.account)
    return made


def words(shoot: Shoot) -> list[str]:
    return [f"{line.kind}: {line.words}" for line in timeline_of(shoot)]


def test_a_call_is_there_with_its_status_and_milliseconds(shoot: Shoot) -> None:
    Event.record(Event.Kind.CALL, "GET /tunes/:id: 200", shoot=shoot, data={"status": 200, "ms": 31})

    assert words(shoot) == ["call to Astria: GET /tunes/:id: 200 (31 ms)"]


def test_what_happened_to_its_model_is_there_too(shoot: Shoot) -> None:
    Event.record(Event.Kind.STATE, "tune: training → trained", tune=shoot.tune)

    assert words(shoot) == ["state: tune: training → trained"]


def test_callbacks_mails_credits_and_staff_stand_in_the_order_of_time(shoot: Shoot, owner: User) -> None:
    Callback.objects.create(shoot=shoot, body="{}", received_at=NOW - timedelta(minutes=3))
    Letter.objects.create(
        key="k",
        kind="ready",
        account=shoot.account,
        shoot=shoot,
        status="sent",
        sent_at=NOW - timedelta(minutes=2),
    )
    shoot.account.spend(18, key=f"shoot:{shoot.pk}")
    AuditEntry.record(owner, "check now", about=shoot, text="they asked")

    kinds = [line.kind for line in timeline_of(shoot)]

    assert kinds == ["staff", "credits", "mail", "callback"]


def test_another_shoots_credits_are_not_there(shoot: Shoot) -> None:
    shoot.account.spend(18, key=f"shoot:{shoot.pk}0")

    assert words(shoot) == []


def test_a_callbacks_body_shows_how_much_came_but_not_what_is_theirs() -> None:
    body = {
        "id": 7,
        "text": "ohwx woman, green eyes",
        "images": ["https://pictures.example.com/1.jpg"],
        "prompts": [{"id": 8, "images": []}],
    }

    shown = readable(json.dumps(body))

    assert json.loads(shown) == {
        "id": 7,
        "text": "(…)",
        "images": "(1)",
        "prompts": [{"id": 8, "images": "(0)"}],
    }


@pytest.mark.parametrize("body", ["", "<html>", "[" * 100_000])
def test_what_is_no_json_is_said_to_be_none(body: str) -> None:
    assert readable(body) == "Not JSON."
