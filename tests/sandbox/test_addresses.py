"""Paths and keys: which addresses are the same, and who may ask."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.process import Sandbox, running


@pytest.mark.parametrize("path", ["/tunes/{}", "/tunes/{}.json", "/tunes/{}/", "//tunes//{}.json/"])
def test_paths_that_mean_the_same(sandbox: Sandbox, tune: Any, path: str) -> None:
    assert sandbox.get(path.format(tune["id"])).json()["id"] == tune["id"]


@pytest.mark.parametrize(
    "path", ["/nothing", "/tunes/abc", "/tunes/99999999999999999999", "/prompts/0/likes"]
)
def test_what_is_not_there_is_404_in_json(sandbox: Sandbox, path: str) -> None:
    answer = sandbox.get(path)

    assert answer.status_code == 404
    assert answer.json()["error"] == "Not Found"


def test_a_method_no_route_has_is_404(sandbox: Sandbox) -> None:
    assert sandbox.delete("/packs").status_code == 404
    assert sandbox.post("/p/260").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic sd_x", "sd_x"])
def test_without_a_key_everything_is_401(sandbox: Sandbox, header: str) -> None:
    answer = requests.get(f"{sandbox.url}/tunes", headers={"Authorization": header}, timeout=10)

    assert answer.status_code == 401
    assert answer.json()["error"]


@pytest.mark.processes
def test_a_given_key_is_the_only_one(tmp_path: Any) -> None:
    with running(tmp_path, "--key", "sd_mine") as sandbox:
        theirs = sandbox.get("/tunes").status_code
        mine = sandbox.get("/tunes", headers={"Authorization": "Bearer sd_mine"}).status_code

    assert (theirs, mine) == (401, 200)


def test_head_answers_without_a_body(sandbox: Sandbox, tune: Any) -> None:
    answer = requests.head(tune["orig_images"][0], timeout=10)

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 100_000


def test_a_nonsense_host_header_harms_nothing(sandbox: Sandbox) -> None:
    answer = sandbox.get("/packs", headers={"Host": "bad host!"})

    assert answer.status_code in (200, 400)
