"""A ZIP as a stream: entries stored as they are, its length known before the first of them is read.

Each entry's checksum stands before its bytes, so that every program can unpack it while it still comes; the
common libraries for streams put it behind them (docs/decisions/0013). Knows nothing of Django's models.

Reference: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

Part = bytes | memoryview

# Beyond them the format's first fields are too small, and those of ZIP64 say it.
MOST_ENTRIES, MOST_BYTES = 0xFFFF, 0xFFFF_FFFF
PIECE = 1 << 20
_LOCAL, _CENTRAL, _END = "<4s5H3I2H", "<4s6H3I5H2I", "<4s4H2IH"
_END_64, _LOCATOR_64, _EXTRA_64 = "<4sQ2H2I4Q", "<4sIQI", "<2HQ"
# UTF-8 in names; a version that knows ZIP64.
_FLAGS, _VERSION = 0x0800, 45


@dataclass(frozen=True)
class Entry:
    """A file to be: `parts` is asked for its bytes when its turn comes; `size` is theirs, 0 if not known."""

    name: str
    at: datetime
    size: int
    parts: Callable[[], Iterable[Part]]


class WrongSize(Exception):
    """An entry has other bytes than was said: what was announced cannot be kept."""


def length_of(entries: Iterable[Entry]) -> int | None:
    """Return how long the ZIP will be; None while the size of one entry is not known."""
    offset = central = count = 0
    for entry in entries:
        if not entry.size:
            return None
        name = len(entry.name.encode())
        central += struct.calcsize(_CENTRAL) + name + len(_extra(offset))
        offset += struct.calcsize(_LOCAL) + name + entry.size
        count += 1
    return offset + central + len(_end(count, offset, central))


def stream(entries: Iterable[Entry]) -> Iterator[Part]:
    """Yield the ZIP; one entry at a time is in memory. Raises WrongSize, and whatever `parts` raises."""
    central: list[bytes] = []
    offset = 0
    for entry in entries:
        parts = list(entry.parts())
        size = sum(map(len, parts))
        if entry.size and size != entry.size:
            raise WrongSize
        checksum = 0
        for part in parts:
            checksum = zlib.crc32(part, checksum)
        name, facts = entry.name.encode(), (*_dos_time(entry.at), checksum, size, size)
        central.append(_central(name, facts, offset))
        head = struct.pack(_LOCAL, b"PK\3\4", _VERSION, _FLAGS, 0, *facts, len(name), 0) + name
        yield from _pieces(head, parts, size)
        offset += len(head) + size
    directory = b"".join(central)
    yield directory + _end(len(central), offset, len(directory))


def _pieces(head: bytes, parts: list[Part], size: int) -> Iterator[Part]:
    """Yield an entry to be sent: whole, as long as copying it takes less than a call of the system a part."""
    if size <= PIECE:
        yield b"".join((head, *parts))
        return
    yield head
    for part in parts:
        for start in range(0, len(part), PIECE):
            yield part[start : start + PIECE]


def _central(name: bytes, facts: tuple[int, ...], offset: int) -> bytes:
    extra = _extra(offset)
    lengths = (len(name), len(extra), 0, 0, 0, 0, min(offset, MOST_BYTES))
    return struct.pack(_CENTRAL, b"PK\1\2", _VERSION, _VERSION, _FLAGS, 0, *facts, *lengths) + name + extra


def _extra(offset: int) -> bytes:
    """Return the field for an offset that is too large for the first one."""
    return struct.pack(_EXTRA_64, 1, 8, offset) if offset >= MOST_BYTES else b""


def _end(count: int, offset: int, size: int) -> bytes:
    """Return what says where the directory lies: `size` bytes from `offset` on, for `count` entries."""
    large = count >= MOST_ENTRIES or max(offset, size) >= MOST_BYTES
    counts, places = (min(count, MOST_ENTRIES),) * 2, (min(size, MOST_BYTES), min(offset, MOST_BYTES))
    end = struct.pack(_END, b"PK\5\6", 0, 0, *counts, *places, 0)
    return _end_64(count, offset, size) + end if large else end


def _end_64(count: int, offset: int, size: int) -> bytes:
    rest = (_VERSION, _VERSION, 0, 0, count, count, size, offset)
    end = struct.pack(_END_64, b"PK\6\6", struct.calcsize(_END_64) - 12, *rest)
    return end + struct.pack(_LOCATOR_64, b"PK\6\7", 0, offset + size, 1)


def _dos_time(at: datetime) -> tuple[int, int]:
    """Return time and date as the format counts them: in steps of two seconds, from 1980 on."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, max(at.year - 1980, 0) << 9 | at.month << 5 | at.day
