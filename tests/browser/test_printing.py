"""What is printed of a receipt: all of it, in ink on white, and nothing that only a screen needs."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.screens import Screens
from tests.browser.tabs import Tabs

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAPER = {"width": 794, "height": 1123}  # A4, as browsers count


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("receipt", ["paid", "receipt"])
def test_a_receipt_is_printed_in_ink_on_white_without_the_sites_frame(
    tabs: Tabs, screens: Screens, receipt: str, scheme: str
) -> None:
    page = tabs.open(tabs.people["reader"][receipt], who="reader", color_scheme=scheme, viewport=PAPER)
    page.emulate_media(media="print", color_scheme=scheme)

    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    for frame in (".page-header", ".page-footer", ".page-back"):
        for part in page.locator(frame).all():
            expect(part).to_be_hidden()
    expect(page.locator("main table")).to_be_visible()
    expect(page.locator("p.print-only")).to_have_text(page.url)
    screens.take(page, f"printed-{receipt}-{scheme}")


def test_the_numbers_of_what_went_are_printed_although_they_are_folded(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["reader"]["receipt"], who="reader")
    numbers = page.locator("details.note-fold li").first
    expect(numbers).to_be_hidden()

    page.emulate_media(media="print")

    assert numbers.evaluate("it => it.getBoundingClientRect().height") > 0
