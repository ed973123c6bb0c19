"""What was erased, noted outside the database: one that is restored from a backup does not know of it.

A note is a small file in the storage: ids, a scope and a day, no person. It is written before an erasure is
called done, and goes when no backup can be old enough to bring back what it names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from studio import files
from studio.models import Erasure, TuneDeletion

FOLDER = "erased/"
# Beside the scopes of an erasure: a model that was deleted, with or without one.
MODEL = "model"


@dataclass(frozen=True)
class Erased:
    """An erasure as its note has it. `id` is the erasure's; of a deleted model the model's, as is `about`."""

    id: UUID
    scope: str
    about: UUID
    account: UUID | None
    asked_at: datetime

    @property
    def key(self) -> str:
        """Where its note lies: the day first, so that old ones are found by their names."""
        return f"{FOLDER}{self.asked_at:%Y-%m-%d}/{self.id}.json"


def note_erasure(erasure: Erasure) -> None:
    """Note an erasure that is under way; once more writes the same file. Raises files.StorageDown."""
    _write(Erased(erasure.pk, erasure.scope, erasure.about, erasure.account_id, erasure.created_at))


def note_model(deletion: TuneDeletion) -> None:
    """Note a model that is being deleted; once more writes the same file. Raises files.StorageDown."""
    _write(Erased(deletion.pk, MODEL, deletion.pk, None, deletion.created_at))


def noted() -> Iterator[Erased]:
    """Yield everything that is noted as erased, the oldest day first. Raises files.StorageDown."""
    for key in sorted(files.keys_under(FOLDER)):
        yield _read(key)


def outlived(now: datetime) -> list[str]:
    """Return the keys of notes that no backup is old enough for.

    None while BACKUPS_KEPT_DAYS does not say how long those are kept. Raises files.StorageDown.
    """
    if not settings.BACKUPS_KEPT_DAYS:
        return []
    # A day more: a note has the day of the wish, and a backup may have been taken on it.
    first_kept = f"{FOLDER}{now - timedelta(days=settings.BACKUPS_KEPT_DAYS + 1):%Y-%m-%d}/"
    return [key for key in files.keys_under(FOLDER) if key < first_kept]


def _write(erased: Erased) -> None:
    said = {name: str(value) for name, value in asdict(erased).items() if value is not None}
    files.write(erased.key, json.dumps(said).encode())


def _read(key: str) -> Erased:
    said = json.loads(files.read(key))
    account = UUID(said["account"]) if "account" in said else None
    about, asked_at = UUID(said["about"]), datetime.fromisoformat(said["asked_at"])
    return Erased(UUID(said["id"]), said["scope"], about, account, asked_at)
