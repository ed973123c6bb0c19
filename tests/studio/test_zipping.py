"""A ZIP as a stream: as long as was said, and readable by everybody's programs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime

import pytest

from studio import zipping
from studio.zipping import Entry, WrongSize, length_of, stream

AT = datetime(2026, 11, 28, 14, 55, 32)


def entry(name: str, data: bytes, *, said: int | None = None) -> Entry:
    return Entry(name, AT, len(data) if said is None else said, lambda: [data[:3], memoryview(data)[3:]])


ENTRIES = [entry(f"anna-{n:03}.jpg", bytes([n]) * (n * 1000)) for n in range(1, 6)]


def packed(entries: list[Entry]) -> bytes:
    return b"".join(stream(entries))


def test_what_was_put_in_comes_out() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(ENTRIES))) as file:
        assert file.testzip() is None
        assert file.namelist() == [f"anna-{n:03}.jpg" for n in range(1, 6)]
        assert file.read("anna-003.jpg") == b"\3" * 3000
        assert file.getinfo("anna-003.jpg").date_time == (2026, 11, 28, 14, 55, 32)


def test_its_length_is_known_before() -> None:
    assert length_of(ENTRIES) == len(packed(ENTRIES))


def test_an_empty_one_is_one() -> None:
    assert zipfile.ZipFile(io.BytesIO(packed([]))).namelist() == []
    assert length_of([]) == len(packed([]))


def test_names_may_be_of_any_script() -> None:
    with zipfile.ZipFile(io.BytesIO(packed([entry("李.jpg", b"a")]))) as file:
        assert file.namelist() == ["李.jpg"]


@pytest.mark.parametrize("limit", ["MOST_ENTRIES", "MOST_BYTES"])
def test_what_is_too_large_for_the_first_format_is_written_in_the_second(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(zipping, limit, 3)

    data = packed(ENTRIES)

    assert b"PK\6\6" in data and b"PK\6\7" in data
    assert length_of(ENTRIES) == len(data)


@pytest.mark.long
def test_more_entries_than_the_first_format_counts_are_all_read() -> None:
    many = [entry(f"{n}.txt", b"a") for n in range(65_600)]

    with zipfile.ZipFile(io.BytesIO(packed(many))) as file:
        assert len(file.namelist()) == 65_600
        assert file.read("65599.txt") == b"a"


def test_an_offset_beyond_four_gigabytes_is_written_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four files of a gigabyte that are never all there; the last one lies behind them."""
    # The checksums of so much take seconds, and are not what this is about.
    monkeypatch.setattr("studio.zipping.zlib.crc32", lambda *_: 0)
    gigabyte = memoryview(bytes(1 << 20))
    large = [Entry(f"{n}.bin", AT, 1 << 30, lambda: [gigabyte] * 1024) for n in range(4)]
    entries = [*large, entry("last.txt", b"here")]

    end = _tail(stream(entries))

    assert end[: len(b"PK\3\4")] == b"PK\3\4" and b"last.txt" in end
    assert (1 << 32) < int.from_bytes(end[end.index(b"\1\0\x08\0") + 4 :][:8], "little") < (1 << 32) + 1000
    assert length_of(entries) == (1 << 32) + 4 * (30 + 5) + len(end)


def _tail(chunks: Iterator[bytes | memoryview]) -> bytes:
    """Return what comes after the large files."""
    small = [bytes(chunk) for chunk in chunks if len(chunk) < 1 << 20]
    return b"".join(small[4:])


def test_each_entry_says_size_and_checksum_before_its_bytes() -> None:
    """No program has to read on to know where an entry ends."""
    data, at = packed(ENTRIES), 0

    for made in ENTRIES:
        flags, checksum, size = struct.unpack_from("<H6xII", data, at + 6)
        at += 30 + len(made.name)
        assert flags & 0x08 == 0 and size == made.size
        assert checksum == zlib.crc32(data[at : at + size])
        at += size


def test_an_entry_that_has_another_size_than_was_said_breaks_it_off() -> None:
    with pytest.raises(WrongSize):
        packed([entry("a.txt", b"four", said=5)])


def test_sizes_need_not_be_known() -> None:
    unknown = [*ENTRIES, entry("later.txt", b"text", said=0)]

    assert length_of(unknown) is None
    assert zipfile.ZipFile(io.BytesIO(packed(unknown))).read("later.txt") == b"text"


def test_a_small_entry_goes_out_in_one_piece_and_a_large_one_in_several(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(zipping, "PIECE", 1000)

    small, *large, _directory = stream([entry("a.txt", b"a" * 1000), entry("b.txt", b"b" * 2500)])

    assert len(small) == 30 + 5 + 1000
    assert max(map(len, large)) <= 1000 and sum(map(len, large)) == 30 + 5 + 2500


def test_a_file_is_asked_for_when_its_turn_comes() -> None:
    asked: list[str] = []

    def parts(name: str) -> list[bytes]:
        asked.append(name)
        return [b"data"]

    chunks = stream(Entry(name, AT, 4, lambda name=name: parts(name)) for name in "abc")
    next(chunks)

    assert asked == ["a"]
