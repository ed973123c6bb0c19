"""Rows and files that are made once for all tests of a module, where making them is most of the work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.test import override_settings

Made = TypeVar("Made")


@dataclass
class Lasting(Generic[Made]):
    """What was made, and the files that belong to it."""

    made: Made
    files: dict[str, bytes]

    def here(self) -> Made:
        """Return what was made, for one test: it may change it, and finds the files in its own storage."""
        for name, content in self.files.items():
            default_storage.save(name, ContentFile(content))
        return deepcopy(self.made)


def make_once(make: Callable[[], Made]) -> Lasting[Made]:
    """Make rows, in the transaction of the fixture `module_db`, and files."""
    in_memory = {"default": {"BACKEND": "tests.conftest.MemoryFiles"}}
    with override_settings(STORAGES=settings.STORAGES | in_memory):
        made = make()
        return Lasting(made, {name: default_storage.open(name).read() for name in _names(default_storage)})


def _names(storage: Storage, folder: str = "") -> Iterator[str]:
    folders, files = storage.listdir(folder)
    yield from (f"{folder}{name}" for name in files)
    for name in folders:
        yield from _names(storage, f"{folder}{name}/")
