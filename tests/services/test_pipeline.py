"""The whole studio, as processes, on other services: an order ends ready whatever is killed in between."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.processes import ROOT, Studio, studio_running
from tests.sandbox.process import PHOTOS, eventually
from tests.services.servers import Aws, Redis

pytestmark = pytest.mark.services

FOUR_PHOTOS = [str(PHOTOS / f"person-{number}.jpg") for number in range(1, 5)]
# Enough for a machine that is busy with other things.
PATIENCE = 180.0
# Five minutes, after which a task that was lost is queued again, are fifteen seconds.
QUICK = {"PACE": "20"}
WHAT_IT_RUNS_ON = """
from django.core.cache import caches
from django.core.files.storage import storages
from django.db import connection
from django_q.brokers import get_broker
parts = storages["default"], get_broker(), caches["default"]
print(connection.vendor, *[f"{type(part).__module__}.{type(part).__name__}" for part in parts])
"""
LOSE_WHAT_IS_QUEUED = """
from django_q.brokers import get_broker
for name in ("studio", "studio-callers"):
    get_broker(name).purge_queue()
"""
FILES = "studio.disk.Disk"
CACHE = "django.core.cache.backends.db.DatabaseCache"
RUNS_ON = {
    "orm": f"postgresql {FILES} django_q.brokers.orm.ORM {CACHE}",
    "redis": "postgresql studio.bucket.Bucket studio.brokers.RedisBroker config.cache.Cache",
    "sqs": f"postgresql studio.bucket.Bucket studio.brokers.SqsBroker {CACHE}",
}


@pytest.fixture
def services(database: str, request: pytest.FixtureRequest) -> Callable[[str], dict[str, str]]:
    """Return a maker of the environment of a studio whose queue is at a broker."""

    def environment(broker: str) -> dict[str, str]:
        on = QUICK | {"DATABASE_URL": database}
        if broker == "redis":
            redis = request.getfixturevalue("redis")
            on |= {"QUEUE": "redis", "QUEUE_URL": redis.url(0), "CACHE_URL": redis.url(1)}
        if broker == "sqs":
            on |= request.getfixturevalue("aws").queue()
        return on if broker == "orm" else on | request.getfixturevalue("aws").storage()

    return environment


@contextmanager
def order(studio: Studio) -> Iterator[subprocess.Popen[str]]:
    """Order eight pictures from a terminal; the job prints how it ends."""
    options = ["--pack", "black-and-white", "--name", "woman", "--email", "terminal@example.com"]
    command = [sys.executable, "manage.py", "shoot", *FOUR_PHOTOS, *options]
    with subprocess.Popen(
        command, cwd=ROOT, env=studio.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as job:
        try:
            yield job
        finally:
            job.kill()


def outcome(job: subprocess.Popen[str]) -> str:
    return job.communicate(timeout=PATIENCE)[0]


def ask(studio: Studio, query: str) -> Any:
    """Return the first value that the database answers to `query`."""
    with psycopg.connect(studio.environment["DATABASE_URL"]) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def is_training(studio: Studio) -> bool:
    return bool(ask(studio, "SELECT count(*) FROM studio_tune WHERE status = 'training'"))


def is_callback_queued(studio: Studio) -> bool:
    waits = "processed_at IS NULL AND next_check_at > received_at + interval '2 seconds'"
    return bool(ask(studio, f"SELECT count(*) FROM studio_callback WHERE {waits}"))


def is_tried_in_vain(studio: Studio) -> bool:
    return "this round failed" in (studio.data_dir / "clock.log").read_text()


def web_answers(studio: Studio) -> bool:
    with urllib.request.urlopen(f"{studio.url}/accounts/login/", timeout=30) as answer:
        return bool(answer.status == 200)


@pytest.mark.parametrize("broker", ["orm", "redis", "sqs"])
def test_an_order_ends_ready_though_its_worker_is_killed_and_what_was_queued_is_lost(
    tmp_path: Path, services: Callable[[str], dict[str, str]], broker: str
) -> None:
    with (
        studio_running(tmp_path, speed=10, samples=False, more=services(broker)) as studio,
        order(studio) as job,
    ):
        eventually(lambda: is_training(studio), seconds=PATIENCE)
        studio.kill("worker")
        eventually(lambda: is_callback_queued(studio), seconds=PATIENCE)
        studio.shell(LOSE_WHAT_IS_QUEUED)
        studio.restart("worker")

        assert "8 pictures, ready" in outcome(job)
        assert studio.shell(WHAT_IT_RUNS_ON) == RUNS_ON[broker]
        # No task ever went through the database but where it is the broker.
        assert ask(studio, "SELECT is_called FROM django_q_ormq_id_seq") is (broker == "orm")


def test_redis_is_killed_and_comes_back_and_nobody_needs_a_hand(
    tmp_path: Path, services: Callable[[str], dict[str, str]], redis: Redis
) -> None:
    with (
        studio_running(tmp_path, speed=10, samples=False, more=services("redis")) as studio,
        order(studio) as job,
    ):
        eventually(lambda: is_training(studio), seconds=PATIENCE)
        redis.kill()
        eventually(lambda: is_tried_in_vain(studio), seconds=PATIENCE)
        assert web_answers(studio)
        redis.start()

        assert "8 pictures, ready" in outcome(job)


def test_sqs_hangs_for_a_while_and_nobody_needs_a_hand(tmp_path: Path, database: str, aws: Aws) -> None:
    more = QUICK | {"DATABASE_URL": database} | aws.queue()
    with studio_running(tmp_path, speed=10, samples=False, more=more) as studio, order(studio) as job:
        eventually(lambda: is_training(studio), seconds=PATIENCE)
        with aws.hanging():
            eventually(lambda: is_tried_in_vain(studio), seconds=PATIENCE)
            assert web_answers(studio)

        assert "8 pictures, ready" in outcome(job)
