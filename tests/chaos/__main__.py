"""python -m tests.chaos: live bad days, print what came of them, exit with 1 if anything went wrong."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import Day, Outcome, live

DATABASES = ("sqlite", "postgres")
PICTURES_A_SHOOT = 8
FAULTLESS = ("lost", "doubled", "stuck", "miscredited", "forged_accepted", "secrets")


def main() -> int:
    """Run what the command line asks for; the last line that is printed is the sum of all."""
    options = _options()
    # So that every process is ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    databases = DATABASES if options.database == "both" else (options.database,)
    root = Path(options.keep or tempfile.mkdtemp(prefix="chaos-"))
    total: dict[str, float] = {}
    for database in databases:
        folder = root / database
        folder.mkdir(parents=True)
        day = Day(
            options.shoots,
            options.seed,
            database,
            pace=options.pace,
            patience=options.patience,
            is_short=options.short,
        )
        outcome = live(day, folder)
        show(outcome)
        line = outcome.line()
        print(json.dumps({"database": database} | line), flush=True)
        total = {name: total.get(name, 0) + value for name, value in line.items()}
    shoots = options.shoots * len(databases)
    is_whole = (
        total["shoots"] >= shoots and total["pictures"] + total["given_up"] >= PICTURES_A_SHOOT * shoots
    )
    is_well = is_whole and not any(total[name] for name in FAULTLESS)
    print(f"everything the runs left behind: {root}")
    print(json.dumps(total), flush=True)
    return 0 if is_well else 1


def show(outcome: Outcome) -> None:
    """Print what happened, and everything that is wrong with the timeline of each shoot it names."""
    print("killed:", ", ".join(f"{what} {n}" for what, n in sorted(outcome.kills.items())))
    print("forged:", ", ".join(f"{what} {n}" for what, n in sorted(outcome.forged.items())))
    for kind, sentences in outcome.verdict.wrong().items():
        for sentence in sentences:
            print(f"{kind}: {sentence}")
    for shoot, events in outcome.timelines.items():
        print(f"--- shoot {shoot}", *events, sep="\n    ")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    add = parser.add_argument
    add("--shoots", type=int, default=200, help="of eight pictures or more each, on each database")
    add("--seed", type=int, default=1, help="the same seed orders the same")
    add("--database", choices=(*DATABASES, "both"), default="both")
    add("--pace", type=float, default=25.0, help="how much faster time passes")
    add("--patience", type=float, default=1800.0, help="seconds after which what is not at its end is stuck")
    add("--short", action="store_true", help="a day whose pictures fail for good at once")
    add("--keep", metavar="DIR", help="where databases, files and logs stay; a new folder by default")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
