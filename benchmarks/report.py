"""What was measured beside what was promised: the table, the file, the verdict."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results.json"
# How far beyond its budget a ratio may be in a quick run, which is short and on a busy machine.
TOLERANCE = 1.5


@dataclass(frozen=True)
class Figure:
    """One measured value and its budget: at least or at most `limit`.

    `is_exact` for what is counted and is the same each time; ratios of times are not.
    """

    name: str
    value: float
    unit: str
    at: str  # "least" or "most"
    limit: float
    is_exact: bool = True

    @property
    def budget(self) -> str:
        return f"{'≥' if self.at == 'least' else '≤'} {self.limit:g}"

    @property
    def ok(self) -> bool:
        return self._is_within(1.0)

    @property
    def is_tolerable(self) -> bool:
        """Whether a quick run lets it pass."""
        return self._is_within(1.0 if self.is_exact else TOLERANCE)

    def _is_within(self, slack: float) -> bool:
        if self.at == "least":
            return self.value >= self.limit / slack
        return self.value <= self.limit * slack


def report(figures: list[Figure], *, is_quick: bool) -> bool:
    """Print the table and write RESULTS. Returns whether the run passes."""
    width = max(len(figure.name) for figure in figures)
    print(f"{'figure':{width}}  {'value':>12}  {'budget':>8}  verdict")
    for figure in figures:
        value = f"{figure.value:.4g} {figure.unit}".strip()
        print(f"{figure.name:{width}}  {value:>12}  {figure.budget:>8}  {_verdict(figure, is_quick)}")
    RESULTS.write_text(json.dumps([_row(figure) for figure in figures], indent=2, ensure_ascii=False) + "\n")
    return all(figure.is_tolerable if is_quick else figure.ok for figure in figures)


def _verdict(figure: Figure, is_quick: bool) -> str:
    if figure.ok:
        return "ok"
    return "missed, within what a quick run allows" if is_quick and figure.is_tolerable else "MISSED"


def _row(figure: Figure) -> dict[str, object]:
    return {
        "name": figure.name,
        "value": round(figure.value, 4),
        "unit": figure.unit,
        "budget": figure.budget,
        "ok": figure.ok,
    }
