"""No byte string sent to any endpoint makes the sandbox answer 500, lose its connection or fall over.

    FUZZ_EXAMPLES=3000 python -m pytest tests/sandbox/test_robustness.py -m long

looks longer, each time elsewhere; without it each run looks at the same few.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from sandbox.routes import read_routes
from tests.sandbox import fuzzing
from tests.sandbox.process import Sandbox, eventually, running
from tests.sandbox.wire import Request, Wire

pytestmark = pytest.mark.long

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW")
# What moves all other tests' ground has a test of its own.
SWITCHES = (("POST", "/sandbox/settings"), ("POST", "/sandbox/clock"))
SETTINGS = Request(b"GET", b"/sandbox/settings", ((b"Authorization", b"Bearer sd_x"),))


def looking(examples: int) -> settings:
    """Return how far to look: always at the same examples, or at as many others as FUZZ_EXAMPLES says."""
    return settings(
        max_examples=EXAMPLES or examples,
        deadline=None,
        derandomize=not EXAMPLES,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    options = ("--speed", "1000", "--pictures", "small")
    with running(tmp_path_factory.mktemp("fuzzed"), *options) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def wire(fuzzed: Sandbox) -> Iterator[Wire]:
    wire = Wire(fuzzed.url)
    yield wire
    wire.close()


@pytest.fixture(scope="module")
def faults(fuzzed: Sandbox) -> list[str]:
    return list(fuzzed.get("/sandbox/settings").json()["known_faults"])


@pytest.fixture(scope="module")
def known(fuzzed: Sandbox) -> dict[str, str]:
    """Ids that exist, at least until a request deletes what they are of."""
    tune = fuzzed.trained()
    return {":tune_id": str(tune["id"]), ":prompt_id": str(fuzzed.prompts(tune["id"])[0]["id"])}


@cache
def addresses() -> list[tuple[str, str]]:
    """Return every route, and each path once more with a method that it does not know."""
    known = [
        (route.method, route.path) for route in read_routes() if (route.method, route.path) not in SWITCHES
    ]
    paths = dict.fromkeys(path for _, path in known)
    others = {path: next(one for one in METHODS if (one, path) not in known) for path in paths}
    return known * 4 + [(method, path) for path, method in others.items()] + [("BREW", "/:anything/:at/:all")]


@looking(500)
@given(data=some.data())
def test_no_request_is_answered_with_500_or_not_at_all(
    wire: Wire, faults: list[str], known: dict[str, str], data: some.DataObject
) -> None:
    method, path = data.draw(some.sampled_from(addresses()))
    # What is deleted would be missing for all the others.
    there = known if method != "DELETE" else {}
    request = data.draw(fuzzing.requests_to(method, path, faults, there))

    answer = wire.ask(request)
    after = wire.ask(SETTINGS)

    assert answer.status < 500, answer.body[:500]
    assert after.status == 200
    assert "speed" in json.loads(after.body)


@looking(100)
@given(raw=fuzzing.raw_requests)
def test_bytes_that_are_no_request_do_no_harm(wire: Wire, raw: bytes) -> None:
    answer = wire.throw(raw)

    assert answer is None or answer.status != 500
    assert wire.ask(SETTINGS).status == 200


@looking(60)
@given(data=some.data())
def test_no_change_of_settings_is_answered_with_500(
    fuzzed: Sandbox, wire: Wire, data: some.DataObject
) -> None:
    before = fuzzed.get("/sandbox/settings").json()
    name = data.draw(some.sampled_from([key for key in before if key != "known_faults"]))
    values = data.draw(some.lists(fuzzing.values, min_size=1, max_size=2))
    body = json.dumps({name: values[0]} | ({"x": 1} if len(values) > 1 else {}))

    request = Request(b"POST", b"/sandbox/settings", ((b"Content-Type", b"application/json"),), body.encode())

    assert wire.ask(request).status in (200, 400, 422)
    assert fuzzed.post("/sandbox/settings", json={name: before[name]}).status_code == 200


@looking(40)
@given(seconds=fuzzing.values)
def test_no_step_of_the_clock_is_answered_with_500(wire: Wire, seconds: object) -> None:
    body = json.dumps({"advance": seconds}).encode()

    answer = wire.ask(Request(b"POST", b"/sandbox/clock", ((b"Content-Type", b"application/json"),), body))

    assert answer.status in (200, 400, 422), answer.body[:500]
    assert wire.ask(Request(b"GET", b"/sandbox/clock")).status == 200


def test_after_all_that_it_still_does_its_work(fuzzed: Sandbox) -> None:
    """Rows that a request left behind must not stop the engine, the lists or the page either."""
    tune: Any = fuzzed.order()

    eventually(lambda: all(prompt["images"] for prompt in fuzzed.prompts(tune["id"])))

    assert fuzzed.get("/").status_code == 200
    assert fuzzed.get("/tunes", params={"limit": 120}).status_code == 200
    assert fuzzed.get("/prompts", params={"limit": 120}).status_code == 200
