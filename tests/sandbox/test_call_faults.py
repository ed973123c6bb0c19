"""What a call meets when it asks for it by X-Sandbox-Fault, when the settings say so, and by chance."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.faults import FAULTS
from tests.sandbox.process import Sandbox, running

NO_ANSWER = 0


OF_CALLS = [
    ("dropped", NO_ANSWER, False),
    ("429", 429, False),
    ("500", 500, False),
    ("504", 504, False),
    ("slow", 201, True),
    ("dropped-after", NO_ANSWER, True),
    ("504-after", 504, True),
]


@pytest.mark.parametrize(("fault", "status", "is_done"), OF_CALLS)
def test_a_call_meets_the_fault_it_asks_for(sandbox: Sandbox, fault: str, status: int, is_done: bool) -> None:
    text = f"asks for {fault} {time.monotonic_ns()}"

    with sandbox.changed(slow_seconds=0.1):
        assert _ordered(sandbox, text, fault) == status

    assert bool(sandbox.get("/prompts", params={"text": text}).json()) == is_done


@pytest.mark.parametrize(("fault", "status", "is_done"), OF_CALLS)
def test_calls_meet_the_same_faults_by_rate(sandbox: Sandbox, fault: str, status: int, is_done: bool) -> None:
    text = f"by rate {fault} {time.monotonic_ns()}"

    with sandbox.changed(slow_seconds=0.1, faults={fault: 1}):
        assert _ordered(sandbox, text, "") == status

    assert bool(sandbox.get("/prompts", params={"text": text}).json()) == is_done


def test_the_next_call_is_spared(sandbox: Sandbox) -> None:
    for fault in ("dropped", "500"):
        assert _status(sandbox, {"X-Sandbox-Fault": fault}) in (NO_ANSWER, 500)
        assert _status(sandbox, {}) == 200


def test_several_faults_can_be_asked_for(sandbox: Sandbox) -> None:
    with sandbox.changed(slow_seconds=0.2):
        started = time.monotonic()
        status = _ordered(sandbox, "late and lost", "slow, 504-after")

    assert status == 504
    assert time.monotonic() - started >= 0.2


def test_an_unknown_fault_is_refused_with_the_known_ones(sandbox: Sandbox) -> None:
    asked = sandbox.get("/tunes", headers={"X-Sandbox-Fault": "fire"})
    changed = sandbox.post("/sandbox/settings", json={"faults": {"fire": 1}})

    assert asked.status_code == changed.status_code == 422
    assert all(name in asked.json()["X-Sandbox-Fault"][0] for name in FAULTS)
    assert all(name in changed.json()["faults"][0] for name in FAULTS)


def test_a_slow_call_holds_up_no_other(sandbox: Sandbox) -> None:
    with sandbox.changed(slow_seconds=1.5):
        slow = threading.Thread(target=_status, args=(sandbox, {"X-Sandbox-Fault": "slow"}))
        slow.start()
        statuses = [requests.get(f"{sandbox.url}/gallery/packs", timeout=5).status_code for _ in range(5)]
        was_waiting = slow.is_alive()
        slow.join()

    assert statuses == [200] * 5
    assert was_waiting


def test_the_next_calls_meet_what_was_set_for_them(sandbox: Sandbox) -> None:
    sandbox.fail_next("500", "", "429")

    assert [_status(sandbox, {}) for _ in range(4)] == [500, 200, 429, 200]


def test_a_429_says_how_long_to_wait_only_when_told_to(sandbox: Sandbox) -> None:
    asked = {"X-Sandbox-Fault": "429"}

    plain = sandbox.get("/tunes", headers=asked)
    with sandbox.changed(retry_after=7):
        told = sandbox.get("/tunes", headers=asked)

    assert "Retry-After" not in plain.headers
    assert told.headers["Retry-After"] == "7"


def test_a_call_without_a_key_meets_401_first(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.url}/tunes", headers={"X-Sandbox-Fault": "500"}, timeout=5)

    assert answer.status_code == 401


@pytest.mark.processes
@pytest.mark.long
def test_chance_is_the_same_in_two_processes_with_one_seed(tmp_path: Path) -> None:
    first, again, other = (
        _statuses_by_chance(tmp_path / name, seed) for name, seed in (("a", "5"), ("b", "5"), ("c", "6"))
    )

    assert first == again
    assert first != other
    assert {200, 429, 500, NO_ANSWER} <= set(first)


def _statuses_by_chance(data: Path, seed: str) -> list[int]:
    faults = "429=0.3,500=0.3,dropped=0.2"
    with running(data, "--seed", seed, "--faults", faults) as sandbox:
        return [_status(sandbox, {}) for _ in range(30)]


def _status(sandbox: Sandbox, headers: dict[str, str]) -> int:
    key = {"Authorization": "Bearer sd_other"}
    try:
        return requests.get(f"{sandbox.url}/packs", headers=key | headers, timeout=5).status_code
    except requests.ConnectionError:
        return NO_ANSWER


def _ordered(sandbox: Sandbox, text: str, fault: str) -> int:
    prompt: dict[str, Any] = {"tune_id": 690204, "text": text, "num_images": 1}
    try:
        return sandbox.post(
            "/prompts", json={"prompt": prompt}, headers={"X-Sandbox-Fault": fault}
        ).status_code
    except requests.ConnectionError:
        return NO_ANSWER
