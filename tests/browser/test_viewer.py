"""The viewer and comparing: addresses, going back, zoom, keys, fingers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.gallery import HUNDRED, items, open_first, swipe
from tests.browser.tabs import PHONE, Tabs

pytestmark = [pytest.mark.browser, pytest.mark.long]


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('[data-picture]')?.dataset.picture ?? ''"))


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

    with page.expect_navigation():  # the frames zoom once the page and its scripts are whole
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
