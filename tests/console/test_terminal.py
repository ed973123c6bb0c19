"""What the console shows and does, from a terminal."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_q.models import OrmQ

from accounts.models import AuditEntry, User
from packs.models import Pack
from studio.models import Pause, Shoot
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def run_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


@pytest.fixture
def shoot(user: User) -> Shoot:
    made: Shoot = ShootFactory.create(account=user.account)
    return made


def test_what_can_be_done_now_is_listed_with_what_will_happen(shoot: Shoot, user: User, pack: Pack) -> None:
    of_order, of_person = run_json("act", "order", str(shoot.pk)), run_json("act", "person", user.email)

    assert {"check-now", "give-up", "give-credits"} == of_order["acts"].keys()
    assert {"give-credits", "sign-out", "suspend", "erase"} == of_person["acts"].keys()
    assert "pack-withdrawn" in run("act", "pack", pack.slug)


def test_an_act_is_done_and_written_down_as_a_commands(shoot: Shoot, user: User) -> None:
    run("act", "order", str(shoot.pk), "check-now", "--reason", "asked by mail")
    given = run_json(
        "act", "person", user.email.upper(), "give-credits", "--reason", "sorry", "--with", "amount=7"
    )

    user.account.refresh_from_db()
    assert OrmQ.objects.count() == 1
    assert (given["dry_run"], user.account.balance) == (False, 107)
    assert set(AuditEntry.objects.values_list("actor", "action", "text")) == {
        (None, "check now", "asked by mail"),
        (None, "give credits", "amount 7: sorry"),
    }


def test_dry_it_says_what_will_happen_and_does_nothing(shoot: Shoot) -> None:
    said = run_json("act", "order", str(shoot.pk), "give-up", "--dry-run")

    shoot.refresh_from_db()
    assert "0 of 8 pictures are here" in said["says"] and said["dry_run"] is True
    assert not shoot.is_final and not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["order", "7"], "There is no order 7"),
        (["person", "nobody@example.com"], "There is no person"),
        (["order", "{shoot}", "fetch-again"], "cannot be done now. What can: check-now"),
        (["order", "{shoot}", "check-now"], "reason: This field is required"),
        (["person", "{email}", "erase", "--reason", "x", "--with", "typed=a@b.example"], "not the address"),
    ],
)
def test_what_cannot_be_done_is_said_and_not_done(
    shoot: Shoot, user: User, arguments: list[str], error: str
) -> None:
    with pytest.raises(CommandError, match=error):
        run("act", *[it.format(shoot=shoot.pk, email=user.email) for it in arguments])

    assert not AuditEntry.objects.exists()


def test_submissions_are_held_and_released() -> None:
    ShootFactory.create(status="queued")

    dry = run_json("submissions", "hold", "--reason", "price change", "--dry-run")
    held = run_json("submissions", "hold", "--reason", "price change")
    released = run_json("submissions", "release", "--reason", "done")

    assert (dry["reason"], held["reason"], released["reason"]) == ("", "price change", "")
    assert held["waiting"] == 1 and "Orders go out. 1 wait." in run("submissions")
    assert not Pause.objects.filter(ended_at=None).exists()
    assert list(AuditEntry.objects.values_list("action", flat=True)) == [
        "submissions released",
        "submissions held",
    ]


def test_without_a_reason_nothing_is_held() -> None:
    with pytest.raises(CommandError, match="Say why"):
        run("submissions", "hold")


def test_the_figures_are_those_of_the_dashboard() -> None:
    ShootFactory.create(status="unconfirmed", price=18, cost_mc=150_000)

    said = run_json("figures", "--days", "today")

    assert (said["orders"], said["credits_spent"], said["money"]["cost"]) == (1, 18, "1.5")
    assert {"words": "Orders that Astria has not confirmed", "count": 1} in said["attention"]
    assert "Astria's cost: $1.50" in run("figures")
