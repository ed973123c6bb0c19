"""Buying credits at a stand-in of Stripe's, and putting right what does not please."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.journey import review
from tests.browser.screens import Screens
from tests.browser.tabs import Tabs
from tests.till import Till

pytestmark = pytest.mark.browser


def test_credits_are_bought_and_the_page_says_when_the_money_is_there(
    tabs: Tabs, stripe_of_studio: Till
) -> None:
    tabs.also.append(stripe_of_studio.url)
    page = tabs.open("/account/credits/", who="buyer")
    before = int(page.locator(".table-balance b").inner_text())
    page.get_by_label("How often: Small").fill("2")
    page.locator(".price-line").filter(has_text="Small").get_by_role("button", name="Buy").click()
    expect(page.get_by_role("button", name="Pay 38.00 EUR")).to_be_visible()
    page.get_by_role("button", name="Pay 38.00 EUR").click()

    expect(page.get_by_text("The money has arrived. 80 credits are in your account.")).to_be_visible()
    expect(page.locator("#balance")).to_have_text(f"{before + 80} credits")
    page.get_by_role("link", name="See the receipt").click()
    expect(page.get_by_role("heading", name=re.compile(r"Receipt \d{4}-\d{5}"))).to_be_visible()
    expect(page.get_by_role("row", name="2 × Small")).to_contain_text("38.00 EUR")


def test_whoever_lacks_credits_buys_them_and_orders_what_was_chosen_before(
    tabs: Tabs, stripe_of_studio: Till, screens: Screens
) -> None:
    tabs.also.append(stripe_of_studio.url)
    page = tabs.open(tabs.people["saver"]["draft"], who="saver")
    review(page)
    page.get_by_text("Say more", exact=True).click()
    page.get_by_label("Hair length").select_option(index=1)
    chosen = page.get_by_label("Hair length").input_value()
    expect(page.locator("#problems")).to_contain_text("23 credits are missing for this pack.")
    screens.take(page, "review-missing")
    page.get_by_role("button", name="Get credits").click()
    expect(page.get_by_role("link", name="Back to your order")).to_be_visible()
    screens.take(page, "credits-on-the-way")
    page.locator(".price-line").filter(has_text="Small").get_by_role("button", name="Buy").click()
    page.get_by_role("button", name="Pay 19.00 EUR").click()
    page.get_by_role("link", name="Back to your order").click()

    expect(page.get_by_label("Hair length")).to_have_value(chosen)
    expect(page.get_by_role("button", name="Order 16 pictures for 26 credits")).to_be_enabled()


def test_without_javascript_buying_works_as_well(tabs: Tabs, stripe_of_studio: Till) -> None:
    tabs.also.append(stripe_of_studio.url)
    page = tabs.open("/account/credits/", who="buyer", java_script_enabled=False)
    page.locator(".price-line").filter(has_text="Small").get_by_role("button", name="Buy").click()
    page.get_by_role("link", name="Back").click()

    expect(page.get_by_role("heading", name="Credits", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Not paid yet")).to_be_visible()


def test_a_shot_is_made_again_and_a_refund_is_asked_for_and_granted(tabs: Tabs, screens: Screens) -> None:
    page = tabs.open(tabs.people["buyer"]["ready"], who="buyer")
    page.get_by_role("link", name="Something is not right?").click()
    screens.take(page, "put-right-journey")
    page.get_by_label("Shot 2", exact=True).check()
    page.get_by_role("button", name="Make it again for nothing").click()
    expect(page.get_by_role("heading", name="Shot 2 once more")).to_be_visible()

    page.goto(tabs.people["buyer"]["put right"])
    expect(page.get_by_role("link", name="Shot 2 once more")).to_be_visible()
    page.get_by_label("What is wrong?").fill("None of them looks like me.")
    page.get_by_role("button", name="Ask for a refund").click()
    expect(page.get_by_text("decides, and writes to you.").first).to_be_visible()

    boss = tabs.open("/admin/studio/refundrequest/?status__exact=asked", who="boss")
    boss.locator("#result_list a[href*='/change/']").first.click()
    boss.get_by_label("Words for the person").fill("We are sorry.")
    boss.get_by_role("button", name=re.compile(r"Give all \d+ credits back")).click()
    expect(boss.get_by_text("Decided. The person is written to.")).to_be_visible()

    page.reload()
    expect(page.get_by_text(re.compile(r"Granted: \d+ credits came back."))).to_be_visible()
    expect(page.get_by_text("We are sorry.")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "path"), [("credits", "/account/credits/"), ("put-right", "@put right")])
def test_the_pages_about_money_are_kept_as_pictures(
    tabs: Tabs, screens: Screens, name: str, path: str, scheme: str
) -> None:
    path = tabs.people["reader"][path[1:]] if path[0] == "@" else path
    page = tabs.open(path, who="reader", color_scheme=scheme)

    screens.take_sizes(page, name, scheme)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
