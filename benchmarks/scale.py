"""Whether pages, callbacks and the clock take longer the more rows there are.

Databases of several sizes are asked in turn, so that other work on the machine meets all of them; a task's
growth is the median of all rounds. The plans of all queries in the largest are written beside the results.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from django.conf import settings
from django.db import connection, transaction

from benchmarks.filled import Filled, databases
from benchmarks.ground import prepare
from benchmarks.load import cpu_seconds
from benchmarks.plans import plans_of
from benchmarks.report import Figure, seen
from benchmarks.scale_tasks import Task, tasks

# With fewer than a thousand a list of the admin is not full, and would grow by that.
SIZES, QUICK_SIZES = [10_000, 100_000], [1_000, 10_000]
ROUNDS, QUICK_ROUNDS = 15, 3
# What is slow has fewer rounds.
FEWEST_ROUNDS, SECONDS_A_TASK = 3, 4.0
MOST_GROWTH = 1.2
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def figures(quick: bool) -> list[Figure]:
    """Return each task's growth from the smallest database to the largest, and what it takes there."""
    prepare()
    settings.STAFF_SECOND_FACTOR = False
    with databases(_sizes(quick)) as sizes:
        found = [it for task in tasks() for it in _growth(task, sizes, QUICK_ROUNDS if quick else ROUNDS)]
        return [*found, _plans(sizes[-1])]


def _sizes(quick: bool) -> list[int]:
    """$BENCHMARKS_SIZES overrides them: 10000,100000,1000000."""
    given = os.environ.get("BENCHMARKS_SIZES")
    if given:
        return [int(size) for size in given.split(",")]
    return QUICK_SIZES if quick else SIZES


def _growth(task: Task, sizes: list[Filled], rounds: int) -> list[Figure]:
    for db in sizes:
        _timed(task, db)
    times: list[list[float]] = []
    began = time.monotonic()
    while len(times) < FEWEST_ROUNDS or (len(times) < rounds and time.monotonic() - began < SECONDS_A_TASK):
        times.append([_timed(task, db) for db in sizes])
    growth = median(each[-1] / each[0] for each in times)
    name = f"{NAMES[connection.vendor]}, {task.name}"
    span = f"{sizes[0].prompts:,} → {sizes[-1].prompts:,} prompts"
    return [
        Figure(
            f"{name}: growth, {span}", growth, "×", "most", MOST_GROWTH, is_exact=False, is_gate=task.is_gate
        ),
        seen(f"{name}: time", median(each[-1] for each in times) * 1000, "ms"),
    ]


def _timed(task: Task, db: Filled) -> float:
    """Return how many seconds it takes, here and in the database.

    What it changed is taken back: the next round finds the same rows.
    """
    db.use()
    with transaction.atomic():
        clock = _clock()
        began = clock()
        task.run(db)
        took = clock() - began
        transaction.set_rollback(True)
    return took


def _clock() -> Callable[[], float]:
    """Return the CPU time of this thread, in which SQLite works, and of PostgreSQL's process for us.

    Of a PostgreSQL on another machine only what it takes by the clock on the wall can be told.
    """
    if connection.vendor == "sqlite":
        return time.thread_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pids = [cursor.fetchone()[0]]
    try:
        cpu_seconds(pids)
    except OSError:
        return time.perf_counter
    return lambda: time.thread_time() + cpu_seconds(pids)


def _plans(db: Filled) -> Figure:
    """Write down every plan, and return how many queries read all of a table that grows."""
    db.use()
    lines, bad = [f"{NAMES[connection.vendor]}, {db.prompts:,} prompts\n"], 0
    for task in tasks():
        with transaction.atomic():
            plans = plans_of(lambda task=task: task.run(db))  # type: ignore[misc]
            transaction.set_rollback(True)
        bad += sum(plan.reads_all for plan in plans) if task.is_gate else 0
        lines += [f"\n## {task.name}\n", *(f"{plan.sql}\n{plan.text}\n" for plan in plans)]
    Path(__file__).with_name(f"plans-{connection.vendor}.txt").write_text("\n".join(lines))
    return Figure(f"{NAMES[connection.vendor]}, queries that read all of a large table", bad, "", "most", 0)
