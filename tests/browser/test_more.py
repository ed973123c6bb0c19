"""More pictures on a model, and the model itself, as a person goes about them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.journey import review, wait_until_over
from tests.browser.screens import Screens
from tests.browser.tabs import DESKTOP, PHONE, Tabs

pytestmark = [pytest.mark.browser, pytest.mark.long]

SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
ORDER = "Order these pictures"


def maker(tabs: Tabs, path: str = "", **options: object) -> Page:
    """Open a page below the model of somebody whose shoot is over."""
    ready = tabs.open(tabs.people["maker"]["ready"], who="maker")
    wait_until_over(ready)
    ready.close()
    return tabs.open(tabs.people["maker"]["model"] + path, who="maker", **options)


def order(page: Page) -> str:
    """Press the button, twice as some do; return the title of the shoot that one comes to."""
    page.get_by_role("button", name=ORDER).dblclick()
    page.wait_for_url(re.compile(r"/shoots/[0-9a-f-]{36}/$"))
    return page.get_by_role("heading", level=1).inner_text()


@SIZES
def test_another_pack_is_priced_by_its_chosen_shots(tabs: Tabs, size: ViewportSize) -> None:
    page = maker(tabs, viewport=size)

    page.get_by_role("link", name="Make more pictures").click()
    page.get_by_role("link", name="Black and White").click()
    price = page.locator("#more-price b")
    whole = int(price.inner_text().split()[0])
    page.get_by_label(re.compile("^Shot 1,|Shot 1, ")).first.uncheck()
    expect(price).not_to_have_text(f"{whole} credits")
    less = int(price.inner_text().split()[0])

    assert 0 < less < whole
    assert order(page) == "Black and White"


@SIZES
def test_a_theme_is_ordered_once_and_its_pictures_appear(tabs: Tabs, size: ViewportSize) -> None:
    page = maker(tabs, "more/", viewport=size)
    theme = f"autumn in town {size['width']}"
    tabs.refusals.add(422)

    page.get_by_role("link", name="A theme").click()
    page.get_by_label("Theme", exact=True).fill("topless autumn")
    page.get_by_role("button", name=ORDER).click()
    expect(page.get_by_text("This studio makes no pictures of “topless”.")).to_be_visible()
    page.get_by_label("Theme", exact=True).fill(theme)

    assert order(page) == f"Theme: {theme}"
    wait_until_over(page)
    expect(page.locator(".progress-pictures img")).to_have_count(10)
    page.goto(tabs.people["maker"]["model"])
    expect(page.get_by_role("link", name=theme)).to_have_count(1)


@SIZES
def test_own_words_are_ordered_with_settings_out_of_the_fold(tabs: Tabs, size: ViewportSize) -> None:
    page = maker(tabs, "more/?make=words", viewport=size)
    text = f"in a library, {size['width']} books"

    page.get_by_label("What the pictures show").fill(text)
    page.get_by_label("How many").select_option(label="2 pictures: 2 credits")
    page.get_by_text("More settings").click()
    page.get_by_label("Shape").select_option("3:2")
    page.get_by_label("Style").select_option("Cinematic")
    page.get_by_label("Film grain").check()

    assert order(page) == f"Your words: {text}"
    wait_until_over(page)
    expect(page.locator(".progress-pictures img")).to_have_count(2)
    made = next(it for it in tabs.studio.sandbox.get("/prompts").json() if it["text"].endswith(text))
    assert (made["w"], made["h"], made["style"], made["film_grain"]) == (1248, 832, "Cinematic", True)


@SIZES
def test_from_a_picture_one_comes_to_more_like_it(tabs: Tabs, size: ViewportSize) -> None:
    page = maker(tabs, viewport=size)

    page.goto(tabs.people["maker"]["ready"] + "gallery/")
    page.locator(".gallery-item a").first.click()
    page.get_by_role("link", name="More like this").click()
    expect(page.get_by_text("The same words once more")).to_be_visible()

    assert order(page).startswith("More like shot ")


def test_without_javascript_the_price_is_asked_for_and_words_are_not_lost(tabs: Tabs) -> None:
    page = maker(tabs, "more/?pack=black-and-white", java_script_enabled=False)
    tabs.refusals.add(422)

    before = page.locator("#more-price b").inner_text()
    page.locator("input[name=shot]").first.uncheck()
    page.get_by_role("button", name="Show the price of what is chosen").click()
    after = page.locator("#more-price b").inner_text()
    page.locator("input[name=shot]").nth(1).uncheck()
    page.get_by_role("button", name=ORDER).click()
    expect(page.get_by_text("What you chose costs as much as you see below.")).to_be_visible()

    assert len({before, after, page.locator("#more-price b").inner_text()}) == 3
    page.get_by_role("button", name=ORDER).click()
    expect(page.get_by_role("heading", name="Black and White")).to_be_visible()


@SIZES
def test_a_model_is_kept_and_deleted_by_who_is_sure(tabs: Tabs, size: ViewportSize) -> None:
    """By keyboard where one acts; the second visit finds what the first one did."""
    page = tabs.open(tabs.people["deleter"]["ready"], who="deleter", viewport=size)
    wait_until_over(page)

    page.goto("/models/")
    if size == PHONE:
        expect(page.get_by_role("heading", name="No models yet")).to_be_visible()
        return
    page.get_by_role("link", name="Anna").click()
    expect(page.get_by_role("img", name=re.compile("^Photo "))).to_have_count(4)
    page.get_by_role("button", name="Keep it for another 30 days for 5 credits").press("Enter")
    expect(page.get_by_text("Another 30 days are paid.")).to_be_visible()
    page.get_by_text("Delete this model").press("Enter")
    page.get_by_label("I know that a deleted model cannot be brought back.").press("Space")
    page.get_by_role("button", name="Delete the model").press("Enter")

    expect(page.get_by_text("The model is deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Train a new one from these photos")).to_be_visible()
    page.goto("/gallery/")
    expect(page.locator(".gallery-item").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "path"), [("more", "more/"), ("more-words", "more/?make=words"), ("model", "")]
)
def test_the_pages_of_a_model_are_kept_as_pictures(
    tabs: Tabs, screens: Screens, name: str, path: str, scheme: str
) -> None:
    page = tabs.open(tabs.people["reader"]["model"] + path, who="reader", color_scheme=scheme)

    screens.take_sizes(page, name, scheme)

    expect(page.get_by_role("heading", level=1)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_review_of_a_model_to_be_kept_is_kept_as_a_picture(
    tabs: Tabs, screens: Screens, scheme: str
) -> None:
    page = tabs.open(tabs.people["chooser"]["draft"], who="chooser", color_scheme=scheme)
    review(page)

    page.get_by_label("Keep the model for another 30 days").check()
    screens.take_sizes(page, "review", scheme)

    expect(page.get_by_role("button", name="Order 16 pictures for 31 credits")).to_be_visible()
