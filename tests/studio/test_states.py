"""The state machines: which moves there are, that each is written down, and what the database refuses."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from studio.models import (
    Event,
    Extension,
    Image,
    Letter,
    Pause,
    Prompt,
    RefundRequest,
    Shoot,
    Tune,
    TuneDeletion,
)
from studio.models.state import StateModel, fitting, storable
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TrainedTuneFactory, TuneFactory
from tests.states import COLUMNS, either, fields_of, put, wrong
from tests.studio.conftest import NOON

pytestmark = pytest.mark.django_db


def drawn(model: type[StateModel]) -> set[tuple[str, str]]:
    """Return the moves that a docstring draws: `a ──▸ b ──▸ c`, `a | b ──▸ c`, words after two spaces."""
    moves: set[tuple[str, str]] = set()
    for line in str(model.__doc__).splitlines():
        states = [side.split(" | ") for side in line.strip().partition("  ")[0].split(" ──▸ ")]
        for olds, news in pairwise(states):
            moves |= set(product(olds, news))
    return moves


def pairs(model: type[StateModel]) -> list[Any]:
    """Return every pair of states that could be a move, and whether it is drawn as one."""
    states = list(model.Status.values)  # type: ignore[attr-defined]
    reached = [state for state in states if state in model.MOVES]
    moves = drawn(model)
    return [
        pytest.param(old, new, (old, new) in moves, id=f"{old}-{new}")
        for old, new in product(states, reached)
    ]


def moved(row: StateModel, old: str, new: str) -> bool:
    """Put a row into `old` and try to move it to `new`, with what belongs to that."""
    put(row, old)
    did = row._transition(new, **{k: v for k, v in fields_of(type(row), new).items() if k != "status"})
    row.refresh_from_db()
    return did


@pytest.mark.parametrize(("old", "new", "may"), pairs(Shoot))
def test_a_shoot_moves_only_as_drawn(old: str, new: str, may: bool) -> None:
    tune = TrainedTuneFactory.create(photo_set=None)
    shoot = ShootFactory.create(account=tune.account, tune=tune)

    did = moved(shoot, old, new)

    assert (did, shoot.status) == (may, new if may else old)
    assert Event.objects.filter(kind=Event.Kind.STATE, shoot=shoot).count() == may


@pytest.mark.parametrize(("old", "new", "may"), pairs(Tune))
def test_a_tune_moves_only_as_drawn(old: str, new: str, may: bool) -> None:
    tune = TrainedTuneFactory.create(photo_set=None)

    did = moved(tune, old, new)

    assert (did, tune.status) == (may, new if may else old)
    assert Event.objects.filter(kind=Event.Kind.STATE, tune=tune).count() == may


@pytest.mark.parametrize(
    "model", [Shoot, Tune, Prompt, Image, Letter, Extension, TuneDeletion, RefundRequest]
)
def test_the_docstring_draws_every_move_and_no_other(model: type[StateModel]) -> None:
    assert drawn(model) == {(str(old), str(new)) for new, olds in model.MOVES.items() for old in olds}


def test_a_state_that_nothing_leads_to_is_an_error() -> None:
    with pytest.raises(KeyError):
        ShootFactory.create()._transition(Shoot.Status.DRAFT)


def test_a_stale_copy_moves_nothing() -> None:
    shoot = ShootFactory.create()
    stale = Shoot.objects.get()

    shoot.finish(Shoot.Status.READY)

    assert stale.finish(Shoot.Status.PARTLY) is False
    assert Shoot.objects.get().status == Shoot.Status.READY


def test_a_move_is_written_down_with_its_reason_and_shows_on_the_copy_at_hand() -> None:
    shoot = ShootFactory.create()

    shoot.finish(Shoot.Status.FAILED, error="too \x00dark")

    assert (shoot.status, shoot.error, shoot.is_final) == (Shoot.Status.FAILED, "too dark", True)
    assert Event.objects.get().text == "shoot: waiting → failed (too dark)"


def test_a_move_can_be_narrowed_to_the_state_it_was_decided_for() -> None:
    shoot = ShootFactory.create()

    narrowed = shoot.claim_for_submission(next_check_at=NOON, from_=frozenset({"queued"}))

    assert narrowed is False


def test_an_end_that_nobody_is_written_about_is_not_looked_at_again() -> None:
    tune = TuneFactory.create()

    tune.fail("no")

    assert Tune.objects.get().next_check_at is None


def test_a_final_shoot_or_tune_is_not_made_due() -> None:
    shoot = ShootFactory.create()
    shoot.finish(Shoot.Status.FAILED, error="no")
    shoot.tune.fail("no")

    shoot.look_again_at(timezone.now(), looks=0)
    shoot.tune.look_again_at(timezone.now())

    assert (Shoot.objects.get().next_check_at, Tune.objects.get().next_check_at) == (None, None)


def row_of(model: type[StateModel]) -> StateModel:
    factories = {Image: ImageFactory, Prompt: PromptFactory, Shoot: ShootFactory, Tune: TuneFactory}
    return factories[model].create()


def is_taken(row: models.Model, fields: dict[str, Any]) -> bool:
    """Whether the database takes these fields; it is left as it was."""
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**fields)
            transaction.set_rollback(True)
    except IntegrityError:
        return False
    return True


STATES = [
    pytest.param(model, status, id=f"{model.__name__}-{status}")
    for model in COLUMNS
    for status in model.Status.values  # type: ignore[attr-defined]
]


@pytest.mark.parametrize(("model", "status"), STATES)
def test_the_database_holds_each_state_to_its_columns(model: type[StateModel], status: str) -> None:
    row = row_of(model)
    put(row, status)

    assert [fields for fields in wrong(model, status) if is_taken(row, fields)] == []
    assert [fields for fields in either(model, status) if not is_taken(row, fields)] == []


@pytest.mark.parametrize("model", COLUMNS)
def test_the_database_knows_every_state_and_no_other(model: type[StateModel]) -> None:
    row = row_of(model)

    assert not is_taken(row, {"status": "nonsense"})


NONSENSE: list[tuple[type[StateModel], dict[str, Any]]] = [
    (Shoot, {"refunded": 19}),
    (Shoot, {"price": 0, "refunded": 1}),
    (Shoot, {"expected_images": 0}),
    (Shoot, {"expected_prompts": 0}),
    (Shoot, {"kind": "nonsense"}),
    (Shoot, {"pack": None}),
    (Shoot, {"kind": "theme", "trains": False}),
    (Shoot, {"kind": "prompt", "pack": None, "trains": True}),
    (Prompt, {"like_wanted": True}),
]


@pytest.mark.parametrize(("model", "nonsense"), NONSENSE, ids=lambda value: str(value))
def test_the_database_refuses_nonsense(model: type[StateModel], nonsense: dict[str, Any]) -> None:
    assert not is_taken(row_of(model), nonsense)


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_other_kinds_have_no_pack_and_train_nothing(kind: str) -> None:
    assert is_taken(ShootFactory.create(), {"kind": kind, "pack": None, "trains": False})


def test_the_database_refuses_what_there_may_be_only_one_of() -> None:
    image = ImageFactory.create()
    shoot, tune = image.shoot, image.shoot.tune

    copies: list[models.Model] = [
        Image(prompt=image.prompt, shoot=shoot, account=shoot.account, number=2, next_check_at=NOON,
              source_url=image.source_url),
        Image(prompt=image.prompt, shoot=shoot, account=shoot.account, number=1, next_check_at=NOON,
              source_url="https://pictures.example.com/another"),
        Prompt(shoot=shoot, number=2, astria_id=image.prompt.astria_id),
        Tune(account=tune.account, photo_set=tune.photo_set, class_name="woman", next_check_at=NOON),
        Tune(account=tune.account, class_name="woman", astria_id=tune.astria_id, next_check_at=NOON),
    ]  # fmt: skip

    assert [_is_refused(copy) for copy in copies] == [True] * 5


def _is_refused(row: models.Model) -> bool:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return True
    return False


def test_there_is_one_pause_at_a_time() -> None:
    Pause.start("key", probe_in=timedelta(minutes=5))

    assert _is_refused(Pause(reason="another", next_probe_at=NOON))
    Pause.end()
    assert not _is_refused(Pause(reason="another", next_probe_at=NOON))


def test_only_what_fits_its_column_is_kept() -> None:
    said = {"text": "a" * 9000, "seed": 2**63, "orig_prompt_id": 2**63 - 1, "error": "e" * 301}

    fits = fitting(Prompt, said)

    assert fits == {"text": "a" * 9000, "orig_prompt_id": 2**63 - 1, "error": "e" * 300}


def test_what_no_database_takes_is_taken_out_of_texts() -> None:
    assert storable("a\x00b\ud800c é 安") == "abc é 安"


@pytest.mark.parametrize(("prompts", "images", "each"), [(4, 8, 2), (9, 35, 4), (8, 4, 1), (0, 4, 4)])
def test_pictures_are_expected_evenly_until_more_is_known(prompts: int, images: int, each: int) -> None:
    assert Shoot(expected_prompts=prompts, expected_images=images).images_per_prompt == each


def test_prompts_are_waited_for_by_default() -> None:
    prompt = PromptFactory.create(status=Prompt.Status.WAITING, finished_at=None)

    assert (prompt.is_final, prompt.mark_ready(), prompt.is_final) == (False, True, True)
