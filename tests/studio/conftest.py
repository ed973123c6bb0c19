"""An Astria that answers as it is told, for what the sandbox cannot answer, and orders in every state."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
import time_machine
import urllib3
from django.db import connections

import astria
from accounts.models import User
from studio import serving
from studio.models import PhotoSet, Shoot, Tune
from studio.ordering import order_pack
from tests.factories import PackFactory, PhotoSetFactory, ShootFactory, TrainedTuneFactory, UserFactory

API = "https://api.astria.example"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

AtOnce = Callable[..., list[Any]]


def connection_refused() -> Exception:
    """Return what requests raises when a connection is not made."""
    pool = urllib3.HTTPConnectionPool("127.0.0.1", 1)
    reason = urllib3.exceptions.NewConnectionError(pool, "refused")  # type: ignore[arg-type]
    return requests.ConnectionError(urllib3.exceptions.MaxRetryError(pool, "/", reason))


@pytest.fixture(autouse=True)
def downloads_end(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A ZIP that a test does not read to its end would hold its place until garbage is collected."""
    under_way: list[serving.Underway] = []

    class Kept(serving.Underway):
        def __init__(self, parts: Any) -> None:
            super().__init__(parts)
            under_way.append(self)

    monkeypatch.setattr(serving, "Underway", Kept)
    yield
    for download in under_way:
        download.close()


@pytest.fixture
def api(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[responses.RequestsMock]:
    """Astria at API, which answers what a test registers. Looks are made once, without naps."""
    settings.ASTRIA_BASE_URL = API
    monkeypatch.setattr("studio.astria_client.RETRY", astria.Retry(tries=1))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as api:
        yield api


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """Noon, until a test moves on: `noon.shift(60)` is a minute later."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def disk(settings: Any, tmp_path: Path) -> Path:
    """Files on a disk, as a studio has them by default."""
    options = {"location": tmp_path / "files", "allow_overwrite": True, "base_url": None}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "studio.disk.Disk", "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def away(disk: Path) -> Iterator[Callable[[], None]]:
    """Let another thing lie where the files' folder was, until the returned function is called."""
    folder, aside = disk / "files", disk / "aside"
    folder.mkdir(exist_ok=True)
    folder.rename(aside)
    folder.touch()

    def come_back() -> None:
        folder.unlink()
        aside.rename(folder)

    return come_back


@pytest.fixture
def staff(db: None) -> User:
    """Somebody who is told when something needs a hand."""
    return UserFactory.create(email="staff@example.com", is_staff=True)


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    """Four photos of somebody who belongs to `user`."""
    return PhotoSetFactory.create(account=user.account, photos=4, name="Änne 安娜")


@pytest.fixture
def order(photo_set: PhotoSet) -> Shoot:
    """A paid order that trains a model, queued; 18 credits of 100 are spent."""
    return order_pack(photo_set, PackFactory.create(), number=0)


@pytest.fixture
def tune(user: User) -> Tune:
    """A trained model of `user`."""
    return TrainedTuneFactory.create(account=user.account)


@pytest.fixture
def order_on_tune(tune: Tune) -> Callable[..., Shoot]:
    """Return a maker of paid, queued orders on `tune`."""

    def make(**fields: Any) -> Shoot:
        given = {"status": Shoot.Status.QUEUED, "trains": False} | fields
        return ShootFactory.create(account=tune.account, tune=tune, **given)

    return make


@pytest.fixture
def at_once() -> AtOnce:
    """Run callables at the same moment, each in a thread, and return what they returned."""

    def run(*verbs: Callable[[], Any]) -> list[Any]:
        barrier = threading.Barrier(len(verbs))

        def start(verb: Callable[[], Any]) -> Any:
            barrier.wait(10)
            try:
                return verb()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(verbs)) as pool:
            return [future.result(30) for future in [pool.submit(start, verb) for verb in verbs]]

    return run
