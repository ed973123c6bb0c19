"""A new shoot: parts that open in turn, the review, and what Astria receives of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.journey import order, review, wait_until_over
from tests.browser.tabs import DESKTOP, PHONE, Tabs
from tests.processes import Studio
from tests.sandbox.process import eventually

pytestmark = pytest.mark.browser

NAME = "Zoë O'Brien 李"


@pytest.fixture(params=[DESKTOP, pytest.param(PHONE, marks=pytest.mark.long)], ids=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> ViewportSize:
    found: ViewportSize = request.param
    return found


def open_parts(page: Page) -> list[str | None]:
    return [part.get_attribute("id") for part in page.locator("details[name=part][open]").all()]


def test_the_parts_open_in_turn_and_can_be_opened_again(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open(tabs.people["chooser"]["draft"], who="chooser", viewport=size)
    assert open_parts(page) == ["part-photos"]

    page.get_by_role("link", name="Review and order").click()
    assert open_parts(page) == ["part-review"]
    expect(page.locator("#part-review > summary")).to_be_focused()
    page.wait_for_url("**/?part=review")
    page.reload()
    assert open_parts(page) == ["part-review"]
    page.locator("#part-who > summary").focus()
    page.keyboard.press("Enter")
    assert open_parts(page) == ["part-who"]
    expect(page.get_by_label("A name for these photos")).to_have_value(NAME)


def test_the_chosen_pack_stays_in_view(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open(tabs.people["chooser"]["draft"], who="chooser", viewport=size)
    review(page)
    page.locator("#choose-shots > summary").click()

    page.locator("footer").scroll_into_view_if_needed()
    page.mouse.wheel(0, -300)

    expect(page.locator("#chosen")).to_contain_text("Corporate Headshots")
    expect(page.locator("#chosen")).to_be_in_viewport()


def test_the_parts_open_without_javascript(tabs: Tabs, size: ViewportSize) -> None:
    page = tabs.open(tabs.people["chooser"]["draft"], who="chooser", viewport=size, java_script_enabled=False)

    page.get_by_role("link", name="Review and order").click()

    expect(page.locator("#part-review")).to_have_attribute("open", "")
    expect(page.get_by_role("button", name=re.compile("^Order 16 pictures"))).to_be_visible()


def test_what_is_chosen_in_the_review_survives_another_choice(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["chooser"]["draft"], who="chooser")
    review(page)
    page.locator("#more-traits > summary").click()
    page.get_by_label("Eyes", exact=True).select_option(label="grey")
    page.get_by_label("Tell Astria the age as well").check()
    page.get_by_label("Age", exact=True).select_option(label="about 60")

    page.locator("#choose-shots > summary").click()
    page.get_by_label("Shot 1, 2 pictures").uncheck()
    expect(page.get_by_role("button", name="Order 14 pictures for 24 credits")).to_be_visible()

    expect(page.get_by_label("Eyes", exact=True)).to_have_value("gray eyes")
    expect(page.get_by_label("Age", exact=True)).to_have_value("60 yo")
    expect(page.get_by_label("Tell Astria the ethnicity as well")).not_to_be_checked()
    expect(page.get_by_label("Ethnicity", exact=True)).to_be_hidden()
    expect(page.locator("#chosen")).to_contain_text("7 of 8 shots, 14 pictures, 24 credits")
    page.get_by_label("Shot 1, 2 pictures").check()
    expect(page.get_by_role("button", name="Order 16 pictures for 26 credits")).to_be_visible()


def shown(page: Page) -> dict[str, str]:
    """Return what the review shows as told to Astria: every field that is seen and not left out."""
    fields = page.locator("select[name^=trait-]:visible")
    values = fields.evaluate_all("all => all.map(it => [it.name.replace('trait-', ''), it.value])")
    return {key: value for key, value in values if value}


def test_astria_receives_exactly_the_characteristics_and_shots_shown_and_never_the_name(
    tabs: Tabs, studio: Studio
) -> None:
    page = tabs.open(tabs.people["sender"]["draft"], who="sender")
    review(page)
    expect(page.locator("#part-who bdi")).to_have_text(NAME)
    page.locator("#more-traits > summary").click()
    page.get_by_label("Eyes", exact=True).select_option(label="green")
    page.get_by_label("Hair colour", exact=True).select_option(label="leave out")
    page.get_by_label("Tell Astria the age as well").check()
    page.get_by_label("Age", exact=True).select_option(label="about 40")
    page.locator("#choose-shots > summary").click()
    for number in (1, 2, 3):
        page.get_by_label(f"Shot {number}, 2 pictures").uncheck()
        left = 16 - 2 * number
        page.get_by_role("button", name=f"Order {left} pictures for {left + 10} credits").wait_for()
    told = shown(page)
    wanted = page.locator("#choose-shots input[name=shot]:checked").evaluate_all(
        "all => all.map(it => it.value)"
    )

    order(page)
    tune = eventually(lambda: received(studio), seconds=60)

    assert told["eye_color"] == "green eyes"
    assert told["age"] == "40 yo"
    assert "hair_color" not in told and "ethnicity" not in told
    assert tune["characteristics"] == told
    assert sorted(map(str, tune["prompt_ids"])) == sorted(wanted)
    assert tune["name"] == "woman"
    sent = str(studio.sandbox.requests())
    assert not [part for part in ("Zoë", "O'Brien", "李", "Zo\\u00eb") if part in sent]


def received(studio: Studio) -> dict[str, Any] | None:
    """Return the latest order of a tune with shots and traits of its own, as the sandbox received it."""
    orders = [
        call["parameters"]["tune"]
        for call in studio.sandbox.requests()
        if call["method"] == "POST" and call["path"].endswith("/tunes") and call["parameters"].get("tune")
    ]
    return next((it for it in orders if it.get("prompt_ids") and it.get("characteristics")), None)


def test_a_model_ordered_to_be_kept_is_priced_before_and_kept(tabs: Tabs, size: ViewportSize) -> None:
    """By keyboard: the price on the button follows the box."""
    who = "keeper" if size == DESKTOP else "keeper by phone"
    page = tabs.open(tabs.people[who]["draft"], who=who, viewport=size)
    review(page)
    alone = page.get_by_role("button", name="Order 4 pictures for 14 credits")
    kept = page.get_by_role("button", name="Order 4 pictures for 19 credits")
    expect(alone).to_be_enabled()
    page.get_by_label("Keep the model for another 30 days").press("Space")
    expect(kept).to_be_enabled()
    left = re.compile(r"Left afterwards\s+481 credits\s*$")
    expect(page.locator(".review-sum")).to_contain_text(left, use_inner_text=True)
    page.get_by_label("Keep the model for another 30 days").press("Space")
    expect(alone).to_be_enabled()
    page.get_by_label("Keep the model for another 30 days").press("Space")

    order(page)
    wait_until_over(page)

    expect(page.get_by_text("Another 30 days are paid")).to_be_visible()
    page.goto("/account/credits/")
    expect(page.get_by_text("Model kept for another 30 days")).to_be_visible()
