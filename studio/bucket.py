"""Files in a private bucket at S3 (STORAGE=s3)."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any, NamedTuple
from urllib.parse import quote

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from config.bucket import address
from studio.presigning import Keys, signer_of


class Connection(NamedTuple):
    """A way to S3, and the keys for it, which may be lent for a while and renewed."""

    resource: Any
    credentials: Any


class Bucket(S3Storage):
    """A bucket that is never made public: browsers get its files from our views, or by signed addresses.

    One connection for all threads of a process (django-storages makes one for each), which gives up
    after seconds; a file is read in one call instead of three.
    """

    # What is raised when S3 does not answer, or refuses.
    failures = (BotoCoreError, ClientError, Boto3Error)

    def get_default_settings(self) -> dict[str, Any]:
        ours = {
            "default_acl": None,  # what the bucket says: nothing of it is public
            "file_overwrite": True,  # keys are deterministic: a second run overwrites itself
            "signature_version": "s3v4",
            "transfer_config": TransferConfig(use_threads=False),
            "object_parameters": {"CacheControl": "private, max-age=31536000, immutable"},
        }
        return {**super().get_default_settings(), **ours}

    @property
    def connection(self) -> Any:
        return self._connection.resource

    @property
    def _connection(self) -> Connection:
        return _connect(self.endpoint_url, self.region_name, self.addressing_style, os.getpid())

    def make(self) -> None:
        """Make the bucket at a store of one's own, unless it is there."""
        try:
            self.connection.create_bucket(Bucket=self.bucket_name)
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
                raise

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """Return the whole file, in memory: pictures are small. Raises FileNotFoundError."""
        key = self._normalize_name(clean_name(name))
        try:
            answer = self.bucket.Object(key).get()
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                raise FileNotFoundError(name) from None
            raise
        return File(BytesIO(answer["Body"].read()), name)

    def signer(self) -> Callable[..., str]:
        """Return what signs addresses of files in this hour: see studio.presigning.Signer.sign."""
        base = address(
            bucket_name=self.bucket_name,
            endpoint_url=self.endpoint_url,
            addressing_style=self.addressing_style,
        )
        folder = quote(f"{self.location.strip('/')}/".lstrip("/"), safe="/-_.~")
        lent = self._connection.credentials.get_frozen_credentials()
        keys = Keys(lent.access_key, lent.secret_key, lent.token)
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        return signer_of(base + folder, self.region_name, keys, hour).sign


@cache
def _connect(endpoint: str, region: str, addressing: str, pid: int) -> Connection:
    """Return the connection of process `pid`: after a fork, two must not speak through one."""
    session = boto3.Session()
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": addressing},
        connect_timeout=3,
        read_timeout=15,
        retries={"total_max_attempts": 3, "mode": "standard"},
        max_pool_connections=32,
        # Stores other than AWS do not all know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    resource = session.resource("s3", endpoint_url=endpoint, region_name=region, config=config)
    return Connection(resource, session.get_credentials())
