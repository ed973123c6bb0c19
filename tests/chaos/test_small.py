"""A bad minute: every fault of `make chaos` at once, on few shoots."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.run import Day, live

pytestmark = pytest.mark.processes

MINUTE = Day(shoots=10, seed=7, pace=40.0, times=1, turns=2, is_short=True)


def test_after_a_bad_minute_nothing_is_lost_doubled_stuck_miscredited_or_forged(tmp_path: Path) -> None:
    outcome = live(MINUTE, tmp_path)

    assert outcome.verdict.wrong() == {}, outcome.timelines
    assert outcome.verdict.shoots >= MINUTE.shoots
    assert outcome.verdict.pictures + outcome.verdict.given_up >= 8 * MINUTE.shoots
    assert outcome.verdict.pictures > outcome.verdict.given_up
    assert {kind.partition(" ")[0] for kind in outcome.kills} == {"worker", "clock", "web"}
    assert len(outcome.forged) >= 4
