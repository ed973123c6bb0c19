"""A backup is taken in the middle of shoots and put back elsewhere: everything comes to its end, once.

On SQLite, or on the empty PostgreSQL database that DATABASE_URL names.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Studio, studio_running
from tests.sandbox.process import eventually
from tests.visitor import visitor_at

pytestmark = pytest.mark.deployment

# The looks for an unconfirmed order are minutes apart: here seconds.
MORE = {"PACE": "20", "EMAIL_URL": "dummymail://", "LOG_FORMAT": "json"}
TUNES = "print(*(str(tune.pk) for tune in Tune.objects.all()))"
NAMES = ("waiting", "queued", "later", "erased")
IS_THERE = "print(User.objects.filter(email='erased@example.com').exists())"
STATUS = "print(Shoot.objects.get(pk={shoot!r}).status)"


@dataclass
class Restored:
    """What became of the shoots of the backup in the restored studio, and what the command said."""

    said: str
    waiting: dict[str, Any]
    queued: dict[str, Any]
    tunes: list[str]
    at_astria: list[str]
    unknown: str
    erased: str


@pytest.fixture(scope="module")
def restored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restored]:
    """Back up with one shoot at Astria and one queued; go on; lose all but notes; put the backup back."""
    folder, backup = tmp_path_factory.mktemp("studio"), tmp_path_factory.mktemp("backup") / "copy"
    with studio_running(folder, more=MORE, samples=False, speed=4) as studio:
        visitors = [visitor_at(studio, f"{name}@example.com") for name in NAMES]
        waiting = visitors[0].order()
        eventually(lambda: status_of(studio, waiting) in ("waiting", "generating"))
        stop(studio, "worker", "clock")
        queued = visitors[1].order()
        assert "new, 0 deleted" in studio.manage("backup", str(backup)).stdout
        studio.restart("worker", "clock")
        later = visitors[2].order()
        visitors[3].post("/account/privacy/erase/", typed="erased@example.com")
        eventually(lambda: studio.shell(IS_THERE) == "False")
        for visitor, shoot in zip(visitors, (waiting, queued, later), strict=False):
            visitor.wait_for_end(shoot)
        lost = studio.shell(f"print(Shoot.objects.get(pk={later!r}).tune_id)")
        stop(studio, "web", "worker", "clock")
        put_back(backup, folder)
        came_back = studio.shell(IS_THERE)
        said = studio.manage("restored").stdout
        studio.restart("web", "worker", "clock")
        ended = [visitors[0].wait_for_end(waiting), visitors[1].wait_for_end(queued)]
        titles = [tune["title"] for tune in studio.sandbox.get("/tunes", params={"limit": 100}).json()]
        tunes = studio.shell(TUNES).split()
        eventually(lambda: studio.shell(IS_THERE) == "False")
        yield Restored(said, *ended, tunes=tunes, at_astria=titles, unknown=lost, erased=came_back)


def status_of(studio: Studio, shoot: str) -> str:
    return studio.shell(STATUS.format(shoot=shoot))


def stop(studio: Studio, *names: str) -> None:
    for name in names:
        assert studio.stop(name) == 0


def put_back(backup: Path, folder: Path) -> None:
    """What docs/deploy.md says: an empty place, then the three parts of the backup, and the newest notes."""
    for path in (*folder.glob("studio.sqlite3*"), folder / "secret_key"):
        path.unlink()
    (folder / "files").rename(folder / "lost")
    shutil.copytree(backup, folder, dirs_exist_ok=True)
    shutil.copytree(folder / "lost/erased", folder / "files/erased", dirs_exist_ok=True)
    shutil.rmtree(folder / "lost")
    if "DATABASE_URL" in os.environ:
        command = ["pg_restore", "--clean", "--no-owner", "--dbname", os.environ["DATABASE_URL"]]
        subprocess.run([*command, str(backup / "studio.pgdump")], check=True)


def test_a_shoot_that_was_under_way_ends_with_all_its_pictures(restored: Restored) -> None:
    assert (restored.waiting["status"], restored.waiting["stored"]) == ("ready", 8)


def test_an_order_that_was_posted_after_the_backup_is_found_and_ends_with_all_its_pictures(
    restored: Restored,
) -> None:
    assert "Looked for before they are posted: 1 orders." in restored.said
    assert (restored.queued["status"], restored.queued["stored"]) == ("ready", 8)


def test_no_order_is_at_astria_twice(restored: Restored) -> None:
    assert [restored.at_astria.count(tune) for tune in restored.tunes] == [1, 1]


def test_what_was_ordered_after_the_backup_is_listed_for_staff(restored: Restored) -> None:
    assert f"titled {restored.unknown}, of" in restored.said
    assert restored.said.count("Unknown here") == 1


def test_whoever_erased_their_account_after_the_backup_is_gone_again(restored: Restored) -> None:
    assert restored.erased == "True"
    assert "Erased again: 1 of" in restored.said


def test_credits_are_as_the_backup_has_them(restored: Restored) -> None:
    assert restored.waiting["balance"] == restored.queued["balance"] < 500
