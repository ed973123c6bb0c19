"""What systemd or Docker does for the studio, and what it has to survive.

A unit is a process with all that it started, as a control group is: when its first process ends, the rest
is killed and it is started anew. Whose a process is shows in its environment.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.processes import COMMANDS, ROOT, Studio

LOOK_EVERY_SECONDS = 0.1
GRACE_SECONDS = 10.0
# A hung cluster is noticed by its watchdog; the clock queues a sign of life every ten seconds.
MORE = {"worker": ["--stale-after", "25"]}


@dataclass
class Unit:
    """`name` is its kind and a number: `worker-2`."""

    name: str
    mark: str
    process: subprocess.Popen[bytes]

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]


class Supervisor:
    """Keeps units running until it is stopped. `kills` counts by what was killed, `starts` by unit."""

    def __init__(self, studio: Studio, names: Sequence[str]) -> None:
        """Start the units."""
        self._studio = studio
        self._run = uuid.uuid4().hex
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self.starts = dict.fromkeys(names, 0)
        self.kills: dict[str, int] = {}
        self._units = {name: self._start(name) for name in names}
        self._thread = threading.Thread(target=self._watch, name="supervisor")
        self._thread.start()

    def stop(self) -> None:
        """End all units as a supervisor does; what does not end by itself is killed."""
        self._stopping.set()
        self._thread.join()
        for unit in self._units.values():
            unit.process.send_signal(signal.SIGTERM)
        for unit in self._units.values():
            with suppress(subprocess.TimeoutExpired):
                unit.process.wait(GRACE_SECONDS)
            self._kill_all_of(unit)

    def pid_of(self, name: str) -> int:
        """Return the id of the unit's first process."""
        return self._units[name].process.pid

    # What happens to them

    def kill_whole(self, name: str) -> None:
        """SIGKILL for every process of the unit."""
        with self._lock:
            self._count(f"{self._units[name].kind} whole")
            self._kill_all_of(self._units[name])

    def kill_first(self, name: str) -> None:
        """SIGKILL for the unit's first process alone; the others notice, or the supervisor ends them."""
        with self._lock:
            self._count(f"{self._units[name].kind} first")
            _kill(self._units[name].process.pid)

    def kill_one_within(self, name: str, random: Random) -> None:
        """SIGKILL for one of the processes that the unit's first one started."""
        with self._lock:
            others = [pid for pid in self._members(self._units[name]) if pid != self._units[name].process.pid]
            if others:
                self._count(f"{self._units[name].kind} part")
                _kill(random.choice(others))

    def _count(self, what: str) -> None:
        self.kills[what] = self.kills.get(what, 0) + 1

    # Keeping them

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            with self._lock:
                for name, unit in self._units.items():
                    if unit.process.poll() is not None:
                        self._kill_all_of(unit)
                        self._units[name] = self._start(name)

    def _start(self, name: str) -> Unit:
        kind = name.partition("-")[0]
        mark = f"{self._run}:{name}"
        self.starts[name] += 1
        with (self._studio.data_dir / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*COMMANDS[kind], *MORE.get(kind, [])],
                cwd=ROOT,
                env=self._studio.environment | {"CHAOS_UNIT": mark},
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return Unit(name, mark, process)

    def _kill_all_of(self, unit: Unit) -> None:
        # Again, until there is none: a process may just be starting another one.
        while members := self._members(unit):
            for pid in members:
                _kill(pid)
        unit.process.wait()

    @staticmethod
    def _members(unit: Unit) -> list[int]:
        sign = f"CHAOS_UNIT={unit.mark}".encode()
        return [int(entry.name) for entry in Path("/proc").iterdir() if _is_marked(entry, sign)]


class Killer:
    """A thread that kills every few seconds until it is stopped: workers all the time, others some times.

    `at_work` returns the ids of workers that work. Others are let be: who kills faster than a loaded machine
    can start proves nothing.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        at_work: Callable[[], set[int]],
        *,
        every: float,
        times: int,
        turns: int,
        random: Random,
    ) -> None:
        """Start; clock, web and a part of the web are killed `times` times, one of them in so many turns."""
        self._supervisor, self._at_work, self._random = supervisor, at_work, random
        self._every, self._turns = every, turns
        self._workers = [name for name in supervisor.starts if name.startswith("worker")]
        self._rest: list[Callable[[], None]] = times * [
            lambda: supervisor.kill_whole("clock-1"),
            lambda: supervisor.kill_first("web-1"),
            lambda: supervisor.kill_one_within("web-1", random),
        ]
        random.shuffle(self._rest)
        self._has_killed_a_worker = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="killer")
        self._thread.start()

    @property
    def has_done_its_part(self) -> bool:
        """Whether clock and web had all their turns, and a worker had one."""
        return not self._rest and self._has_killed_a_worker

    def stop(self) -> None:
        """Kill no more."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        turn = 0
        while not self._over.wait(self._every * self._random.uniform(0.5, 1.5)):
            turn += 1
            if self._rest and turn % self._turns == 0:
                self._rest.pop()()
            else:
                self._kill_a_worker()

    def _kill_a_worker(self) -> None:
        at_work = self._at_work()
        victims = [name for name in self._workers if self._supervisor.pid_of(name) in at_work]
        if not victims:
            return
        self._has_killed_a_worker = True
        name, luck = self._random.choice(victims), self._random.random()
        if luck < 0.2:
            self._supervisor.kill_whole(name)
        elif luck < 0.35:
            self._supervisor.kill_first(name)
        else:
            self._supervisor.kill_one_within(name, self._random)


def _is_marked(entry: Path, sign: bytes) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        return sign in (entry / "environ").read_bytes().split(b"\0")
    except OSError:
        return False  # gone meanwhile, or not ours


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
