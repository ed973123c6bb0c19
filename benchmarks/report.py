"""What was measured beside what was promised: the table, the file, the verdict."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results.json"
# How far beyond its budget a ratio may be in a quick run, which is short and on a busy machine.
TOLERANCE = 1.5


@dataclass(frozen=True)
class Figure:
    """One measured value and its budget: at least or at most `limit`; `at` is "" where nothing was promised.

    `is_exact` for what is counted and is the same each time; ratios of times are not.
    `is_clocked` for seconds and the like, which a busy machine spoils: quick runs do not fail by them.
    `is_gate` is False for what is only reported: no run fails by it.
    """

    name: str
    value: float
    unit: str
    at: str = ""  # "least" or "most"
    limit: float = 0.0
    is_exact: bool = True
    is_clocked: bool = False
    is_gate: bool = True

    @property
    def budget(self) -> str:
        return f"{'≥' if self.at == 'least' else '≤'} {self.limit:g}" if self.at else ""

    @property
    def ok(self) -> bool:
        return self._is_within(1.0)

    def passes(self, *, is_quick: bool) -> bool:
        """Return whether a run with this figure passes; a quick one lets noise pass."""
        if not self.is_gate or (is_quick and self.is_clocked):
            return True
        return self._is_within(TOLERANCE if is_quick and not self.is_exact else 1.0)

    def _is_within(self, slack: float) -> bool:
        if self.at == "least":
            return self.value >= self.limit / slack
        return not self.at or self.value <= self.limit * slack


def ratio(name: str, value: float, at: str, limit: float) -> Figure:
    """Return what was compared in one run."""
    return Figure(name, value, "×", at, limit, is_exact=False)


def clocked(name: str, value: float, unit: str, limit: float) -> Figure:
    """Return what a clock said, and what it may say at most."""
    return Figure(name, value, unit, "most", limit, is_exact=False, is_clocked=True)


def seen(name: str, value: float, unit: str) -> Figure:
    """Return what was measured and not promised."""
    return Figure(name, value, unit, is_gate=False)


def report(figures: list[Figure], *, is_quick: bool) -> bool:
    """Print the table and write RESULTS. Returns whether the run passes."""
    width = max(len(figure.name) for figure in figures)
    print(f"{'figure':{width}}  {'value':>14}  {'budget':>8}  verdict")
    for figure in figures:
        value = f"{figure.value:.4g} {figure.unit}".strip()
        print(f"{figure.name:{width}}  {value:>14}  {figure.budget:>8}  {_verdict(figure, is_quick)}")
    RESULTS.write_text(json.dumps([row(figure) for figure in figures], indent=2, ensure_ascii=False) + "\n")
    return all(figure.passes(is_quick=is_quick) for figure in figures)


def row(figure: Figure) -> dict[str, object]:
    """Return a figure as RESULTS has it."""
    return {
        "name": figure.name,
        "value": round(figure.value, 4),
        "unit": figure.unit,
        "budget": figure.budget,
        "ok": figure.ok,
    }


def dumped(figures: list[Figure]) -> str:
    """Return figures as one process hands them to another."""
    return json.dumps([asdict(figure) for figure in figures])


def loaded(text: str) -> list[Figure]:
    """Return the figures that `dumped` wrote."""
    rows: list[dict[str, Any]] = json.loads(text)
    return [Figure(**row) for row in rows]


def _verdict(figure: Figure, is_quick: bool) -> str:
    if not figure.at:
        return ""
    if figure.ok:
        return "ok"
    if not figure.is_gate:
        return "missed; reported only"
    return "missed, within what a quick run allows" if figure.passes(is_quick=is_quick) else "MISSED"
