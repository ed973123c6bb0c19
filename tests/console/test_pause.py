"""Staff hold all submissions, and release them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from studio.models import Pause
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def switch(browser: Client, name: str, reason: str = "price change") -> Any:
    return browser.post(reverse(f"admin:pause-{name}"), {"reason": reason})


def may_go_out() -> bool:
    return Pause.allows_submission(probe_every=timedelta())


def test_while_staff_hold_them_not_even_a_probe_goes_out(console: Client) -> None:
    switch(console, "hold")
    switch(console, "hold")

    assert not may_go_out()
    assert not Pause.end()
    assert Pause.objects.count() == 1


def test_a_refusal_meanwhile_changes_nothing_and_alarms_nobody_anew(console: Client) -> None:
    switch(console, "hold")

    assert not Pause.start("Unauthorized (401)", probe_in=-MINUTE)
    assert (Pause.objects.get().reason, may_go_out()) == ("price change", False)


def test_staff_take_over_what_a_refusal_began(console: Client) -> None:
    Pause.start("Unauthorized (401)", probe_in=-MINUTE)

    switch(console, "hold")

    assert not may_go_out()


def test_released_orders_are_due_at_once(console: Client) -> None:
    shoot = ShootFactory.create(status="queued")
    switch(console, "hold")
    before = shoot.next_check_at

    switch(console, "release")
    switch(console, "release")

    shoot.refresh_from_db()
    assert may_go_out()
    assert shoot.next_check_at > before


def test_who_held_them_and_why_is_in_the_audit_log(console: Client) -> None:
    switch(console, "hold")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.text) == ("submissions held", "price change")


@pytest.mark.parametrize("name", ["hold", "release"])
def test_without_a_reason_nothing_is_switched(console: Client, name: str) -> None:
    Pause.hold("before") if name == "release" else None

    answer = switch(console, name, reason="")

    assert answer.status_code == 200
    assert may_go_out() == (name == "hold")


def test_the_page_says_why_and_how_many_wait(console: Client) -> None:
    ShootFactory.create(status="queued")
    Pause.hold("price change")

    page = console.get(reverse("admin:pause")).content.decode()

    assert "Staff hold all submissions: price change" in page
    assert "Orders that wait to go out: 1" in page


def test_staff_without_the_right_look_but_do_not_switch(staff_with: Callable[..., Client]) -> None:
    viewer, other = staff_with("studio.view_pause"), staff_with("packs.view_pack")
    address = reverse("admin:pause")

    assert [browser.get(address).status_code for browser in (viewer, other)] == [200, 403]
    assert [switch(browser, "hold").status_code for browser in (viewer, other)] == [403, 403]


@pytest.mark.parametrize("name", ["pause", "pause-hold", "pause-release"])
def test_people_and_strangers_are_sent_to_sign_in(signed_in: Client, name: str) -> None:
    method = "get" if name == "pause" else "post"
    answers = [getattr(browser, method)(reverse(f"admin:{name}")) for browser in (signed_in, Client())]

    assert [answer.status_code for answer in answers] == [302, 302]
