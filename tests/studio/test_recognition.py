"""Whose a prompt is: certain by token, else by what was asked for, else by number, else nobody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import astria
from studio.generation import callback_url
from studio.models import Shoot, Tune
from studio.recognition import recognise
from tests.factories import PromptFactory, ShootFactory

pytestmark = pytest.mark.django_db

Maker = Callable[..., Shoot]


@pytest.fixture
def first(tune: Tune) -> Shoot:
    """The shoot that trained the model; it takes pictures, and nothing has come."""
    return ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.GENERATING)


@pytest.fixture
def later(tune: Tune) -> Maker:
    """Return a maker of shoots on the same model, by default of a pack, above prompt 100."""

    def make(**fields: Any) -> Shoot:
        given = {"prompt_watermark": 100, "status": Shoot.Status.GENERATING, "trains": False}
        return ShootFactory.create(account=tune.account, tune=tune, **(given | fields))

    return make


@pytest.fixture
def theme(later: Maker) -> Maker:
    def make(words: str = "autumn", **fields: Any) -> Shoot:
        wish = {"theme": words, "num_images": 1}
        return later(kind="theme", pack=None, wish=wish, **({"expected_prompts": 3} | fields))

    return make


@pytest.fixture
def written(later: Maker) -> Maker:
    def make(kind: str = "prompt", **wish: Any) -> Shoot:
        wish = {"text": "by the sea", "seed": 42, "num_images": 1} | wish
        return later(kind=kind, pack=None, wish=wish, expected_prompts=1)

    return make


def prompt(number: int, **more: Any) -> astria.Prompt:
    return astria.Prompt.from_json({"id": number, **more})


def shot(shoot: Shoot) -> int:
    """Return the id of a template prompt that was ordered."""
    return int(shoot.shots().values_list("astria_id", flat=True)[0])


def owner(theirs: astria.Prompt, tune: Tune) -> Shoot | None:
    owners = recognise(tune, [theirs]).owners
    return owners[0][0] if owners else None


def numbers(tune: Tune, prompts: list[astria.Prompt], shoot: Shoot) -> list[int]:
    return [theirs.id for theirs in recognise(tune, prompts).of(shoot)]


def test_the_token_in_the_callback_comes_before_all_else(tune: Tune, first: Shoot, later: Maker) -> None:
    second = later(pack=first.pack)

    theirs = prompt(50, callback=callback_url(second) + "?again=1", orig_prompt_id=shot(first))

    assert owner(theirs, tune) == second


def test_a_token_of_nobody_is_nobodys(tune: Tune, first: Shoot, theme: Maker) -> None:
    theme()
    foreign = callback_url(first)[:-5] + "wrong"

    assert owner(prompt(150, callback=foreign), tune) is None


def test_a_prompt_that_is_known_stays_where_it_is(tune: Tune, first: Shoot, later: Maker) -> None:
    later(pack=first.pack)
    PromptFactory.create(shoot=first, astria_id=200)

    assert owner(prompt(200, orig_prompt_id=shot(first)), tune) == first


def test_a_prompt_that_is_known_of_another_model_is_not_this_ones(tune: Tune, first: Shoot) -> None:
    PromptFactory.create(astria_id=200)

    assert owner(prompt(200, orig_prompt_id=shot(first)), tune) is None


def test_a_shot_that_one_of_two_shoots_has_already_is_the_others(
    tune: Tune, first: Shoot, later: Maker
) -> None:
    second = later(pack=first.pack)
    PromptFactory.create(shoot=first, orig_prompt_id=shot(first), astria_id=7)

    assert owner(prompt(101, orig_prompt_id=shot(first)), tune) == second


def test_a_shot_that_two_shoots_wait_for_is_nobodys_and_both_are_in_doubt(
    tune: Tune, first: Shoot, later: Maker
) -> None:
    second = later(pack=first.pack)

    seen = recognise(tune, [prompt(101, orig_prompt_id=shot(first))])

    assert (seen.owners, seen.in_doubt) == ([], {first, second})


def test_a_shot_below_the_watermark_is_of_the_one_before(tune: Tune, first: Shoot, later: Maker) -> None:
    later(pack=first.pack)

    assert owner(prompt(100, orig_prompt_id=shot(first)), tune) == first


@pytest.mark.parametrize("status", ["queued", "cancelled"])
def test_a_shoot_that_was_never_posted_has_no_prompts(
    tune: Tune, first: Shoot, later: Maker, status: str
) -> None:
    later(status=status, pack=first.pack, attempts=1)

    assert owner(prompt(101, orig_prompt_id=shot(first)), tune) == first


def test_a_shoot_that_has_ended_comes_after_one_that_has_not(tune: Tune, first: Shoot, later: Maker) -> None:
    ended = later(status="failed", pack=first.pack, attempts=1)
    said = prompt(101, orig_prompt_id=shot(first))
    before = owner(said, tune)
    PromptFactory.create_batch(first.expected_prompts, shoot=first)

    assert (before, owner(said, tune)) == (first, ended)


def test_a_shot_of_another_pack_is_nobodys(tune: Tune, first: Shoot) -> None:
    assert owner(prompt(101, orig_prompt_id=999_999), tune) is None


def test_a_shot_that_was_not_chosen_is_nobodys(tune: Tune, later: Maker) -> None:
    some = later()
    one, other = shot(some), int(some.shots().values_list("astria_id", flat=True)[1])
    Shoot.objects.update(wish={"prompt_ids": [one]})

    owners = [owner(prompt(101, orig_prompt_id=number), tune) for number in (one, other)]

    assert owners == [some, None]


def test_a_callback_to_somewhere_else_decides_nothing(tune: Tune, first: Shoot) -> None:
    elsewhere = prompt(101, callback="https://elsewhere.example/callbacks/a/b", orig_prompt_id=shot(first))

    assert owner(elsewhere, tune) == first


def test_the_tune_id_of_a_prompt_decides_nothing(tune: Tune, first: Shoot) -> None:
    base = prompt(101, tune_id=1504944, callback=callback_url(first))

    assert owner(base, tune) == first


@pytest.mark.parametrize("kind", ["prompt", "more"])
def test_words_and_seed_tell_a_prompt_from_all_others(tune: Tune, written: Maker, kind: str) -> None:
    mine, _other = written(kind), written(kind, seed=43)

    assert owner(prompt(101, text="<lora:7:1.0> ohwx woman, by the sea", seed=42), tune) == mine


@pytest.mark.parametrize("said", [{"seed": 42, "text": "at home"}, {"text": "by the sea"}, {"seed": 42}])
def test_words_without_the_seed_and_the_seed_without_the_words_are_nobodys(
    tune: Tune, written: Maker, said: dict[str, Any]
) -> None:
    written()

    assert owner(prompt(101, **said), tune) is None


def test_more_like_a_shot_is_not_taken_for_the_shot_itself(tune: Tune, first: Shoot, written: Maker) -> None:
    more = written("more")

    again = prompt(101, text="by the sea", seed=42, orig_prompt_id=shot(first))

    assert owner(again, tune) == more


def test_the_same_words_and_seed_twice_are_nobodys_until_one_is_known(tune: Tune, written: Maker) -> None:
    one, other = written(), written()
    said = prompt(101, text="by the sea", seed=42)
    before = recognise(tune, [said])
    PromptFactory.create(shoot=one, astria_id=102)

    assert (before.owners, before.in_doubt) == ([], {one, other})
    assert owner(said, tune) == other


@pytest.mark.parametrize(
    ("status", "there", "taken", "in_doubt"),
    [
        ("unconfirmed", 3, 3, False),
        ("unconfirmed", 2, 0, True),
        ("unconfirmed", 4, 0, True),
        ("unconfirmed", 0, 0, False),
        ("generating", 2, 2, False),
        ("generating", 3, 3, False),
        # Astria thinks them up: one too many must not cost the person all the others.
        ("generating", 4, 3, True),
    ],
)
def test_a_theme_is_known_by_its_number(
    tune: Tune, theme: Maker, status: str, there: int, taken: int, in_doubt: bool
) -> None:
    mine = theme(status=status)

    seen = recognise(tune, [prompt(101 + number) for number in range(there)])

    assert (len(seen.of(mine)), mine in seen.in_doubt) == (taken, in_doubt)


def test_what_others_explain_does_not_count_for_a_theme(
    tune: Tune, first: Shoot, theme: Maker, written: Maker
) -> None:
    words, mine = written(), theme(status="unconfirmed")
    others = [
        prompt(101, callback=callback_url(first)),
        prompt(102, text="by the sea", seed=42),
        prompt(103, orig_prompt_id=shot(first)),
        prompt(104, orig_prompt_id=999_999),
        prompt(99),
    ]
    PromptFactory.create_batch(2, shoot=first)

    seen = recognise(tune, [*others, *map(prompt, (105, 106, 107))])

    assert [theirs.id for theirs in seen.of(mine)] == [105, 106, 107]
    assert [theirs.id for theirs in seen.of(words)] == [102]


def test_where_astria_says_the_theme_one_prompt_of_it_is_enough(tune: Tune, theme: Maker) -> None:
    mine = theme(status="unconfirmed")

    assert numbers(tune, [prompt(101, theme="autumn"), prompt(102, theme="winter")], mine) == [101]


def test_two_themes_that_wait_are_both_in_doubt(tune: Tune, theme: Maker) -> None:
    one, other = theme(), theme("winter")

    seen = recognise(tune, [prompt(101), prompt(102)])

    assert (seen.owners, seen.in_doubt) == ([], {one, other})


def test_a_theme_that_has_ended_takes_nothing_that_does_not_say_so(tune: Tune, theme: Maker) -> None:
    theme(status="partly")

    assert owner(prompt(101), tune) is None


def test_prompts_that_say_nothing_are_of_the_shoot_that_trains_while_it_lacks_some(
    tune: Tune, first: Shoot
) -> None:
    before = owner(prompt(101), tune)
    PromptFactory.create_batch(4, shoot=first)

    assert (before, owner(prompt(101), tune)) == (first, None)


@pytest.mark.parametrize("prompts", [1, 30])
def test_the_database_is_asked_as_often_for_many_prompts_as_for_one(
    tune: Tune, first: Shoot, theme: Maker, prompts: int, django_assert_num_queries: Any
) -> None:
    theme()
    said = [prompt(101 + number, orig_prompt_id=shot(first) + number) for number in range(prompts)]

    with django_assert_num_queries(4):
        recognise(tune, said)
