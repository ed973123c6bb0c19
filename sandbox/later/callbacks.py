"""Callbacks: a row for each, sent once by a few threads, never repeated unless somebody asks for a replay."""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from urllib.parse import urlsplit

import requests
import urllib3
from django.db import close_old_connections, transaction
from django.db.models import Q

from sandbox.later import clock
from sandbox.models import Delivery, Prompt, Run, Tune
from sandbox.reroutes import rerouted
from sandbox.switches import switches

TIMEOUT_SECONDS = 5
SENDERS = 6
LATE_SECONDS = 3.0
ANSWER_BYTES = 500
KINDS = {Tune: "tune", Prompt: "prompt", Run: "prompts"}

log = logging.getLogger(__name__)


@transaction.atomic
def announce(about: Tune | Prompt | Run, url: str, body: object, *, with_tune_ids: bool = False) -> None:
    """Write down a callback for sending, or what faults make of it."""
    if not url or switches.callbacks == "none" or (with_tune_ids and switches.callbacks == "no-tune-ids"):
        return
    kind = KINDS[type(about)]
    met = {name for name in ("lost", "doubled", "late", "reordered") if _meets(name, kind, about)}
    held = _held_back(url)
    is_held = "reordered" in met and not held
    starts_at = clock.seconds() + (LATE_SECONDS / switches.speed if is_held or "late" in met else 0)
    delivery = Delivery(kind=kind, url=url, body=body, starts_at=starts_at, is_held=is_held)
    if "lost" in met:
        delivery.sent_at, delivery.outcome = delivery.created_at, "lost"
    delivery.save()
    if "lost" not in met:
        # Those held back go right behind this one, by the same thread.
        Delivery.objects.filter(pk__in=held).update(behind=delivery.pk)
    if "doubled" in met:
        delivery.pk, delivery._state.adding = None, True
        delivery.save()


def replay(delivery: Delivery) -> Delivery:
    """Send a callback once more, whatever became of it; returns the new row, which is about to be sent."""
    again = Delivery(kind=delivery.kind, url=delivery.url, body=delivery.body, replay_of=delivery.pk)
    again.save()
    switches.wake.set()
    return again


def _meets(name: str, kind: str, about: Tune | Prompt | Run) -> bool:
    return switches.meets(f"callbacks-{name}", f"{kind} {about.pk}", about.faults)


def _held_back(url: str) -> list[int]:
    """Return what waits for another callback to the same host to pass it."""
    waiting = Delivery.objects.filter(is_held=True, sent_at=None, behind=None)
    return [row.pk for row in waiting if _host(row.url) == _host(url)]


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc
    except ValueError:
        return url


class Senders:
    """Threads that post deliveries, so that a slow receiver holds up neither the engine nor the others."""

    def __init__(self) -> None:
        """Prepare an empty queue."""
        self._queue: queue.SimpleQueue[int] = queue.SimpleQueue()

    def start(self) -> None:
        """Start the threads; they end with the process."""
        for number in range(SENDERS):
            threading.Thread(target=self._work, name=f"sender-{number}", daemon=True).start()

    def put(self, delivery_id: int) -> None:
        """Queue a delivery that was already marked as sent, and those that stand behind it."""
        self._queue.put(delivery_id)

    def _work(self) -> None:
        while True:
            try:
                send(self._queue.get())
            except Exception:
                # A sender must outlive whatever happens to one callback.
                log.exception("a callback could not be sent")
            close_old_connections()


def send(pk: int) -> None:
    """Post a delivery that was already marked as sent, then those that it passed."""
    rows = Delivery.objects.filter(Q(pk=pk) | Q(behind=pk))
    for delivery in sorted(rows, key=lambda delivery: (delivery.pk != pk, delivery.pk)):
        post(delivery)


def post(delivery: Delivery) -> None:
    """Post one callback and keep what came of it: the status, or in a word what went wrong."""
    started = time.monotonic()
    try:
        outcome, answer = _posted(delivery)
    except requests.Timeout:
        outcome, answer = "timed out", ""
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
        outcome, answer = type(error).__name__, ""
    took = round((time.monotonic() - started) * 1000)
    Delivery.objects.filter(pk=delivery.pk).update(outcome=outcome, answer=answer, milliseconds=took)


def _posted(delivery: Delivery) -> tuple[str, str]:
    body = json.dumps(delivery.body).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Astria sandbox"}
    with requests.Session() as session:
        # Receivers stand on this machine: no proxy, and no password from a .netrc.
        session.trust_env = False
        with session.post(
            rerouted(delivery.url, switches.reroutes),
            data=body,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            # What is there by now: the rest may never come, and would hold up a sender.
            beginning = answer.raw.read1(ANSWER_BYTES, decode_content=True)[:ANSWER_BYTES]
            return str(answer.status_code), beginning.decode("utf-8", "replace").replace("\0", "")
