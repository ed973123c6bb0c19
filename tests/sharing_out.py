"""Which tests are units, in which order tests run, and which worker of xdist has them."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from typing import NoReturn

import pytest
from django.test.client import ClientHandler
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# What a test of such a kind needs is more than a unit does.
MORE = {"pages", "processes", "long", "postgres", "services", "live", "deployment"}
# Fixtures that are browsers of Django's, in which requests go through the whole of the studio.
BROWSERS = {"client", "client_for"}
# Fixtures that start a process: whatever asks for one is marked `processes`.
STARTING = {"documented", "fuzzed", "one_slow", "sandbox", "service", "shop", "studio", "visits"}
NEED_STUDIO = ("tests/browser/", "tests/test_processes.py")
# Begun first: each of these tests takes as long as hundreds of others.
FIRST = ("studio", "tests/chaos/")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for a process or a page, and units, before marks decide what is run."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if fixtures & STARTING:
            item.add_marker(pytest.mark.processes)
        if fixtures & BROWSERS:
            item.add_marker(pytest.mark.pages)
        if _stands_alone(item) and not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.unit)


def _stands_alone(item: pytest.Item) -> bool:
    return MORE.isdisjoint(mark.name for mark in item.iter_markers())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test that starts a process or asks for a page, itself or by a fixture, and does not say so, fails."""
    if not _stands_alone(item):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", _no_process)
        patch.setattr(ClientHandler, "__call__", _no_page)
        return (yield)


def _no_process(*_args: object, **_options: object) -> NoReturn:
    raise AssertionError("mark it `processes`")


def _no_page(*_args: object, **_options: object) -> NoReturn:
    raise AssertionError("mark it `pages`")


@pytest.hookimpl(optionalhook=True)  # `-p no:xdist` leaves its hooks out
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadFileScheduling | None:
    """Of `make test` one worker has the studio. What is long is mostly browser: each worker has a studio."""
    return OneStudio(config, log) if "not long" in config.getoption("markexpr") else None


class OneStudio(LoadFileScheduling):
    """File by file, but what needs the whole studio is one: it takes half a minute to begin."""

    def _split_scope(self, nodeid: str) -> str:
        return "studio" if nodeid.startswith(NEED_STUDIO) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        first = next((scope for scope in self.workqueue if scope.startswith(FIRST)), None)
        if first:
            self.workqueue.move_to_end(first, last=False)
        super()._assign_work_unit(node)
