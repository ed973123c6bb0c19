"""Photos on their way: from every door, over bad connections, from two devices, and back out."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.browser.journey import GOOD, PHOTOS, choose, review, say_who, tile
from tests.browser.screens import Screens
from tests.browser.tabs import DESKTOP, PHONE, Tabs
from tests.processes import Studio
from tests.sandbox.process import eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]

# For twenty photos to be stored and inspected, on a busy machine.
ALL_MS = 240_000
NEW = "/photo-sets/new/?pack=corporate-headshots"
SCREENS_OF = {"desktop": {"viewport": DESKTOP}, "phone": {"viewport": PHONE, "has_touch": True}}
# What tests/photos/README.md says of each file, in a set of a woman's.
README = {
    **dict.fromkeys(GOOD[1:], "Good"),
    "person-1.jpg": "Good",
    "profile-grey.jpg": "",
    "long-shot.jpg": "far from the camera",
    "two-people.jpg": "More than one person",
    "cat.jpg": "This looks like a cat, not a woman.",
    "coffee-no-face.jpg": "No woman was found in this photo.",
}
# The same picture as person-1.jpg, each in another way.
TWINS = {
    "phone.heic": "The same picture as another one",
    "person.webp": "The same picture as another one",
    "exif-rotated-with-gps.jpg": "The same picture as another one",
    "phone-12mp.jpg": "The same picture as another one",
    "person-1-again-smaller.jpg": "The same picture as another one",
    "blurry.jpg": "Blurred",
    "too-dark.jpg": "Poor quality or light",
}
REFUSED = {
    "too-small.jpg": "240 × 300 pixels. At least 512 × 512",
    "not-an-image.jpg": "Not a picture we can read.",
    "truncated.jpg": "damaged or cut short",
}
DROP = """async ([kind, files]) => {
  const carried = new DataTransfer();
  for (const [name, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  const init = { bubbles: true, cancelable: true };
  document.querySelector("[data-drop]").dispatchEvent(
    kind === "paste"
      ? new ClipboardEvent("paste", { ...init, clipboardData: carried })
      : new DragEvent("drop", { ...init, dataTransfer: carried }));
}"""


@pytest.fixture
def begin(tabs: Tabs) -> Callable[..., Page]:
    """Open the page of an empty draft. A busy studio may ask it to come again: it does so by itself."""
    tabs.refusals.add(503)

    def open_draft(**options: Any) -> Page:
        page = tabs.open(NEW, who="newcomer", **options)
        say_who(page, "Anna")
        return page

    return open_draft


def stored(page: Page, count: int) -> None:
    expect(page.locator("li.tile[data-state=stored]")).to_have_count(count, timeout=ALL_MS)


def sent_photos(page: Page) -> list[str]:
    """Return a list that grows by one for each photo that the page sends."""
    sent: list[str] = []
    page.on("request", lambda request: _is_upload(request.method, request.url) and sent.append(request.url))
    return sent


def lost(request_id: str) -> dict[str, str]:
    """Return what has Chromium lose an answer of which the studio believes that it arrived."""
    return {"requestId": request_id, "errorReason": "ConnectionReset"}


def fresh(folder: Path, names: list[str]) -> list[Path]:
    """Return copies that nobody has asked inspection about yet: a corner has a colour of its own."""
    for name in names:
        with Image.open(PHOTOS / name) as picture:
            picture.paste(tuple(os.urandom(3)), (0, 0, 64, 64))
            picture.save(folder / name, quality=92)
    return [folder / name for name in names]


def _is_upload(method: str, url: str) -> bool:
    return method == "POST" and url.endswith("/photos/")


@pytest.mark.parametrize("screen", SCREENS_OF)
def test_each_of_the_photographs_is_taken_doubted_or_refused_as_its_readme_says(
    tabs: Tabs, begin: Callable[..., Page], screens: Screens, screen: str
) -> None:
    tabs.refusals.add(422)
    page = begin(**SCREENS_OF[screen])

    choose(page, list(REFUSED))
    for name, words in REFUSED.items():
        expect(page.locator("li.tile").filter(has_text=name)).to_contain_text(words)
        page.get_by_role("button", name=f"Dismiss {name}").click()
    choose(page, list(README))
    stored(page, len(README))
    choose(page, list(TWINS))
    stored(page, len(README) + len(TWINS))

    everything = README | TWINS
    expect(page.locator("li.tile[data-status=checked]")).to_have_count(len(everything), timeout=ALL_MS)
    for name, words in everything.items():
        expect(tile(page, name)).to_contain_text(words)
    expect(page.locator(".coach-advice")).to_contain_text("look alike")
    screens.take(page, "photos-phone" if screen == "phone" else "photos", readme=True)
    page.emulate_media(color_scheme="dark")
    screens.take(page, "photos-phone-dark" if screen == "phone" else "photos-dark", readme=True)


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_photos_may_be_dropped_or_pasted_anywhere(begin: Callable[..., Page], kind: str) -> None:
    page = begin()
    files = [[name, base64.b64encode((PHOTOS / name).read_bytes()).decode()] for name in GOOD[:2]]

    page.evaluate(DROP, [kind, files])

    stored(page, 2)


def test_a_phone_offers_its_camera(begin: Callable[..., Page]) -> None:
    page = begin(**SCREENS_OF["phone"], is_mobile=True)

    page.get_by_label("Take a photo").set_input_files(PHOTOS / "person-1.jpg")

    expect(page.get_by_label("Take a photo")).to_have_attribute("capture", "user")
    stored(page, 1)


def test_on_a_slow_line_three_go_at_a_time_and_each_says_how_far_it_is(begin: Callable[..., Page]) -> None:
    page = begin()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 50, "downloadThroughput": 500_000, "uploadThroughput": 60_000}
    line.send("Network.emulateNetworkConditions", slow)
    page.evaluate(
        """() => {
          globalThis.most = 0; globalThis.shares = new Set();
          new MutationObserver(() => {
            most = Math.max(most, document.querySelectorAll("li[data-state=sending]").length);
            for (const it of document.querySelectorAll("li[data-state=sending] [data-status]"))
              shares.add(it.textContent);
          }).observe(document.getElementById("tiles"), {
            subtree: true, childList: true, characterData: true, attributes: true,
          });
        }"""
    )

    choose(page, GOOD[:5])

    expect(page.locator("[data-upload-line]")).to_contain_text("On their way: 5")
    stored(page, 5)
    expect(page.locator("[data-upload-line]")).to_be_hidden()
    assert page.evaluate("most") == 3
    assert len(page.evaluate("[...shares]")) > 3


def test_while_the_connection_is_gone_all_wait_and_go_on_by_themselves(
    begin: Callable[..., Page], tabs: Tabs
) -> None:
    page = begin()
    page.context.set_offline(True)

    choose(page, GOOD[:4])
    expect(page.locator("[data-upload-line]")).to_contain_text("No connection. Waiting: 4.")
    page.context.set_offline(False)

    stored(page, 4)
    page.reload()
    stored(page, 4)


def test_a_connection_that_breaks_without_a_word_is_tried_until_it_is_back(
    begin: Callable[..., Page],
) -> None:
    page = begin()
    page.route("**/photos/", lambda route: route.abort("connectionreset"))
    page.route("**/tiles/", lambda route: route.abort("connectionreset"))

    choose(page, GOOD[:2])
    expect(page.locator("[data-upload-line]")).to_contain_text("No connection. Waiting: 2.")
    page.unroute("**/photos/")
    page.unroute("**/tiles/")

    stored(page, 2)


def test_a_photo_whose_answer_got_lost_is_not_sent_again(begin: Callable[..., Page]) -> None:
    page = begin()
    sent = sent_photos(page)

    line = page.context.new_cdp_session(page)
    answers = {"urlPattern": "*/photos/", "requestStage": "Response"}
    line.on("Fetch.requestPaused", lambda paused: line.send("Fetch.failRequest", lost(paused["requestId"])))
    line.send("Fetch.enable", {"patterns": [answers]})

    choose(page, GOOD[:1])

    stored(page, 1)
    expect(tile(page, GOOD[0])).to_contain_text("Good")
    assert len(sent) == 1


def test_a_photo_that_is_here_is_not_sent_again_when_it_is_chosen_again(begin: Callable[..., Page]) -> None:
    page = begin()
    choose(page, GOOD[:2])
    stored(page, 2)
    page.reload()
    sent = sent_photos(page)

    choose(page, GOOD[:3])

    stored(page, 3)
    assert len(sent) == 1


def test_a_photo_can_be_cancelled_on_its_way(begin: Callable[..., Page]) -> None:
    page = begin()
    page.context.set_offline(True)
    choose(page, GOOD[:2])

    page.get_by_role("button", name=f"Cancel: {GOOD[0]}").press("Enter")
    page.context.set_offline(False)

    stored(page, 1)
    expect(tile(page, GOOD[1])).to_have_count(1)


def test_a_photo_that_was_not_taken_can_be_tried_again(begin: Callable[..., Page], tabs: Tabs) -> None:
    tabs.refusals.add(403)
    page = begin()
    page.route("**/photos/", lambda route: route.fulfill(status=403, body="Forbidden"))
    choose(page, GOOD[:1])
    again = page.get_by_role("button", name=f"Try again: {GOOD[0]}")
    expect(again).to_be_visible()
    page.unroute("**/photos/")

    again.press("Enter")

    stored(page, 1)


def test_what_had_not_arrived_when_the_page_was_closed_is_named_when_one_comes_back(
    begin: Callable[..., Page],
) -> None:
    page = begin()
    choose(page, GOOD[:1])
    stored(page, 1)
    page.route("**/photos/", lambda route: route.abort("connectionreset"))
    page.route("**/tiles/", lambda route: route.abort("connectionreset"))
    choose(page, GOOD[1:3])
    expect(page.locator("[data-upload-line]")).to_contain_text("Waiting: 2.")
    address, context = page.url, page.context
    page.close()

    back = context.new_page()
    back.goto(address)

    stored(back, 1)
    expect(back.locator("[data-unsent]")).to_contain_text(f"{GOOD[1]}, {GOOD[2]}")
    choose(back, GOOD[:3])
    stored(back, 3)
    expect(back.locator("[data-unsent]")).to_be_hidden()


def test_a_draft_moves_to_another_device_and_back(begin: Callable[..., Page], tabs: Tabs) -> None:
    desk = begin()
    choose(desk, GOOD[:2])
    stored(desk, 2)

    phone = tabs.open(desk.url, who="newcomer", **SCREENS_OF["phone"])
    choose(phone, [GOOD[2]])
    stored(phone, 3)
    phone.get_by_role("button", name=f"Remove {GOOD[0]}").click()
    expect(phone.get_by_role("button", name=f"Undo: bring back {GOOD[0]}")).to_be_visible()
    desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    stored(desk, 2)
    expect(tile(desk, GOOD[2])).to_have_count(1)
    expect(desk.locator(".coach")).to_contain_text("2 photos")


@pytest.mark.parametrize("screen", SCREENS_OF)
def test_removing_can_be_undone_with_the_keyboard_alone(begin: Callable[..., Page], screen: str) -> None:
    page = begin(**SCREENS_OF[screen])
    choose(page, GOOD[:2])
    stored(page, 2)
    expect(page.locator("li.tile[data-status=checked]")).to_have_count(2)

    page.get_by_role("button", name=f"Remove {GOOD[0]}").press("Enter")
    undo = page.get_by_role("button", name=f"Undo: bring back {GOOD[0]}")
    expect(undo).to_be_focused()
    expect(page.locator(".coach")).to_contain_text("1 photo")
    page.keyboard.press("Enter")

    stored(page, 2)
    expect(page.locator(".coach")).to_contain_text("2 photos")
    expect(page.locator("#live")).to_have_text(re.compile("It is back|2 photos"))


# Inspection


@pytest.mark.parametrize(("status", "seconds"), [(503, 1), (429, 1)])
def test_a_photo_that_inspection_sent_away_is_asked_for_again_by_itself(
    begin: Callable[..., Page], tabs: Tabs, tmp_path: Path, status: int, seconds: int
) -> None:
    tabs.refusals.add(429)
    page = begin()
    left = [1] * 6

    def send_away(route: Route) -> None:
        if not left:
            route.continue_()
            return
        left.pop()
        headers = {"Retry-After": str(seconds)}
        route.fulfill(status=status, headers=headers, json={"error": "That was a lot at once."})

    page.route("**/images/inspect", send_away)

    page.get_by_label("Choose photos").set_input_files(fresh(tmp_path, GOOD[:3]))

    expect(page.locator("li.tile").filter(has_text="Good")).to_have_count(3, timeout=ALL_MS)
    assert not left


def test_with_inspection_down_nobody_is_stopped_and_photos_are_checked_once_it_is_back(
    begin: Callable[..., Page], studio: Studio, tmp_path: Path
) -> None:
    page = begin()

    with studio.sandbox.changed(faults={"500": 1.0}):
        page.get_by_label("Choose photos").set_input_files(fresh(tmp_path, GOOD[:4]))
        stored(page, 4)
        expect(page.get_by_text("Not checked. You can go on.").first).to_be_visible()
        review(page)
        expect(page.get_by_role("button", name=re.compile("^Order 16 pictures"))).to_be_enabled()
        page.locator("#part-photos > summary").click()

    expect(page.locator("li.tile").filter(has_text="Good")).to_have_count(4, timeout=ALL_MS)


def test_another_class_has_every_photo_judged_again(begin: Callable[..., Page]) -> None:
    page = begin()
    choose(page, ["cat.jpg"])
    expect(tile(page, "cat.jpg")).to_contain_text("This looks like a cat, not a woman.")

    _change_class(page, "Man")

    expect(tile(page, "cat.jpg")).to_contain_text("This looks like a cat, not a man.")


def _change_class(page: Page, label: str) -> None:
    page.locator("#part-who > summary").click()
    page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Save").click()


@pytest.mark.parametrize("flag", ["sunglasses", "hat", "funny", "selfie"])
def test_what_inspection_warns_of_is_on_the_tile(
    begin: Callable[..., Page], tmp_path: Path, flag: str
) -> None:
    words = {"sunglasses": "Sunglasses", "hat": "A hat", "funny": "A funny face", "selfie": "A selfie"}
    [copy] = fresh(tmp_path, ["person-2.jpg"])
    photo = copy.rename(tmp_path / f"anna-{flag}.jpg")
    page = begin()

    page.get_by_label("Choose photos").set_input_files(photo)

    expect(tile(page, photo.name)).to_contain_text(words[flag])


@pytest.mark.parametrize("screen", SCREENS_OF)
def test_without_javascript_photos_are_taken_judged_removed_and_brought_back(tabs: Tabs, screen: str) -> None:
    page = tabs.open(NEW, who="newcomer", java_script_enabled=False, **SCREENS_OF[screen])
    say_who(page, "No script")

    choose(page, ["person-1.jpg", "cat.jpg", "too-small.jpg"])
    page.get_by_role("button", name="Upload").click()

    expect(page.get_by_text("too-small.jpg: Too small: 240 × 300")).to_be_visible()
    _reload_until(page, "This looks like a cat, not a woman.")
    page.get_by_role("button", name="Remove person-1.jpg").click()
    expect(page.locator("li.tile[data-state=stored]")).to_have_count(1)
    page.get_by_role("button", name="Undo: bring back person-1.jpg").click()
    expect(page.locator("li.tile[data-state=stored]")).to_have_count(2)
    with page.expect_navigation():
        _change_class(page, "Man")
    _reload_until(page, "This looks like a cat, not a man.")


def _reload_until(page: Page, text: str) -> None:
    def is_there() -> bool:
        page.reload()
        return page.get_by_text(text).count() > 0

    eventually(is_there, seconds=60)
