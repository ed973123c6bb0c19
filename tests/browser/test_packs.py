"""The shop: packs are found, and shots switched off, in place and without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.tabs import DESKTOP, PHONE, Tabs

pytestmark = [pytest.mark.browser, pytest.mark.long]

PACK = "/packs/corporate-headshots/?class=woman"


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    found: ViewportSize = request.param
    return found


def titles(page: Page) -> list[str]:
    return page.locator(".card-title").all_inner_texts()


def test_packs_are_found_without_a_reload_by_an_address_that_can_be_passed_on(
    tabs: Tabs, size: ViewportSize
) -> None:
    page = tabs.open("/packs/", viewport=size)
    page.evaluate("document.body.dataset.stays = 'yes'")
    everything = page.locator(".card").count()

    page.get_by_label("Search packs").fill("black")
    expect(page.locator(".card")).to_have_count(1)
    page.wait_for_url("**/packs/?q=black")
    page.get_by_label("Search packs").fill("")
    expect(page.locator(".card")).to_have_count(everything)
    page.get_by_label("Order").select_option(label="Lowest price")
    page.wait_for_url("**/packs/?sort=price")
    page.get_by_label("Woman", exact=True).check()
    page.wait_for_url("**/packs/?class=woman&sort=price")

    assert page.evaluate("document.body.dataset.stays") == "yes"
    expect(page.locator("#live")).to_have_text(f"{page.locator('.card').count()} packs")
    assert titles(tabs.open(page.url, viewport=size)) == titles(page)


def test_packs_are_found_without_javascript(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open("/packs/", viewport=size, java_script_enabled=False)
    everything = page.locator(".card").count()

    page.get_by_label("Search packs").fill("zeppelin")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="No pack fits that")).to_be_visible()
    page.get_by_role("link", name="See all packs").click()

    expect(page.locator(".card")).to_have_count(everything)


def test_price_and_count_follow_the_shots_by_keyboard(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open(PACK, viewport=size)
    total = page.locator("#sum")
    expect(total).to_contain_text("8 of 8 shots, 16 pictures, 26 credits")
    expect(total).to_be_in_viewport()

    for number in (1, 2):
        page.get_by_label(f"Shot {number}, 2 pictures").focus()
        page.keyboard.press("Space")
        expect(total).to_contain_text(f"{8 - number} of 8 shots")

    expect(total).to_contain_text("12 pictures, 22 credits")
    expect(page.get_by_label("Shot 2, 2 pictures")).to_be_focused()
    again = tabs.open(page.url, viewport=size)
    expect(again.locator("#sum")).to_contain_text("6 of 8 shots, 12 pictures, 22 credits")


def test_another_class_shows_its_shots_in_place(tabs: Tabs) -> None:
    page = tabs.open(PACK)

    page.get_by_role("link", name="Man", exact=True).click()

    expect(page.locator("#sum")).to_contain_text("Man: 8 of 8 shots")
    page.wait_for_url(re.compile(r"\?class=man$"))


def test_without_any_shot_one_cannot_begin(tabs: Tabs) -> None:
    page = tabs.open("/packs/black-and-white/?class=woman&chosen=1")

    expect(page.locator("#sum")).to_contain_text("Choose at least one shot.")
    expect(page.get_by_role("button", name="Start a shoot with this pack")).to_be_disabled()


def test_shots_are_switched_off_without_javascript_and_come_along(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open(PACK, who="newcomer", viewport=size, java_script_enabled=False)

    page.get_by_label("Shot 3, 2 pictures").uncheck()
    page.get_by_role("button", name="Work out the price").click()
    expect(page.locator("#sum")).to_contain_text("7 of 8 shots, 14 pictures, 24 credits")
    page.get_by_role("button", name="Start a shoot with this pack").click()

    expect(page.get_by_text("7 of 8 shots, 14 pictures, 24 credits")).to_be_visible()
    expect(page.get_by_label("Woman", exact=True)).to_be_checked()
