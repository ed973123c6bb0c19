"""What compose.yaml and the Dockerfile promise."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ["web", "worker", "clock", "setup", "sandbox"]
LASTING = sorted(SERVICES.keys() - {"setup"})
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SECRET = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|DSN")


def seconds(duration: str) -> int:
    """Return a duration such as 30s or 1m30s."""
    minutes, rest = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", duration).groups()  # type: ignore[union-attr]
    return int(minutes or 0) * 60 + int(rest or 0)


@pytest.mark.parametrize("name", LASTING)
def test_each_service_that_lasts_is_watched_restarted_and_given_time_to_end(name: str) -> None:
    service = SERVICES[name]

    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["restart"] == "unless-stopped"
    assert seconds(service["stop_grace_period"]) >= 20


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_service_may_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & service.keys()


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_as_the_user_of_the_image(name: str) -> None:
    assert f"USER {SERVICES[name]['user']}" in DOCKERFILE


def test_a_worker_is_given_longer_than_the_longest_task_and_its_watchdog() -> None:
    longest = settings.Q_CLUSTER["timeout"]

    assert seconds(SERVICES["worker"]["stop_grace_period"]) >= longest + 20


def test_only_the_web_is_reached_from_outside_and_that_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


@pytest.mark.parametrize("name", ["web", "worker", "clock"])
def test_nothing_starts_before_the_database_is_as_it_must_be(name: str) -> None:
    assert SERVICES[name]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}
    assert SERVICES[name]["healthcheck"]["test"][-2:] == ["healthcheck", name]


def test_everything_that_must_last_lies_in_a_volume() -> None:
    mounted = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]

    assert {volume.partition(":")[0] for volume in mounted} == COMPOSE["volumes"].keys()


def test_every_image_of_others_is_pinned() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert [image for image in images if not re.search(r":v?\d", image)] == []


def test_every_secret_comes_from_the_environment() -> None:
    given = {}
    for service in SERVICES.values():
        given |= {key: str(value) for key, value in service.get("environment", {}).items()}
    secrets = {key: value for key, value in given.items() if SECRET.search(key) or "://" in value}

    # What is left once the variables are taken out is no secret.
    left = {key: re.sub(r"\$\{[^}]*\}", "", value) for key, value in secrets.items()}
    assert left == {
        "DATABASE_URL": "postgres://studio:@postgres:5432/studio",
        "AWS_S3_ENDPOINT_URL": "http://s3:7070",
        "POSTGRES_PASSWORD": "",
        "ROOT_ACCESS_KEY": "",
        "ROOT_SECRET_KEY": "",
    }


def test_the_image_is_built_in_two_stages_for_a_user_who_is_not_root() -> None:
    stages = DOCKERFILE.split("\nFROM ")

    assert len(stages) == 3
    assert re.search(r"^USER 10001:10001$", stages[2], re.MULTILINE)
    assert "HEALTHCHECK" in stages[2]
    assert "pip install" not in stages[2]


def test_no_key_is_built_into_the_image() -> None:
    assignments = re.findall(r"\b([A-Z_]+)=(\S*)", DOCKERFILE)

    assert [(name, value) for name, value in assignments if SECRET.search(name)] == [("SECRET_KEY", "build")]
    assert "ARG" not in DOCKERFILE


@pytest.mark.processes
def test_only_what_runs_is_copied_into_the_image() -> None:
    """Whatever is not named is left out, so that no data, key or history can slip in."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    kept = {line[1:] for line in lines if line.startswith("!")}
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    left_out = {line.partition("/")[0] for line in tracked.splitlines()} - kept

    assert lines[0] == "*"
    assert left_out >= {"tests", "docs", ".env.example", "Makefile", "requirements-dev.txt"}
    assert kept >= {
        *settings_apps(),
        "config",
        "astria",
        "manage.py",
        "gunicorn.conf.py",
        "templates",
        "static",
    }


def settings_apps() -> set[str]:
    return {app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()}
