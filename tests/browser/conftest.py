"""Chromium, the people of the journeys, and what is kept of a test that failed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.screens import Screens
from tests.browser.tabs import ARTEFACTS, PATIENCE_MS, Tabs
from tests.processes import Studio
from tests.sandbox.process import eventually

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know that their test failed."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


# Per package, not per session: while Playwright runs, Django takes this thread for an asynchronous one.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    assert path, "chromium is missing: make setup-dev installs it"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


# Per session, as the studio: a worker may come back to this package after tests of another.
@pytest.fixture(scope="session")
def people(studio: Studio) -> dict[str, dict[str, str]]:
    """The people of the journeys by name; see tests/browser/cast.py."""
    made: dict[str, dict[str, str]] = json.loads(
        studio.shell("from tests.browser.cast import main; main()").splitlines()[-1]
    )
    for name in ("reader", "buyer"):
        ready, session = studio.url + made[name]["ready"], made[name]["session"]
        eventually(partial(_is_over, ready, session), seconds=240)
    return made


def _is_over(url: str, session: str) -> bool:
    """Tell whether the shoot on this page is over: only the page of one that is not asks again."""
    return "hx-get" not in requests.get(url, cookies={"sessionid": session}, timeout=30).text


@pytest.fixture
def tabs(
    request: pytest.FixtureRequest, chromium: Browser, studio: Studio, people: dict[str, dict[str, str]]
) -> Iterator[Tabs]:
    """Pages at the studio; the test fails when one of them complains."""
    tabs = Tabs(chromium, studio, people)
    yield tabs
    if request.node.stash.get(FAILED, True) or tabs.complaints:
        tabs.photograph(request.node.name)
    tabs.close()
    assert not tabs.complaints, "\n".join(tabs.complaints)


@pytest.fixture(scope="session")
def screens() -> Screens:
    """Screenshots, taken if $SCREENS is set: all into test-artefacts/, the README's into that folder."""
    chosen = os.environ.get("SCREENS")
    return Screens(ARTEFACTS / "screens", Path(chosen) if chosen else None)
