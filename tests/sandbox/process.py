"""The sandbox as our own tests use it: sandbox/process.py, with orders made of the photos here."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox import process
from sandbox.process import ROOT, eventually

__all__ = ["PHOTOS", "ROOT", "Sandbox", "eventually", "running", "uploads"]

PHOTOS = ROOT / "tests" / "photos"


class Sandbox(process.Sandbox):
    """A running sandbox, and orders at it."""

    def order(self, pack: str = "260", photos: Sequence[str] = ("person-1.jpg",), **tune: Any) -> Any:
        """Create a tune from a pack with uploaded photos and return the answer's JSON."""
        given = {"title": f"order {time.monotonic_ns()}", "name": "woman"} | tune
        fields = {f"tune[{name}]": value for name, value in given.items()}
        answer = self.post(f"/p/{pack}/tunes", data=fields, files=uploads(photos))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def trained(self, **options: Any) -> Any:
        """Create a tune from a pack and return it when all its prompts are done."""
        tune = self.order(**options)
        eventually(lambda: all(prompt["images"] for prompt in self.prompts(tune["id"])))
        return self.get(f"/tunes/{tune['id']}").json()

    def prompts(self, tune_id: int) -> Any:
        """Return the prompts of a tune, at most a hundred and twenty."""
        return self.get(f"/tunes/{tune_id}/prompts", params={"limit": 120}).json()


@contextmanager
def running(data: Path, *options: str) -> Iterator[Sandbox]:
    """Start a sandbox that keeps its state in `data`, and stop it afterwards."""
    with process.running_as(Sandbox, data, *options) as sandbox:
        yield sandbox


def uploads(photos: Sequence[str]) -> list[tuple[str, tuple[str, bytes, str]]]:
    """Return the file parts of an order."""
    return [("tune[images][]", (name, (PHOTOS / name).read_bytes(), "image/jpeg")) for name in photos]
