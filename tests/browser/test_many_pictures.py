"""Many pictures: choosing them, and going through page after page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.gallery import HUNDRED, items
from tests.browser.tabs import Tabs
from tests.sandbox.process import eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_shift_selects_all_in_between_and_escape_clears(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)
    picks = page.locator(".gallery-pick")

    picks.nth(2).check()
    items(page).nth(6).locator("a").click(modifiers=["Shift"])

    expect(page.get_by_text("5 selected")).to_be_visible()
    expect(page.locator(".gallery-pick:checked")).to_have_count(5)
    page.keyboard.press("Escape")
    expect(page.locator(".gallery-pick:checked")).to_have_count(0)
    expect(page.get_by_role("group", name="With the selected pictures")).to_be_hidden()


def test_arrows_with_shift_select_as_they_go(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)

    for key in ("ArrowRight", "s", "Shift+ArrowRight", "Shift+ArrowRight"):
        page.keyboard.press(key)

    expect(page.get_by_text("3 selected")).to_be_visible()


def test_everything_is_selected_though_it_has_not_all_come_yet(tabs: Tabs) -> None:
    page = tabs.open("/gallery/?order=best", who=HUNDRED)

    page.get_by_role("button", name="Select all").click()

    expect(page.get_by_text("100 selected")).to_be_visible()
    _scroll_until(page, 100)
    expect(page.locator(".gallery-pick:checked")).to_have_count(100)
    expect(page.get_by_text("100 selected")).to_be_visible()


def test_everything_is_selected_though_some_of_it_comes_meanwhile(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)
    asked: list[Route] = []
    page.route("**/gallery/ids/**", lambda route: asked.append(route))

    page.get_by_role("button", name="Select all").click()
    page.get_by_role("link", name="Show more").click()
    expect(items(page).nth(40)).to_be_attached()
    asked[0].continue_()

    expect(page.get_by_text("100 selected")).to_be_visible()
    expect(page.locator(".gallery-pick:not(:checked)")).to_have_count(0)


def _scroll_until(page: Page, count: int) -> None:
    def is_there() -> bool:
        page.mouse.wheel(0, 3000)
        page.evaluate("new Promise(requestAnimationFrame)")
        return items(page).count() >= count

    eventually(is_there, seconds=30)


def test_the_address_follows_the_page_one_looks_at(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)
    page.mouse.move(600, 600)
    _scroll_until(page, 100)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")

    last = page.locator("[data-page]").last.get_attribute("data-page") or ""
    first = re.search(r"from=(.*)", last)
    assert first
    expect(page).to_have_url(re.compile(re.escape(last) + "$"))
    page.reload()
    expect(items(page).first).to_have_attribute("data-picture", first[1])
    page.get_by_role("link", name="Show the ones before").click()
    expect(page.locator(f'[data-picture="{first[1]}"]')).to_have_count(1)
    expect(items(page).nth(40)).to_have_attribute("data-picture", re.compile(r".{36}"))


def test_in_a_window_higher_than_a_page_the_next_ones_come_by_themselves(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED, viewport={"width": 1280, "height": 5000})

    expect(items(page)).to_have_count(100)
