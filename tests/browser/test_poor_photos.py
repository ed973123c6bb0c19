"""Photos that are poor, broken or sent twice: in words, on the tile, with a way on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.journey import PHOTOS, choose, say_who, tile
from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser

WORDS = {
    "blurry.jpg": "Blurred",
    "too-dark.jpg": "Poor quality or light",
    "two-people.jpg": "More than one person",
    "cat.jpg": "This looks like a cat, not a woman.",
    "coffee-no-face.jpg": "No woman was found in this photo.",
    "person-1-again-smaller.jpg": "The same picture as another one of this set.",
}
REFUSALS = {
    "too-small.jpg": "240 × 300",
    "not-an-image.jpg": "Not a picture we can read.",
    "truncated.jpg": "damaged or cut short",
}


@pytest.fixture
def draft(tabs: Tabs) -> Page:
    """The page of an empty draft. A busy studio may ask it to come again: tiles do so by themselves."""
    tabs.refusals.add(503)
    tall = ViewportSize(width=1280, height=1130)  # shows what tiles say on one screenshot
    page = tabs.open("/photo-sets/new/?pack=corporate-headshots", who="newcomer", viewport=tall)
    say_who(page, "Anna")
    return page


@pytest.mark.long
def test_each_poor_photo_says_on_its_tile_what_is_wrong(draft: Page) -> None:
    choose(draft, ["person-1.jpg"])
    expect(tile(draft, "person-1.jpg")).to_contain_text("Good")

    choose(draft, list(WORDS))

    expect(draft.locator("li.tile[data-status=checked]")).to_have_count(1 + len(WORDS))
    for name, words in WORDS.items():
        expect(tile(draft, name)).to_contain_text(words)
    expect(draft.locator(".coach-advice")).to_contain_text("the face is not clear")


def test_each_broken_photo_is_refused_in_words_and_can_be_dismissed(tabs: Tabs, draft: Page) -> None:
    tabs.refusals.add(422)

    choose(draft, list(REFUSALS))

    for name, words in REFUSALS.items():
        refused = draft.locator("li.tile").filter(has_text=name)
        expect(refused).to_contain_text(words)
        refused.get_by_role("button", name="Dismiss").click()
    expect(draft.locator("li.tile")).to_have_count(0)
    expect(draft.locator(".coach")).to_contain_text("0 photos")


def test_a_photo_kept_in_spite_of_its_warning_stays_kept_after_a_reload(draft: Page, tmp_path: Path) -> None:
    magic = tmp_path / "anna-sunglasses.jpg"
    with Picture.open(PHOTOS / "person-2.jpg") as picture:
        picture.save(magic, quality=71)  # nobody asked about these very pixels before
    draft.get_by_label("Choose photos").set_input_files(magic)
    photo = tile(draft, "anna-sunglasses.jpg")
    expect(photo).to_contain_text("Sunglasses: the model would learn them.")

    photo.get_by_role("button", name="Keep anna-sunglasses.jpg anyway").click()

    expect(photo).to_contain_text("Kept by you")
    draft.reload()
    expect(photo).to_contain_text("Kept by you")
    photo.get_by_role("button", name="Remove anna-sunglasses.jpg").click()
    expect(photo).to_have_count(0)
    draft.reload()
    expect(photo).to_have_count(0)
