"""How long developers wait: until a second `make run` shows a page, and for the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from benchmarks.report import Figure, clocked

ROOT = Path(__file__).parents[1]
FIRST_START_SECONDS, START_SECONDS = 240.0, 60.0


def figures(quick: bool) -> list[Figure]:
    """Return how long it takes; of a quick run, without the tests: whoever runs it runs them, too."""
    found = [clocked("second make run, to a page", _second_start(), "s", 8)]
    if quick:
        return found
    return [
        *found,
        clocked("unit tests", _seconds(["make", "test-units"]), "s", 45),
        clocked("make test", _seconds(["make", "test"]), "s", 300),
    ]


def _second_start() -> float:
    ports = {"PORT": str(_free_port()), "SANDBOX_PORT": str(_free_port())}
    given = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment = given | ports | {"DATA_DIR": str(Path(os.environ["BENCHMARKS_DIR"], "run"))}
    _until_a_page(environment, FIRST_START_SECONDS)
    return _until_a_page(environment, START_SECONDS)


def _until_a_page(environment: dict[str, str], patience: float) -> float:
    """Run everything until it shows a page, and end it as Ctrl-C does. Returns how long that took."""
    began = time.monotonic()
    # What is installed is installed: the second start is what is measured.
    command = ["make", "--old-file=.venv/.runtime", "run"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as run:
        try:
            while not _answers(f"http://127.0.0.1:{environment['PORT']}/"):
                if time.monotonic() - began > patience or run.poll() is not None:
                    raise TimeoutError("make run shows no page")
                time.sleep(0.05)
            return time.monotonic() - began
        finally:
            os.killpg(run.pid, signal.SIGINT)
            run.wait(timeout=30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _seconds(command: list[str]) -> float:
    """Return how long a command takes that ends well."""
    own = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, env=own, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began
