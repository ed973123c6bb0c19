"""When pictures fail: what happened, and that credits came back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.journey import order, wait_until_over
from tests.browser.screens import Screens
from tests.browser.tabs import Tabs
from tests.processes import Studio

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_shoot_without_any_picture_says_so_and_gives_all_credits_back(
    tabs: Tabs, studio: Studio, screens: Screens
) -> None:
    page = tabs.open(tabs.people["unlucky"]["draft"], who="unlucky")

    with studio.sandbox.changed(faults={"prompt-fails": 1}):
        order(page)
        wait_until_over(page)

    expect(page.get_by_text("Failed", exact=True)).to_be_visible()
    expect(page.get_by_text("26 credits came back.")).to_be_visible()
    expect(page.get_by_role("link", name="Order again")).to_be_visible()
    expect(page.get_by_role("link", name="500 credits")).to_be_visible()
    screens.take(page, "failed")


def test_a_shoot_with_some_pictures_shows_them_and_gives_back_the_rest(
    tabs: Tabs, studio: Studio, screens: Screens
) -> None:
    page = tabs.open(tabs.people["halfway"]["draft"], who="halfway")

    with studio.sandbox.changed(faults={"prompt-fails": 0.5}):
        order(page)
        wait_until_over(page)

    expect(page.get_by_text("did not come.")).to_contain_text("credits came back.")
    expect(page.locator(".progress-pictures li").first).to_be_visible()
    screens.take(page, "partly")
