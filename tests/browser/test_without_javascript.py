"""Without JavaScript a person can still do all of it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.journey import GOOD, SHOOT_MS, choose, order, say_who, sign_in
from tests.browser.tabs import Tabs
from tests.processes import PASSWORD
from tests.sandbox.process import eventually

pytestmark = pytest.mark.browser


def test_everything_works_without_javascript(tabs: Tabs) -> None:
    page = tabs.open(java_script_enabled=False)

    sign_in(page, "newcomer@example.com", PASSWORD)
    page.goto("/photo-sets/new/?pack=black-and-white")
    say_who(page, "No script")
    choose(page, GOOD[:4])
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("li.tile")).to_have_count(4)
    order(page)
    _reload_until_ready(page)
    page.get_by_role("link", name="Open the gallery").click()
    page.locator(".gallery-item a").first.click()
    viewer = page.locator("#viewer")
    viewer.get_by_role("button", name="Like").click()

    expect(viewer.get_by_role("button", name="Like")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as started:
        viewer.get_by_role("link", name="Download").click()
    assert Image.open(io.BytesIO(started.value.path().read_bytes())).format == "JPEG"


def _reload_until_ready(page: Page) -> None:
    def is_ready() -> bool:
        page.reload()
        return page.get_by_text("You may close this page.").count() == 0

    eventually(is_ready, seconds=SHOOT_MS / 1000)
