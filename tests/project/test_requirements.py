"""What is depended upon, and why."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
BROUGHT_ALONG = "# Brought along"


def lines(name: str) -> list[str]:
    """Return the pins of a file, direct ones first."""
    text = (ROOT / name).read_text()
    return [line for line in text.splitlines() if re.match(r"[A-Za-z0-9]", line)]


def direct(name: str) -> list[str]:
    text = (ROOT / name).read_text().partition(BROUGHT_ALONG)[0]
    return [line for line in lines(name) if line in text]


def test_a_direct_dependency_says_what_it_is_for() -> None:
    needed = [line for name in FILES for line in direct(name)]

    assert [line for line in needed if not re.search(r"\s#\s\w.{10,}", line)] == []


def test_every_package_is_pinned() -> None:
    pin = re.compile(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[0-9][\w.]*(\s|$)")
    packages = [line for name in FILES for line in lines(name)]

    assert [line for line in packages if not pin.match(line)] == []


def test_there_are_direct_dependencies_of_both_kinds() -> None:
    assert len(direct("requirements.txt")) > 15
    assert len(direct("requirements-dev.txt")) > 10
