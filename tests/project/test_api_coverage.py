"""docs/api-coverage.md is what the code says, and nothing of the API is missing anywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.api_coverage import CONTRACT, PAGE, proofs_of, shape

ROOT = Path(__file__).parents[2]


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.processes
@pytest.mark.long
def test_the_page_is_what_the_code_says() -> None:
    """Also: client, sandbox and contract tests know the same endpoints."""
    command = [sys.executable, "-m", "tools.api_coverage", "--check"]

    found = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)

    assert found.stderr.strip() == ""
    assert found.returncode == 0


def test_no_cell_is_empty() -> None:
    assert [row for row in rows() if not all(row)] == []
    assert len(rows()) > 100


def test_marks_are_read_without_running_the_tests() -> None:
    proved = {shape(proof.endpoint) for proof in proofs_of(CONTRACT)}

    assert {"POST /tunes", "DELETE /tunes/:", "POST /prompts/:/duplicate"} <= proved
