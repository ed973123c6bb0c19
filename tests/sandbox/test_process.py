"""The process: options, settings while it runs, stopping, starting again, and its own page."""

from __future__ import annotations

import ast
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox.options import parse_options
from sandbox.receiver import Receiver
from tests.sandbox.process import ROOT, Sandbox, eventually, running

OURS = {"accounts", "astria", "config", "packs", "studio", "tests"}


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_within_a_second(tmp_path: Path, number: int) -> None:
    with running(tmp_path) as sandbox:
        started = time.monotonic()
        sandbox.process.send_signal(number)
        code = sandbox.process.wait(timeout=5)

    assert code == 0
    assert time.monotonic() - started < 1


@pytest.mark.processes
def test_a_restart_goes_on_with_what_was_running(tmp_path: Path) -> None:
    with running(tmp_path, "--speed", "0.1") as sandbox:
        tune = sandbox.order()

    with running(tmp_path, "--speed", "100") as sandbox:
        eventually(lambda: all(prompt["images"] for prompt in sandbox.prompts(tune["id"])))
        found = sandbox.get(f"/tunes/{tune['id']}").json()

    assert found["trained_at"]
    assert found["title"] == tune["title"]


@pytest.mark.processes
def test_even_a_killed_process_goes_on(tmp_path: Path, receiver: Receiver) -> None:
    with running(tmp_path, "--speed", "0.1") as sandbox:
        sandbox.order(prompts_callback=f"{receiver.url}/all")
        os.kill(sandbox.process.pid, signal.SIGKILL)
        sandbox.process.wait(timeout=5)

    with running(tmp_path, "--speed", "100"):
        bodies = eventually(lambda: receiver.bodies("/all"))

    assert len(bodies[0]) == 8


def test_a_change_of_speed_reaches_what_already_runs(sandbox: Sandbox) -> None:
    with sandbox.changed(speed=0.01):
        tune = sandbox.order()
        waiting = sandbox.get(f"/tunes/{tune['id']}").json()

    trained = eventually(lambda: sandbox.get(f"/tunes/{tune['id']}").json()["trained_at"])
    assert waiting["trained_at"] is None
    assert trained


@pytest.mark.parametrize("change", [{"speed": 0}, {"speed": "x"}, {"callbacks": "some"}, {"unknown": 1}])
def test_settings_that_make_no_sense_change_nothing(sandbox: Sandbox, change: dict[str, object]) -> None:
    before = sandbox.get("/sandbox/settings").json()

    answer = sandbox.post("/sandbox/settings", json={"faults": {"500": 1}} | change)

    assert answer.status_code == 422
    assert sandbox.get("/sandbox/settings").json() == before


def test_settings_must_be_json(sandbox: Sandbox) -> None:
    assert sandbox.post("/sandbox/settings", data={"speed": "9"}).status_code == 422


def test_many_at_once_lock_nobody_out(sandbox: Sandbox) -> None:
    body = {"prompt": {"tune_id": 690204, "text": "together", "num_images": 1}}

    with ThreadPoolExecutor(max_workers=16) as pool:
        statuses = list(pool.map(lambda _: sandbox.post("/prompts", json=body).status_code, range(120)))

    assert set(statuses) == {201}


def test_the_page_says_that_it_is_a_sandbox(sandbox: Sandbox) -> None:
    sandbox.order(title="<script>shown as text")

    page = sandbox.get("/").text

    assert "This is a sandbox" in page
    assert "&lt;script&gt;shown as text" in page
    assert "<b>POST</b> /p/260/tunes" in page


def test_the_page_shows_pictures(sandbox: Sandbox) -> None:
    prompt = sandbox.prompts(sandbox.trained()["id"])[0]

    assert prompt["images"][0].removeprefix(sandbox.url) in sandbox.get("/").text


def test_options_come_from_the_environment_unless_given() -> None:
    environment = {"SANDBOX_PORT": "9", "SANDBOX_SPEED": "2", "SANDBOX_FAULTS": "429=0.5"}

    options = parse_options(["--speed", "4"], environment)

    assert (options.port, options.speed, options.faults) == (9, 4.0, {"429": 0.5})


def test_callbacks_can_be_switched_off_by_either_option() -> None:
    assert parse_options(["--no-callbacks"], {}).callbacks == "none"
    assert parse_options(["--callbacks", "no-tune-ids"], {}).callbacks == "no-tune-ids"


@pytest.mark.slow
def test_it_imports_nothing_of_the_product() -> None:
    imported: set[str] = set()
    for path in (ROOT / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])

    assert "sandbox" in imported
    assert not imported & OURS
