"""The steps of a journey, as a person takes them."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page

PHOTOS = Path(__file__).parents[1] / "photos"
GOOD = [f"person-{number}.jpg" for number in range(1, 7)]
# From an order to its last picture, on a busy machine.
SHOOT_MS = 60_000


def sign_up(page: Page, email: str, password: str) -> None:
    """Sign up, read the code in the development mailbox, enter it; ends at the (empty) list of shoots."""
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("link", name="Development mailbox: read the message here").click()
    message = page.get_by_role("article").filter(has_text=email).first.locator("pre").inner_text()
    code = re.search(r"^[A-Z0-9]{3,4}-[A-Z0-9]{3,4}$", message, re.MULTILINE)
    assert code, message
    page.go_back()
    page.locator("input[name=code]").fill(code[0])
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/shoots/")


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in by address and password; ends at the list of shoots."""
    page.get_by_role("link", name="Sign in").first.click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/shoots/")


def say_who(page: Page, name: str) -> None:
    """Fill in who is in the photos: a woman of this name; ends on the page of the draft."""
    page.get_by_label("A name for these photos").fill(name)
    page.get_by_label("Woman").check()
    page.get_by_label("This is me, or I have their permission").check()
    page.get_by_role("button", name="Continue to photos").click()
    page.wait_for_url(re.compile(r"/photo-sets/[0-9a-f-]{36}/"))


def choose(page: Page, names: list[str]) -> None:
    """Choose photographs of tests/photos in the file field."""
    page.get_by_label("Choose photos").set_input_files([PHOTOS / name for name in names])


def tile(page: Page, name: str) -> Locator:
    """Return the tile of the photo with this file name."""
    return page.locator("li.tile").filter(has=page.get_by_alt_text(name, exact=True))


def review(page: Page) -> None:
    """Open the review of a draft, if it is not open."""
    part = page.locator("#part-review")
    if part.get_attribute("open") is None:
        part.locator("> summary").click()


def order(page: Page) -> None:
    """Press the order button; ends on the page of the shoot."""
    review(page)
    page.get_by_role("button", name=re.compile(r"^Order \d+ pictures")).click()
    page.wait_for_url(re.compile(r"/shoots/[0-9a-f-]{36}/"))


def wait_until_over(page: Page) -> None:
    """Stay on the page of a shoot until it is final, without a reload."""
    page.locator("#progress:not([hx-get])").wait_for(timeout=SHOOT_MS)
