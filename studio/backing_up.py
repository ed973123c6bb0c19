"""A copy of everything that must not be lost, taken while the studio runs.

The database first, then the files: a file is written before its row says so and does not change afterwards,
so that whatever the copied rows name has been copied, too.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from studio import files

SQLITE, POSTGRES, FILES, KEY = "studio.sqlite3", "studio.pgdump", "files", "secret_key"


Watch = Callable[[list[str]], Iterator[str]]


class BackupFailed(Exception):
    """Why no backup was made, for the operator."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: its copy of the database, and how its files differ from the last one's."""

    database: Path
    copied: int
    removed: int


def back_up(folder: Path, watch: Watch = iter) -> Backup:
    """Bring the backup in `folder` up to date; nobody but its owner may read it. Raises BackupFailed.

    `watch` is handed the keys of the files that are copied, and yields them one by one.

    Files that are there already are not copied again, those that were deleted here are deleted there.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    database = folder / (SQLITE if is_sqlite else POSTGRES)
    part = folder / "part"
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    (_copy_sqlite if is_sqlite else _dump_postgres)(part)
    part.replace(database)
    if (settings.DATA_DIR / KEY).exists():
        shutil.copy(settings.DATA_DIR / KEY, folder / KEY)
    return Backup(database, *copy_files(folder / FILES, watch))


def copy_files(to: Path, watch: Watch = iter) -> tuple[int, int]:
    """Make `to` hold what the storage holds. Returns how many files were copied, and how many deleted."""
    missing, extra = differences(to)
    copied = sum(_copy(key, to) for key in watch(missing))
    for path in extra:
        path.unlink()
    return copied, len(extra)


def differences(to: Path) -> tuple[list[str], list[Path]]:
    """Return the keys of the storage that `to` has no file of, and the files there that the storage has not.

    Whoever had their pictures erased must not be found in the next backup.
    """
    keys = set(files.keys_under(""))
    there = (path for path in to.rglob("*") if path.is_file())
    extra = [path for path in there if path.relative_to(to).as_posix() not in keys]
    return [key for key in sorted(keys) if not (to / key).exists()], extra


def _copy_sqlite(to: Path) -> None:
    """Copy as of one moment; writers go on meanwhile."""
    name = settings.DATABASES["default"]["NAME"]
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(to)) as copy:
        source.backup(copy)


def _dump_postgres(to: Path) -> None:
    database = settings.DATABASES["default"]
    # By environment: command lines can be read by everybody on the machine.
    names = {"HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD", "NAME": "DATABASE"}
    given = {f"PG{name}": str(database[key]) for key, name in names.items() if database.get(key)}
    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={to}"]
    try:
        subprocess.run(command, env=os.environ | given, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        raise BackupFailed("pg_dump is not installed here: install PostgreSQL's client.") from None
    except subprocess.CalledProcessError as error:
        raise BackupFailed(error.stderr.strip()) from None


def _copy(key: str, folder: Path) -> bool:
    """False for a file that was deleted since it was listed."""
    target = folder / key
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        with default_storage.open(key) as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except FileNotFoundError:
        return False
    part.replace(target)
    return True
