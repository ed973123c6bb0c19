"""Fixtures for anybody's tests: `pytest_plugins = ["sandbox.pytest_plugin"]` in the topmost conftest.py.

Needs this repository on the path (`PYTHONPATH`, or `pythonpath` in pytest's settings) and what
requirements.txt names.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.process import Sandbox, running
from sandbox.receiver import Receiver, receiving

OPTIONS = ("--speed", "50", "--pictures", "small")


@pytest.fixture(scope="session")
def astria_sandbox_options() -> tuple[str, ...]:
    """The command line of the sandbox; write a fixture of this name to have another."""
    return OPTIONS


@pytest.fixture(scope="session")
def astria_sandbox_process(
    tmp_path_factory: pytest.TempPathFactory, astria_sandbox_options: tuple[str, ...]
) -> Iterator[Sandbox]:
    """One local Astria for the whole session, on a free port."""
    with running(tmp_path_factory.mktemp("sandbox"), *astria_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def astria_sandbox(astria_sandbox_process: Sandbox) -> Iterator[Sandbox]:
    """The session's sandbox; what a test changes in its settings is undone after it."""
    before = astria_sandbox_process.settings()
    yield astria_sandbox_process
    after = astria_sandbox_process.settings()
    astria_sandbox_process.change(**{name: before[name] for name in after if after[name] != before[name]})


@pytest.fixture
def astria_callbacks() -> Iterator[Receiver]:
    """A server for callbacks: give its `url` to the API, then look at `arrived` or `bodies(path)`."""
    with receiving() as receiver:
        yield receiver
