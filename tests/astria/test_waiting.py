"""Waiting: how often it looks, what it tells, and how it ends. Nothing here really sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from astria import Astria, Failed, NotFound, NotSent, Pauses, Prompt, Retry, ServerError, Tune, WaitedTooLong
from tests.astria.samples import PICTURE
from tests.astria.server import Server, drop

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.naps: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)

    def seconds(self) -> float:
        return sum(self.naps)

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pauses(clock: Clock) -> Pauses:
    return Pauses(sleep=clock.sleep, clock=clock.seconds, now=clock.now)


@pytest.fixture
def client(server: Server) -> Astria:
    """Return a client that tries each look once."""
    return Astria("sd_tests", base_url=server.url, retry=Retry(tries=1))


def test_prompt_is_returned_with_its_pictures(
    server: Server, client: Astria, clock: Clock, pauses: Pauses
) -> None:
    for images in ([], [], [PICTURE]):
        server.answers(200, {"id": 3, "images": images})
    seen: list[Prompt] = []

    with client:
        prompt = client.prompts.wait(3, tune_id=2, progress=seen.append, pauses=pauses)

    assert prompt.images == (PICTURE,)
    assert [len(each.images) for each in seen] == [0, 0, 1]
    assert clock.naps == [2.0, 3.0]
    assert server.received[0].path == "/tunes/2/prompts/3"


def test_pauses_grow_up_to_the_longest(clock: Clock) -> None:
    pauses = Pauses(now=clock.now)

    assert [pauses.after(looks, None) for looks in (1, 2, 3, 20, 10**6)] == [2.0, 3.0, 4.5, 60.0, 60.0]


def test_announced_end_is_waited_for(clock: Clock) -> None:
    pauses = Pauses(now=clock.now)

    waited = [pauses.after(9, START + timedelta(seconds=left)) for left in (600, 100, 4)]

    assert waited == [60.0, 25.0, 2.0]
    assert pauses.after(1, START - timedelta(seconds=5)) == 2.0


def test_tune_is_returned_when_trained(server: Server, client: Astria, clock: Clock, pauses: Pauses) -> None:
    server.answers(200, {"id": 3, "eta": "2026-01-01T00:01:40Z"})
    server.answers(200, {"id": 3, "trained_at": "2026-01-01T00:00:24Z"})

    with client:
        tune = client.tunes.wait(3, pauses=pauses)

    assert tune.is_final
    assert clock.naps == [25.0]


def test_failed_prompt_is_an_error_that_says_why(server: Server, client: Astria, pauses: Pauses) -> None:
    server.answers(200, {"id": 3, "user_error": "No face found"})

    with client, pytest.raises(Failed, match="prompt 3: No face found") as caught:
        client.prompts.wait(3, pauses=pauses)

    assert isinstance(caught.value.found, Prompt)


def test_failed_tune_is_an_error(server: Server, client: Astria, pauses: Pauses) -> None:
    server.answers(200, {"id": 3, "failed_at": "2026-01-01T00:00:24Z"})

    with client, pytest.raises(Failed, match="tune 3: training failed"):
        client.tunes.wait(3, pauses=pauses)


def test_tune_trained_after_a_failure_is_no_failure() -> None:
    assert Tune(id=1, failed_at=START, trained_at=START).failure == ""


def test_wait_ends_in_time(server: Server, client: Astria, clock: Clock, pauses: Pauses) -> None:
    for _ in range(4):
        server.answers(200, {"id": 3})

    with client, pytest.raises(WaitedTooLong, match="not done after 8 s") as caught:
        client.prompts.wait(3, timeout=8, pauses=pauses)

    assert clock.naps == [2.0, 3.0, 3.0]
    assert caught.value.found == Prompt(id=3)


def test_looks_that_fail_for_the_moment_are_repeated(
    server: Server, client: Astria, clock: Clock, pauses: Pauses
) -> None:
    server.answers(429, None, Retry_After="7")
    server.answers(500)
    server.plays_next(drop)
    server.answers(200, {"id": 3, "images": [PICTURE]})

    with client:
        assert client.prompts.wait(3, pauses=pauses).images

    assert clock.naps == [7.0, 30.0, 4.5]


def test_missing_prompt_is_not_waited_for(server: Server, client: Astria, pauses: Pauses) -> None:
    server.answers(404)

    with client, pytest.raises(NotFound):
        client.prompts.wait(3, pauses=pauses)


def test_progress_may_end_the_wait(server: Server, client: Astria, pauses: Pauses) -> None:
    server.answers(200, {"id": 3})

    def stop(_prompt: Prompt) -> None:
        raise KeyboardInterrupt

    with client, pytest.raises(KeyboardInterrupt):
        client.prompts.wait(3, progress=stop, pauses=pauses)


def test_address_that_was_never_reached_is_not_waited_for(pauses: Pauses) -> None:
    # Nothing listens on port 1.
    nowhere = Astria("sd_tests", base_url="http://127.0.0.1:1", retry=Retry(tries=1))

    with nowhere as client, pytest.raises(NotSent):
        client.prompts.wait(3, pauses=pauses)


def test_error_of_a_wait_tells_what_the_last_look_met(server: Server, client: Astria, pauses: Pauses) -> None:
    server.answers(200, {"id": 3})
    server.answers(500)
    server.answers(500)

    with client, pytest.raises(WaitedTooLong) as caught:
        client.prompts.wait(3, timeout=20, pauses=pauses)

    assert isinstance(caught.value.__cause__, ServerError)
    assert caught.value.found == Prompt(id=3)
