"""Staff at work in the console: an order that is stuck, one that is given back, and pages for all eyes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FAILED
from tests.browser.journey import SHOOT_MS
from tests.browser.screens import Screens
from tests.browser.tabs import DESKTOP, PHONE, Tabs
from tests.processes import Studio

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAGES = {
    "dashboard": "/admin/",
    "health": "/admin/health/",
    "submissions": "/admin/pause/",
    "try": "/admin/try/",
    "shoot": "/admin/studio/shoot/{shoot}/change/",
    "act": "/admin/studio/shoot/{shoot}/act/give-up/",
    "credits": "/admin/studio/shoot/{shoot}/act/give-credits/",
    "look": "/admin/studio/shoot/{shoot}/look/",
    "person": "/admin/accounts/user/{user}/change/",
    "erase": "/admin/accounts/user/{user}/act/erase/",
    "refund": "/admin/studio/refundrequest/?status__exact=asked",
    "mails": "/admin/studio/letter/looks/",
    "packs": "/admin/packs/pack/compare/",
}
# What unfold frames our pages with is its own.
OURS = {"include": [[".console"]]}
# Name of the picture → the page; the first is shown on a phone, too.
KEPT = {
    "console": "dashboard",
    "console-person": "person",
    "console-health": "health",
}


@pytest.fixture(scope="module")
def cast(studio: Studio) -> dict[str, dict[str, str]]:
    """Staff, and the people whose orders they see to; see tests/browser/console_cast.py."""
    with studio.sandbox.changed(callbacks="none"):
        said = studio.shell("from tests.browser.console_cast import main; main()")
    made: dict[str, dict[str, str]] = json.loads(said.splitlines()[-1])
    return made


@pytest.fixture
def desk(
    request: pytest.FixtureRequest, chromium: Browser, studio: Studio, cast: dict[str, dict[str, str]]
) -> Iterator[Tabs]:
    """The browser of the owner; the test fails when a page complains."""
    desk = Tabs(chromium, studio, cast)
    yield desk
    if request.node.stash.get(FAILED, True) or desk.complaints:
        desk.photograph(request.node.name)
    desk.close()
    assert not desk.complaints, "\n".join(desk.complaints)


def show_in(page: Page, scheme: str) -> None:
    """Show a page in a theme; unfold chooses it when the page is loaded."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.reload()
    expect(page.locator("html.dark")).to_have_count(1 if scheme == "dark" else 0)


def confirm(page: Page, act: str, reason: str) -> None:
    """Choose what is to be done on the page of an order, say why, and do it."""
    page.get_by_role("link", name=act, exact=True).click()
    page.get_by_label("Why (for the audit log)").fill(reason)
    page.get_by_role("button", name=act, exact=True).click()


def open_late(page: Page, shoot: str) -> None:
    """Go from the dashboard to the orders that are late, and open one."""
    page.get_by_role("link", name=re.compile("Orders that are late")).click()
    page.locator(f"#result_list a[href*='{shoot}']").first.click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()


def test_an_order_that_is_stuck_is_followed_from_the_dashboard_until_it_is_ready(
    desk: Tabs, cast: dict[str, dict[str, str]], screens: Screens
) -> None:
    shoot = cast["stuck"]["shoot"]
    page = desk.open("/admin/", who="owner")
    open_late(page, shoot)
    confirm(page, "Check now", "A customer asks where the pictures are")
    expect(page.get_by_text("Queued. Reload in a moment.")).to_be_visible()

    persons = desk.open(f"/shoots/{shoot}/", who="stuck")
    persons.locator("#progress:not([hx-get])").wait_for(timeout=SHOOT_MS)
    page.reload()
    expect(page.get_by_role("row").filter(has_text="generating → ready")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="check now A customer asks")).to_be_visible()
    expect(page.get_by_role("link", name="Check now", exact=True)).to_have_count(0)
    for scheme, suffix in (("light", ""), ("dark", "-dark")):
        show_in(page, scheme)
        screens.take(page, f"console-shoot{suffix}", readme=True)
    page.goto("/admin/studio/shoot/?trouble=late")
    expect(page.locator(f"#result_list a[href*='{shoot}']")).to_have_count(0)


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_console_are_accessible_in_both_themes_and_fit_a_phone(
    desk: Tabs, cast: dict[str, dict[str, str]], name: str, screens: Screens
) -> None:
    page = desk.open(PAGES[name].format(**cast["waiting"]), who="owner")
    if name == "refund":
        page.locator("#result_list a[href*='/change/']").first.click()

    found = []
    for scheme in ("light", "dark"):
        show_in(page, scheme)
        found += Axe().run(page, context=OURS).response["violations"]
        screens.take(page, f"admin-{name}-{scheme}")
    page.set_viewport_size(PHONE)
    screens.take(page, f"admin-{name}-phone")

    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_console_is_kept_as_pictures(
    desk: Tabs, cast: dict[str, dict[str, str]], screens: Screens, scheme: str
) -> None:
    suffix = "" if scheme == "light" else "-dark"
    for picture, name in KEPT.items():  # an order with its whole life: above
        page = desk.open(PAGES[name].format(**cast["waiting"]), who="owner", color_scheme=scheme)
        screens.take(page, f"{picture}{suffix}", readme=True)
        if name == "dashboard":
            page.set_viewport_size(PHONE)
            screens.take(page, f"{picture}-phone{suffix}", readme=True)
            page.set_viewport_size(DESKTOP)
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_what_does_not_come_is_given_back_and_stands_in_the_ledger(
    desk: Tabs, cast: dict[str, dict[str, str]]
) -> None:
    waiting = cast["waiting"]
    page = desk.open("/admin/", who="owner")
    open_late(page, waiting["shoot"])
    page.get_by_role("link", name="End and refund", exact=True).click()
    expect(page.get_by_text("2 of 8 pictures are here; the credits for the rest go back")).to_be_visible()
    page.get_by_label("Why (for the audit log)").fill("Astria lost them")
    page.get_by_role("button", name="End and refund", exact=True).click()
    given = page.get_by_text(re.compile(r"Ended; \d+ credits have gone back."))
    expect(given).to_be_visible()
    credits_back = re.findall(r"\d+", given.inner_text())[0]

    page.goto(f"/admin/accounts/user/{waiting['user']}/change/")
    row = page.get_by_role("row").filter(has_text="partly ready")
    expect(row.get_by_role("cell").nth(4)).to_have_text(credits_back)
    expect(page.get_by_role("row").filter(has_text="refunded").first).to_be_visible()
    persons = desk.open(f"/shoots/{waiting['shoot']}/", who="waiting")
    expect(persons.get_by_text(re.compile("credits came back")).first).to_be_visible()
