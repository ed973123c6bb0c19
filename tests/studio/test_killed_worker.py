"""A worker that is killed between call and answer: the order comes to its end, and nothing is made twice."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.processes import Studio, studio_running
from tests.sandbox.process import eventually

pytestmark = [pytest.mark.processes, pytest.mark.long]

PATIENCE_SECONDS = 90.0
FIRST = """
from packs.models import Pack
from studio.ordering import order_pack
from tests.factories import PhotoSetFactory
pack = Pack.objects.get(slug="black-and-white")
shots = pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2]
print(order_pack(PhotoSetFactory.create(photos=4), pack, number=0, prompt_ids=list(shots)).tune_id)
"""
THEME = """
from studio.models import Tune
from studio.ordering_more import order_theme
print(order_theme(Tune.objects.get(), "autumn", key="a").tune.astria_id)
"""
# Dies as a worker does that is killed between call and answer: all is sent, nothing is read.
DIE_AT_THE_POST = """
import http.client, os, signal
from studio.models import Shoot
from studio.training import advance
read = http.client.HTTPConnection.getresponse
def die(connection, *args, **kwargs):
    if connection._method == "POST":
        os.kill(os.getpid(), signal.SIGKILL)
    return read(connection, *args, **kwargs)
http.client.HTTPConnection.getresponse = die
advance(Shoot.objects.latest("created_at").pk)
"""
LATEST = """
import json
from studio.models import Event, Image, Shoot
shoot = Shoot.objects.latest("created_at")
posts = Event.objects.filter(shoot=shoot, kind="call", text__startswith="POST").values_list("text", flat=True)
print(json.dumps({
    "status": shoot.status, "refunded": shoot.refunded, "posts": [text.split(":")[0] for text in posts],
    "answered": sum(":" in text for text in posts), "prompts": shoot.prompts.count(),
    "pictures": shoot.images.stored().count(), "expected": shoot.expected_images,
}))
"""


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A clock for which five minutes are five seconds, no worker yet, and a sandbox that calls nobody."""
    folder, quiet = tmp_path_factory.mktemp("hasty"), ("--no-callbacks",)
    with studio_running(
        folder, sandbox_options=quiet, without=("web", "worker"), speed=50, more={"PACE": "60"}, samples=False
    ) as studio:
        yield studio


def order_and_die(studio: Studio, code: str) -> str:
    """Order, and have the order posted by a process that is killed there; says what the code printed."""
    printed = studio.shell(code)
    killed = studio.manage("shell", "--verbosity", "0", "-c", DIE_AT_THE_POST)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    return printed


def end(studio: Studio) -> Any:
    """Start a worker, and return how the latest order ended."""
    studio.start("worker")

    def latest() -> Any:
        found = json.loads(studio.shell(LATEST))
        return found["status"] in ("ready", "partly", "failed") and found

    ended = eventually(latest, seconds=PATIENCE_SECONDS)
    studio.stop("worker")
    return ended


def test_an_order_whose_worker_is_killed_trains_one_model(hasty: Studio) -> None:
    title = order_and_die(hasty, FIRST)

    def tunes() -> Any:
        return hasty.sandbox.get("/tunes", params={"title": title}).json()

    eventually(tunes)
    ended = end(hasty)

    assert ended == {
        "status": "ready", "refunded": 0, "posts": ["POST /p/1342/tunes"], "answered": 0, "prompts": 2,
        "pictures": ended["expected"], "expected": ended["expected"],
    }  # fmt: skip
    assert len(tunes()) == 1
    assert len(hasty.sandbox.prompts(tunes()[0]["id"])) == 2


def test_a_theme_whose_worker_is_killed_is_made_once(hasty: Studio) -> None:
    tune_id = int(order_and_die(hasty, THEME))
    ended = end(hasty)

    assert ended == {
        "status": "ready", "refunded": 0, "posts": ["POST /themes"], "answered": 0, "prompts": 10,
        "pictures": 10, "expected": 10,
    }  # fmt: skip
    assert len(hasty.sandbox.prompts(tune_id)) == 12
