"""A link that friends open without an account, until it is revoked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.tabs import Tabs

pytestmark = pytest.mark.browser


def test_a_friend_sees_the_pictures_by_a_link_until_it_is_revoked(tabs: Tabs) -> None:
    page = tabs.open(tabs.people["reader"]["shares"], who="reader")
    page.get_by_label("Name", exact=True).fill("For grandma")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link For grandma").input_value()

    friend = tabs.open(link)
    expect(friend.get_by_role("heading", name="For grandma")).to_be_visible()
    expect(friend.locator(".gallery-item")).to_have_count(16)
    page.get_by_role("article").filter(has_text="For grandma").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("article").filter(has_text="For grandma")).to_contain_text("Revoked")
    tabs.refusals.update({404, 410})
    friend.reload()

    expect(friend.locator(".gallery-item")).to_have_count(0)
