"""One part in this process: `python -m benchmarks.part MODULE OUT [--quick]` writes its figures to OUT."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from benchmarks.report import Figure, dumped


def main() -> None:
    module, out, *options = sys.argv[1:]
    figures: list[Figure] = importlib.import_module(f"benchmarks.{module}").figures("--quick" in options)
    Path(out).write_text(dumped(figures))


if __name__ == "__main__":
    main()
