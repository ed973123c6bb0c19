"""What operators do by hand: reconcile and replay. (purge: test_purging.py)"""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from django.utils import timezone
from django_q.models import OrmQ

from studio.clock import queue_callbacks
from studio.inbox import process
from studio.management.commands import purge, reconcile, replay
from studio.models import Callback, Shoot
from studio.training import advance
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db


def tasks() -> list[tuple[Any, Any]]:
    """Return what is queued: each verb with its only argument."""
    return [(task["func"], *task["args"]) for task in (row.task for row in OrmQ.objects.order_by("pk"))]


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def ended() -> Shoot:
    return ShootFactory.create(status=Shoot.Status.READY, next_check_at=None, ended_at=timezone.now())


def callback(shoot: Shoot | None = None, error: str = "") -> Callback:
    """Return a callback that was processed."""
    kept = Callback.objects.create(shoot=shoot or ShootFactory.create(), body="{}")
    kept.mark_processed(error)
    return kept


def replayed() -> set[Callback]:
    """Return the callbacks that are due again, as new as when they came."""
    return set(Callback.objects.due(timezone.now()).filter(processed_at=None, attempts=0, error=""))


def test_reconcile_queues_a_step_for_each_shoot_that_has_not_ended() -> None:
    one, two = ShootFactory.create(), ShootFactory.create()
    ended()

    said = run("reconcile")

    assert set(tasks()) == {(advance, one.pk), (advance, two.pk)}
    assert "Queued: 2" in said and str(one.pk) in said


def test_reconcile_says_so_when_there_is_nothing_to_do() -> None:
    ended()

    assert run("reconcile") == "Queued: 0\n"
    assert tasks() == []


def test_reconcile_takes_one_shoot_alone() -> None:
    wanted, _other = ShootFactory.create(), ShootFactory.create()

    said = run("reconcile", "--shoot", str(wanted.pk))

    assert tasks() == [(advance, wanted.pk)]
    assert "Queued: 1" in said


def test_a_dry_run_of_reconcile_queues_nothing() -> None:
    shoot = ShootFactory.create()

    said = run("reconcile", "--dry-run")

    assert tasks() == []
    assert str(shoot.pk) in said and "To be queued: 1" in said


def test_reconcile_says_that_a_shoot_is_unknown() -> None:
    with pytest.raises(CommandError, match="There is no shoot"):
        run("reconcile", "--shoot", str(uuid4()))


def test_reconcile_says_that_a_shoot_has_ended_and_what_to_do_instead() -> None:
    shoot = ended()

    with pytest.raises(CommandError, match=f"has ended: ready.*manage.py replay --shoot {shoot.pk}"):
        run("reconcile", "--shoot", str(shoot.pk))

    assert tasks() == []


def test_replay_makes_the_callbacks_due_that_are_named() -> None:
    first, second, _third = callback(), callback(), callback()

    said = run("replay", str(second.pk), str(first.pk))

    assert replayed() == {first, second}
    assert said == "To be taken in: 2\n"


def test_what_is_replayed_is_taken_in_by_the_clock_in_the_order_in_which_it_came() -> None:
    first, second = callback(), callback()

    run("replay", str(second.pk), str(first.pk))
    queue_callbacks()

    assert tasks() == [(process, first.pk), (process, second.pk)]


def test_replay_takes_all_callbacks_of_a_shoot() -> None:
    shoot = ended()
    wanted = {callback(shoot), callback(shoot)}
    callback()

    run("replay", "--shoot", str(shoot.pk))

    assert replayed() == wanted


def test_replay_takes_those_that_were_not_understood() -> None:
    callback()
    failed = callback(error="no JSON object")

    run("replay", "--failed")

    assert replayed() == {failed}


@pytest.mark.parametrize("arguments", [[], ["1", "--failed"], ["--failed", "--shoot", str(uuid4())]])
def test_replay_wants_to_know_which(arguments: list[str]) -> None:
    callback(error="no JSON object")

    with pytest.raises(CommandError, match="Say which"):
        run("replay", *arguments)

    assert replayed() == set()


def test_replay_names_callbacks_that_are_unknown_and_replays_none() -> None:
    known = callback()

    with pytest.raises(CommandError, match=f"no callback {known.pk + 1}"):
        run("replay", str(known.pk), str(known.pk + 1))

    assert replayed() == set()


def test_replay_says_that_a_shoot_is_unknown() -> None:
    with pytest.raises(CommandError, match="There is no shoot"):
        run("replay", "--shoot", str(uuid4()))


def test_an_id_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="invalid UUID"):
        run("reconcile", "--shoot", "7")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (reconcile, ["shoot that has not ended", "--dry-run", "--shoot"]),
        (replay, ["taken in once more", "CALLBACK_ID", "--shoot", "--failed"]),
        (purge, ["older than 30 days", "never ordered", "older than 90 days", "--dry-run"]),
    ],
)
def test_each_explains_itself(module: Any, words: list[str]) -> None:
    parser: CommandParser = module.Command().create_parser("manage.py", module.__name__.rpartition(".")[2])

    explained = " ".join(parser.format_help().split())

    assert [word for word in words if word not in explained] == []
