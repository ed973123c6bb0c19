"""The sandbox as a process for tests in Python: start it, drive it, look at what it received and sent."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

ROOT = Path(__file__).parents[1]
READY = "sandbox ready at "
PATIENCE_SECONDS = 30
# Between two looks at what is waited for.
SOONEST_LOOK_SECONDS, LATEST_LOOK_SECONDS = 0.02, 0.5

Found = TypeVar("Found")
Kind = TypeVar("Kind", bound="Sandbox")


class Sandbox:
    """A running sandbox: its address `url`, its `process`, and what it does on demand.

    `get`, `post`, `patch`, `delete` take a path or a whole address and call with a key. Everything under
    /sandbox/ that is refused raises requests.HTTPError.
    """

    def __init__(self, url: str, process: subprocess.Popen[str], key: str = "sd_tests") -> None:
        """Speak to the sandbox at this address with this key."""
        self.url = url
        self.process = process
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET; `options` are those of requests."""
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        """POST."""
        return self.call("POST", path, **options)

    def patch(self, path: str, **options: Any) -> requests.Response:
        """PATCH."""
        return self.call("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        """DELETE."""
        return self.call("DELETE", path, **options)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Call by any method; gives up after thirty seconds unless `timeout` says otherwise."""
        return self.session.request(method, self.address(path), **{"timeout": PATIENCE_SECONDS, **options})

    def address(self, path: str) -> str:
        """Return the whole address of a path."""
        return path if path.startswith("http") else self.url + path

    def settings(self) -> dict[str, Any]:
        """Return the settings as they are."""
        return dict(self._told("GET", "/sandbox/settings"))

    def change(self, **settings: Any) -> None:
        """Change settings for good, e.g. `change(speed=100, faults={"429": 0.1})`."""
        self._told("POST", "/sandbox/settings", json=settings)

    @contextmanager
    def changed(self, **settings: Any) -> Iterator[None]:
        """Change settings for a while."""
        before = self.settings()
        self.change(**settings)
        try:
            yield
        finally:
            self.change(**{name: before[name] for name in settings})

    def fail_next(self, *faults: str) -> None:
        """Let the next API calls meet faults, one after the other: `fail_next("500", "", "504-after")`."""
        self.change(next_faults=faults)

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock forward; what falls due meanwhile has happened when this returns."""
        self._told("POST", "/sandbox/clock", json={"advance": seconds})

    def requests(self) -> Any:
        """Return the last API calls it received, newest first; see GET /sandbox/requests."""
        return self._told("GET", "/sandbox/requests")

    def callbacks(self) -> Any:
        """Return the last callbacks it sent, newest first; see GET /sandbox/callbacks."""
        return self._told("GET", "/sandbox/callbacks")

    def replay(self, callback_id: int) -> Any:
        """Send a callback again; returns the new one."""
        return self._told("POST", f"/sandbox/callbacks/{callback_id}/replay", json={})

    def _told(self, method: str, path: str, **options: Any) -> Any:
        answer = self.call(method, path, **options)
        if not answer.ok:
            raise requests.HTTPError(f"{answer.status_code}: {answer.text[:500]}", response=answer)
        return answer.json()


@contextmanager
def running(data: Path, *options: str) -> Iterator[Sandbox]:
    """Start a sandbox on a free port that keeps its state in `data`, and stop it afterwards."""
    with running_as(Sandbox, data, *options) as sandbox:
        yield sandbox


@contextmanager
def running_as(kind: type[Kind], data: Path, *options: str) -> Iterator[Kind]:
    """Do the same, and speak to it by a class of one's own."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            if not line.startswith(READY):
                raise RuntimeError(f"the sandbox did not start: {line!r}")
            sandbox = kind(line.removeprefix(READY).strip(), process)
            with sandbox.session:
                yield sandbox
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    """End the process; one that does not listen is killed, as waiting for it would have no end."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def eventually(look: Callable[[], Found], seconds: float = 15) -> Found:
    """Return what `look` gives as soon as it is true; AssertionError when it is not in time."""
    began = time.monotonic()
    while not (found := look()):
        waited = time.monotonic() - began
        if waited > seconds:
            raise AssertionError(f"still {found!r} after {seconds} s")
        # The longer it takes, the seldomer: whoever looks takes time from what is waited for.
        time.sleep(min(max(SOONEST_LOOK_SECONDS, waited / 10), LATEST_LOOK_SECONDS))
    return found
