"""The sandbox's clock: what falls due while it is moved happens in order, when it was due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.receiver import Receiver
from tests.sandbox.process import Sandbox, running, uploads

DAY = 86_400
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def one_slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    data = tmp_path_factory.mktemp("slow")
    with running(data, "--speed", "0.01", "--pictures", "small") as sandbox:
        yield sandbox


@pytest.fixture
def slow(one_slow: Sandbox) -> Iterator[Sandbox]:
    """A sandbox in which a training takes minutes: nothing ends unless the clock is moved."""
    yield one_slow
    one_slow.change(balance_mc=None)
    for tune in one_slow.get("/tunes?limit=120").json():
        one_slow.delete(f"/tunes/{tune['id']}")


def test_trainings_and_prompts_end_when_they_were_due(slow: Sandbox, receiver: Receiver) -> None:
    tune = slow.order(callback=f"{receiver.url}/tune", prompts_callback=f"{receiver.url}/prompts")

    slow.advance(DAY)

    shown, prompts = slow.get(f"/tunes/{tune['id']}").json(), slow.prompts(tune["id"])
    assert shown["trained_at"] == shown["eta"]
    ends = [prompt["trained_at"] for prompt in reversed(prompts)]
    assert ends == sorted(ends)
    assert at(ends[0]) - at(shown["trained_at"]) == pytest.approx(timedelta(seconds=40), abs=SECOND)
    assert [arrived.path for arrived in receiver.arrived] == ["/tune", "/prompts"]


def test_less_than_it_takes_ends_nothing(slow: Sandbox) -> None:
    tune = slow.order()

    slow.advance(60)

    assert slow.get(f"/tunes/{tune['id']}").json()["trained_at"] is None


def test_the_clock_says_how_far_ahead_it_is(slow: Sandbox) -> None:
    before = slow.get("/sandbox/clock").json()
    after = slow.post("/sandbox/clock", json={"advance": 3600}).json()

    assert after["ahead"] - before["ahead"] == pytest.approx(3600, abs=1)
    ahead = at(after["now"]) - datetime.now(UTC)
    assert ahead.total_seconds() == pytest.approx(after["ahead"], abs=10)


@pytest.mark.processes
def test_a_restart_keeps_the_time(tmp_path: Path) -> None:
    with running(tmp_path) as sandbox:
        sandbox.advance(30 * DAY)
    with running(tmp_path) as sandbox:
        assert sandbox.get("/sandbox/clock").json()["ahead"] == pytest.approx(30 * DAY, abs=1)


def test_a_tune_and_all_that_came_of_it_goes_after_thirty_days(slow: Sandbox) -> None:
    tune = slow.order()
    slow.advance(DAY)
    shown, prompt = slow.get(f"/tunes/{tune['id']}").json(), slow.prompts(tune["id"])[0]
    picture, photo = prompt["images"][0], shown["orig_images"][0]
    paths = [f"/tunes/{tune['id']}", f"/prompts/{prompt['id']}", picture, photo]

    slow.advance(28.9 * DAY)
    before = [slow.get(path).status_code for path in paths]
    slow.advance(DAY)

    assert before == [200] * 4
    assert [slow.get(path).status_code for path in paths] == [404] * 4
    assert slow.get("/tunes").json() == []


def test_all_that_thirty_days_bring_has_happened_when_the_call_is_answered(slow: Sandbox) -> None:
    orders = [slow.order() for _ in range(5)]

    now = at(slow.post("/sandbox/clock", json={"advance": 30 * DAY}).json()["now"])

    prompts = [prompt for order in orders for prompt in slow.prompts(order["id"])]
    assert len(prompts) == 40
    assert all(prompt["images"] and at(prompt["trained_at"]) < now for prompt in prompts)
    # Thirty days after their training, which took its time.
    assert {order["id"] for order in slow.get("/tunes").json()} == {order["id"] for order in orders}


def test_a_tune_that_extends_itself_stays_and_is_charged(slow: Sandbox) -> None:
    tune = _made(slow, auto_extend="true")
    slow.change(balance_mc=60_000)

    slow.advance(31 * DAY)
    shown = slow.get(f"/tunes/{tune['id']}").json()

    assert at(shown["expires_at"]) - at(shown["trained_at"]) == timedelta(days=60)
    assert slow.settings()["balance_mc"] == 10_000


def test_without_money_it_goes_all_the_same(slow: Sandbox) -> None:
    tune = _made(slow, auto_extend="true")
    slow.change(balance_mc=10)

    slow.advance(31 * DAY)

    assert slow.get(f"/tunes/{tune['id']}").status_code == 404


def test_many_months_pass_one_after_another(slow: Sandbox) -> None:
    tune = _made(slow, auto_extend="true")

    slow.advance(365 * DAY)

    shown = slow.get(f"/tunes/{tune['id']}").json()
    assert at(shown["expires_at"]) - at(shown["trained_at"]) == timedelta(days=390)


def test_a_receiver_that_is_gone_does_not_hold_the_clock_up(slow: Sandbox) -> None:
    for _ in range(2):
        slow.order(callback="http://127.0.0.1:1/", prompts_callback="http://127.0.0.1:1/")

    slow.advance(DAY)

    assert {callback["outcome"] for callback in slow.callbacks()[:4]} == {"ConnectionError"}


@pytest.mark.parametrize("advance", [-1, None, "soon", [], 10**30, "1e999"])
def test_steps_that_make_no_sense_are_refused(slow: Sandbox, advance: Any) -> None:
    answer = slow.post("/sandbox/clock", json={"advance": advance})

    assert answer.status_code == 422


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _made(sandbox: Sandbox, **given: str) -> Any:
    fields = {"tune[title]": "kept", "tune[name]": "man"}
    fields |= {f"tune[{name}]": value for name, value in given.items()}
    return sandbox.post("/tunes", data=fields, files=uploads(["person-1.jpg"])).json()
