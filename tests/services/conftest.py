"""The services, started once, and storages and queues in them for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from config import bucket
from tests.services import servers

POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(scope="session")
def aws() -> Iterator[servers.Aws]:
    """S3 and SQS, in moto's memory, with keys in the environment."""
    with servers.aws() as server, pytest.MonkeyPatch.context() as environment:
        for name, value in servers.KEYS.items():
            environment.setenv(name, value)
        yield server


@pytest.fixture
def redis() -> Iterator[servers.Redis]:
    """A Redis of this test's own, which it may kill."""
    with servers.redis_server() as server:
        yield server


@pytest.fixture
def database() -> Iterator[str]:
    """The address of an empty PostgreSQL database that lasts as long as the test."""
    with servers.database(POSTGRES) as address:
        yield address


@pytest.fixture
def at_s3(aws: servers.Aws, settings: Any) -> str:
    """Files are at S3; the name of their bucket."""
    place = aws.storage()
    options = bucket.options(
        name=place["AWS_STORAGE_BUCKET_NAME"], region="us-east-1", endpoint=aws.url, addressing=""
    )
    at_bucket = {"BACKEND": "studio.bucket.Bucket", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": at_bucket}
    settings.PRESIGNED_URLS = True
    return place["AWS_STORAGE_BUCKET_NAME"]
