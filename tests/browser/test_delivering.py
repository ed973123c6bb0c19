"""Pictures leave the gallery: downloads, crops, and links that friends open, vote on and report by."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.screens import Screens
from tests.browser.tabs import DESKTOP, PHONE, Tabs

pytestmark = [
    pytest.mark.long,
    pytest.mark.browser,
    pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"]),
]

PASSWORD = "open sesame"


@pytest.fixture
def gallery(tabs: Tabs, size: ViewportSize) -> Page:
    """The gallery of a shoot that is over."""
    return tabs.open(tabs.people["reader"]["gallery"], who="reader", viewport=size)


def choose(gallery: Page, many: int) -> None:
    for number in range(many):
        gallery.locator(".gallery-pick").nth(number).check(force=True)


def photograph(page: Page, screens: Screens, name: str) -> None:
    """Keep what the page looks like in both themes, at the size that it has."""
    phone = "-phone" if page.viewport_size == PHONE else ""
    for scheme, ending in (("light", ""), ("dark", "-dark")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        screens.take(page, f"{name}{phone}{ending}", readme=True)
    page.emulate_media(color_scheme="light")


def test_chosen_pictures_come_as_a_zip_with_a_list(gallery: Page, screens: Screens) -> None:
    choose(gallery, 3)
    gallery.locator(".select").get_by_role("button", name="Download").click()
    photograph(gallery, screens, "download")
    gallery.get_by_label("For the web").check()
    gallery.get_by_label("With a list of prompts and seeds").check()

    with gallery.expect_download() as started:
        gallery.get_by_role("button", name="Download").click()

    with zipfile.ZipFile(started.value.path()) as file:
        names = file.namelist()
        rows = list(csv.DictReader(io.StringIO(file.read("manifest.csv").decode("utf-8-sig"))))
        assert file.testzip() is None
    assert started.value.suggested_filename == "anna-corporate-headshots.zip"
    assert [row["File"] for row in rows] == names[:3]
    # A pack's shot has no seed but where Astria names one.
    assert rows[0]["Prompt"] and "Seed" in rows[0]


def test_one_picture_is_downloaded_by_a_key(gallery: Page) -> None:
    gallery.locator(".gallery-item a").first.click()
    expect(gallery.locator("#viewer")).to_be_visible()

    with gallery.expect_download() as started:
        gallery.keyboard.press("d")

    assert b"trainedAlgorithmicMedia" in started.value.path().read_bytes()
    assert started.value.suggested_filename.startswith("anna-corporate-headshots-0")


def test_a_crop_is_dragged_zoomed_and_moved_by_keys(gallery: Page, screens: Screens) -> None:
    gallery.locator(".gallery-item a").first.click()
    gallery.locator(".viewer-actions a[href*='/crop/']").click()
    box, left, width = gallery.locator("[data-crop-box]"), gallery.get_by_label("From the left"), "Width"
    expect(box).to_be_visible()
    photograph(gallery, screens, "crop")
    first = number(gallery, width)
    box.focus()
    gallery.keyboard.press("+")
    zoomed = number(gallery, width)
    gallery.keyboard.press("Shift+ArrowLeft")
    moved = left.input_value()
    drag(gallery, 40, 30)

    with gallery.expect_download() as started:
        gallery.get_by_role("button", name="Download the crop").click()

    assert zoomed < first and int(left.input_value()) > int(moved)
    with Image.open(started.value.path()) as picture:
        assert picture.size == (number(gallery, width), number(gallery, width))


def number(page: Page, label: str) -> int:
    return int(page.get_by_label(label, exact=True).input_value())


def drag(page: Page, right: int, down: int) -> None:
    place = page.locator("[data-crop-box]").bounding_box()
    assert place
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def test_each_shape_of_a_crop_stays_in_its_picture_without_javascript(
    tabs: Tabs, gallery: Page, size: ViewportSize
) -> None:
    picture = gallery.locator(".gallery-item").first.get_attribute("data-picture")
    page = tabs.open(f"/pictures/{picture}/crop/", who="reader", java_script_enabled=False, viewport=size)
    for name, ratio in (("Portrait 4:5", 4 / 5), ("Banner 3:1", 3.0), ("Circle", 1.0)):
        page.get_by_role("link", name=name).click()
        page.get_by_label("From the top", exact=True).fill("99999")
        page.get_by_role("button", name="Show the crop").click()
        shown = page.get_by_alt_text("The crop as it is now")
        expect(shown).to_be_visible()
        wide, high = (int(shown.get_attribute(side) or 0) for side in ("width", "height"))
        assert abs(wide / high - ratio) < 0.02


def test_a_friend_opens_a_link_with_its_password_votes_and_reports(
    tabs: Tabs, gallery: Page, screens: Screens, size: ViewportSize
) -> None:
    name = f"For {size['width']}"
    choose(gallery, 2)
    gallery.locator(".select").get_by_role("button", name="Share").click()
    photograph(gallery, screens, "share-new")
    gallery.get_by_label("Name", exact=True).fill(name)
    gallery.get_by_label("A password, if you want one").fill(PASSWORD)
    gallery.get_by_role("button", name="Make a link").click()
    link = gallery.get_by_label(f"Link {name}").input_value()

    friend = tabs.open(link, viewport=size)
    photograph(friend, screens, "share-password")
    tabs.refusals.add(422)
    friend.get_by_label("Password").fill("guess")
    friend.get_by_role("button", name="See the pictures").click()
    expect(friend.get_by_text("That is not the password.")).to_be_visible()
    friend.get_by_label("Password").fill(PASSWORD)
    friend.get_by_role("button", name="See the pictures").click()
    expect(friend.locator(".gallery-item")).to_have_count(2)
    vote = friend.get_by_role("button", name="Vote for").first
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(vote).not_to_have_attribute("aria-busy", "true")
    friend.reload()
    expect(vote).to_have_attribute("aria-pressed", "true")
    photograph(friend, screens, "shared")

    friend.locator(".gallery-item a").first.click()
    photograph(friend, screens, "shared-picture")
    friend.get_by_role("link", name="Report this picture").click()
    friend.get_by_label("It shows me, and I did not agree").check()
    friend.get_by_role("button", name="Send the report").click()
    expect(friend.get_by_text("will look at the picture")).to_be_visible()

    gallery.reload()
    item = gallery.get_by_role("article").filter(has_text=name)
    expect(item).to_contain_text("1 vote")
    photograph(gallery, screens, "shares")
    item.get_by_role("button", name="Delete its votes").click()
    expect(item).not_to_contain_text("1 vote")
    item.get_by_role("button", name="Revoke").click()
    tabs.refusals.add(404)
    friend.reload()
    expect(friend.locator(".gallery-item")).to_have_count(0)
