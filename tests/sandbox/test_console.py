"""The developer's page and its JSON twins: what was received and sent, without secrets; and replays."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from sandbox.receiver import Receiver
from tests.sandbox.process import PHOTOS, Sandbox, eventually, uploads


def test_a_call_is_shown_with_what_it_sent(sandbox: Sandbox) -> None:
    fields = {
        "tune[title]": "shown",
        "tune[name]": "woman",
        "tune[callback]": "http://127.0.0.1:1/x?secret=1",
    }
    sandbox.post("/p/260/tunes", data=fields, files=uploads(["person-1.jpg"]))

    visit = sandbox.requests()[0]

    size = f"{(PHOTOS / 'person-1.jpg').stat().st_size:,}"
    assert (visit["method"], visit["path"], visit["status"]) == ("POST", "/p/260/tunes", 201)
    assert visit["parameters"]["tune"] == {
        "title": "shown",
        "name": "woman",
        "callback": "http://127.0.0.1:1/x?…",
        "images": [f"person-1.jpg (image/jpeg, {size} bytes)"],
    }


def test_a_refused_call_is_shown_with_what_it_sent_too(sandbox: Sandbox) -> None:
    headers = {"X-Sandbox-Fault": "429"}
    sandbox.post("/prompts", json={"prompt": {"text": "refused"}}, headers=headers)

    visit = sandbox.requests()[0]

    assert visit["parameters"] == {"prompt": {"text": "refused"}}
    assert (visit["status"], visit["faults"]) == (429, ["429"])


def test_a_call_without_an_answer_has_no_status(sandbox: Sandbox) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(
            f"{sandbox.url}/tunes",
            headers={"Authorization": "Bearer sd_x", "X-Sandbox-Fault": "dropped"},
            timeout=5,
        )

    assert (
        eventually(lambda: sandbox.requests()[0]["faults"] == ["dropped"] and sandbox.requests())[0]["status"]
        is None
    )


def test_what_cannot_be_read_is_shown_as_such(sandbox: Sandbox) -> None:
    sandbox.post("/prompts", data=b"{", headers={"Content-Type": "application/json"})

    assert "could not be read" in str(sandbox.requests()[0]["parameters"])


def test_neither_key_nor_secret_is_shown(sandbox: Sandbox, receiver: Receiver) -> None:
    _reported(sandbox, receiver)

    shown = [sandbox.get(path).text for path in ("/", "/sandbox/requests", "/sandbox/callbacks")]

    assert not any("sd_tests" in text or "hush" in text for text in shown)


def test_passwords_in_addresses_and_keys_in_parameters_are_not_shown(sandbox: Sandbox) -> None:
    url = "HTTP://user:hush@127.0.0.1:1/x?hush"
    prompt = {"tune_id": 690204, "text": "shown", "callback": url, "source_image_url": url}
    with sandbox.changed(callback_body="full"):
        sandbox.post("/prompts?token=sd_hush", json={"prompt": prompt})
        eventually(lambda: [it for it in sandbox.callbacks() if it["url"] == "HTTP://127.0.0.1:1/x"])

    shown = [sandbox.get(path).text for path in ("/", "/sandbox/requests", "/sandbox/callbacks")]

    assert not any("hush" in text for text in shown)


def test_numbers_that_are_none_leave_what_is_shown_readable(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "application/json"}
    sandbox.post("/prompts", data='{"prompt": {"text": "x", "seed": 1e999}}', headers=headers)

    assert "Infinity" not in sandbox.get("/sandbox/requests").text
    assert sandbox.requests()[0]["parameters"]["prompt"]["seed"] == "inf"


def test_a_callback_is_shown_with_its_answer(sandbox: Sandbox, receiver: Receiver) -> None:
    sent = _reported(sandbox, receiver)

    assert sent["kind"] == "prompt"
    assert sent["outcome"] == "204"
    assert sent["milliseconds"] >= 0
    assert sent["body"] == receiver.arrived[0].body


def test_a_replay_goes_to_the_whole_address_with_the_same_body(sandbox: Sandbox, receiver: Receiver) -> None:
    sent = _reported(sandbox, receiver)

    again = sandbox.replay(sent["id"])

    first, second = eventually(lambda: len(receiver.arrived) == 2 and receiver.arrived)
    assert again["replay_of"] == sent["id"]
    assert first.body == second.body
    assert first.path == second.path == "/done?secret=hush"


def test_a_lost_callback_can_be_sent_after_all(sandbox: Sandbox, receiver: Receiver) -> None:
    lost = _reported(sandbox, receiver, "callbacks-lost")

    sandbox.replay(lost["id"])

    assert lost["outcome"] == "lost"
    assert eventually(lambda: receiver.bodies("/done?secret=hush"))


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}]
)
def test_a_form_on_another_page_can_change_nothing(sandbox: Sandbox, headers: dict[str, str]) -> None:
    for path in ("/sandbox/settings", "/sandbox/callbacks/1/replay"):
        assert sandbox.post(path, data='{"speed": 9}', headers=headers).status_code == 422


@pytest.mark.parametrize("path", ["/sandbox/settings", "/sandbox/requests", "/sandbox/callbacks"])
def test_a_name_that_was_made_to_point_here_is_not_served(sandbox: Sandbox, path: str) -> None:
    assert sandbox.get(path, headers={"Host": "evil.example:8001"}).status_code == 404
    assert sandbox.get(path, headers={"Host": "localhost:8001"}).status_code == 200
    assert sandbox.get(path, headers={"Host": "[::1]:8001"}).status_code == 200


def test_the_page_needs_nothing_from_elsewhere(sandbox: Sandbox) -> None:
    answer = sandbox.get("/")

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']?https?:", answer.text)


def test_every_setting_and_fault_can_be_changed_on_the_page(sandbox: Sandbox) -> None:
    settings = sandbox.settings()

    fields = set(re.findall(r'<(?:input|select)[^>]* name="([\w-]+)"', sandbox.get("/").text))

    assert fields == (set(settings) - {"faults", "known_faults"}) | set(settings["known_faults"])


def test_html_in_what_was_sent_is_shown_as_text(sandbox: Sandbox) -> None:
    sandbox.get("/tunes", params={"title": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in sandbox.get("/").text


def _reported(sandbox: Sandbox, receiver: Receiver, fault: str = "") -> Any:
    """Return a prompt's callback as it is shown once it is over."""
    callback = f"{receiver.url}/done?secret=hush"
    prompt = {"tune_id": 690204, "text": "reported", "num_images": 1, "callback": callback}
    headers = {"X-Sandbox-Fault": fault} if fault else {}
    made = sandbox.post("/prompts", json={"prompt": prompt}, headers=headers).json()["id"]
    return eventually(lambda: next((it for it in sandbox.callbacks() if _is_over(it, made)), None))


def _is_over(callback: Any, prompt_id: int) -> bool:
    body = callback["body"]
    return bool(callback["kind"] == "prompt" and body["prompt"]["id"] == prompt_id and callback["outcome"])
