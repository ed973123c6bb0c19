"""Ordering twice, without credits, and taking an order back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.journey import order, review, wait_until_over
from tests.browser.tabs import Tabs
from tests.processes import Studio

pytestmark = pytest.mark.browser

ORDER = re.compile(r"^Order \d+ pictures")


def test_two_tabs_and_a_double_click_are_one_order_charged_once(tabs: Tabs) -> None:
    draft = tabs.people["clicker"]["draft"] + "?part=review"
    first, second = tabs.open(draft, who="clicker"), tabs.open(draft, who="clicker")

    first.get_by_role("button", name=ORDER).dblclick()
    first.wait_for_url("**/shoots/*/")
    order(second)

    assert second.url == first.url
    second.goto("/account/credits/")
    expect(second.get_by_role("link", name="0 credits", exact=True)).to_be_visible()
    expect(second.get_by_role("row").filter(has_text="−26")).to_have_count(1)
    second.goto("/shoots/")
    expect(second.locator(".card")).to_have_count(1)


def test_too_few_credits_are_said_in_numbers_and_nothing_is_charged(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["poor"]["draft"], who="poor")
    review(page)

    expect(page.locator("#problems")).to_contain_text("23 credits are missing for this pack.")
    expect(page.get_by_role("button", name=ORDER)).to_be_disabled()
    expect(page.get_by_role("link", name="3 credits")).to_be_visible()


def test_a_queued_order_is_taken_back_with_all_credits(tabs: Tabs, studio: Studio) -> None:
    with studio.without("worker"):
        page = tabs.open(tabs.people["quitter"]["draft"], who="quitter")
        order(page)
        expect(page.get_by_role("link", name="474 credits")).to_be_visible()

        page.get_by_role("button", name="Cancel and take the credits back").click()

        expect(page.get_by_text("The order is cancelled. All credits are back.")).to_be_visible()
        expect(page.get_by_role("link", name="500 credits")).to_be_visible()
        expect(page.get_by_text("Order cancelled")).to_be_visible()


def test_another_pack_on_the_same_model_is_cheaper_and_needs_no_callback(tabs: Tabs, studio: Studio) -> None:
    page = tabs.open(tabs.people["reader"]["photos"], who="reader")
    page.get_by_text("Choose another pack").click()
    page.get_by_role("button", name="Black and White").click()
    page.wait_for_url("**/?part=review")

    with studio.sandbox.changed(callbacks="no-tune-ids"):
        page.get_by_role("button", name="Order 8 pictures for 8 credits").click()
        wait_until_over(page)

    expect(page.get_by_role("heading", name="8 pictures", exact=True)).to_be_visible()
    expect(page.get_by_text("Preparing your model")).to_be_visible()
