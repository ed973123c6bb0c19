"""Files on a disk: whole or not at all, whatever happens while they are written."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from studio.disk import ASIDE, Disk
from tests.processes import ROOT

KEY = "u/1/shoots/2/original.jpg"
# Half of a file is on the disk when its writer is killed.
KILLED_WHILE_WRITING = f"""
import os, signal, sys
from django.conf import settings
settings.configure()
from django.core.files.base import ContentFile
from studio.disk import Disk

class Half(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        Path = __import__("pathlib").Path
        os.kill(os.getpid(), signal.SIGKILL)

Disk(location=sys.argv[1], allow_overwrite=True).save("{KEY}", Half(b""))
"""


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(location=tmp_path, allow_overwrite=True, base_url=None)


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Have the kernel refuse what goes beyond `room` bytes of a file, as it does when a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def content(disk: Disk) -> bytes:
    with disk.open(KEY) as file:
        return bytes(file.read())


def left_aside(disk: Disk) -> list[Path]:
    return list(Path(disk.location, ASIDE).glob("*"))


def test_a_second_write_takes_the_place_of_the_first(disk: Disk) -> None:
    names = [disk.save(KEY, ContentFile(data)) for data in (b"first", b"second, longer", b"third")]

    assert names == [KEY] * 3
    assert content(disk) == b"third"
    assert left_aside(disk) == []


def test_who_reads_while_it_is_written_finds_the_old_one_whole(disk: Disk) -> None:
    disk.save(KEY, ContentFile(b"old"))
    found = []

    class Slow(ContentFile[bytes]):
        def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
            yield b"ne"
            found.append(content(disk))
            yield b"w"

    disk.save(KEY, Slow(b""))

    assert found == [b"old"]
    assert content(disk) == b"new"


def test_a_full_disk_leaves_the_old_file_and_nothing_half_written(disk: Disk) -> None:
    disk.save(KEY, ContentFile(b"old"))

    with full_disk(room=1000), pytest.raises(OSError, match="File too large"):
        disk.save(KEY, ContentFile(b"x" * 100_000))

    assert content(disk) == b"old"
    assert left_aside(disk) == []


@pytest.mark.processes
def test_a_writer_that_is_killed_leaves_no_file_and_what_it_left_is_tidied_up(disk: Disk) -> None:
    command = [sys.executable, "-c", KILLED_WHILE_WRITING, disk.location]
    killed = subprocess.run(command, cwd=ROOT, check=False)

    assert killed.returncode == -signal.SIGKILL
    assert not disk.exists(KEY)
    assert (disk.tidy(timedelta(days=1)), len(left_aside(disk))) == (0, 1)
    assert (disk.tidy(timedelta(seconds=-1)), left_aside(disk)) == (1, [])


@pytest.mark.parametrize("name", ["../outside.jpg", "/etc/outside.jpg", "u/../../outside.jpg"])
def test_no_name_leads_out_of_the_folder(disk: Disk, name: str) -> None:
    with pytest.raises(Exception, match=r"path traversal|outside"):
        disk.save(name, ContentFile(b"x"))
