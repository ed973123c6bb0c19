"""`--reroute`: what the sandbox itself calls at one host goes to another address."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.receiver import Receiver
from sandbox.reroutes import parse_reroutes, rerouted
from tests.sandbox.process import Sandbox, eventually, running

PROMPT = {"text": "a red door", "callback": "https://app.example.org/hooks/done?user=1"}


def test_a_callback_goes_to_the_other_address_with_its_path_and_query(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    with sandbox.changed(reroutes={"APP.example.org": receiver.url}):
        prompt = sandbox.post("/tunes/690204/prompts", json={"prompt": PROMPT}).json()
        bodies = eventually(lambda: receiver.bodies("/hooks/done?user=1"))

    assert bodies[0]["prompt"]["id"] == prompt["id"]
    assert prompt["callback"] == PROMPT["callback"]


def test_the_option_reroutes_picture_urls(sandbox: Sandbox, tmp_path: Path) -> None:
    cover = sandbox.get("/packs").json()[0]["cover_url"]
    # Asked for once, so that it is drawn: the other waits only so long.
    content = sandbox.get(cover).content
    body = {
        "title": "rerouted",
        "name": "man",
        "image_urls": [cover.replace(sandbox.url, "https://i.example.org")],
    }

    with running(tmp_path, "--reroute", f"i.example.org={sandbox.url}") as other:
        answer = other.post("/tunes", json={"tune": body})
        photo = other.get(answer.json()["orig_images"][0])

    assert answer.status_code == 201
    assert photo.content == content


def test_a_reroute_to_no_address_is_refused(sandbox: Sandbox) -> None:
    answer = sandbox.post("/sandbox/settings", json={"reroutes": {"app.example.org": "nowhere"}})

    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["example.org", "=http://127.0.0.1", "example.org=ftp://127.0.0.1"])
def test_an_option_that_makes_no_sense_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not HOST=URL"):
        parse_reroutes(text)


def test_other_hosts_stay_as_they_are() -> None:
    reroutes = parse_reroutes("a.example=http://127.0.0.1:3000/, b.example=http://127.0.0.1:4000/base")

    assert rerouted("https://c.example/x?y=1", reroutes) == "https://c.example/x?y=1"
    assert rerouted("https://b.example:8443/x?y=1#z", reroutes) == "http://127.0.0.1:4000/base/x?y=1"
