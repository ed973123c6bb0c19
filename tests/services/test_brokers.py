"""Redis and SQS as the queue's brokers, as django-q's processes use them."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django_q.brokers import Broker
from redis.exceptions import RedisError

from studio.brokers import RedisBroker, SqsBroker
from tests.processes import free_port
from tests.sandbox.process import eventually
from tests.services.servers import Aws, Redis

pytestmark = pytest.mark.services

Make = Callable[..., Broker]


@pytest.fixture(params=["redis", "sqs"])
def broker(request: pytest.FixtureRequest, settings: Any) -> Make:
    """Return a maker of brokers of one kind, for the main cluster unless another is named."""
    if request.param == "redis":
        settings.QUEUE_URL = request.getfixturevalue("redis").url(0)
        return RedisBroker
    settings.QUEUE_URL = request.getfixturevalue("aws").queue()["QUEUE_URL"]
    return SqsBroker


def taken(broker: Broker) -> str:
    """Take the next task, acknowledge it as the cluster does, and return it."""
    ((receipt, task),) = broker.dequeue()
    if receipt is not None:
        broker.acknowledge(receipt)
    return task if isinstance(task, str) else task.decode()


def test_a_task_waits_until_it_is_taken_once(broker: Make) -> None:
    broker().enqueue("a task")

    assert broker().queue_size() == 1
    assert taken(broker()) == "a task"
    assert (broker().queue_size(), broker().dequeue()) in [(0, None), (0, [])]


def test_clusters_have_a_queue_each(broker: Make) -> None:
    broker("studio-callers").enqueue("calls Astria")
    broker("studio").enqueue("does not")

    assert (taken(broker("studio")), taken(broker("studio-callers"))) == ("does not", "calls Astria")


def test_what_waits_can_be_thrown_away(broker: Make) -> None:
    for number in range(3):
        broker().enqueue(f"task {number}")

    broker().purge_queue()

    assert broker().queue_size() == 0


def test_a_process_that_was_forked_speaks_for_itself(broker: Make) -> None:
    before = broker()
    before.enqueue("of the parent")

    child = os.fork()
    if child == 0:
        before.enqueue("of the child")
        os._exit(0)
    _, status = os.waitpid(child, 0)

    assert status == 0
    assert {taken(before), taken(before)} == {"of the parent", "of the child"}


def test_redis_may_be_killed_and_started_again(redis: Redis, settings: Any) -> None:
    settings.QUEUE_URL = redis.url(0)
    broker = RedisBroker()
    broker.enqueue("lost with it")

    redis.kill()
    with pytest.raises(RedisError):
        broker.enqueue("nowhere")
    redis.start()

    broker.enqueue("a task")
    assert (broker.queue_size(), taken(broker)) == (1, "a task")


def test_what_a_killed_worker_held_comes_again_from_sqs(
    aws: Aws, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.QUEUE_URL = aws.queue()["QUEUE_URL"]
    monkeypatch.setattr("django_q.conf.Conf.RETRY", 1)
    SqsBroker().enqueue("a task")

    assert SqsBroker().dequeue()
    assert SqsBroker().lock_size() == 1
    assert eventually(SqsBroker().dequeue)


@pytest.mark.parametrize("make", [RedisBroker, SqsBroker])
def test_a_worker_starts_while_its_broker_is_away(
    make: Make, settings: Any, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = "redis" if make is RedisBroker else "http"
    settings.QUEUE_URL = f"{scheme}://127.0.0.1:{free_port()}/0/studio"

    assert make().ping()
