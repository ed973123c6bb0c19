"""Browsers that leave a server no pause: what each request takes, and what it costs the server's workers."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat

PATIENCE_SECONDS = 60.0


@dataclass
class Load:
    """What came of it: how long each answer took, in seconds, and what all of them cost together."""

    seconds: float
    cpu: float
    latencies: list[float] = field(default_factory=list)

    @property
    def a_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Return the milliseconds of CPU that one request costs."""
        return self.cpu / len(self.latencies) * 1000

    def within(self, share: float) -> float:
        """Return within how many milliseconds that share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return what these processes have used so far, by the clock that Linux keeps for each."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)


def keep_busy(
    connections: Sequence[socket.socket], messages: Iterator[bytes] | bytes, *, seconds: float,
    pids: Sequence[int], statuses: Sequence[int] = (200,),
) -> Load:  # fmt: skip
    """Ask over every connection, again once it is answered, until `seconds` or the messages are over."""
    asked = repeat(messages) if isinstance(messages, bytes) else messages
    before, began = cpu_seconds(pids), time.monotonic()
    load = Load(0, 0)
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            _ask(selector, connection, asked)
        while selector.get_map():
            for key, _ in selector.select(PATIENCE_SECONDS):
                assert isinstance(key.fileobj, socket.socket)
                answer(key.fileobj, statuses)
                now = time.monotonic()
                load.latencies.append(now - key.data)
                selector.unregister(key.fileobj)
                if now - began < seconds:
                    _ask(selector, key.fileobj, asked)
    load.seconds, load.cpu = time.monotonic() - began, cpu_seconds(pids) - before
    return load


def _ask(selector: selectors.BaseSelector, connection: socket.socket, asked: Iterator[bytes]) -> None:
    message = next(asked, None)
    if message is not None:
        at = time.monotonic()
        connection.sendall(message)
        selector.register(connection, selectors.EVENT_READ, at)


def answer(connection: socket.socket, statuses: Sequence[int] = (200,)) -> bytes:
    """Return the body of the next answer. Raises AssertionError if its status is none of those."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    assert int(head[9:12]) in statuses, received[:1000].decode(errors="replace")
    while len(body) < _length(head):
        body += _more(connection)
    return body


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    assert head[9:12] in (b"204", b"304"), head.decode()
    return 0


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 18)
    if not received:
        raise ConnectionError("the server closed a connection")
    return received
