"""One sandbox process for all these tests; those that need another state start their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.receiver import Receiver, receiving
from tests.sandbox.process import Sandbox, running


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox"), "--speed", "50", "--pictures", "small") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def tune(sandbox: Sandbox) -> Any:
    """A trained tune from corporate-headshots whose eight prompts are done; tests leave it as it is."""
    return sandbox.trained(photos=["person-1.jpg", "person-2.jpg"])


@pytest.fixture(scope="session")
def busy_tune(sandbox: Sandbox) -> Any:
    """A trained tune that tests may add prompts to."""
    return sandbox.trained(pack="black-and-white")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver
