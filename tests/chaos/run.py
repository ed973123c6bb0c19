"""One bad day on one database, from the first sign-in to the verdict."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from itertools import chain
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from tests.chaos.books import Order, read_theirs
from tests.chaos.forger import Forger
from tests.chaos.inside import Inside
from tests.chaos.judge import Verdict, judge
from tests.chaos.people import Person, Tide
from tests.chaos.plan import TRAITS, plan_for
from tests.chaos.supervisor import Killer, Supervisor
from tests.chaos.weather import faults
from tests.processes import PASSWORD, Studio, studio_running, wait_for

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
CREDITS = 10_000
LOOK_EVERY_SECONDS = 1.0
# The latest callback comes three seconds after all is made.
QUIET_SECONDS = 5.0
MOST_TIMELINES = 20
SHOOT_URL = re.compile(r"/shoots/([0-9a-f-]{36})/")
OF_SHOOT = re.compile(r"shoot ([0-9a-f-]{36})")


@dataclass(frozen=True)
class Day:
    """How long and how bad: `shoots` of at least eight pictures each, and how often something is killed."""

    shoots: int
    seed: int
    database: str = "sqlite"
    pace: float = 25.0
    kill_every: float = 4.0
    # How often the clock, the web's master and one of the web's workers are killed.
    times: int = 2
    # Of so many kills one is of them, the others are of workers.
    turns: int = 8
    workers: int = 2
    # What two cores get through well before the deadlines, which come sooner, too.
    most_open: int = 24
    # Seconds of real time for all orders to be placed, and then for everything to come to its end.
    patience: float = 1800.0
    is_short: bool = False


@dataclass
class Outcome:
    """The verdict on a day, and what happened in it."""

    verdict: Verdict
    seconds: float
    kills: dict[str, int]
    forged: dict[str, int]
    timelines: dict[str, list[str]]

    def line(self) -> dict[str, object]:
        """Return what is printed as one line of JSON."""
        found = self.verdict
        return {
            "shoots": found.shoots,
            "pictures": found.pictures,
            "given_up": found.given_up,
            "lost": len(found.lost),
            "doubled": len(found.doubled),
            "stuck": len(found.stuck),
            "miscredited": len(found.miscredited),
            "forged_accepted": len(found.forged_accepted),
            "secrets": len(found.secrets),
            "seconds": round(self.seconds, 1),
        }


def live(day: Day, folder: Path) -> Outcome:
    """Live the day with everything it leaves behind in `folder`; return what came of it."""
    started = time.monotonic()
    with ExitStack() as stack:
        more = _environment(day, folder) | {"DATABASE_URL": f"sqlite:///{folder / 'studio.sqlite3'}"}
        if day.database == "postgres":
            more["DATABASE_URL"] = stack.enter_context(_own_database())
        options = ("--seed", str(day.seed))
        studio = stack.enter_context(
            studio_running(
                folder,
                sandbox_options=options,
                without=("web", "worker", "clock"),
                speed=1,
                more=more,
                samples=False,
            )
        )
        log = stack.enter_context((folder / "inside.log").open("w"))
        inside = Inside(studio.environment, log)
        stack.callback(inside.close)
        return _judged(_Life(day, studio, inside), started)


def _environment(day: Day, folder: Path) -> dict[str, str]:
    return {
        "PACE": str(day.pace),
        # Collecting static files for production takes long.
        "DEBUG": "1" if day.is_short else "0",
        # What is not recognised is posted again, and the sandbox would make it again.
        "ASTRIA_IDEMPOTENT": "1",
        "ASTRIA_CALLS_PER_MINUTE": str(round(120 * day.pace)),
        "EMAIL_URL": f"filemail:///{folder / 'mails'}",
    }


@contextmanager
def _own_database() -> Iterator[str]:
    """The address of an empty PostgreSQL database that lasts as long as the day."""
    name = f"chaos_{uuid4().hex}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class _Life:
    """The day itself: people order, things break, until everything is at its end or patience is."""

    def __init__(self, day: Day, studio: Studio, inside: Inside) -> None:
        self.day, self.studio, self.inside = day, studio, inside
        random = Random(day.seed)
        self.plan = plan_for(day.shoots, random)
        self._tide = Tide(day.most_open)
        self.people = [
            Person(studio.url, f"person-{number}@example.com", inside, self._tide, Random(random.random()))
            for number in range(len(self.plan.people))
        ]
        self._killer_random, self._forger_random = Random(random.random()), Random(random.random())
        self.kills: dict[str, int] = {}
        self.forged: dict[str, int] = {}
        # What people were refused, and what forgers were not.
        self.refused: list[str] = []
        self.let_in: list[str] = []

    @property
    def orders(self) -> list[Order]:
        return [order for person in self.people for order in person.orders]

    def live(self) -> None:
        """Return when it is over and every process has ended."""
        for person in self.people:
            self.inside.person(person.email, PASSWORD, CREDITS)
        with ExitStack() as stack:
            names = ["web-1", "clock-1", *(f"worker-{number + 1}" for number in range(self.day.workers))]
            supervisor = Supervisor(self.studio, names)
            stack.callback(supervisor.stop)
            wait_for(self.studio.url, seconds=self.day.patience)
            self.studio.sandbox.change(faults=faults(is_short=self.day.is_short))
            forger = Forger(self.studio.url, self.studio.sandbox, self.inside, self._forger_random)
            stack.callback(forger.stop)
            killer = Killer(
                supervisor,
                self.inside.at_work,
                every=self.day.kill_every,
                times=self.day.times,
                turns=self.day.turns,
                random=self._killer_random,
            )
            stack.callback(killer.stop)
            self.kills, self.forged, self.let_in = supervisor.kills, forger.sent, forger.let_in
            self._order_everything(forger, killer)

    def _order_everything(self, forger: Forger, killer: Killer) -> None:
        with ThreadPoolExecutor(len(self.people)) as pool:
            together = zip(self.people, self.plan.people, strict=True)
            lives = [pool.submit(person.live, sets) for person, sets in together]
            try:
                self._wait_for_orders(lives)
                self._wait_for_the_end(forger, killer)
            finally:
                self._tide.over.set()
        self.refused = [str(life.exception()) for life in lives if life.exception()]

    def _wait_for_orders(self, lives: list[Future[None]]) -> None:
        until, half = time.monotonic() + self.day.patience, self.day.shoots // 2
        while not all(life.done() for life in lives) and time.monotonic() < until:
            time.sleep(LOOK_EVERY_SECONDS)
            self._tide.open = self.inside.open_shoots()
            if half and len(self.orders) >= half:
                # From now on, runs on models that exist are not called back for.
                self.studio.sandbox.change(callbacks="no-tune-ids")
                half = 0

    def _wait_for_the_end(self, forger: Forger, killer: Killer) -> None:
        """Return when nothing is open and nothing has come for a while, or when patience is over."""
        until = time.monotonic() + self.day.patience
        self._wait(until, lambda: killer.has_done_its_part and not self.inside.open_shoots())
        # What is forged with a token that was stolen lies in the inbox, too, until it is looked at.
        forger.stop()
        since = time.monotonic()

        def is_quiet() -> bool:
            nonlocal since
            if self.inside.unfinished():
                since = time.monotonic()
            return time.monotonic() - since > QUIET_SECONDS

        self._wait(until, is_quiet)

    def _wait(self, until: float, look: Callable[[], bool]) -> None:
        while not look() and time.monotonic() < until:
            time.sleep(LOOK_EVERY_SECONDS)


def _judged(life: _Life, started: float) -> Outcome:
    life.live()
    seconds = time.monotonic() - started
    sandbox, orders = life.studio.sandbox, life.orders
    # What the sandbox says now must be true; its pictures stay as bad as they were.
    bad = faults(is_short=life.day.is_short)
    sandbox.change(faults={name: rate for name, rate in bad.items() if name.startswith("picture-")})
    granted = {person.email: CREDITS for person in life.people}
    mails = count_mails(life.studio.data_dir / "mails")
    verdict = judge(life.inside.books(), read_theirs(sandbox, orders), orders, granted, mails)
    verdict.lost += [f"not ordered: {refusal}" for refusal in life.refused]
    verdict.forged_accepted += life.let_in
    ledger = life.studio.manage("check_ledger")
    if ledger.returncode:
        verdict.miscredited.append(f"check_ledger: {ledger.stdout}{ledger.stderr}")
    verdict.secrets += secrets_in(life.studio, life.inside)
    named = set(OF_SHOOT.findall(" ".join(chain(*verdict.wrong().values()))))
    timelines = {shoot: life.inside.timeline(shoot) for shoot in sorted(named)[:MOST_TIMELINES]}
    return Outcome(verdict, seconds, life.kills, life.forged, timelines)


def count_mails(folder: Path) -> Counter[str]:
    """Return how many mails were written about each shoot."""
    found: Counter[str] = Counter()
    for path in folder.glob("*.log"):
        for raw in path.read_bytes().split(b"-" * 79 + b"\n"):
            body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
            found.update(set(SHOOT_URL.findall(body.get_content()) if body else ()))
    return found


def secrets_in(studio: Studio, inside: Inside) -> list[str]:
    """Return what must be in no log, and is: the key, tokens, addresses of pictures, characteristics."""
    secrets = {"key": studio.environment["ASTRIA_API_KEY"], "password": PASSWORD, "picture": "/mp/"}
    secrets |= {f"trait {trait}": trait for trait in TRAITS}
    secrets |= {f"token of {target['shoot']}": target["token"] for target in inside.targets()}
    found = []
    for path in sorted(studio.data_dir.glob("*.log")):
        text = path.read_text(errors="replace")
        found += [f"{path.name}: {name}" for name, secret in secrets.items() if secret in text]
    return found
