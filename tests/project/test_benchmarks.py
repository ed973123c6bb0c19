"""The harness of `make bench`: what its verdicts mean, and what it writes."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from benchmarks import __main__ as harness
from benchmarks import report
from benchmarks.filling import THEIRS, Kind, fill, uuid_of
from benchmarks.plans import Plan, plans_of
from benchmarks.report import Figure, clocked, dumped, loaded, ratio, seen
from studio.models import Image, Prompt


@pytest.mark.parametrize(
    ("value", "at", "is_ok"),
    [(0.3, "least", True), (0.29, "least", False), (3, "most", False), (0, "", True)],
)
def test_a_figure_is_ok_within_its_budget(value: float, at: str, is_ok: bool) -> None:
    assert Figure("a", value, "", at, 0.3).ok is is_ok


def test_a_quick_run_fails_only_by_what_noise_cannot_explain() -> None:
    def passes(figure: Figure) -> bool:
        return figure.passes(is_quick=True)

    assert passes(ratio("a", 0.21, "least", 0.3)) and not passes(ratio("a", 0.19, "least", 0.3))
    assert passes(ratio("a", 1.7, "most", 1.2)) and not passes(ratio("a", 1.9, "most", 1.2))
    assert passes(clocked("a", 100, "s", 1))
    assert not passes(Figure("queries", 3, "", "most", 2))


def test_a_full_run_fails_by_every_budget_that_is_missed() -> None:
    def passes(figure: Figure) -> bool:
        return figure.passes(is_quick=False)

    assert not passes(ratio("a", 0.29, "least", 0.3))
    assert not passes(clocked("a", 1.1, "s", 1))


def test_what_is_only_reported_fails_no_run() -> None:
    assert seen("requests a second", 7, "1/s").passes(is_quick=False)
    assert Figure("a", 7, "", "least", 8, is_gate=False).passes(is_quick=False)
    assert not Figure("a", 7, "", "least", 8, is_gate=False).ok


def test_the_results_are_a_list_of_name_value_unit_budget_and_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")

    good = report.report([ratio("gallery", 0.2, "least", 0.17), seen("rate", 7, "1/s")], is_quick=False)

    assert good
    assert json.loads((tmp_path / "results.json").read_text()) == [
        {"name": "gallery", "value": 0.2, "unit": "×", "budget": "≥ 0.17", "ok": True},
        {"name": "rate", "value": 7, "unit": "1/s", "budget": "", "ok": True},
    ]
    assert "gallery" in capsys.readouterr().out


def test_a_run_with_a_missed_budget_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results.json")

    assert not report.report([Figure("queries", 3, "", "most", 2)], is_quick=True)


def test_figures_reach_the_table_as_they_left_their_process() -> None:
    figures = [ratio("a", 1.5, "most", 1.2), clocked("b", 2, "s", 3), seen("c", 4, "kB")]

    assert loaded(dumped(figures)) == figures


def test_every_part_is_a_module_that_gives_figures() -> None:
    for part in harness.PARTS.values():
        spec = importlib.util.find_spec(f"benchmarks.{part.module}")
        assert spec and spec.origin
        assert "def figures(quick: bool) -> list[Figure]:" in Path(spec.origin).read_text()


@pytest.mark.processes
def test_a_part_that_takes_too_long_or_breaks_off_is_a_budget_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"endless": harness.Part("pages", full=0.01), "broken": harness.Part("nowhere", full=60)}
    monkeypatch.setattr(harness, "PARTS", parts)

    for name in parts:
        (figure,) = harness.run(name, is_quick=False)
        assert figure.name == f"{name} came to its end"
        assert not figure.ok


@pytest.mark.slow
@pytest.mark.django_db
def test_filled_rows_belong_together_and_keep_every_constraint() -> None:
    fill(prompts=20)
    connection.check_constraints()

    image = Image.objects.get(pk=uuid_of(Kind.IMAGE, 101))
    assert (image.number, image.prompt.astria_id) == (1, THEIRS + 11)
    assert image.shoot_id == image.prompt.shoot_id == uuid_of(Kind.SHOOT, 2)
    assert image.account_id == image.shoot.account_id == image.shoot.tune.account_id
    assert Image.objects.count() == 200
    assert Prompt.objects.filter(shoot__account__user__email="person-2@example.com").count() == 10


@pytest.mark.django_db
def test_a_plan_says_whether_a_query_reads_all_of_a_table_that_grows() -> None:
    def plans(rows: QuerySet[Any]) -> list[Plan]:
        return plans_of(lambda: list(rows))

    assert all(plan.reads_all for plan in plans(Image.objects.filter(extension="png").order_by()))
    assert not any(
        plan.reads_all for plan in plans(Image.objects.filter(pk=uuid_of(Kind.IMAGE, 1)).order_by())
    )
    assert not any(plan.reads_all for plan in plans(Image.objects.order_by()[:5]))
