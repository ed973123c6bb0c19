"""Callbacks that nobody at Astria sent. None may put a picture anywhere, nor end anything."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from random import Random
from typing import Any
from uuid import uuid4

import requests

from tests.chaos.inside import Inside
from tests.sandbox.process import Sandbox

EVERY_SECONDS = 0.7
LOOK_AROUND_EVERY = 5
ANSWER_SECONDS = 5.0
# Where there is no such address for the forger, the answer says so or asks for patience.
NOT_LET_IN = {404, 429}
GARBAGE = (
    "",
    "{",
    "null",
    "[]",
    "17",
    '"prompt"',
    "[" * 5000,
    '{"prompt": {"id": 1e999}}',
    '{"tune": []}',
    "\x00",
)

Target = dict[str, Any]


class Forger:
    """A thread that forges until it is stopped. `sent` counts by kind, `let_in` says what should not be."""

    def __init__(self, url: str, sandbox: Sandbox, inside: Inside, random: Random) -> None:
        """Start; there is nothing to forge before something is ordered."""
        self._url, self._sandbox, self._inside, self._random = url, sandbox, inside, random
        self._over = threading.Event()
        self._targets: list[Target] = []
        self.sent: dict[str, int] = {}
        self.let_in: list[str] = []
        self._thread = threading.Thread(target=self._work, name="forger")
        self._thread.start()

    def stop(self) -> None:
        """Forge no more."""
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        kinds: list[Callable[[Target, Target], None]] = [
            self._wrong_token,
            self._token_of_another,
            self._garbage,
            self._pictures_of_another,
            self._end_of_another,
        ]
        rounds = 0
        while not self._over.wait(EVERY_SECONDS):
            if rounds % LOOK_AROUND_EVERY == 0:
                self._targets = self._inside.targets()
            rounds += 1
            mine, others = self._two_strangers()
            if mine and others:
                self._random.choice(kinds)(mine, others)

    def _two_strangers(self) -> tuple[Target | None, Target | None]:
        """Return two shoots that are not on one model."""
        if not self._targets:
            return None, None
        mine = self._random.choice(self._targets)
        others = [target for target in self._targets if target["title"] != mine["title"]]
        return mine, self._random.choice(others) if others else None

    # The kinds

    def _wrong_token(self, mine: Target, _others: Target) -> None:
        self._knock("wrong token", mine["shoot"], uuid4().hex, mine)

    def _token_of_another(self, mine: Target, others: Target) -> None:
        self._knock("another's token", mine["shoot"], others["token"], mine)

    def _knock(self, kind: str, shoot: str, token: str, about: Target) -> None:
        status = self._send(kind, shoot, token, json.dumps(self._claim(about)))
        if status and status not in NOT_LET_IN:
            self.let_in.append(f"{kind} on shoot {shoot} was answered with {status}")

    def _garbage(self, mine: Target, _others: Target) -> None:
        self._send("garbage", mine["shoot"], mine["token"], self._random.choice(GARBAGE))

    def _pictures_of_another(self, mine: Target, others: Target) -> None:
        """The right token, and pictures for prompts of somebody else."""
        if others["prompts"]:
            claim = json.dumps(self._claim(others))
            self._send("another's pictures", mine["shoot"], mine["token"], claim)

    def _end_of_another(self, mine: Target, others: Target) -> None:
        """The right token, and the news that somebody else's model failed."""
        tune = {"id": others["tune"] or 1, "title": others["title"], "failed_at": "2026-01-01T00:00:00Z"}
        self._send("another's end", mine["shoot"], mine["token"], json.dumps({"tune": tune}))

    def _claim(self, about: Target) -> object:
        """Return a body with pictures that can be had, and were not made for this."""
        prompts = about["prompts"] or [self._random.randrange(1, 10**6)]
        url = f"{self._sandbox.url}/covers/black-and-white.jpg?forged={uuid4().hex}"
        return [
            {"id": prompt, "text": "forged", "tune_id": about["tune"], "images": [url]} for prompt in prompts
        ]

    def _send(self, kind: str, shoot: str, token: str, body: str) -> int:
        """Send it; return the status, 0 when the studio did not answer."""
        try:
            answer = requests.post(
                f"{self._url}/callbacks/{shoot}/{token}",
                data=body.encode(),
                headers={"Content-Type": "application/json"},
                timeout=ANSWER_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        self.sent[kind] = self.sent.get(kind, 0) + 1
        # A server in trouble lets nobody in.
        return 0 if answer.status_code >= 500 else answer.status_code
