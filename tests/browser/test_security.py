"""Signing up with a code, a second factor, a passkey, and signing out elsewhere, in Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.authenticator import code
from tests.browser.journey import sign_up
from tests.browser.tabs import PHONE, Tabs
from tests.processes import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECURITY = "/account/security/"
GIVEN_UP = "throw new DOMException('', 'NotAllowedError');"


@pytest.fixture
def named(tabs: Tabs) -> str:
    """The studio by this machine's name: browsers make passkeys for names, not for numbers."""
    url = tabs.studio.url.replace("127.0.0.1", "localhost")
    tabs.also.append(url)
    return url


def with_passkeys(page: Page) -> None:
    """Give the page's browser a device that keeps passkeys, with its owner's finger on it."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    """Say once more who it is."""
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_a_newcomer_signs_up_with_a_code_and_sets_up_a_second_factor(tabs: Tabs) -> None:
    page = tabs.open()
    sign_up(page, "careful@example.com", PASSWORD)

    page.goto(SECURITY)
    page.get_by_role("link", name="Set up an authenticator app").click()
    confirm(page)
    secret = page.get_by_label("The key, to type instead").input_value()
    page.get_by_label("Authenticator code").fill(code(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".entrance-codes code")).to_have_count(10)
    spare = page.locator(".entrance-codes code").first.inner_text()

    again = tabs.open("/accounts/login/")
    sign_in(again, "careful@example.com")
    again.get_by_label("Code").fill(spare)
    again.get_by_role("button", name="Sign in", exact=True).click()
    again.wait_for_url("**/shoots/")


def test_a_passkey_is_made_and_signs_in_alone_and_after_a_password(tabs: Tabs, named: str) -> None:
    page = tabs.open("/accounts/login/", base_url=named)
    with_passkeys(page)
    sign_in(page, tabs.people["keyholder"]["email"])
    page.wait_for_url("**/shoots/")

    page.goto(SECURITY)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(SECURITY)
    expect(page.get_by_text("My laptop")).to_be_visible()

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/shoots/")

    page.context.clear_cookies()
    sign_in(page, tabs.people["keyholder"]["email"])
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/shoots/")


def test_a_passkey_that_is_not_given_is_said_and_another_way_is_open(tabs: Tabs, named: str) -> None:
    page = tabs.open("/accounts/login/", base_url=named)

    page.evaluate(f"() => {{ navigator.credentials.get = async () => {{ {GIVEN_UP} }}; }}")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("it was cancelled, or it took too long")
    expect(page.get_by_role("link", name="Send me a code instead")).to_be_visible()


def test_who_is_signed_in_elsewhere_signs_out_there(tabs: Tabs) -> None:
    email = tabs.people["leaver"]["email"]
    phone, page = tabs.open("/accounts/login/", viewport=PHONE), tabs.open("/accounts/login/")
    for each in (phone, page):
        sign_in(each, email)
        each.wait_for_url("**/shoots/")

    page.goto(SECURITY)
    page.get_by_role("button", name="Sign out everywhere else").click()

    expect(page.get_by_text(re.compile(r"Signed out in \d other browser"))).to_be_visible()
    phone.goto("/shoots/")
    expect(phone).to_have_url(re.compile(r"/accounts/login/\?next=/shoots/$"))
