"""The developer's page of the sandbox: it renews itself, and loses nothing that is typed or open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from sandbox.receiver import receiving
from tests.sandbox.process import Sandbox, eventually, running

pytestmark = [pytest.mark.browser, pytest.mark.long]
PROMPT = {"tune_id": 690204, "text": "on the page", "num_images": 1}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("page"), "--speed", "50", "--pictures", "small") as sandbox:
        yield sandbox


@pytest.fixture(params=[1280, 390])
def page(request: pytest.FixtureRequest, chromium: Browser, sandbox: Sandbox) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": request.param, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if _is_wrong(message) else None)
    page.goto(sandbox.url)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= request.param
    page.close()
    assert errors == []


def test_new_rows_appear_and_leave_the_rest_alone(page: Page, sandbox: Sandbox) -> None:
    sandbox.get("/tunes?title=first")
    first = page.locator("#requests-rows li").first
    expect(first).to_contain_text("GET /tunes")
    first.locator("summary").click()
    _open(page, "settings").get_by_label("slow seconds").fill("12.5")

    sandbox.get("/packs")

    expect(page.locator("#requests-rows li").first).to_contain_text("GET /packs")
    expect(page.locator("#requests-rows details[open]")).to_contain_text("first")
    expect(page.get_by_label("slow seconds")).to_have_value("12.5")


def test_faults_are_set_and_cleared(page: Page, sandbox: Sandbox) -> None:
    faults = _open(page, "faults")

    faults.get_by_label("504-after", exact=True).fill("0.25")
    faults.get_by_role("button", name="Apply").click()
    expect(faults.locator("output")).to_have_text("Done.")
    assert sandbox.settings()["faults"] == {"504-after": 0.25}

    faults.get_by_role("button", name="None at all").click()
    eventually(lambda: sandbox.settings()["faults"] == {})


def test_a_setting_that_makes_no_sense_is_explained(page: Page, sandbox: Sandbox) -> None:
    settings = _open(page, "settings")
    settings.get_by_label("speed", exact=True).fill("0")

    settings.get_by_role("button", name="Apply").click()

    expect(settings.locator("output")).to_contain_text("speed")


def test_a_callback_is_sent_again(page: Page, sandbox: Sandbox) -> None:
    with receiving() as receiver:
        sandbox.post("/prompts", json={"prompt": PROMPT | {"callback": receiver.url}})
        row = page.locator("#callbacks-rows li", has_text=receiver.url).first
        row.locator("summary").click()
        row.get_by_role("button", name="Send again").click()

        eventually(lambda: len(receiver.arrived) == 2)


def _is_wrong(message: ConsoleMessage) -> bool:
    # To the browser, refused settings are an error too.
    return message.type == "error" and "422" not in message.text


def _open(page: Page, panel: str) -> Locator:
    found = page.locator(f"[data-panel={panel}]")
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found
