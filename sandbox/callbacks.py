"""Callbacks: a row for each, sent once by a few threads, never repeated."""

from __future__ import annotations

import json
import queue
import threading
import time

import requests
from django.db import close_old_connections

from sandbox.models import Delivery
from sandbox.switches import switches

TIMEOUT_SECONDS = 5
SENDERS = 6
LATE_SECONDS = 3.0


def announce(kind: str, url: str, body: object, *, with_tune_ids: bool = False) -> None:
    """Write down a callback for sending, or for losing or doubling if a fault says so."""
    if not url or switches.callbacks == "none" or (with_tune_ids and switches.callbacks == "no-tune-ids"):
        return
    starts_at = time.time()
    if switches.meets("callbacks-late"):
        starts_at += LATE_SECONDS / switches.speed
    times = 2 if switches.meets("callbacks-doubled") else 1
    lost = switches.meets("callbacks-lost")
    for _ in range(times):
        delivery = Delivery(kind=kind, url=url, body=body, starts_at=starts_at)
        if lost:
            delivery.sent_at, delivery.outcome, delivery.url = delivery.created_at, "lost", delivery.shown_url
        delivery.save()


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
        """Queue a delivery that was already marked as sent."""
        self._queue.put(delivery_id)

    def _work(self) -> None:
        while True:
            delivery = Delivery.objects.filter(pk=self._queue.get()).first()
            if delivery:
                outcome = post(delivery)
                # The query may hold the receiver's secret, so only host and path are kept.
                kept = {"outcome": outcome, "url": delivery.shown_url}
                Delivery.objects.filter(pk=delivery.pk).update(**kept)
            close_old_connections()


def post(delivery: Delivery) -> str:
    """Post one callback and return the status, or in a word what went wrong."""
    body = json.dumps(delivery.body).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Astria sandbox"}
    try:
        with requests.Session() as session:
            # Receivers stand on this machine: no proxy, and no password from a .netrc.
            session.trust_env = False
            answer = session.post(
                delivery.url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
    except requests.Timeout:
        return "timed out"
    except (requests.RequestException, ValueError) as error:
        return type(error).__name__
    return str(answer.status_code)
