"""Faults on request: each does what the table says, and always the same for the same seed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import FAULTS, meets, parse_faults
from sandbox.receiver import Receiver
from tests.sandbox.process import ROOT, Sandbox, eventually, running, uploads


@pytest.mark.parametrize("status", ["429", "500"])
def test_a_refused_call_does_nothing(sandbox: Sandbox, status: str) -> None:
    before = sandbox.get("/prompts").json()
    with sandbox.changed(faults={status: 1}):
        answer = sandbox.post("/prompts", json={"prompt": {"tune_id": 690204, "text": "x"}})

    assert answer.status_code == int(status)
    assert sandbox.get("/prompts").json() == before


def test_504_comes_after_the_work_was_done(sandbox: Sandbox) -> None:
    with sandbox.changed(faults="504-after=1"):
        answer = sandbox.post("/prompts", json={"prompt": {"tune_id": 690204, "text": "done all the same"}})

    assert answer.status_code == 504
    assert _newest(sandbox)["text"] == "done all the same"


def test_a_failed_prompt_has_an_error_and_no_images(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.changed(faults={"prompt-fails": 1}):
        tune = sandbox.order(prompts_callback=f"{receiver.url}/all")
        eventually(lambda: receiver.bodies("/all"))

    prompts = sandbox.prompts(tune["id"])
    assert all(prompt["user_error"] and not prompt["images"] for prompt in prompts)


def test_a_failed_training_leaves_the_tune_untrained(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.changed(faults={"tune-fails": 1}):
        tune = sandbox.order(callback=receiver.url)
        failed = eventually(lambda: _failed(sandbox, tune["id"]))

    assert failed["trained_at"] is None
    assert all(prompt["user_error"] for prompt in sandbox.prompts(tune["id"]))
    assert receiver.arrived == []


def test_lost_callbacks_never_arrive(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.changed(faults={"callbacks-lost": 1}):
        sandbox.trained(callback=receiver.url, prompts_callback=receiver.url)

    assert receiver.arrived == []


def test_doubled_callbacks_arrive_twice(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.changed(faults={"callbacks-doubled": 1}):
        sandbox.order(callback=f"{receiver.url}/tune")
        first, second = eventually(lambda: len(receiver.arrived) == 2 and receiver.bodies("/tune"))

    assert first == second


def test_late_callbacks_are_late(sandbox: Sandbox, receiver: Receiver) -> None:
    with sandbox.changed(faults={"callbacks-late": 1}, speed=10):
        sandbox.order(callback=receiver.url)
        arrived = eventually(lambda: receiver.arrived)[0]

    trained_at = datetime.fromisoformat(arrived.body["tune"]["trained_at"])
    assert arrived.at - trained_at >= timedelta(seconds=0.29)


def test_a_reordered_callback_comes_after_the_next_one(sandbox: Sandbox, receiver: Receiver) -> None:
    _ordered(sandbox, "callbacks-reordered", receiver)

    eventually(lambda: len(receiver.arrived) == 9)

    came = [next(iter(arrived.body.values()))["id"] for arrived in receiver.arrived]
    tune, *prompts = sorted(came)
    # Every other one is held back: the tune's, although it is trained before its prompts begin.
    for passed, passing in zip([tune, *prompts[1::2]], prompts[::2], strict=False):
        assert came.index(passing) < came.index(passed)


def test_a_reordered_callback_comes_even_if_no_other_does(sandbox: Sandbox, receiver: Receiver) -> None:
    prompt = {"tune_id": 690204, "text": "alone", "num_images": 1, "callback": f"{receiver.url}/alone"}
    headers = {"X-Sandbox-Fault": "callbacks-reordered"}

    sandbox.post("/prompts", json={"prompt": prompt}, headers=headers)

    assert eventually(lambda: receiver.bodies("/alone"))


def test_what_was_asked_for_at_the_order_stays_with_the_tune(sandbox: Sandbox, receiver: Receiver) -> None:
    failing = _ordered(sandbox, "tune-fails", receiver)
    _ordered(sandbox, "callbacks-lost", receiver)
    broken = _ordered(sandbox, "prompt-fails", receiver)
    fine = sandbox.trained()

    assert eventually(lambda: _failed(sandbox, failing["id"]))
    eventually(lambda: all("user_error" in prompt for prompt in sandbox.prompts(broken["id"])))
    assert all(prompt["images"] for prompt in sandbox.prompts(fine["id"]))
    first, *others = eventually(lambda: list(receiver.arrived))
    assert (first.body["tune"]["id"], others) == (broken["id"], [])


@pytest.mark.parametrize(
    ("fault", "times", "late"), [("callbacks-doubled", 2, 0.0), ("callbacks-late", 1, 0.05)]
)
def test_a_prompt_can_ask_for_its_callback_to_be_spoiled(
    sandbox: Sandbox, receiver: Receiver, fault: str, times: int, late: float
) -> None:
    prompt = {"tune_id": 690204, "text": fault, "num_images": 1, "callback": receiver.url}

    sandbox.post("/prompts", json={"prompt": prompt}, headers={"X-Sandbox-Fault": fault})

    arrived = eventually(lambda: len(receiver.arrived) == times and receiver.arrived)
    done = datetime.fromisoformat(arrived[0].body["prompt"]["trained_at"])
    assert all(each.at - done >= timedelta(seconds=late) for each in arrived)


def test_a_prompt_can_ask_to_fail(sandbox: Sandbox) -> None:
    prompt = {"prompt": {"tune_id": 690204, "text": "fails alone", "num_images": 1}}
    made = sandbox.post("/prompts", json=prompt, headers={"X-Sandbox-Fault": "prompt-fails"}).json()

    failed = eventually(lambda: _final(sandbox, made["id"]))

    assert failed["user_error"] and failed["images"] == []


def test_the_readme_lists_every_fault_as_the_code_has_it() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+) \|$", _section("## Faults"), re.MULTILINE)

    assert dict(rows) == FAULTS


def test_the_same_seed_meets_the_same_faults() -> None:
    first, again, other = (
        [meets(seed, "429", 0.5, f"call {number}") for number in range(40)] for seed in (3, 3, 4)
    )

    assert first == again
    assert first != other


@pytest.mark.processes
def test_faults_can_be_given_at_the_start(tmp_path: Path) -> None:
    with running(tmp_path, "--faults", "429=0.5") as sandbox:
        statuses = {sandbox.get("/packs").status_code for _ in range(24)}

    assert statuses == {200, 429}


def test_chance_keeps_to_the_rate() -> None:
    met = sum(meets(1, "500", 0.2, f"call {number}") for number in range(2000))

    assert 340 < met < 460


@pytest.mark.parametrize("text", ["nonsense=1", "429=2", "429=-1", "429=x"])
def test_faults_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_faults(text)


def _newest(sandbox: Sandbox) -> Any:
    return sandbox.get("/prompts?limit=1").json()[0]


def _failed(sandbox: Sandbox, tune_id: int) -> Any:
    tune = sandbox.get(f"/tunes/{tune_id}").json()
    return tune if tune.get("failed_at") else None


def _final(sandbox: Sandbox, prompt_id: int) -> Any:
    prompt = sandbox.get(f"/prompts/{prompt_id}").json()
    return prompt if prompt["images"] or prompt.get("user_error") else None


def _section(title: str) -> str:
    text = (ROOT / "sandbox" / "README.md").read_text()
    return text.split(f"\n{title}\n")[1].split("\n## ")[0]


def _ordered(sandbox: Sandbox, fault: str, receiver: Receiver) -> Any:
    fields = {"tune[title]": fault, "tune[name]": "woman", "tune[callback]": f"{receiver.url}/tune"}
    fields["tune[prompt_attributes][callback]"] = f"{receiver.url}/prompt"
    answer = sandbox.post(
        "/p/260/tunes", data=fields, files=uploads(["person-1.jpg"]), headers={"X-Sandbox-Fault": fault}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()
