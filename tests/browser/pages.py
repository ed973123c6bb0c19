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
    "review": ("@review", "reader"),
    "shoots": ("/shoots/", "reader"),
    "shoots-empty": ("/shoots/", "newcomer"),
    "shoot-in-progress": ("@in progress", "reader"),
    "shoot-late": ("@late", "reader"),
    "shoot-ready": ("@ready", "reader"),
    "models": ("/models/", "reader"),
    "models-empty": ("/models/", "leaver"),
    "model": ("@model", "reader"),
    "more-pack": ("@more pack", "reader"),
    "more-like": ("@more like", "reader"),
    "more-theme": ("@more theme", "reader"),
    "more-words": ("@more words", "reader"),
    "gallery": ("@gallery", "reader"),
    "shares": ("@shares", "reader"),
    "share-list": ("/shares/", "reader"),
    "download": ("@download", "reader"),
    "shared": ("@shared", ""),
    "shared-unlock": ("@locked", ""),
    "account": ("/account/", "reader"),
    "credits": ("/account/credits/", "reader"),
    "purchase": ("@purchase", "reader"),
    "receipt": ("@paid", "reader"),
    "put-right": ("@put right", "reader"),
    "addresses": ("/accounts/email/", "reader"),
    "security": ("/account/security/", "protected"),
    "notifications": ("/account/notifications/", "reader"),
    "unsubscribe": ("@unsubscribe", ""),
    "is-it-you": ("/accounts/reauthenticate/", "reader"),
    "password-change": ("/accounts/password/change/", "protected"),
    "passkey-add": ("/accounts/2fa/webauthn/add/", "keyholder"),
    "app": ("/accounts/2fa/totp/activate/", "keyholder"),
    "app-off": ("/accounts/2fa/totp/deactivate/", "protected"),
    "recovery-codes": ("/accounts/2fa/recovery-codes/", "protected"),
    "recovery-codes-new": ("/accounts/2fa/recovery-codes/generate/", "protected"),
    "code-ask": ("/accounts/login/code/", ""),
    "link-too-old": ("/accounts/password/reset/key/1-x-y/", ""),
    "switched-off": ("/accounts/inactive/", ""),
    "privacy": ("/privacy/", ""),
    "account-privacy": ("/account/privacy/", "reader"),
    "erase-set": ("@erase set", "reader"),
    "erase-shoot": ("@erase shoot", "reader"),
    "erase-account": ("/account/privacy/erase/", "reader"),
    "erased": ("@receipt", ""),
}
# Shown by the web only with DEBUG off, or when it is broken: their templates are put in its place.
# The first builds on base.html like 403, 413 and 429, the other on bare.html like 503.
ERRORS = ("404", "500")
# Name → (the page to begin on, the links to follow from there).
WALKS = {
    "picture": ("gallery", [".gallery-item a"]),
    "compare": ("gallery", [".gallery-item a"]),
    "crop": ("gallery", [".gallery-item a", ".viewer-actions a[href*='/crop/']"]),
    "share-new": ("gallery", [".gallery-item a", ".viewer-actions a[href*='/shares/new/']"]),
    "shared-picture": ("shared", [".gallery-item a"]),
    "shared-report": ("shared", [".gallery-item a", ".shared-report a"]),
}
NAMES = (*PAGES, *WALKS, "code", "second-factor", *ERRORS)


def open_page(tabs: Tabs, name: str, **options: Any) -> Page:
    """Open the page called `name`; `options` as Playwright's new_context."""
    if name in ERRORS:
        return _error_page(tabs, name, **options)
    if name == "code":
        return _code_page(tabs, **options)
    if name == "second-factor":
        return _factor_page(tabs, **options)
    start, links = WALKS.get(name, (name, []))
    path, who = PAGES[start]
    page = tabs.open(tabs.people["reader"][path[1:]] if path[0] == "@" else path, who=who, **options)
    for link in links:
        before = page.url
        page.locator(link).first.click()
        page.wait_for_url(lambda url, before=before: url != before)
    if name == "compare":
        page.keyboard.press("c")
        page.wait_for_url("**/compare/**")
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


def _factor_page(tabs: Tabs, **options: Any) -> Page:
    page = tabs.open("/accounts/login/", **options)
    page.get_by_label("Email").fill(tabs.people["protected"]["email"])
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.locator("input[name=code]").wait_for()
    return page
