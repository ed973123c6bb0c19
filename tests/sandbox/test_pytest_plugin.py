"""What the README promises to other people's programs and tests; those fixtures in a suite of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.process import PHOTOS, ROOT, running

CONFTEST = 'pytest_plugins = ["sandbox.pytest_plugin"]\n'
SUITE = """
from pathlib import Path

from sandbox.process import eventually

PHOTO = Path("{photo}")


def order(sandbox, **fields):
    form = {{"tune[title]": "me", "tune[name]": "woman"}} | fields
    return sandbox.post("/p/260/tunes", data=form, files={{"tune[images][]": PHOTO.read_bytes()}})


def test_callbacks_come(astria_sandbox, astria_callbacks):
    order(astria_sandbox, **{{"tune[callback]": astria_callbacks.url + "/done?secret=1"}})
    body = eventually(lambda: astria_callbacks.bodies("/done?secret=1"))[0]
    assert body["tune"]["title"] == "me"
    sent = eventually(lambda: [it for it in astria_sandbox.callbacks() if it["outcome"]])[0]
    assert sent["outcome"] == "204"
    astria_sandbox.replay(sent["id"])
    eventually(lambda: len(astria_callbacks.arrived) == 2)


def test_a_test_may_leave_faults_behind(astria_sandbox):
    astria_sandbox.change(faults={{"500": 1}})
    assert astria_sandbox.get("/tunes").status_code == 500


def test_and_the_next_one_meets_none(astria_sandbox):
    assert astria_sandbox.get("/tunes").status_code == 200


def test_the_next_calls_can_fail(astria_sandbox):
    astria_sandbox.fail_next("429", "", "500")
    assert [astria_sandbox.get("/tunes").status_code for _ in range(4)] == [429, 200, 500, 200]


def test_time_can_pass(astria_sandbox):
    before = astria_sandbox.get("/sandbox/clock").json()["ahead"]
    astria_sandbox.advance(86400)
    assert astria_sandbox.get("/sandbox/clock").json()["ahead"] - before > 86390


def test_calls_are_seen(astria_sandbox):
    astria_sandbox.get("/tunes?title=seen")
    assert astria_sandbox.requests()[0]["parameters"] == {{"title": "seen"}}
"""


@pytest.mark.processes
def test_the_readmes_lines_for_a_shell_work(tmp_path: Path) -> None:
    readme = (ROOT / "sandbox" / "README.md").read_text()
    lines = re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)[0].replace("curl -s", "curl -sf")

    with running(tmp_path, "--speed", "50", "--pictures", "small") as sandbox:
        script = lines.replace("http://127.0.0.1:8001", sandbox.url)
        done = subprocess.run(["sh", "-ec", script], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr
    assert '"title": "first"' in done.stdout


@pytest.mark.processes
def test_a_foreign_suite_can_use_the_fixtures(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_foreign.py").write_text(SUITE.format(photo=PHOTOS / "person-1.jpg"))
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:django",
        str(tmp_path),
    ]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTEST"))}

    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=clean | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert "6 passed" in done.stdout, done.stdout + done.stderr
