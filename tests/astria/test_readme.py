"""The README's tour runs, line by line, against the sandbox."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import astria
from sandbox.process import Sandbox, eventually, running
from sandbox.receiver import Receiver, receiving

README = Path(astria.__file__).with_name("README.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PHOTOS = Path(__file__).parents[1] / "photos"
CALLBACK = "https://example.com/astria/a-secret"


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with running(tmp_path / "sandbox", "--speed", "10000", "--pictures", "small") as sandbox:
        yield sandbox


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    """Be where the README asks one to be: beside some photos, with key and address."""
    (tmp_path / "photos").mkdir()
    for name in ("person-1.jpg", "person-2.jpg"):
        shutil.copy(PHOTOS / name, tmp_path / "photos")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTRIA_API_KEY", "sd_any")
    monkeypatch.setenv("ASTRIA_BASE_URL", sandbox.url)


@pytest.mark.long
@pytest.mark.usefixtures("desk")
def test_tour_runs_as_printed(receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, Any] = {}

    for block in BLOCKS:
        exec(compile(block.replace(CALLBACK, receiver.url), "README.md", "exec"), names)
    with names["client"] as client:
        done = eventually(lambda: all_pictures(client, names["order"].id))
    callbacks = eventually(lambda: len(receiver.arrived) == 1 + len(done) and receiver.arrived)
    for callback in callbacks:
        names["receive"](json.dumps(callback.body).encode())

    said = capsys.readouterr().out
    assert f"<lora:{names['tune'].id}:1.0> ohwx woman, {{{{eye_color}}}}" in said
    assert len(names["prompt"].images) == 2
    assert f"trained: {names['order'].id}" in said
    assert said.count("done: [") == len(done)


def all_pictures(client: astria.Astria, tune_id: int) -> list[astria.Prompt]:
    """Return the prompts of a tune once all are done."""
    prompts = list(client.prompts.iterate(tune_id=tune_id))
    return prompts if prompts and all(prompt.is_final for prompt in prompts) else []


def test_receiver_is_five_lines() -> None:
    body = BLOCKS[2].partition("-> None:\n")[2]

    assert len(body.strip().splitlines()) == 5


def test_every_call_and_helper_is_named() -> None:
    calls = {endpoint.function.__name__ for endpoint in astria.ENDPOINTS}

    assert {name for name in calls if f"`{name}`" not in README} == set()
