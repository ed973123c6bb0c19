"""Deleting stored files, surely: written down first, done by a worker, due by the clock until it is done."""

from __future__ import annotations

from django.utils import timezone

from studio import files, pace
from studio.models import Removal
from studio.queue import enqueue


def remove_files(*keys: str) -> None:
    """Have these files deleted; a key that ends with a slash is a folder with all that lies in it.

    Belongs into the transaction in which their rows end.
    """
    removal = Removal.objects.create(keys=keys, next_check_at=timezone.now() + pace.SWEEP)
    enqueue(carry_out, removal.pk)


def remove_unless_kept(*keys: str) -> Removal:
    """Have files that are about to be written deleted, unless `call_off` comes with the row that keeps them.

    So they go even if their writer dies.
    """
    return Removal.objects.create(keys=keys, next_check_at=timezone.now() + pace.KEPT_BY)


def carry_out(removal_id: int) -> None:
    """Delete the files of one removal, then its row; a no-op when that is done. Raises files.StorageDown."""
    removal = Removal.objects.filter(pk=removal_id).first()
    if removal is None or not removal.claim(next_check_at=timezone.now() + pace.CLAIM):
        return
    try:
        _delete(removal.keys)
    except files.StorageDown as error:
        now = timezone.now()
        again = now + pace.storage_retry_delay(now - removal.created_at)
        removal.put_off(again, f"not deleted ({error})")
        raise  # into the log, and to whoever is told of errors
    removal.delete()


def _delete(keys: list[str]) -> None:
    files.delete(*(key for key in keys if not key.endswith("/")))
    for folder in (key for key in keys if key.endswith("/")):
        files.delete_under(folder)
