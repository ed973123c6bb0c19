"""Kinds of parameters: how Rails casts a value, and what it says of one that breaks the rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.rails.casting import Errors, to_boolean, to_text
from sandbox.switches import switches

LARGEST_INTEGER = 2**31 - 1
LARGEST_ID = 2**62


class Broken(ValueError):
    """A value breaks its rule; the text is Rails' message."""


class Rule(Protocol):
    """What a parameter may be."""

    def cast(self, value: object) -> Any:
        """Return the value to store, None for none; raises Broken."""


@dataclass(frozen=True)
class Number:
    """A number between two others, both allowed; `lenient` moves it in between instead of refusing it."""

    low: float
    high: float
    whole: bool = False
    multiple: int = 1

    def cast(self, value: object) -> float | int:
        """Return an int if it must be whole, a float otherwise."""
        number = _number(value)
        if self.whole and number != int(number):
            raise Broken("must be an integer")
        number = self._bounded(number)
        if not self.whole:
            return float(number)
        rest = int(number) % self.multiple
        if rest and not switches.lenient:
            raise Broken(f"must be a multiple of {self.multiple}")
        return int(number) - rest

    def _bounded(self, number: float | int) -> float | int:
        if switches.lenient:
            return min(max(number, self.low), self.high)
        if number < self.low:
            raise Broken(f"must be greater than or equal to {self.low}")
        if number > self.high:
            raise Broken(f"must be less than or equal to {self.high}")
        return number


@dataclass(frozen=True)
class Flag:
    """A boolean as Rails reads it."""

    def cast(self, value: object) -> bool | None:
        """Return it; nothing is refused."""
        return to_boolean(value)


@dataclass(frozen=True)
class Choice:
    """One of a few texts; "null" is how forms say none."""

    values: tuple[str, ...]

    def cast(self, value: object) -> str | None:
        """Return it, None for "null"."""
        if value == "null":
            return None
        if value not in self.values:
            raise Broken("is not included in the list")
        return str(value)


@dataclass(frozen=True)
class Text:
    """Any text; numbers and booleans are written out, containers count as missing."""

    def cast(self, value: object) -> str | None:
        """Return it; nothing is refused."""
        return to_text(value)


def read(given: Mapping[str, object], rules: Mapping[str, Rule]) -> tuple[dict[str, Any], Errors]:
    """Return what was given of the known parameters, cast, and the errors by name; others are dropped."""
    cast: dict[str, Any] = {}
    errors: Errors = {}
    for name, value in given.items():
        if name not in rules or value is None or value == "":
            continue
        try:
            cast[name] = rules[name].cast(value)
        except Broken as error:
            errors[name] = [str(error)]
    return {name: value for name, value in cast.items() if value is not None}, errors


def _number(value: object) -> float | int:
    if isinstance(value, int):
        return value
    try:
        number = float(value) if isinstance(value, str | float) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Broken("is not a number")
    return number
