"""Every page of the studio by name, and how a person comes to see it."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page, Route

from tests.browser.tabs import Tabs
from tests.processes import PASSWORD

# Name → (path, or "@what" for a page of the reader's own, who looks).
PAGES = {
    "home": ("/", ""),
    "packs": ("/packs/", ""),
    "pack": ("/packs/corporate-headshots/", ""),
    "sign-in": ("/accounts/login/", ""),
    "sign-up": ("/accounts/signup/", ""),
    "password": ("/accounts/password/reset/", ""),
    "mailbox": ("/mailbox/", ""),
    "new-set": ("/photo-sets/new/?pack=corporate-headshots", "reader"),
    "photo-set": ("@draft", "reader"),
    "shoots": ("/shoots/", "reader"),
    "shoots-empty": ("/shoots/", "newcomer"),
    "shoot-in-progress": ("@in progress", "reader"),
    "shoot-ready": ("@ready", "reader"),
    "gallery": ("@gallery", "reader"),
    "shares": ("@shares", "reader"),
    "shared": ("@shared", ""),
    "account": ("/account/", "reader"),
    "addresses": ("/accounts/email/", "reader"),
}
# Shown by the web only with DEBUG off, or when it is broken: their templates are put in its place.
# The first builds on base.html like 403, 413 and 429, the other on bare.html like 503.
ERRORS = ("404", "500")
NAMES = (*PAGES, "picture", "code", *ERRORS)


def open_page(tabs: Tabs, name: str, **options: Any) -> Page:
    """Open the page called `name`; `options` as Playwright's new_context."""
    if name in ERRORS:
        return _error_page(tabs, name, **options)
    if name == "code":
        return _code_page(tabs, **options)
    path, who = PAGES["gallery" if name == "picture" else name]
    page = tabs.open(tabs.people["reader"][path[1:]] if path[0] == "@" else path, who=who, **options)
    if name == "picture":
        page.locator(".gallery-item a").first.click()
        page.wait_for_url("**/pictures/*/")
    return page


def _error_page(tabs: Tabs, name: str, **options: Any) -> Page:
    html = render_to_string(f"{name}.html", request=RequestFactory().get("/broken/"))
    tabs.refusals.add(int(name))

    def answer(route: Route) -> None:
        route.fulfill(status=int(name), body=html, content_type="text/html; charset=utf-8")

    page = tabs.open(**options)
    page.route("**/broken/", answer)
    page.goto("/broken/")
    return page


def _code_page(tabs: Tabs, **options: Any) -> Page:
    page = tabs.open("/accounts/signup/", **options)
    page.get_by_label("Email").fill(f"code{len(tabs.complaints)}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.locator("input[name=code]").wait_for()
    return page
