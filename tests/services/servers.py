"""PostgreSQL, Redis and a stand-in for S3 and SQS, each for tests alone, on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import boto3
import psycopg
import redis

from tests.processes import free_port, wait_for
from tests.sandbox.process import eventually

# moto believes any; conclude nothing from it about who may do what.
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass
class Aws:
    """moto's server: S3 and SQS in memory."""

    url: str
    pid: int

    def client(self, service: str) -> Any:
        session = boto3.Session(*list(KEYS.values())[:2], region_name=KEYS["AWS_DEFAULT_REGION"])
        return session.client(service, endpoint_url=self.url)

    def storage(self) -> dict[str, str]:
        """Make a bucket; return the environment with which a studio keeps its files there."""
        name = f"faces-{uuid4()}"
        self.client("s3").create_bucket(Bucket=name)
        return KEYS | {
            "STORAGE": "s3",
            "AWS_STORAGE_BUCKET_NAME": name,
            "AWS_S3_REGION_NAME": "us-east-1",
            "AWS_S3_ENDPOINT_URL": self.url,
        }

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Take connections, and answer nobody."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def queue(self) -> dict[str, str]:
        """Make the queues of a studio; return the environment with which it uses them."""
        name = f"studio-{uuid4()}"
        urls = [self.client("sqs").create_queue(QueueName=f"{name}{end}")["QueueUrl"] for end in ENDS]
        return KEYS | {"QUEUE": "sqs", "QUEUE_URL": urls[0]}


# A studio's queues at SQS: the main cluster's, and that of what calls Astria.
ENDS = ("", "-callers")


@contextmanager
def aws() -> Iterator[Aws]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}/moto-api/")
            yield Aws(f"http://127.0.0.1:{port}", server.pid)
        finally:
            server.kill()


@dataclass
class Redis:
    """A Redis that keeps nothing, and can be taken away and brought back."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def url(self, database: int) -> str:
        return f"redis://127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "dir": self.folder}
        command = [
            "redis-server",
            *[part for name, value in options.items() for part in (f"--{name}", str(value))],
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        eventually(self._answers)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port) as client:
                return bool(client.ping())
        except redis.ConnectionError:
            return False


@contextmanager
def redis_server() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory() as folder:
        server = Redis(free_port(), Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def database(postgres: str) -> Iterator[str]:
    """Make an empty database in the PostgreSQL at that address; return its own address."""
    name = f"studio_{uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(postgres)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
