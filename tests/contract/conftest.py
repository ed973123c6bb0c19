"""What the studio relies on, asked of the sandbox always, and of the real Astria with `-m live` and a key.

    ASTRIA_API_KEY=sd_… python -m pytest tests/contract -m live

Against the real service only what is free is done: reading, being refused, a mock tune (branch=fast) and its
prompts. Modules that say so ask the sandbox alone.

`@pytest.mark.endpoint("GET /tunes/:id")` says which endpoints a test proves; docs/api-coverage.md shows it. A
test that makes no such call, and gets no answer, fails.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
import requests

import astria
from tests.conftest import LIVE_KEY, PHOTOS
from tests.sandbox.process import Sandbox

LIVE_URL = "https://api.astria.ai"
SANDBOX_KEY = "sd_key_of_the_tests"
CALLBACK = "https://studio.example.com/callbacks/a-shoot/a-token/"

Found = TypeVar("Found")

# Every call that a client of these tests made.
calls: list[astria.Call] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test whose body does not call the endpoints that it is marked with; fixtures do not count."""
    before = len(calls)
    yield
    answered = [f"{call.method} {call.path}" for call in calls[before:] if call.status is not None]
    for mark in item.iter_markers("endpoint"):
        for endpoint in mark.args:
            called = re.compile(re.sub(r":\w+", "[^/]+", endpoint))
            assert any(map(called.fullmatch, answered)), f"is marked {endpoint}, but called {answered}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what speaks to the real Astria when there is no key for it."""
    left_out = [] if LIVE_KEY else [item for item in items if item.get_closest_marker("live")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@dataclass(frozen=True)
class Service:
    """An Astria: its address, a key, and how patiently to ask it (in seconds)."""

    url: str
    key: str
    patience: float
    pause: float

    def client(self) -> astria.Astria:
        return astria.Astria(self.key, base_url=self.url, on_call=calls.append)

    def post(self, path: str, **options: Any) -> requests.Response:
        """Post what the client has no method for, or would refuse itself."""
        headers = {"Authorization": f"Bearer {self.key}", "Accept": "application/json"}
        return requests.post(self.url + path, headers=headers, timeout=60, **options)

    def eventually(self, look: Callable[[], Found]) -> Found:
        """Return what `look` gives as soon as it is true; fail when it is not in time."""
        deadline = time.monotonic() + self.patience
        while not (found := look()):
            assert time.monotonic() < deadline, f"still {found!r} after {self.patience} s"
            time.sleep(self.pause)
        return found


@pytest.fixture(scope="session", params=["sandbox", pytest.param("live", marks=pytest.mark.live)])
def service(request: pytest.FixtureRequest) -> Service:
    """The sandbox, and once more the real service."""
    if request.param == "live":
        return Service(LIVE_URL, LIVE_KEY, patience=300, pause=10)
    sandbox: Sandbox = request.getfixturevalue("sandbox")
    return Service(sandbox.url, SANDBOX_KEY, patience=15, pause=0.02)


@pytest.fixture(scope="session")
def client(service: Service) -> Iterator[astria.Astria]:
    with service.client() as client:
        yield client


@dataclass(frozen=True)
class MockTune:
    """A free tune with two prompts: what was sent as its title, and what was answered."""

    title: str
    created: astria.Tune

    @property
    def id(self) -> int:
        return self.created.id


@pytest.fixture(scope="session")
def mock_tune(client: astria.Astria) -> Iterator[MockTune]:
    """A tune of branch=fast, deleted afterwards."""
    prompts: list[astria.NestedPromptAttributes] = [
        {"text": f"portrait {number} of ohwx woman", "callback": CALLBACK, "num_images": 2}
        for number in (0, 1)
    ]
    title = str(uuid.uuid4())
    tune = MockTune(title, new_mock_tune(client, title, prompts))
    yield tune
    client.tunes.delete(tune.id)


def new_mock_tune(
    client: astria.Astria, title: str, prompts: Iterable[astria.NestedPromptAttributes] = ()
) -> astria.Tune:
    """Train a free mock tune on one photo; who makes it deletes it."""
    return client.tunes.create(
        title=title,
        name="woman",
        branch="fast",
        images=[astria.ImageFile("1.jpg", (PHOTOS / "person-1.jpg").read_bytes())],
        characteristics={"age": "30 yo"},
        prompts_attributes=prompts,
    )


@pytest.fixture(scope="session")
def trained(service: Service, client: astria.Astria, mock_tune: MockTune) -> astria.Tune:
    """The mock tune, once it is trained."""
    service.eventually(lambda: client.tunes.get(mock_tune.id).trained_at)
    return client.tunes.get(mock_tune.id)


@pytest.fixture(scope="session")
def pictured(service: Service, client: astria.Astria, trained: astria.Tune) -> tuple[astria.Prompt, ...]:
    """The prompts of the mock tune, once they are final."""

    def final() -> bool:
        prompts = client.prompts.list(tune_id=trained.id)
        return bool(prompts) and all(prompt.is_final for prompt in prompts)

    service.eventually(final)
    return client.prompts.list(tune_id=trained.id)
