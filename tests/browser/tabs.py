"""Chromium as the journeys use it: every complaint of a page fails the test it belongs to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    ViewportSize,
    WebError,
)

from tests.processes import Studio

ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"
PATIENCE_MS = 15_000
DESKTOP = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
# To hide the caret a style attribute would be set on every field. What htmx swaps in meanwhile gets a copy of
# it, which the page's policy forbids, as it should.
AS_IT_IS: Literal["initial"] = "initial"
# The browser's own line for a status that is judged by itself, below.
STATUS_LINE = "Failed to load resource"


class Tabs:
    """Opens pages at the studio, each in a context of its own, and collects what goes wrong in them.

    `refusals` are the statuses of 400 and more that the test means to see.
    """

    def __init__(self, browser: Browser, studio: Studio, people: dict[str, dict[str, str]]) -> None:
        self.browser = browser
        self.studio = studio
        self.people = people
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []
        self.refusals: set[int] = set()
        # Other names of the studio, which a page may ask as well.
        self.also: list[str] = []

    def open(self, path: str = "/", *, who: str = "", **options: Any) -> Page:
        """Return a page at `path`, signed in as `who` if given; `options` as Playwright's new_context."""
        context = self.browser.new_context(
            **{"base_url": self.studio.url, "viewport": DESKTOP, "reduced_motion": "reduce"} | options
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("response", self._on_response)
        if who:
            session = self.people[who]["session"]
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.studio.url}])
        self.contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def photograph(self, name: str) -> None:
        """Keep what every page shows, for whoever looks into a failure."""
        ARTEFACTS.mkdir(exist_ok=True)
        stem = re.sub(r"[^\w-]+", "-", name).strip("-")
        pages = [page for context in self.contexts for page in context.pages]
        for number, page in enumerate(pages):
            page.screenshot(path=ARTEFACTS / f"failed-{stem}-{number}.png", full_page=True, caret=AS_IT_IS)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(STATUS_LINE):
            self.complaints.append(f"console: {message.text}")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.refusals:
            self.complaints.append(f"{response.status}: {response.url}")
        if not response.url.startswith((self.studio.url, *self.also, "data:", "blob:")):
            self.complaints.append(f"asked elsewhere: {response.url}")
