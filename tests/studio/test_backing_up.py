"""What a backup holds, and what it lets go of."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from studio import files
from studio.backing_up import back_up


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The settings of a studio with a database and a key of its own."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data/secret_key").write_text("key")
    name = tmp_path / "data/studio.sqlite3"
    with sqlite3.connect(name) as database:
        database.execute("CREATE TABLE kept (number)")
    default = {"ENGINE": "django.db.backends.sqlite3", "NAME": name}
    ours = SimpleNamespace(DATA_DIR=tmp_path / "data", DATABASES={"default": default})
    monkeypatch.setattr("studio.backing_up.settings", ours)
    return ours


def kept_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_database_key_and_files_are_copied(ours: SimpleNamespace, tmp_path: Path) -> None:
    files.write("u/1/photo.jpg", b"photo")

    backup = back_up(tmp_path / "backup")

    assert (backup.copied, backup.removed) == (1, 0)
    assert kept_in(tmp_path / "backup") == ["files/u/1/photo.jpg", "secret_key", "studio.sqlite3"]
    with sqlite3.connect(tmp_path / "backup/studio.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_second_backup_copies_what_is_new_and_forgets_what_was_erased(
    ours: SimpleNamespace, tmp_path: Path
) -> None:
    files.write("u/1/photo.jpg", b"photo")
    back_up(tmp_path / "backup")
    files.delete("u/1/photo.jpg")
    files.write("u/2/photo.jpg", b"another")

    backup = back_up(tmp_path / "backup")

    assert (backup.copied, backup.removed) == (1, 1)
    assert "files/u/1/photo.jpg" not in kept_in(tmp_path / "backup")


def test_nobody_else_may_read_a_backup(ours: SimpleNamespace, tmp_path: Path) -> None:
    back_up(tmp_path / "backup")

    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0
    assert (tmp_path / "backup/studio.sqlite3").stat().st_mode & 0o077 == 0


@pytest.mark.processes
def test_a_database_that_does_not_answer_is_no_backup(ours: SimpleNamespace, tmp_path: Path) -> None:
    away = {"ENGINE": "django.db.backends.postgresql", "NAME": "x", "HOST": "127.0.0.1", "PORT": 1}

    ours.DATABASES["default"] = away

    with pytest.raises(CommandError, match="No backup was made"):
        call_command("backup", str(tmp_path / "backup"))
