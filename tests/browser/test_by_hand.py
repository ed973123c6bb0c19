"""With the keyboard alone, with one thumb, and in the theme of one's choice."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import open_page
from tests.browser.tabs import PHONE, Tabs
from tests.processes import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_signing_in_needs_no_mouse(tabs: Tabs) -> None:
    page = tabs.open("/accounts/login/")

    _tab_to(page, "#id_login")
    page.keyboard.type("newcomer@example.com")
    _tab_to(page, "#id_password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/shoots/$"))


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(20):
        if page.locator(selector).evaluate("field => field === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_the_first_tab_leads_past_the_menu(tabs: Tabs) -> None:
    page = tabs.open("/packs/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("main")).to_be_focused()


def test_arrows_and_l_move_and_like_on_a_picture(tabs: Tabs) -> None:
    page = open_page(tabs, "picture")
    first = page.url

    page.keyboard.press("ArrowRight")
    page.wait_for_url(lambda url: url != first)
    like = page.locator("#viewer").get_by_role("button", name="Like")
    page.keyboard.press("l")
    expect(like).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")
    expect(like).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("ArrowLeft")

    page.wait_for_url(first)  # loaded, not only begun: keys are heard once the scripts have run
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/gallery/$"))


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("home", "Start a shoot"),
        ("new-set", "Continue to photos"),
        ("photo-set", "Review and order"),
        ("shoot-ready", "Open the gallery"),
        ("picture", "Download"),
    ],
)
def test_on_a_phone_the_main_action_is_in_reach_without_scrolling(tabs: Tabs, name: str, action: str) -> None:
    page = open_page(tabs, name, viewport=PHONE, has_touch=True, is_mobile=True)

    place = page.locator("#viewer") if name == "picture" else page.get_by_role("main")
    expect(place.get_by_text(action, exact=True).first).to_be_in_viewport()


def test_the_theme_one_chooses_is_kept(tabs: Tabs) -> None:
    page = tabs.open("/", color_scheme="light")
    switch = page.get_by_role("button", name="Dark theme")
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")

    switch.click()
    page.goto("/packs/")

    expect(switch).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != paper
    switch.click()
    page.reload()
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == paper
