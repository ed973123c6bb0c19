"""What the sandbox is started with: command line first, then environment, then defaults."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.faults import parse_faults
from sandbox.reroutes import parse_reroutes

CALLBACKS = ("all", "none", "no-tune-ids")
PICTURES = ("full", "small")


@dataclass(frozen=True)
class Options:
    """The options of one run; see sandbox/README.md for what each does."""

    host: str
    port: int
    data: Path
    speed: float
    seed: int
    key: str
    callbacks: str
    faults: dict[str, float]
    idempotent: bool
    pictures: str
    reroutes: dict[str, str]


def parse_options(
    arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ
) -> Options:
    """Read the options; exits with a usage message (status 2) when one makes no sense."""
    parser = _parser(environment)
    found = parser.parse_args(arguments)
    return Options(
        host=found.host,
        port=found.port,
        data=found.data.expanduser().resolve(),
        speed=found.speed,
        seed=found.seed,
        key=found.key,
        callbacks="none" if found.no_callbacks else found.callbacks,
        faults=found.faults,
        idempotent=found.idempotent,
        pictures=found.pictures,
        reroutes=found.reroute,
    )


def _parser(environment: Mapping[str, str]) -> argparse.ArgumentParser:
    def given(name: str, default: str) -> str:
        return environment.get(f"SANDBOX_{name}", default)

    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local Astria over HTTP.")
    add = parser.add_argument
    add("--host", default=given("HOST", "127.0.0.1"), help="address to listen on")
    add("--port", type=_port, default=given("PORT", "8001"), help="0 picks a free one")
    add("--data", type=Path, default=given("DATA", "var/sandbox"), help="directory that keeps the state")
    add("--speed", type=parse_speed, default=given("SPEED", "1"), help="10 is ten times faster")
    add("--seed", type=int, default=given("SEED", "0"), help="decides pictures and faults")
    add("--key", default=given("KEY", ""), help="the only key accepted; without it any sd_… is")
    add("--callbacks", choices=CALLBACKS, default=given("CALLBACKS", "all"))
    add("--no-callbacks", action="store_true", help="the same as --callbacks none")
    add("--faults", type=_faults, default=given("FAULTS", ""), help="rates, e.g. 429=0.05,prompt-fails=0.1")
    add("--idempotent", action="store_true", default=given("IDEMPOTENT", "") in ("1", "true"))
    add("--pictures", choices=PICTURES, default=given("PICTURES", "full"), help="small: 208 x 272")
    add(
        "--reroute",
        type=parse_reroutes,
        default=given("REROUTE", ""),
        help="HOST=URL,…: callbacks and pictures",
    )
    return parser


def parse_speed(text: str) -> float:
    """Read a speed factor between 0.01 and 10,000; ValueError when it is none."""
    speed = float(text)
    if not 0.01 <= speed <= 10_000:
        raise ValueError("speed must lie between 0.01 and 10000")
    return speed


def _faults(text: str) -> dict[str, float]:
    try:
        return parse_faults(text)
    except ValueError as error:
        # argparse shows the message of this one alone.
        raise argparse.ArgumentTypeError(str(error)) from error


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65_535:
        raise ValueError("port must lie between 0 and 65535")
    return port
