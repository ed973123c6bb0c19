"""Somebody takes everything with them and erases their account; nothing of it opens any more."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.journey import SHOOT_MS, wait_until_over
from tests.browser.tabs import Tabs

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_somebody_takes_everything_with_them_and_erases_their_account(tabs: Tabs, tmp_path: Path) -> None:
    address = tabs.people["eraser"]["email"]
    page = tabs.open(tabs.people["eraser"]["ready"], who="eraser")
    wait_until_over(page)
    page.goto("/account/privacy/")
    expect(page.get_by_role("region", name="Your photos", exact=True)).to_contain_text("4 photos")
    page.get_by_label("after 7 days").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    archive = tmp_path / "everything.zip"
    download.value.save_as(archive)
    page.get_by_role("link", name="Erase my account").click()
    expect(page.get_by_text("They are lost.")).to_be_visible()
    tabs.refusals.add(422)
    page.get_by_label("Your e-mail address, to confirm").fill("somebody@example.com")
    page.get_by_role("button", name="Erase my account").click()
    expect(page.get_by_text("This is not the address of this account")).to_be_visible()
    page.get_by_label("Your e-mail address, to confirm").fill(address)
    page.get_by_role("button", name="Erase my account").click()

    expect(page.get_by_text("Nothing of it is left here")).to_be_visible(timeout=SHOOT_MS)
    with zipfile.ZipFile(archive) as everything:
        names = everything.namelist()
        account = json.loads(everything.read("account.json"))[0]
    assert account["person"]["email"] == address
    assert len([name for name in names if name.startswith("photos/")]) == 4
    assert len([name for name in names if name.startswith("pictures/")]) == 4
    count = f"User.objects.filter(email={address!r}).count()"
    assert tabs.studio.shell(f"print({count})") == "0"
    page.goto("/gallery/")
    assert "/accounts/login/" in page.url


def test_the_public_page_leads_to_ones_own_by_way_of_the_sign_in(tabs: Tabs) -> None:
    page = tabs.open("/privacy/", java_script_enabled=False)

    expect(page.get_by_role("heading", name="Who of us sees your pictures")).to_be_visible()
    page.get_by_role("link", name="See what we hold, and download all of it").click()

    assert "/accounts/login/" in page.url
