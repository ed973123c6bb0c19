"""Culling in the gallery: by keyboard alone, by mouse, by touch; the viewer, comparing, undo."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.tabs import PHONE, Tabs
from tests.processes import Studio
from tests.sandbox.process import eventually

pytestmark = pytest.mark.browser

FORTY, HUNDRED = "culler", "collector"


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


def items(page: Page) -> Locator:
    return page.locator(".gallery-item:visible")


def viewed(page: Page) -> int:
    """Return the number of the picture in the viewer."""
    words = page.locator("#viewer-title").inner_text()
    return int(words.rpartition(" ")[2])


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('[data-picture]')?.dataset.picture ?? ''"))


def open_first(tabs: Tabs, who: str = FORTY, **options: Any) -> Page:
    page = tabs.open(tabs.people[who]["gallery"], who=who, **options)
    items(page).first.locator("a").click()
    expect(page.locator("#viewer")).to_be_visible()
    return page


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


def test_the_viewer_has_an_address_and_leads_back_to_the_very_same_place(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)
    items(page).nth(30).scroll_into_view_if_needed()
    opened = items(page).nth(30)
    place = page.evaluate("scrollY")
    opened.locator("a").click()

    expect(page).to_have_url(re.compile(rf"/pictures/{opened.get_attribute('data-picture')}/\?in=all$"))
    page.keyboard.press("Escape")
    expect(page.locator("#viewer")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/gallery/"))
    assert focused(page) == opened.get_attribute("data-picture")
    assert page.evaluate("scrollY") == place


def test_an_address_opens_the_same_viewer_over_the_gallery(tabs: Tabs) -> None:
    page = open_first(tabs, HUNDRED)
    page.keyboard.press("ArrowRight")
    url, title = page.url, page.locator("#viewer-title").inner_text()

    page.reload()

    expect(page.locator("#viewer-title")).to_have_text(title)
    assert page.evaluate("document.querySelector('#viewer').matches(':modal')")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(url)
    page.get_by_role("link", name="Back to the gallery").click()
    expect(page.locator("#viewer")).to_be_hidden()
    expect(items(page).first).to_be_visible()


def test_the_browsers_back_closes_the_viewer_and_forward_opens_it(tabs: Tabs) -> None:
    page = open_first(tabs, HUNDRED)
    title = page.locator("#viewer-title").inner_text()

    page.go_back()
    expect(page.locator("#viewer")).to_be_hidden()
    page.go_forward()

    expect(page.locator("#viewer")).to_be_visible()
    expect(page.locator("#viewer-title")).to_have_text(title)


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


def test_zoom_goes_to_actual_pixels_and_back(tabs: Tabs) -> None:
    page = open_first(tabs, viewport={"width": 1280, "height": 500})
    picture = page.locator(".viewer-frame img")

    page.keyboard.press("z")

    expect(page.locator(".viewer-frame")).to_have_attribute("data-zoomed", "")
    expect(picture).to_have_attribute("src", re.compile(r"original\.jpg$"))
    wide = picture.evaluate("it => it.getBoundingClientRect().height / it.offsetHeight")
    shown = picture.evaluate(
        "it => Math.min(it.offsetWidth / it.getAttribute('width'),"
        " it.offsetHeight / it.getAttribute('height'))"
    )
    assert wide * shown == pytest.approx(1, rel=0.02)
    page.keyboard.press("z")
    expect(page.locator(".viewer-frame")).not_to_have_attribute("data-zoomed", "")


def test_compared_pictures_zoom_and_move_together(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)
    for number in range(3):
        page.locator(".gallery-pick").nth(number).check()

    page.get_by_role("button", name="Compare").first.click()
    expect(page.locator(".compare-frame")).to_have_count(3)
    page.locator(".compare-frame").nth(1).dblclick(position={"x": 50, "y": 60})

    moved = page.locator(".compare-frame img").evaluate_all("all => all.map(it => it.style.transform)")
    assert len(set(moved)) == 1
    assert "scale" in moved[0]
    box = page.locator(".compare-frame").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 70)
    page.mouse.up()
    panned = page.locator(".compare-frame img").evaluate_all("all => all.map(it => it.style.transform)")
    assert len(set(panned)) == 1
    assert panned != moved
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/gallery/"))


def test_a_picture_is_compared_with_a_photo_of_ones_own(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["reader"]["gallery"], who="reader")
    items(page).first.locator("a").click()

    page.keyboard.press("c")

    page.wait_for_url("**/compare/**")
    expect(page.get_by_alt_text("Your own photo", exact=True)).to_be_visible()
    expect(page.locator(".compare-frame")).to_have_count(2)
    page.get_by_role("link", name="Your photo 3").click()
    expect(page.locator(".compare-photos [aria-current] img")).to_have_attribute("alt", "Your photo 3")


def test_a_question_mark_shows_the_keys_in_gallery_and_viewer(tabs: Tabs) -> None:
    page = tabs.open("/gallery/", who=HUNDRED)
    sheet = page.get_by_role("dialog", name="Keys")

    page.get_by_role("button", name="Keys").click()
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    items(page).first.locator("a").click()
    page.keyboard.press("?")

    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.locator("#viewer")).to_be_visible()


def test_on_a_phone_swipes_go_on_and_back_and_down_closes(tabs: Tabs) -> None:
    page = open_first(tabs, HUNDRED, viewport=PHONE, has_touch=True, is_mobile=True)
    first = page.locator("#viewer-title").inner_text()

    swipe(page, (300, 400), (80, 400))
    expect(page.locator("#viewer-title")).not_to_have_text(first)
    swipe(page, (80, 400), (300, 400))
    expect(page.locator("#viewer-title")).to_have_text(first)
    swipe(page, (200, 200), (200, 500))

    expect(page.locator("#viewer")).to_be_hidden()


def test_on_a_phone_two_fingers_zoom_and_one_moves(tabs: Tabs) -> None:
    page = open_first(tabs, HUNDRED, viewport=PHONE, has_touch=True, is_mobile=True)
    first = page.locator("#viewer-title").inner_text()
    touch = page.context.new_cdp_session(page)

    def at(kind: str, *points: tuple[int, int]) -> None:
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]},
        )

    at("touchStart", (180, 400), (210, 400))
    at("touchMove", (120, 400), (270, 400))
    at("touchMove", (60, 400), (330, 400))
    at("touchEnd")

    expect(page.locator(".viewer-frame")).to_have_attribute("data-zoomed", "")
    before = page.locator(".viewer-frame img").evaluate("it => it.style.transform")
    swipe(page, (300, 400), (200, 400))
    assert page.locator(".viewer-frame img").evaluate("it => it.style.transform") != before
    expect(page.locator("#viewer-title")).to_have_text(first)


def swipe(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw a finger over the screen."""
    touch = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
        places = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})


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
