"""The queue's brokers outside the database, for many machines: Redis and Amazon SQS.

Both connect per process, not per task as django-q's own do, and give up after seconds: a page that
queues something must not wait for a broker that is away. What was not queued is due by the clock.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import redis
from botocore.client import BaseClient
from botocore.config import Config
from django.conf import settings
from django_q.brokers import Broker
from django_q.brokers.redis_broker import Redis
from django_q.conf import Conf
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_SECONDS = 2
# Longer than workers wait at Redis for a task (1 s).
ANSWER_SECONDS = 3
# How long SQS holds a question for tasks. Longer is cheaper, and a worker ends as much later.
WAIT_SECONDS = 5
_REGION = re.compile(r"(?:^|\.)sqs(?:-fips)?\.([a-z]{2}[a-z0-9-]+)\.")


class RedisBroker(Redis):
    """Tasks in a list on Redis. A task is gone from it once taken: what a killed worker held is lost."""

    @staticmethod
    def get_connection(list_key: str | None = None) -> redis.Redis:
        return _redis(settings.QUEUE_URL)

    def ping(self) -> bool:
        """Say nothing of Redis: workers start without it, and go on when it is there."""
        return True

    def set_stat(self, key: str, value: str, timeout: int) -> None:
        """Keep no statistics twice a second: who is alive, studio.models.Heartbeat says."""


@cache
def _redis(url: str) -> redis.Redis:
    """Return the client of this process; its pool notices a fork. One more try: idle connections die."""
    return redis.from_url(
        url,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


class SqsBroker(Broker):
    """Tasks in queues at SQS that exist already; what a killed worker held comes again after `retry`.

    QUEUE_URL is the main cluster's; that of a cluster named `studio-more` has `-more` at its end.
    """

    def enqueue(self, task: str) -> str:
        return str(self._call("send_message", MessageBody=task)["MessageId"])

    def dequeue(self) -> list[tuple[str, str]] | None:
        answer = self._call(
            "receive_message",
            MaxNumberOfMessages=Conf.BULK,
            VisibilityTimeout=Conf.RETRY,
            WaitTimeSeconds=WAIT_SECONDS,
            patience=WAIT_SECONDS + ANSWER_SECONDS,
        )
        return [(message["ReceiptHandle"], message["Body"]) for message in answer.get("Messages", [])]

    def acknowledge(self, task_id: str) -> None:
        self._call("delete_message", ReceiptHandle=task_id)

    delete = fail = acknowledge

    def queue_size(self) -> int:
        """Return how many tasks wait: SQS's own estimate, at most a minute old."""
        return self._attribute("ApproximateNumberOfMessages")

    def lock_size(self) -> int:
        return self._attribute("ApproximateNumberOfMessagesNotVisible")

    def purge_queue(self) -> None:
        self._call("purge_queue")

    def ping(self) -> bool:
        """Say nothing of SQS, as for Redis."""
        return True

    def info(self) -> str:
        return "SQS"

    def _attribute(self, name: str) -> int:
        answer = self._call("get_queue_attributes", AttributeNames=[name])
        return int(answer["Attributes"][name])

    def _call(self, method: str, *, patience: int = ANSWER_SECONDS, **arguments: Any) -> dict[str, Any]:
        url = settings.QUEUE_URL + self.list_key.removeprefix(settings.Q_CLUSTER["name"])
        client = _sqs(settings.QUEUE_URL, patience, os.getpid())
        answer: dict[str, Any] = getattr(client, method)(QueueUrl=url, **arguments)
        return answer


@cache
def _sqs(url: str, patience: int, pid: int) -> BaseClient:
    """Return the client of process `pid`: after a fork, two must not speak through one connection."""
    address = urlsplit(url)
    region = _REGION.search(address.hostname or "")
    return boto3.Session().client(
        "sqs",
        endpoint_url=f"{address.scheme}://{address.netloc}",
        region_name=region[1] if region else None,
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=patience,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )
