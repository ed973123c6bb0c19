"""A bad minute: every fault of `make chaos` at once, on few shoots; and a longer one, on more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import Day, live

pytestmark = pytest.mark.processes

MINUTE = Day(shoots=6, seed=7, pace=40.0, times=1, turns=2, is_short=True)
LONGER = Day(shoots=20, seed=11, pace=40.0, times=2, turns=2, is_short=True)


@pytest.mark.parametrize(
    "day", [MINUTE, pytest.param(LONGER, marks=pytest.mark.long)], ids=["minute", "longer"]
)
def test_after_a_bad_minute_nothing_is_lost_doubled_stuck_miscredited_or_forged(
    tmp_path: Path, day: Day
) -> None:
    outcome = live(day, tmp_path)

    assert outcome.verdict.wrong() == {}, outcome.timelines
    assert outcome.verdict.shoots >= day.shoots
    assert outcome.verdict.pictures + outcome.verdict.given_up >= 8 * day.shoots
    assert outcome.verdict.pictures > outcome.verdict.given_up
    assert {kind.partition(" ")[0] for kind in outcome.kills} == {"worker", "clock", "web"}
    assert len(outcome.forged) >= 4
