"""A real HTTP server on the loopback that answers as it is told, and a client that speaks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from astria import Astria, Call, Retry
from tests.astria.server import Server, running

KEY = "sd_0123456789abcdef+/secret=="
API = "https://api.astria.ai"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's own proxy settings out of the tests."""
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def other_server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def naps() -> list[float]:
    """Return the seconds that the client wanted to sleep between tries."""
    return []


@pytest.fixture
def calls() -> list[Call]:
    """Return what the client reported to on_call."""
    return []


@pytest.fixture
def client(server: Server, naps: list[float], calls: list[Call]) -> Iterator[Astria]:
    """Return a client of the local server. It does not really sleep."""
    retry = Retry(sleep=naps.append)
    with Astria(KEY, base_url=server.url, timeout=(2.0, 5.0), on_call=calls.append, retry=retry) as client:
        yield client


@pytest.fixture
def mocked() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def astria(mocked: responses.RequestsMock) -> Iterator[Astria]:
    """Return a client of the address of Astria, which `mocked` answers for."""
    with Astria(KEY) as client:
        yield client
