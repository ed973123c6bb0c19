"""`make bench` and `make bench-quick`: every part against its budgets, or those that are named.

Parts run one after the other, each in a process of its own with a folder of its own, and no longer than it
may: one that breaks off, or takes too long, is a budget missed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.postgres import database
from benchmarks.report import Figure, loaded, report

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Part:
    """A module of figures, and how many seconds it may take. `quick` 0: not in a quick run."""

    module: str
    full: float
    quick: float = 0
    is_on_postgres: bool = False


PARTS = {
    "pages": Part("pages", full=600, quick=240),
    "throughput": Part("throughput", full=600, quick=240),
    "throughput-postgres": Part("throughput", full=300, is_on_postgres=True),
    "downloads": Part("downloads", full=300, quick=120),
    "pictures": Part("pictures", full=300, quick=120),
    "pipeline": Part("pipeline", full=600, quick=180),
    "browser": Part("browser", full=900, quick=180),
    "shapes": Part("shapes", full=300),
    "memory": Part("memory", full=1200),
    "starting": Part("starting", full=3000),
    "scale": Part("scale", full=1800, quick=240),
    "scale-postgres": Part("scale", full=1800, is_on_postgres=True),
}


def main() -> int:
    options = _parser().parse_args()
    names = options.part or [name for name, part in PARTS.items() if part.quick or not options.quick]
    figures = [figure for name in names for figure in run(name, is_quick=options.quick)]
    return 0 if report(figures, is_quick=options.quick) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "part", nargs="*", choices=[*PARTS, []], help=", ".join(PARTS) + "; all if none is named"
    )
    parser.add_argument("--quick", action="store_true", help="shorter; what noise explains does not fail it")
    return parser


def run(name: str, *, is_quick: bool) -> list[Figure]:
    """Return the figures of a part, or one that says that it did not come to its end."""
    part = PARTS[name]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder, _environment(part, folder) as given:
        out = Path(folder, "figures.json")
        command = [
            sys.executable,
            "-m",
            "benchmarks.part",
            part.module,
            str(out),
            *(["--quick"] if is_quick else []),
        ]
        code = _run(command, given, (part.quick if is_quick and part.quick else part.full))
        figures = (
            loaded(out.read_text()) if code == 0 else [Figure(f"{name} came to its end", 0, "", "least", 1)]
        )
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return figures


@contextmanager
def _environment(part: Part, folder: str) -> Iterator[dict[str, str]]:
    """Yield a process's environment with a place of its own, and a database if it wants PostgreSQL."""
    own = os.environ | {"BENCHMARKS_DIR": folder}
    own.pop("DJANGO_SETTINGS_MODULE", None)
    if not part.is_on_postgres:
        yield own
        return
    with database() as url:
        yield own | {"BENCHMARKS_DATABASE_URL": url}


def _run(command: list[str], environment: dict[str, str], seconds: float) -> int | None:
    """Run a part and return its exit code; one that takes too long is ended with all that it started."""
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        try:
            return process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
