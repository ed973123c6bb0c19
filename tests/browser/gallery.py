"""What is done in a gallery and its viewer, by whoever looks at pictures."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.tabs import Tabs

FORTY, HUNDRED = "culler", "collector"


def items(page: Page) -> Locator:
    return page.locator(".gallery-item:visible")


def viewed(page: Page) -> int:
    """Return the number of the picture in the viewer."""
    words = page.locator("#viewer-title").inner_text()
    return int(words.rpartition(" ")[2])


def open_first(tabs: Tabs, who: str = FORTY, **options: Any) -> Page:
    page = tabs.open(tabs.people[who]["gallery"], who=who, **options)
    items(page).first.locator("a").click()
    expect(page.locator("#viewer")).to_be_visible()
    return page


def swipe(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Draw a finger over the screen."""
    touch = page.context.new_cdp_session(page)
    for kind, points in (("touchStart", [start]), ("touchMove", [end]), ("touchEnd", [])):
        places = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})
