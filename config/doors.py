"""Where log lines get their first ids: each request and each task opens a block of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from config.logs import about, close_door, open_door

logger = logging.getLogger("studio.tasks")


class RequestMiddleware:
    """Every line that a request causes carries its id, which the answer names: `X-Request-ID`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid4().hex[:12]
        with about(request=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class TaskErrors:
    """What django-q asks to report an exception while it is still at hand, in the worker process."""

    def report(self) -> None:
        logger.exception("the task failed")


def follow_tasks() -> None:
    """Let every line of a task carry its id and its verb, and let a failure be a line with a traceback."""
    from django_q import worker
    from django_q.signals import post_execute_in_worker, pre_execute

    pre_execute.connect(_begin, dispatch_uid="doors")
    post_execute_in_worker.connect(_end, dispatch_uid="doors")
    # Its own setting takes only what an installed distribution registers.
    worker.error_reporter = TaskErrors()


def _begin(*, func: Callable[..., object] | None, task: dict[str, Any], **kwargs: object) -> None:
    open_door(task=task["id"], verb=getattr(func, "__name__", task["func"]))


def _end(**kwargs: object) -> None:
    close_door()
