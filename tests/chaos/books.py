"""What the studio says it has, and what the sandbox says it made: two books that must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

import requests

from tests.sandbox.process import Sandbox

PAGE = 120
OF_SHOOT = re.compile(r"/callbacks/([0-9a-f-]{36})/")


@dataclass(frozen=True)
class Order:
    """An order as the person knows it: the shoot that it became, and the price that was shown."""

    shoot: str
    email: str
    kind: str
    price: int
    theme: str = ""


# --- The studio's ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shoot:
    """A shoot as the studio has it."""

    id: str
    account: str
    tune: str
    status: str
    is_final: bool
    price: int
    refunded: int
    expected_prompts: int
    expected_images: int
    ended_at: datetime | None


@dataclass(frozen=True)
class Image:
    """A picture as the studio has it: `sha256` of its original, `opens` if that and all variants do."""

    id: str
    shoot: str
    prompt: int
    source_url: str
    status: str
    stored_at: datetime | None
    sha256: str = ""
    opens: bool = False


@dataclass(frozen=True)
class Prompt:
    """A prompt as the studio has it, by the id that Astria gave it."""

    id: int
    shoot: str
    status: str
    expected_images: int


@dataclass(frozen=True)
class Account:
    """An account, and its lines in the order in which they were written: amount, balance and owed after."""

    id: str
    email: str
    balance: int
    owed: int
    lines: list[tuple[int, int, int]]


@dataclass
class Ours:
    """Everything that the studio says."""

    shoots: dict[str, Shoot] = field(default_factory=dict)
    # Title at Astria → state
    tunes: dict[str, str] = field(default_factory=dict)
    prompts: list[Prompt] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    # What is not at its end, in words.
    unfinished: list[str] = field(default_factory=list)


# --- The sandbox's --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A picture that the sandbox made. `sha256` is "" where it can never be had."""

    url: str
    sha256: str


@dataclass(frozen=True)
class MadePrompt:
    """A prompt at the sandbox; `shoot` is the one that ordered it, None if nobody did."""

    id: int
    shoot: str | None
    is_final: bool
    pictures: tuple[Made, ...]


@dataclass
class Theirs:
    """Everything that the sandbox says."""

    # Title → the ids of the tunes with it.
    tunes: dict[str, list[int]] = field(default_factory=dict)
    prompts: list[MadePrompt] = field(default_factory=list)


def read_theirs(sandbox: Sandbox, orders: list[Order]) -> Theirs:
    """Ask the sandbox for everything; its calls must not meet faults any more, its pictures still do."""
    theirs = Theirs()
    for tune in _all(sandbox, "/tunes"):
        if tune["is_api"]:
            theirs.tunes.setdefault(tune["title"], []).append(tune["id"])
    themes = {order.theme: order.shoot for order in orders if order.theme}
    for prompt in _all(sandbox, "/prompts"):
        theirs.prompts.append(_made(sandbox, prompt, themes))
    return theirs


def _all(sandbox: Sandbox, path: str) -> Iterator[dict[str, Any]]:
    last: dict[str, int] = {}
    while page := sandbox.get(path, params={"limit": PAGE, **last}).json():
        yield from page
        last = {"before_id": page[-1]["id"]}


def _made(sandbox: Sandbox, prompt: dict[str, Any], themes: dict[str, str]) -> MadePrompt:
    # A theme's prompts carry no callback, but its words; each theme of a plan has words of its own.
    in_callback = OF_SHOOT.search(prompt["callback"] or "")
    shoot = in_callback[1] if in_callback else themes.get(prompt.get("theme", ""))
    pictures = tuple(Made(url, _digest(sandbox, url)) for url in prompt["images"])
    return MadePrompt(prompt["id"], shoot, bool(pictures or prompt.get("user_error")), pictures)


def _digest(sandbox: Sandbox, url: str) -> str:
    """Return the hash of a picture; asked for twice, since one that is missing once may not have been."""
    for _ in range(2):
        answer = requests.get(url, timeout=60)
        if answer.ok and answer.content.startswith(b"\xff\xd8"):
            return sha256(answer.content).hexdigest()
    return ""
