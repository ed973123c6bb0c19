"""Which broker the queue has, by environment alone."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django_q.brokers import Broker

from config.queue import broker

REDIS = "redis://127.0.0.1:6379/2"
SQS = "https://sqs.eu-west-1.amazonaws.com/123456789012/studio"


def test_the_database_is_the_broker_unless_another_is_named() -> None:
    assert broker("orm", "") == {"orm": "default"}


@pytest.mark.parametrize(
    ("kind", "url"), [("redis", REDIS), ("redis", "rediss://:x@cache.example.org"), ("sqs", SQS)]
)
def test_a_broker_and_its_address_are_all_that_is_needed(kind: str, url: str) -> None:
    named = broker(kind, url)

    assert "orm" not in named
    assert issubclass(import_string(named["broker_class"]), Broker)


@pytest.mark.parametrize(
    ("kind", "url", "named"),
    [
        ("reddis", REDIS, "QUEUE='reddis'"),
        ("", "", "QUEUE=''"),
        ("redis", "", "QUEUE_URL=redis://"),
        ("redis", SQS, "QUEUE_URL=redis://"),
        ("sqs", "", "QUEUE_URL=https://sqs"),
        ("sqs", "studio", "QUEUE_URL=https://sqs"),
        ("orm", REDIS, "QUEUE_URL is set"),
    ],
)
def test_what_cannot_work_is_refused_by_the_name_of_its_variable(kind: str, url: str, named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        broker(kind, url)
