"""The processes as they are run: the job from a terminal, what is said when one is down, how they end."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.processes import Studio, free_port, studio_running
from tests.sandbox.process import PHOTOS

pytestmark = pytest.mark.processes

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SIX_PHOTOS = [str(PHOTOS / f"person-{number}.jpg") for number in range(1, 7)]
LINE = {"Gallery:": r"^Gallery: +(\S+)$", "Files:": r"^Files: +(\S+)$"}


def shoot(studio: Studio, *photos: str, email: str = "terminal@example.com") -> CompletedProcess[str]:
    """Run `manage.py shoot` for the pack of 8 pictures."""
    options = ("--pack", "black-and-white", "--name", "woman", "--email", email, "--doubt-after", "2")
    return studio.manage("shoot", *photos, *options)


def found(label: str, text: str) -> str:
    """Return what the line beginning with `label` says."""
    match = re.search(LINE[label], text, re.MULTILINE)
    assert match, text
    return match[1]


def test_shoot_prints_where_the_pictures_are_and_they_are_there(studio: Studio) -> None:
    done = shoot(studio, *SIX_PHOTOS)

    assert done.returncode == 0, done.stderr
    assert "8 pictures, ready" in done.stdout
    assert found("Gallery:", done.stdout).startswith(f"{studio.url}/shoots/")
    assert len(list(Path(found("Files:", done.stdout)).rglob("original.*"))) == 8


@pytest.mark.long
def test_without_any_callback_the_job_still_ends_ready(studio: Studio) -> None:
    with studio.sandbox.changed(callbacks="none"):
        done = shoot(studio, *SIX_PHOTOS[:4])

    assert done.returncode == 0, done.stderr
    assert "8 pictures, ready" in done.stdout


@pytest.mark.long
def test_shoot_names_everything_that_is_down_and_fails(studio: Studio) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    cut_off = replace(studio, environment=studio.environment | {"ASTRIA_BASE_URL": nowhere})

    with studio.without("worker", "clock"):
        done = shoot(cut_off, *SIX_PHOTOS)

    assert done.returncode == 1
    assert f"Astria does not answer at {nowhere}" in done.stderr
    assert "The clock is not running" in done.stderr
    assert "The worker is not running" in done.stderr


@pytest.mark.long
def test_shoot_names_only_what_is_down(studio: Studio) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    cut_off = replace(studio, environment=studio.environment | {"ASTRIA_BASE_URL": nowhere})

    with studio.sandbox.changed(speed=0.01):  # or the order would be ready before anybody doubts
        done = shoot(cut_off, *SIX_PHOTOS)

    assert done.returncode == 1
    assert f"Astria does not answer at {nowhere}" in done.stderr
    assert "not running" not in done.stderr


@pytest.mark.long
def test_a_second_start_keeps_what_was_there(studio: Studio) -> None:
    first = studio.manage("demo").stdout

    again = studio.manage("setup"), studio.manage("demo")

    assert [done.returncode for done in again] == [0, 0]
    assert "password" in first
    assert again[1].stdout == first


@pytest.mark.long
@pytest.mark.parametrize("name", ["web", "worker", "clock"])
def test_sigterm_ends_a_process_cleanly_and_soon(studio: Studio, name: str) -> None:
    since = time.monotonic()

    code = studio.stop(name)

    took = time.monotonic() - since
    studio.restart(name)
    assert code == 0
    assert took < 10


def test_the_api_key_is_in_no_log_and_no_stored_row_or_file(studio: Studio) -> None:
    sandbox = studio.data_dir / "sandbox"
    files = [path for path in studio.data_dir.rglob("*") if path.is_file() and sandbox not in path.parents]
    contents = {path.name: path.read_bytes() for path in files}

    key = studio.environment["ASTRIA_API_KEY"].encode()

    assert b"/p/260" in contents["studio.sqlite3"] + contents.get("studio.sqlite3-wal", b"")
    assert [name for name, content in contents.items() if key in content] == []


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty PostgreSQL database that lasts as long as the test."""
    name = f"studio_{uuid4().hex}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.postgres
def test_the_same_job_runs_on_postgresql(tmp_path: Path, database: str) -> None:
    with studio_running(tmp_path, more={"DATABASE_URL": database}) as studio:
        done = shoot(studio, *SIX_PHOTOS)

    assert done.returncode == 0, done.stderr
    assert "8 pictures, ready" in done.stdout
