"""A database that is migrated already: to make one takes seconds, and much of what is tested needs one.

It is that of an earlier run, for as long as no migration and no package changed.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from uuid import uuid4

from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
APPS = ("accounts", "packs", "studio")
FOLDER = ROOT / ".pytest_cache" / "migrated"


def begin(environment: Mapping[str, str]) -> None:
    """Let the studio of this environment begin with it, if its database is a file that is not there yet."""
    own = f"{environment['DATA_DIR']}/studio.sqlite3"
    scheme, _slashes, path = environment.get("DATABASE_URL", f"sqlite:///{own}").partition("://")
    if scheme == "sqlite" and not Path(path[1:]).exists():
        copy_to(Path(path[1:]))


def copy_to(database: Path) -> bool:
    """Put it there, if there is one. Whoever migrates it all the same finds nothing left to do."""
    if not (made := _place()).exists():
        return False
    shutil.copyfile(made, database)
    return True


def keep(database: Path) -> None:
    """Keep a database that was just migrated, and holds nothing else, for the next time."""
    if (place := _place()).exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    for earlier in set(FOLDER.glob("*.sqlite3")) - {place}:
        earlier.unlink(missing_ok=True)
    unfinished = place.with_suffix(f".{uuid4().hex}")  # others may be at it, too
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", [str(unfinished)])
    unfinished.rename(place)


def fill(database: BaseDatabaseWrapper) -> None:
    """Make the database of this connection what it was when it was migrated."""
    database.ensure_connection()
    with closing(sqlite3.connect(f"file:{_place()}?mode=ro", uri=True)) as made:
        made.backup(database.connection)


@cache
def _place() -> Path:
    """Return where the database of these migrations lies; those of packages follow from their versions."""
    ours = sorted(path for app in APPS for path in (ROOT / app / "migrations").glob("*.py"))
    said = hashlib.sha256()
    for path in (ROOT / "requirements.txt", *ours):
        said.update(path.read_bytes())
    return FOLDER / f"{said.hexdigest()[:16]}.sqlite3"
