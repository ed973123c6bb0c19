"""Nothing of Sentry's without a DSN, and nothing that waits for it with one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.sentry import _clean
from tests.processes import ROOT
from tests.sentry import sentry_listening

REPORT = """
import logging, django
django.setup()
for number in range(200):
    logging.getLogger("studio").error("trouble %s", number)
print("done")
"""


def run(code: str, folder: Path, **environment: str) -> str:
    """Run Python with the studio's settings and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(folder)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.processes
def test_without_a_dsn_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    code = "import django, sys; django.setup(); print([n for n in sys.modules if n.startswith('sentry')])"

    assert run(code, tmp_path, SENTRY_DSN="") == "[]"


@pytest.mark.processes
@pytest.mark.long
def test_a_sentry_that_never_answers_holds_nobody_up(tmp_path: Path) -> None:
    with sentry_listening(answers=False) as sentry:
        assert run(REPORT, tmp_path, SENTRY_DSN=sentry.dsn) == "done"

    assert len(sentry.envelopes) == 1


@pytest.mark.processes
@pytest.mark.long
def test_a_sentry_that_is_away_holds_nobody_up(tmp_path: Path) -> None:
    with sentry_listening() as gone:
        pass

    assert run(REPORT, tmp_path, SENTRY_DSN=gone.dsn) == "done"


@pytest.mark.parametrize("name", ["data", "cookies", "headers", "query_string", "env"])
def test_of_a_request_only_the_address_is_sent(name: str) -> None:
    request = {"url": "https://x.example/callbacks/1/token", "method": "POST", name: "private"}

    cleaned = _clean({"request": request}, {})  # type: ignore[typeddict-item]

    assert cleaned["request"] == {"url": "https://x.example/callbacks/…", "method": "POST"}
