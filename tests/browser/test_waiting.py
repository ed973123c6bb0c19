"""Waiting for pictures: pages that renew themselves until there is nothing more to come."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.screens import Screens
from tests.browser.tabs import DESKTOP, PHONE, Tabs

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_late_shoot_says_what_happens_and_until_when(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open(tabs.people["reader"]["late"], who="reader", viewport=size)

    late = page.locator("#late")
    expect(late.get_by_role("heading", name="This takes longer than usual")).to_be_visible()
    expect(late).to_contain_text("Nothing is lost.")
    expect(late).to_contain_text("credits come back by themselves")
    expect(late).to_contain_text("We will write to you.")


def test_a_shoot_that_is_over_names_its_stages_with_their_times(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["reader"]["ready"], who="reader")

    expect(page.locator("#ended")).to_contain_text("All 16 pictures are ready")
    expect(page.locator(".progress-stage[data-state=done] time")).to_have_count(4)


SAYS = {
    "late": "This takes longer than usual",
    "failed": "18 credits came back.",
    "partly": "credits",
    "ready": "All 16 pictures are ready",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", SAYS)
def test_each_end_of_a_shoot_is_kept_as_a_picture(
    tabs: Tabs, screens: Screens, state: str, scheme: str
) -> None:
    who = "reader" if state == "ready" else "waiter"
    page = tabs.open(tabs.people[who][state], who=who, color_scheme=scheme)

    expect(page.locator("#progress")).to_contain_text(SAYS[state])
    screens.take_sizes(page, f"waiting-{state}", scheme)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_review_says_what_was_seen_in_the_photos(tabs: Tabs, screens: Screens, scheme: str) -> None:
    page = tabs.open(tabs.people["waiter"]["review"], who="waiter", color_scheme=scheme)

    expect(page.get_by_text("Seen in your photos. Change what is wrong")).to_be_visible()
    screens.take_sizes(page, "review-seen", scheme)


@pytest.mark.parametrize(("shoot", "asks"), [("in progress", True), ("ready", False)])
def test_a_page_asks_again_until_its_shoot_is_over(tabs: Tabs, shoot: str, asks: bool) -> None:
    page = tabs.open(who="reader")
    page.clock.install()
    address = tabs.people["reader"][shoot]
    page.goto(address)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.clock.fast_forward("05:00")
    page.wait_for_load_state("networkidle")

    assert any(address in url for url in asked) is asks


def test_a_page_left_open_after_signing_out_leads_to_the_sign_in(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["reader"]["in progress"], who="reader")
    page.locator("#progress[hx-get]").wait_for()

    page.context.clear_cookies()

    page.wait_for_url(re.compile(r"/accounts/login/\?next=(%2F|/)shoots"))
