"""The real processes, each on a free port, started for tests and ended by their own id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests import migrated
from tests.sandbox.process import Sandbox, eventually, running

ROOT = Path(__file__).resolve().parent.parent
# Only what never answers takes that long; a busy machine may need a minute.
PATIENCE_SECONDS = 120.0
PASSWORD = "correct horse battery"
COMMANDS = {
    "web": [str(Path(sys.executable).parent / "gunicorn"), "config.wsgi"],
    "worker": [sys.executable, "manage.py", "worker"],
    "clock": [sys.executable, "manage.py", "clock"],
}


@dataclass
class Studio:
    """A running studio: its addresses, its folder, its environment."""

    url: str
    sandbox: Sandbox
    data_dir: Path
    environment: dict[str, str]
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start web, worker or clock."""
        with (self.data_dir / f"{name}.log").open("a") as log:
            self.processes[name] = subprocess.Popen(
                COMMANDS[name],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def stop(self, name: str) -> int:
        """End a process as a supervisor does, by SIGTERM; return its exit code."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def kill(self, name: str) -> None:
        """End a process and all that it started at once, as a power cut does."""
        process = self.processes.pop(name)
        for pid in [process.pid, *_descendants(process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def restart(self, *names: str) -> None:
        """Start these processes again; returns when worker and clock say that they run, the web answers."""
        before = {name: self._starts_of(name) for name in names if name != "web"}
        for name in names:
            self.start(name)
        wait_for(self.url)
        eventually(lambda: all(self._starts_of(name) > before[name] for name in before))

    def _starts_of(self, name: str) -> int:
        return (self.data_dir / f"{name}.log").read_text(errors="replace").count(f"{name}: running")

    @contextmanager
    def without(self, *names: str) -> Iterator[None]:
        """Stop these processes for a while."""
        for name in names:
            self.stop(name)
        try:
            yield
        finally:
            self.restart(*names)

    def manage(self, *arguments: str, timeout: float = 400) -> subprocess.CompletedProcess[str]:
        """Run manage.py in this studio's environment and return what it said and its exit code."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def shell(self, code: str) -> str:
        """Run Python inside the studio (models imported) and return what it printed."""
        done = self.manage("shell", "--verbosity", "0", "-c", code)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def logs(self) -> str:
        """Return everything that the processes wrote."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.data_dir.glob("*.log")))


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in map(int, children) for found in (child, *_descendants(child))]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def studio_running(
    folder: Path, *, sandbox_options: tuple[str, ...] = (), without: tuple[str, ...] = (),
    speed: float = 20, pictures: str = "small", more: Mapping[str, str] | None = None, samples: bool = True,
) -> Iterator[Studio]:  # fmt: skip
    """Run the whole studio with its data in `folder`, packs published; `without` names what stays down.

    Without `samples` the packs come without pictures of theirs, which is some 15 s sooner.
    DATABASE_URL in the environment (or in `more`) decides the database; by default SQLite in `folder`.
    """
    with ExitStack() as stack:
        sandbox_data = folder / "sandbox"
        sandbox_data.mkdir()
        options = ("--speed", str(speed), "--pictures", pictures, *sandbox_options)
        sandbox = stack.enter_context(running(sandbox_data, *options))
        studio = _studio(folder, sandbox, more or {})
        migrated.begin(studio.environment)
        with sandbox.changed(faults={} if samples else {"picture-gone": 1.0}):
            for command in (("setup",), ("sync_packs", "--publish")):
                done = studio.manage(*command)
                assert done.returncode == 0, done.stderr
        for name in [name for name in COMMANDS if name not in without]:
            studio.start(name)
            stack.callback(_end, studio, name)
        if "web" not in without:
            wait_for(studio.url)
        yield studio


def _studio(folder: Path, sandbox: Sandbox, more: Mapping[str, str]) -> Studio:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": url,
        "ASTRIA_BASE_URL": sandbox.url,
        "ASTRIA_API_KEY": "sd_key_of_the_tests",
        # The sandbox is 20 times as fast as Astria.
        "ASTRIA_CALLS_PER_MINUTE": "2400",
        "DEBUG": "1",
        "NOTICE": "Sandbox: pictures by a local stand-in, not by Astria.",
        "INSPECT_WITH_FILE_NAMES": "1",
        "PYTHONUNBUFFERED": "1",
        **more,
    }
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return Studio(url, sandbox, folder, environment)


def _end(studio: Studio, name: str) -> None:
    if name in studio.processes:
        studio.stop(name)


def wait_for(url: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something answers at `url`."""
    eventually(lambda: _answers(url), seconds=seconds)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
