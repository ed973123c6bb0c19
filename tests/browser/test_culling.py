"""Culling in the gallery: by keyboard alone, by touch, without JavaScript; the viewer, undo."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery import FORTY, HUNDRED, items, open_first, swipe, viewed
from tests.browser.tabs import PHONE, Tabs
from tests.processes import Studio

pytestmark = pytest.mark.browser


@pytest.fixture
def culled(studio: Studio, tabs: Tabs) -> Callable[[str], list[int]]:
    """Return the numbers of a person's pictures for which something holds, as the database has them."""
    email = tabs.people[FORTY]["email"]

    def ask(condition: str) -> list[int]:
        code = (
            "from studio.models import Image; "
            f"print(sorted(Image.objects.filter(account__user__email={email!r}, {condition}=False)"
            ".values_list('number', flat=True)))"
        )
        return [int(number) for number in re.findall(r"\d+", studio.shell(code).splitlines()[-1])]

    return ask


def test_forty_pictures_are_culled_by_keyboard_alone(tabs: Tabs, culled: Callable[[str], list[int]]) -> None:
    page = tabs.open(tabs.people[FORTY]["gallery"], who=FORTY)
    expect(items(page)).to_have_count(40)
    press = page.keyboard.press

    press("ArrowRight")
    press("Enter")
    expect(page.locator("#viewer-title")).to_contain_text("picture 40")
    # From the newest, 40, down to 1: likes what 5 divides, hides what 4 divides.
    for number in range(40, 0, -1):
        expect(page.locator("#viewer-title")).to_have_text(re.compile(rf"picture {number}$"))
        if number % 5 == 0:
            press("l")
        if number % 4 == 0:
            press("x")
        elif number > 1:
            press("ArrowRight")
    press("Escape")

    expect(page.locator("#viewer")).to_be_hidden()
    expect(items(page)).to_have_count(30)
    assert page.evaluate("document.activeElement.querySelector('img:last-of-type').alt").endswith("picture 1")
    page.wait_for_load_state("networkidle")  # presses are saved one after the other, and faster made
    page.reload()
    expect(items(page)).to_have_count(30)
    assert culled("liked_at__isnull") == [5, 10, 15, 20, 25, 30, 35, 40]
    assert culled("hidden_at__isnull") == [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
    assert culled("seen_at__isnull") == list(range(1, 41))
    _show_all_again(page)
    assert culled("hidden_at__isnull") == []


def _show_all_again(page: Page) -> None:
    """By keyboard as well: the hidden ones, all of them, shown again."""
    page.get_by_role("link", name="Hidden").focus()
    with page.expect_navigation():  # keys are heard once the page and its scripts are whole
        page.keyboard.press("Enter")
    expect(items(page)).to_have_count(10)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Show again").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("10 pictures shown again.")).to_be_visible()
    expect(items(page)).to_have_count(0)


def test_a_hidden_picture_gives_way_and_an_undo_brings_it_back(tabs: Tabs) -> None:
    page = open_first(tabs)
    first = viewed(page)

    page.get_by_role("button", name="Hide").click()
    expect(page.locator("#viewer-title")).not_to_have_text(re.compile(rf"picture {first}$"))
    page.get_by_role("button", name="Undo").click()

    expect(page.locator("#viewer-title")).to_have_text(re.compile(rf"picture {first}$"))
    expect(page.locator("#undo")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(items(page)).to_have_count(40)


def test_a_press_that_could_not_be_saved_is_taken_back_and_said(tabs: Tabs) -> None:
    page = tabs.open(tabs.people[FORTY]["gallery"], who=FORTY)
    page.route("**/pictures/*like/", lambda route: route.abort())
    heart = items(page).first.get_by_role("button", name="Like")
    was = heart.get_attribute("aria-pressed")

    heart.click()

    expect(page.get_by_text("Not saved: the connection failed. Try again.")).to_be_visible()
    expect(heart).to_have_attribute("aria-pressed", str(was))


def test_on_a_phone_swipes_go_on_and_back_and_down_closes(tabs: Tabs) -> None:
    page = open_first(tabs, HUNDRED, viewport=PHONE, has_touch=True, is_mobile=True)
    first = page.locator("#viewer-title").inner_text()

    swipe(page, (300, 400), (80, 400))
    expect(page.locator("#viewer-title")).not_to_have_text(first)
    swipe(page, (80, 400), (300, 400))
    expect(page.locator("#viewer-title")).to_have_text(first)
    swipe(page, (200, 200), (200, 500))

    expect(page.locator("#viewer")).to_be_hidden()


def test_without_javascript_pictures_are_chosen_hidden_and_undone(tabs: Tabs) -> None:
    page = tabs.open(tabs.people[FORTY]["gallery"], who=FORTY, java_script_enabled=False)

    page.locator(".gallery-pick").nth(0).check()
    page.locator(".gallery-pick").nth(1).check()
    page.get_by_role("button", name="Hide").first.click()

    expect(page.get_by_text("2 pictures hidden.")).to_be_visible()
    expect(page.locator(".gallery-item")).to_have_count(38)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".gallery-item")).to_have_count(40)
    page.locator(".gallery-item a").first.click()
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#viewer-title")).to_contain_text("picture 39")
    page.get_by_role("link", name="Back to the gallery").click()
    expect(page.locator(".gallery-item").first).to_be_visible()
