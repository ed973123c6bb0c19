"""What holds for every page: nothing for axe to find in either theme, and room on the smallest phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.browser.pages import NAMES, open_page
from tests.browser.screens import Screens
from tests.browser.tabs import PHONE, Tabs

Scheme = Literal["light", "dark"]

pytestmark = [pytest.mark.browser, pytest.mark.long]

SMALLEST = ViewportSize(width=320, height=640)
# The themes differ in nothing but colour.
RULES: dict[Scheme, dict[str, list[str]]] = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
HOW_FAR_ACROSS = "document.documentElement.scrollWidth"


@pytest.fixture
def page(request: pytest.FixtureRequest, tabs: Tabs) -> Page:
    """The page called as the test's parameter says."""
    return open_page(tabs, request.param, color_scheme="light")


@pytest.mark.parametrize("page", NAMES, indirect=True)
def test_page_is_accessible_in_both_themes_and_fits_a_phone(
    page: Page, screens: Screens, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["page"]

    found = []
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        found += Axe().run(page, options=rules).response["violations"]
        screens.take(page, f"{name}-{scheme}")
    for size in (PHONE, SMALLEST):
        page.set_viewport_size(size)
        screens.take(page, f"{name}-{size['width']}")
        assert page.evaluate(HOW_FAR_ACROSS) <= size["width"]

    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert "sd_key_of_the_tests" not in page.content()
