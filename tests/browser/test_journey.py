"""The whole: from signing up to a liked picture that Astria knows of."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journey import (
    GOOD,
    SHOOT_MS,
    choose,
    order,
    review,
    say_who,
    sign_in,
    sign_up,
    wait_until_over,
)
from tests.browser.screens import Screens
from tests.browser.tabs import PHONE, Tabs
from tests.processes import PASSWORD, Studio
from tests.sandbox.process import eventually

pytestmark = pytest.mark.browser


def test_a_newcomer_signs_up_orders_watches_and_looks_at_pictures(
    tabs: Tabs, studio: Studio, screens: Screens
) -> None:
    tabs.refusals.add(503)  # a busy studio asks tiles to come again, which they do by themselves
    page = tabs.open()
    screens.take(page, "home", readme=True)

    sign_up(page, "zoe@example.com", PASSWORD)
    expect(page.get_by_role("link", name="40 credits")).to_be_visible()
    _prepare(page, screens)
    with studio.sandbox.changed(speed=1.0):
        order(page)
        _watch(page, screens)

    page.get_by_role("link", name="Open the gallery").click()
    expect(page.locator(".gallery-item")).to_have_count(16)
    expect(page.get_by_role("link", name="14 credits")).to_be_visible()
    screens.take(page, "gallery", readme=True)
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    screens.take(page, "gallery-phone-dark", readme=True)


def _prepare(page: Page, screens: Screens) -> None:
    """From the packs to a draft with six checked photos."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Packs").click()
    page.get_by_role("link", name="Corporate Headshots").click()
    screens.take(page, "pack", readme=True)
    page.get_by_role("button", name="Start a shoot with this pack").click()
    say_who(page, "Zoë 李")
    expect(page.locator("#part-who > summary")).to_contain_text("Zoë 李")
    choose(page, GOOD)
    expect(page.locator("li.tile").filter(has_text="Good")).to_have_count(6)
    expect(page.locator(".coach")).to_contain_text("6 photos")
    review(page)
    page.get_by_text("Say more", exact=True).click()
    page.get_by_label("Eyes").select_option("brown eyes")


def _watch(page: Page, screens: Screens) -> None:
    """See pictures arrive and the shoot end on the one page, which is never loaded again."""
    page.evaluate("globalThis.isTheSamePage = true")
    expect(page.get_by_text("You may close this page.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^[1-9]\d* of 16 pictures"))).to_be_visible(
        timeout=SHOOT_MS
    )
    screens.take(page, "progress", readme=True)
    wait_until_over(page)
    expect(page.get_by_role("heading", name="16 pictures", exact=True)).to_be_visible()
    assert page.evaluate("globalThis.isTheSamePage") is True


def test_a_like_reaches_astria_and_outlives_a_reload_and_a_sign_out(tabs: Tabs, studio: Studio) -> None:
    page = tabs.open(tabs.people["reader"]["gallery"], who="reader")
    before = _liked_at(studio)
    button = page.locator(".gallery-item").first.get_by_role("button", name="Like")

    button.click()

    expect(button).to_have_attribute("aria-pressed", "true")
    assert eventually(lambda: len(_liked_at(studio)) == len(before) + 1)
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert eventually(lambda: _liked_at(studio) == before)


def _liked_at(studio: Studio) -> set[int]:
    """Return the ids of the prompts that Astria's side knows as liked."""
    prompts = studio.sandbox.get("/prompts", params={"liked": "true", "limit": 100}).json()
    return {prompt["id"] for prompt in prompts}


def test_a_person_who_signs_out_sees_nothing_until_they_sign_in_again(tabs: Tabs) -> None:
    page = tabs.open("/shoots/", who="leaver")

    page.locator("summary", has_text="Account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")
    page.goto("/gallery/")

    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/gallery/$"))
    sign_in(page, "leaver@example.com", PASSWORD)
    expect(page.get_by_role("heading", name="No shoots yet")).to_be_visible()
