"""How fast pictures become visible: from a callback to the owner's browser, and with 1, 2 and 4 workers.

Web, worker and clock are the real processes on the default set-up; pictures come from this machine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import requests
from django.urls import reverse

from benchmarks.ground import HOST, prepare, signed_in
from benchmarks.origin import pending_pictures, serving_pictures, waiting_shoot
from benchmarks.report import Figure, clocked, seen
from benchmarks.server import Server, serving
from studio.delivery import deliver
from studio.models import Heartbeat, Image, Shoot
from studio.queue import enqueue

ROOT = Path(__file__).parents[1]
CALLBACKS, QUICK_CALLBACKS = 15, 3
PICTURES_A_CALLBACK = 4
WORKERS, QUEUED = (1, 2, 4), 60
PATIENCE_SECONDS = 120.0


def figures(quick: bool) -> list[Figure]:
    prepare()
    for name in ("packs", "purge", "checks queued"):
        Heartbeat.beat(name)  # what is due now and then is not what is measured
    with serving_pictures() as origin:
        found = _visible(origin, QUICK_CALLBACKS if quick else CALLBACKS)
        return found if quick else found + _throughput(origin)


def _visible(origin: str, callbacks: int) -> list[Figure]:
    shoot = waiting_shoot()
    with ExitStack() as stack:
        server = stack.enter_context(serving(ASTRIA_BASE_URL=origin))
        for name in ("worker", "clock"):
            stack.enter_context(process(name, ASTRIA_BASE_URL=origin))
        _called_back(server, shoot, origin, 0)  # until everything runs
        rounds = [_called_back(server, shoot, origin, number) for number in range(1, callbacks + 1)]
    times = [seconds for each in rounds for seconds in each]
    return [
        clocked("callback to visible picture, median", median(times), "s", 1.5),
        seen("callback to visible picture, slowest", max(times), "s"),
    ]


def _called_back(server: Server, shoot: Shoot, origin: str, number: int) -> list[float]:
    """Call back with a prompt; return after how many seconds its owner's browser had each picture."""
    urls = [f"{origin}/{number}-{picture}.jpg" for picture in range(PICTURES_A_CALLBACK)]
    prompt = {"id": 5_000_000 + number, "text": "portrait", "tune_id": shoot.tune.astria_id, "images": urls}
    base = f"http://127.0.0.1:{server.port}"
    began = time.monotonic()
    path = reverse("studio:callback", args=[shoot.pk, shoot.callback_token])
    body = json.dumps({"prompt": prompt})
    assert requests.post(base + path, body, headers={"Host": HOST}, timeout=30).status_code == 204
    with requests.Session() as browser:
        cookies = {it.key: it.value for it in signed_in(shoot.account.user).cookies.values()}
        browser.cookies.update(cookies)
        return [_seen_after(browser, base, url, began) for url in urls]


def _seen_after(browser: requests.Session, base: str, source: str, began: float) -> float:
    def is_there() -> bool:
        image = Image.objects.stored().filter(source_url=source).first()
        if image is None:
            return False
        path = reverse("studio:picture-file", args=[image.pk, "320.webp"])
        return browser.get(base + path, headers={"Host": HOST}, timeout=30).status_code == 200

    _until(is_there)
    return time.monotonic() - began


def _throughput(origin: str) -> list[Figure]:
    """Return how many pictures a second so many workers fetch, and what each costs."""
    return [it for workers in WORKERS for it in _with_workers(origin, workers)]


def _with_workers(origin: str, workers: int) -> list[Figure]:
    ids = pending_pictures(origin, QUEUED)
    for pk in ids:
        enqueue(deliver, pk)
    images = Image.objects.stored().filter(pk__in=ids)
    with process("worker", ASTRIA_BASE_URL=origin, WORKERS=str(workers)):
        _until(lambda: images.count() == QUEUED)
    stored = sorted(at for at in images.values_list("stored_at", flat=True) if at)
    # From the fifth on: processes start at their own pace.
    seconds = (stored[-1] - stored[4]).total_seconds()
    return [seen(f"pictures a second with WORKERS={workers}", (QUEUED - 5) / seconds, "1/s")]


@contextmanager
def process(name: str, **environment: str) -> Iterator[int]:
    """Run worker or clock, and yield its process id; end it as a supervisor does."""
    command = [sys.executable, "manage.py", name]
    own = os.environ | environment
    with subprocess.Popen(command, cwd=ROOT, env=own, stderr=subprocess.DEVNULL) as running:
        try:
            yield running.pid
        finally:
            running.terminate()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the pipeline stands still")
        time.sleep(0.01)
