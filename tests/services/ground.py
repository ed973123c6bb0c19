"""That the suite beside this file runs on PostgreSQL and S3. Only `make test-services` names it."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from django.core.files.storage import default_storage
from django.db import connection

from studio import files
from studio.bucket import Bucket


@pytest.mark.django_db
def test_the_database_is_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT version(), current_database()")
        version, name = cursor.fetchone()

    assert connection.vendor == "postgresql"
    assert version.startswith("PostgreSQL")
    assert urlsplit(os.environ["DATABASE_URL"]).path.removeprefix("/") in name


def test_files_are_at_s3() -> None:
    files.write("ground/a.webp", b"picture")

    storage: Any = default_storage
    assert isinstance(storage._wrapped, Bucket)
    client = boto3.client("s3", endpoint_url=os.environ["AWS_S3_ENDPOINT_URL"])
    there = client.get_object(
        Bucket=os.environ["AWS_STORAGE_BUCKET_NAME"], Key=f"{storage.location}/ground/a.webp"
    )
    assert there["Body"].read() == b"picture"
