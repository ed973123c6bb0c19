"""docs/security.md: each threat names a test, and the test is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs/security.md").read_text().splitlines()
    if line.startswith("| ") and "---" not in line and "shown by" not in line
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_threat_names_a_test() -> None:
    assert [row for row in ROWS if not NAMED.search(row.split("|")[3])] == []
    assert len(ROWS) > 20


def test_the_tests_that_are_named_are_there() -> None:
    named = [found for row in ROWS for found in NAMED.findall(row)]

    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text()
    ]

    assert missing == []
