"""Files on a disk of our own (STORAGE=files)."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# Beside the accounts' folders, on the same disk: a file takes its place by a new name alone.
ASIDE = ".incoming"


class Disk(FileSystemStorage):
    """A file is there whole or not at all, whoever reads meanwhile, whatever dies, and when the disk is full.

    It is written aside, and takes its place when all of it is on the disk.
    """

    def _save(self, name: str, content: File[bytes]) -> str:
        place, part = Path(self.path(name)), Path(self.location, ASIDE, uuid4().hex)
        for folder in (place.parent, part.parent):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            _write(part, content)
            part.replace(place)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _keep_names_of(place.parent)
        return name

    def drop_folder(self, name: str) -> None:
        """Delete a folder, and those in it, of which no file is left; others stay."""
        for folder, _folders, _files in os.walk(self.path(name), topdown=False):
            with suppress(OSError):
                Path(folder).rmdir()

    def tidy(self, older_than: timedelta) -> int:
        """Delete what writers that died left aside. Returns how many files."""
        before = time.time() - older_than.total_seconds()
        left = [part for part in Path(self.location, ASIDE).glob("*") if part.stat().st_mtime < before]
        for part in left:
            part.unlink(missing_ok=True)
        return len(left)


def _write(part: Path, content: File[bytes]) -> None:
    with part.open("xb") as file:
        for chunk in content.chunks():
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _keep_names_of(folder: Path) -> None:
    """Have the new name survive a power cut: the row that says it is stored does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
