"""What deploy/systemd promises, and that systemd itself understands it."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
LASTING = ["web", "worker", "clock"]


def service(name: str) -> configparser.SectionProxy:
    """Return the [Service] part of a unit; of what is said twice, the last."""
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNITS / f"studio-{name}.service")
    return unit["Service"]


@pytest.mark.parametrize("name", LASTING)
def test_each_process_is_started_again_and_ended_by_its_master_alone(name: str) -> None:
    """SIGTERM to every process of a worker would cut off the tasks at hand."""
    assert service(name)["Restart"] == "always"
    assert service(name)["KillMode"] == "mixed"


def test_a_worker_is_given_longer_than_the_longest_task_and_its_watchdog() -> None:
    assert int(service("worker")["TimeoutStopSec"]) >= settings.Q_CLUSTER["timeout"] + 20


@pytest.mark.parametrize("name", [*LASTING, "setup"])
def test_no_process_is_root_or_writes_anything_but_its_data(name: str) -> None:
    unit = service(name)

    assert (unit["User"], unit["ProtectSystem"], unit["NoNewPrivileges"]) == ("studio", "strict", "yes")
    assert unit["StateDirectory"] == "studio"
    assert "ReadWritePaths" not in unit


@pytest.mark.deployment
def test_systemd_finds_nothing_to_say_of_the_units(tmp_path: Path) -> None:
    for path in UNITS.iterdir():
        text = path.read_text().replace("/srv/studio/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / path.name).write_text(text)

    done = subprocess.run(
        ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
