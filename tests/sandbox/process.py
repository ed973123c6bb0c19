"""The sandbox as tests use it: a real process on a free port, and a small client for it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

ROOT = Path(__file__).parents[2]
PHOTOS = ROOT / "tests" / "photos"
READY = "sandbox ready at "

Found = TypeVar("Found")


class Sandbox:
    """A running sandbox: its address, its process, and requests with a key."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url = url
        self.process = process
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = "Bearer sd_tests"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.address(path), timeout=30, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.session.post(self.address(path), timeout=30, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.session.delete(self.address(path), timeout=30, **options)

    def address(self, path: str) -> str:
        return path if path.startswith("http") else self.url + path

    def order(self, pack: str = "260", photos: Sequence[str] = ("person-1.jpg",), **tune: Any) -> Any:
        """Create a tune from a pack with uploaded photos and return the answer's JSON."""
        given = {"title": f"order {time.monotonic_ns()}", "name": "woman"} | tune
        fields = {f"tune[{name}]": value for name, value in given.items()}
        answer = self.post(f"/p/{pack}/tunes", data=fields, files=uploads(photos))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def trained(self, **options: Any) -> Any:
        """Create a tune from a pack and return it when all its prompts are done."""
        tune = self.order(**options)
        eventually(lambda: all(prompt["images"] for prompt in self.prompts(tune["id"])))
        return self.get(f"/tunes/{tune['id']}").json()

    def prompts(self, tune_id: int) -> Any:
        """Return the prompts of a tune, at most a hundred and twenty."""
        return self.get(f"/tunes/{tune_id}/prompts", params={"limit": 120}).json()

    @contextmanager
    def changed(self, **settings: Any) -> Iterator[None]:
        """Change settings for a while."""
        before = self.get("/sandbox/settings").json()
        assert self.post("/sandbox/settings", json=settings).status_code == 200
        try:
            yield
        finally:
            self.post("/sandbox/settings", json={name: before[name] for name in settings})


@contextmanager
def running(data: Path, *options: str) -> Iterator[Sandbox]:
    """Start a sandbox that keeps its state in `data`, and stop it afterwards."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith(READY), line
        sandbox = Sandbox(line.removeprefix(READY).strip(), process)
        try:
            yield sandbox
        finally:
            sandbox.session.close()
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=10)


def uploads(photos: Sequence[str]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Return the file parts of an order."""
    return [("tune[images][]", (name, (PHOTOS / name).read_bytes(), "image/jpeg")) for name in photos]


def eventually(look: Callable[[], Found], seconds: float = 15) -> Found:
    """Return what `look` gives as soon as it is true; fail when it is not in time."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"still {found!r} after {seconds} s"
        time.sleep(0.02)
    return found
