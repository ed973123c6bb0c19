"""Every command of ours explains itself, speaks to programs, and says what it would do before it does it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand, CommandParser

from accounts.commands import OperatorCommand, bar
from accounts.models import User
from packs.models import Pack
from studio.management.commands import check_astria, reconcile
from studio.models import Callback, Shoot
from tests.conftest import PHOTOS
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db

OURS = {name: app for name, app in get_commands().items() if app in {"accounts", "packs", "studio"}}
# These go on until they are stopped, and speak in the log.
PROCESSES = {"clock", "worker"}
# For development: it prints passwords.
DEVELOPMENT = {"demo"}
SPEAKING = sorted(OURS.keys() - PROCESSES - DEVELOPMENT)
# These look at things, and leave them as they are.
READING = {"check_ledger", "figures", "healthcheck"}


def command(name: str) -> BaseCommand:
    return load_command_class(OURS[name], name)


def parser_of(name: str) -> CommandParser:
    return command(name).create_parser("manage.py", name)


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_says_what_it_does_and_what_each_option_is_for(name: str) -> None:
    own = {"version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color"}

    silent = [
        action.dest for action in parser_of(name)._actions if action.dest not in own and not action.help
    ]

    assert len(command(name).help) > 40
    assert silent == []


@pytest.mark.parametrize("name", SPEAKING)
def test_each_speaks_to_programs_and_those_that_change_something_can_be_tried_dry(name: str) -> None:
    options = {action.dest for action in parser_of(name)._actions}

    assert "json" in options
    assert ("dry_run" in options) == (name not in READING)


def test_a_replay_can_be_tried_dry() -> None:
    callback = Callback.objects.create(shoot=ShootFactory.create(), body="{}")
    callback.mark_processed("no")

    said = run("replay", str(callback.pk), "--dry-run", "--json")

    callback.refresh_from_db()
    assert json.loads(said) == {"dry_run": True, "callbacks": 1}
    assert callback.processed_at is not None


def test_reconcile_names_the_shoots_to_programs() -> None:
    shoot = ShootFactory.create()

    said = json.loads(run("reconcile", "--json"))

    assert said == {"dry_run": False, "shoots": [{"id": str(shoot.pk), "status": "waiting"}]}


def test_purge_and_setup_tell_programs_what_they_did() -> None:
    purged, made = json.loads(run("purge", "--json")), json.loads(run("setup", "--no-static", "--json"))

    assert purged["callbacks"] == 0 and purged["dry_run"] is False
    assert made == {"dry_run": False, "migrations": []}


def test_setup_says_which_migrations_it_would_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = "django.db.migrations.recorder.MigrationRecorder.applied_migrations"
    monkeypatch.setattr(seen, lambda _recorder: {})

    said = json.loads(run("setup", "--dry-run", "--json"))

    assert {"accounts.0001_initial", "studio.0001_initial"} <= set(said["migrations"])


def test_a_process_that_is_not_well_is_said_to_programs_with_its_exit_code() -> None:
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("healthcheck", "clock", "--json", stdout=out)

    said = json.loads(out.getvalue())
    assert (said["process"], said["is_well"]) == ("clock", False)
    assert "120 s" in said["error"]


def test_a_shoot_from_the_terminal_says_before_what_it_would_cost(
    pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.management.commands.shoot.what_is_down", lambda: [])
    photo = str(PHOTOS / "person-1.jpg")

    said = run("shoot", photo, "--pack", pack.slug, "--name", "woman", "--email", "a@b.example", "--dry-run")

    assert "1 photos, 8 pictures for 18 credits (nothing was ordered)" in said
    assert not User.objects.exists() and not Shoot.objects.exists()


def test_whether_astria_can_be_tried_is_said_without_trying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_astria, "what_is_down", lambda: [])

    assert json.loads(run("check_astria", "--dry-run", "--json")) == {"dry_run": True}


def test_a_backup_says_how_many_files_it_would_copy(tmp_path: Path) -> None:
    said = json.loads(run("backup", str(tmp_path / "kept"), "--dry-run", "--json"))

    assert said["dry_run"] is True and said["removed"] == 0
    assert not (tmp_path / "kept").exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("is_json", "drawn"), [(False, 2), (True, 0)])
def test_long_work_is_drawn_where_somebody_watches(is_json: bool, drawn: int) -> None:
    screen = Terminal()
    watched: OperatorCommand = reconcile.Command(stderr=screen)  # type: ignore[arg-type]
    watched.is_json = is_json

    assert list(watched.progress([1, 2])) == [1, 2]
    assert screen.getvalue().count("\r") == drawn


@pytest.mark.parametrize(("done", "filled"), [(0, 0), (1, 15), (2, 30), (5, 30)])
def test_a_bar_shows_how_much_is_done(done: int, filled: int) -> None:
    assert bar(done, 2).count("█") == filled
