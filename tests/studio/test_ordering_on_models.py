"""Orders on a model that exists: themes, a person's own words, more like a shot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import CreditAccount, CreditEntry, User
from packs.models import Pack, PackPrompt
from studio.models import PhotoSet, Prompt, Shoot, Tune
from studio.ordering import OrderRefused, cancel, order_pack
from studio.ordering_more import (
    MAX_TEXT,
    MAX_THEME,
    order_more_like,
    order_pack_on,
    order_prompt,
    order_theme,
)
from studio.wishes import Look, branch_of
from tests.factories import PackFactory, PromptFactory, ShootFactory, TuneFactory, UserFactory
from tests.states import put
from tests.studio.conftest import AtOnce

pytestmark = pytest.mark.django_db

Order = Callable[..., Shoot]


@pytest.fixture
def shot(tune: Tune) -> Prompt:
    """The third shot of a shoot on `tune`, of two pictures."""
    return PromptFactory.create(
        shoot=ShootFactory.create(account=tune.account, tune=tune), number=3, text="ohwx woman", astria_id=77
    )


@pytest.fixture
def orders(tune: Tune, shot: Prompt) -> dict[str, Order]:
    """An order of each kind; each takes `key` and `price`."""
    return {
        "theme": lambda **more: order_theme(tune, "autumn", **({"key": "a"} | more)),
        "prompt": lambda **more: order_prompt(tune, "by the sea", **({"key": "a"} | more)),
        "more": lambda **more: order_more_like(shot, **({"key": "a"} | more)),
    }


def spent(tune: Tune) -> int:
    return 100 - CreditAccount.objects.get(pk=tune.account_id).balance


def refusal(order: Callable[[], Shoot], tune: Tune) -> str:
    """Return the sentences of a refused order, of which nothing may be left."""
    before = Shoot.objects.count()
    with pytest.raises(OrderRefused) as refused:
        order()
    assert (Shoot.objects.count(), spent(tune), OrmQ.objects.count()) == (before, 0, 0)
    return " ".join(refused.value.reasons)


def test_a_theme_is_ten_shots(tune: Tune) -> None:
    shoot = order_theme(tune, "  Autumn\n in the city ", key="a", num_images=2, price=20)

    assert (shoot.kind, shoot.pack, shoot.trains) == ("theme", None, False)
    assert shoot.wish == {"theme": "Autumn in the city", "num_images": 2}
    assert shoot.title == "Theme: Autumn in the city"
    assert (shoot.price, shoot.expected_prompts, shoot.expected_images) == (20, 10, 20)
    assert (shoot.status, spent(tune)) == (Shoot.Status.QUEUED, 20)


def test_own_words_are_one_shot_with_a_seed_to_know_it_by(tune: Tune) -> None:
    shoot = order_prompt(tune, "by the sea", key="a", num_images=4)

    seed = shoot.wish["seed"]
    assert shoot.wish == {"text": "by the sea", "seed": seed, "num_images": 4}
    assert 0 <= seed < 2**32
    assert (shoot.title, shoot.price) == ("Your words: by the sea", 4)
    assert (shoot.expected_prompts, shoot.expected_images) == (1, 4)


def test_a_seed_that_was_given_is_kept(tune: Tune) -> None:
    assert order_prompt(tune, "by the sea", key="a", seed=0).wish["seed"] == 0


def test_more_like_a_shot_is_as_many_pictures_with_another_seed(shot: Prompt) -> None:
    one, other = order_more_like(shot, key="a"), order_more_like(shot, key="b")

    wish = {"prompt_id": 77, "text": "ohwx woman", "num_images": 2}
    assert {name: one.wish[name] for name in wish} == wish
    assert one.wish["seed"] != other.wish["seed"]
    assert (one.title, one.price, one.expected_images) == ("More like shot 3", 2, 2)


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_a_form_that_is_sent_twice_is_one_order(orders: dict[str, Order], tune: Tune, kind: str) -> None:
    first, again, other = orders[kind](), orders[kind](), orders[kind](key="b")

    assert first == again != other
    assert spent(tune) == first.price + other.price
    assert OrmQ.objects.count() == 2


def test_a_key_counts_for_one_model_alone(tune: Tune) -> None:
    other = TuneFactory.create(account=tune.account)

    assert order_prompt(tune, "a", key="a") != order_prompt(other, "a", key="a")


@pytest.mark.parametrize("key", ["", "a" * 10_000, "\x00\ud800", "é 安"])
def test_whatever_a_form_carries_is_a_key(tune: Tune, key: str) -> None:
    assert order_prompt(tune, "a", key=key) == order_prompt(tune, "b", key=key)


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_another_price_than_was_shown_is_not_charged(orders: dict[str, Order], tune: Tune, kind: str) -> None:
    assert "out of date" in refusal(lambda: orders[kind](price=99), tune)


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
@pytest.mark.parametrize(
    ("status", "words"),
    [("failed", "could not be trained"), ("expired", "model expired"), ("deleted", "was deleted")],
)
def test_a_model_that_is_gone_takes_no_orders(
    orders: dict[str, Order], tune: Tune, kind: str, status: str, words: str
) -> None:
    put(tune, status)

    assert words in refusal(orders[kind], tune)


def test_a_model_whose_time_is_over_takes_no_orders_before_anybody_noticed(
    orders: dict[str, Order], tune: Tune
) -> None:
    Tune.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert "model expired" in refusal(orders["theme"], tune)


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
@pytest.mark.parametrize("status", ["queued", "submitting", "unconfirmed", "training"])
def test_a_model_that_is_still_to_come_takes_orders(
    orders: dict[str, Order], tune: Tune, kind: str, status: str
) -> None:
    put(tune, status)

    assert orders[kind]().status == Shoot.Status.QUEUED


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_an_order_that_is_too_dear_is_refused(orders: dict[str, Order], tune: Tune, kind: str) -> None:
    CreditAccount.objects.filter(pk=tune.account_id).update(balance=1)
    Prompt.objects.update(expected_images=2)

    with pytest.raises(OrderRefused, match="not enough credits"):
        orders[kind]() and orders[kind](key="b")


def test_themes_are_for_men_and_women_alone(user: User) -> None:
    cat = TuneFactory.create(account=user.account, class_name="cat")

    assert "a man or a woman" in refusal(lambda: order_theme(cat, "autumn", key="a"), cat)
    assert order_prompt(cat, "on a sofa", key="a").kind == "prompt"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write what the pictures should show"),
        (" \n\x00", "Write what the pictures should show"),
        ("<lora:123:1.0> by the sea", "Leave out these signs"),
        ("by the sea --ar 1:1", "Leave out these signs"),
        ("by the {{eye_color}} sea", "Leave out these signs"),
    ],
)
def test_nobody_writes_astrias_own_signs_or_nothing(tune: Tune, text: str, words: str) -> None:
    assert words in refusal(lambda: order_theme(tune, text, key="a"), tune)
    assert words in refusal(lambda: order_prompt(tune, text, key="a"), tune)


def test_texts_are_as_long_as_may_be_and_no_longer(tune: Tune) -> None:
    assert "at most 150" in refusal(lambda: order_theme(tune, "a" * (MAX_THEME + 1), key="a"), tune)
    assert "at most 1000" in refusal(lambda: order_prompt(tune, "a" * (MAX_TEXT + 1), key="a"), tune)

    assert len(order_theme(tune, "a" * MAX_THEME, key="a").title) == 157
    assert len(order_prompt(tune, "a" * MAX_TEXT, key="b").title) == 200


@pytest.mark.parametrize("num_images", [0, 9, -1])
def test_a_shot_has_one_to_eight_pictures(tune: Tune, num_images: int) -> None:
    words = "Choose 1 to 8"

    assert words in refusal(lambda: order_theme(tune, "a", key="a", num_images=num_images), tune)
    assert words in refusal(lambda: order_prompt(tune, "a", key="a", num_images=num_images), tune)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_is_in_its_range(tune: Tune, seed: int) -> None:
    assert "from 0 to 4294967295" in refusal(lambda: order_prompt(tune, "a", key="a", seed=seed), tune)


@pytest.mark.parametrize("status", ["waiting", "failed"])
def test_a_shot_without_pictures_has_nothing_to_make_more_of(shot: Prompt, tune: Tune, status: str) -> None:
    put(shot, status)

    assert "no pictures" in refusal(lambda: order_more_like(shot, key="a"), tune)


def test_the_ledger_says_what_it_was_without_the_persons_words(tune: Tune) -> None:
    cancel(order_theme(tune, "my wedding", key="a"))
    order_prompt(tune, "my garden", key="b")

    notes = (
        CreditEntry.objects.filter(account=tune.account).exclude(kind="grant").values_list("note", flat=True)
    )
    assert sorted(notes) == ["theme", "theme", "written prompt"]


@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_an_order_that_is_still_queued_can_be_taken_back(
    orders: dict[str, Order], tune: Tune, kind: str
) -> None:
    answers = [cancel(orders[kind]()), cancel(Shoot.objects.get(order_key=orders[kind]().order_key))]

    tune.refresh_from_db()
    assert (answers, spent(tune), tune.status) == ([True, False], 0, Tune.Status.TRAINED)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["theme", "prompt", "more"])
def test_tabs_that_order_at_the_same_moment_are_one_order(
    orders: dict[str, Order], tune: Tune, kind: str, at_once: AtOnce
) -> None:
    made = at_once(*[orders[kind]] * 4)

    shoot = Shoot.objects.exclude(kind="pack").get()
    assert made == [shoot] * 4
    assert spent(tune) == shoot.price
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_different_orders_at_once_never_spend_the_same_credits(
    orders: dict[str, Order], tune: Tune, at_once: AtOnce
) -> None:
    CreditAccount.objects.filter(pk=tune.account_id).update(balance=12)

    def order(key: str) -> bool:
        try:
            return bool(orders["theme"](key=key))
        except OrderRefused:
            return False

    assert sorted(at_once(lambda: order("a"), lambda: order("b"))) == [False, True]
    assert CreditAccount.objects.get(pk=tune.account_id).balance == 2


# A part of a pack


def shots_of(photo_set: PhotoSet, pack: Any) -> list[int]:
    shots = PackPrompt.objects.filter(pack_class__pack=pack, pack_class__name=photo_set.class_name)
    return list(shots.values_list("astria_id", flat=True))


def test_some_shots_of_a_pack_cost_training_and_their_pictures(photo_set: PhotoSet) -> None:
    pack = PackFactory.create()
    chosen = shots_of(photo_set, pack)[:2]

    first = order_pack(photo_set, pack, number=0, price=14, prompt_ids=chosen)
    second = order_pack(photo_set, pack, number=1, price=2, prompt_ids=chosen[:1])

    assert (first.trains, first.price, first.expected_prompts, first.expected_images) == (True, 14, 2, 4)
    assert (second.trains, second.price, second.expected_prompts, second.expected_images) == (False, 2, 1, 2)
    assert first.wish == {"prompt_ids": chosen}
    assert sorted(first.shots().values_list("astria_id", flat=True)) == chosen


def test_a_shot_that_the_pack_does_not_have_is_refused(photo_set: PhotoSet) -> None:
    pack = PackFactory.create()
    foreign = [*shots_of(photo_set, pack)[:1], 999_999]

    with pytest.raises(OrderRefused, match="no longer in the pack"):
        order_pack(photo_set, pack, number=0, prompt_ids=foreign)

    assert not Shoot.objects.exists() and not Tune.objects.exists()


def test_a_whole_pack_has_all_shots_and_other_kinds_have_none(
    photo_set: PhotoSet, orders: dict[str, Order]
) -> None:
    whole = order_pack(photo_set, PackFactory.create(), number=0)

    assert (whole.wish, whole.shots().count()) == ({}, 4)
    assert [orders[kind]().shots().count() for kind in orders] == [0, 0, 0]


def test_everybody_has_their_own_keys(tune: Tune) -> None:
    stranger = UserFactory.create(credits=100)
    theirs = TuneFactory.create(account=stranger.account)

    assert order_prompt(theirs, "a", key="a").account == stranger.account
    assert order_prompt(tune, "a", key="a").account == tune.account


# Another pack on the model


def test_another_pack_costs_its_pictures_and_no_training(tune: Tune) -> None:
    pack = PackFactory.create()

    whole = order_pack_on(tune, pack, key="a", price=8)
    some = order_pack_on(tune, pack, key="b", price=2, prompt_ids=shots_of(tune.photo_set, pack)[:1])

    assert (whole.kind, whole.trains, whole.price, whole.expected_images) == ("pack", False, 8, 8)
    assert (some.price, some.expected_prompts, some.shots().count()) == (2, 1, 1)
    assert Tune.objects.count() == 1


def test_a_model_whose_photos_were_erased_takes_packs(tune: Tune) -> None:
    PhotoSet.objects.all().delete()

    assert order_pack_on(tune, PackFactory.create(), key="a").tune == tune


def test_a_pack_that_is_not_on_offer_is_refused(tune: Tune) -> None:
    withdrawn, cats = PackFactory.create(status="withdrawn"), PackFactory.create()
    cats.classes.filter(name="woman").delete()

    assert "no longer offered" in refusal(lambda: order_pack_on(tune, withdrawn, key="a"), tune)
    assert "not made for a woman" in refusal(lambda: order_pack_on(tune, cats, key="a"), tune)
    assert "Choose a pack" in refusal(lambda: order_pack_on(tune, None, key="a"), tune)
    assert "out of date" in refusal(
        lambda: order_pack_on(tune, PackFactory.create(), key="a", price=18), tune
    )


# Looks


def test_a_look_is_kept_with_the_order_without_what_was_not_asked_for(tune: Tune) -> None:
    shoot = order_prompt(tune, "by the sea", key="a", look=Look(aspect="4:5", film_grain=True))

    assert shoot.wish["look"] == {"aspect": "4:5", "film_grain": True}


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look(aspect="5:9"), "from the lists"),
        (Look(style="Baroque"), "from the lists"),
        (Look(color_grading="Sepia"), "from the lists"),
        (Look(inpaint_faces=True), "choose both"),
        (Look(negative_prompt="<lora:1:1>"), "Leave out these signs"),
        (Look(negative_prompt="a" * 601), "at most 600"),
    ],
)
def test_a_look_that_astria_would_refuse_is_refused_before(tune: Tune, look: Look, words: str) -> None:
    Tune.objects.update(branch="sd15")

    assert words in refusal(lambda: order_prompt(tune, "by the sea", key="a", look=look), tune)


def test_flux_takes_no_negative_words_nor_does_a_model_of_unknown_kind(tune: Tune) -> None:
    look = Look(negative_prompt="hats")

    for branch, takes in (("flux1", False), ("", False), ("sd15", True), ("sdxl1", True)):
        Tune.objects.update(branch=branch)
        if takes:
            assert order_prompt(tune, "by the sea", key=branch, look=look).wish["look"] == look.asked()
        else:
            with pytest.raises(OrderRefused, match="takes no words"):
                order_prompt(tune, "by the sea", key=branch, look=look)


def test_the_kind_of_a_model_in_training_is_that_of_its_packs_base(order: Shoot) -> None:
    known = []
    for base in (1504944, 690204, 666678, 77, None):
        Pack.objects.update(base_tune_id=base)
        known.append(branch_of(order.tune))

    assert known == ["flux1", "sd15", "sdxl1", "", ""]


# Blocked words


@pytest.mark.parametrize(
    "text",
    ["Nude by the sea", "by the sea, NUDES", "a nü-de portrait", "Not  Safe\tfor-work", "裸体 portrait"],
)
def test_blocked_words_are_refused_however_they_are_written(tune: Tune, settings: Any, text: str) -> None:
    settings.BLOCKED_WORDS = ["nude*", "nu de", "not safe for work", "裸"]

    assert "makes no pictures of" in refusal(lambda: order_prompt(tune, text, key="a"), tune)
    assert "makes no pictures of" in refusal(lambda: order_theme(tune, text, key="a"), tune)


@pytest.mark.parametrize("text", ["a denuded hill", "nud", "safe for work", "the classical canon"])
def test_what_only_resembles_a_blocked_word_is_not(tune: Tune, settings: Any, text: str) -> None:
    settings.BLOCKED_WORDS = ["nude*", "not safe for work", "ass", "  "]

    assert order_prompt(tune, text, key="a")


def test_without_a_list_nothing_is_blocked(tune: Tune, settings: Any) -> None:
    settings.BLOCKED_WORDS = []

    assert order_prompt(tune, "nude by the sea", key="a")


def test_blocked_words_may_be_what_a_picture_must_not_show(tune: Tune) -> None:
    Tune.objects.update(branch="sd15")

    assert order_prompt(tune, "by the sea", key="a", look=Look(negative_prompt="nude"))


def test_more_like_a_shot_may_be_another_number_of_pictures(shot: Prompt, tune: Tune) -> None:
    assert (order_more_like(shot, key="a", num_images=8, price=8).wish["num_images"]) == 8
    assert order_more_like(shot, key="b").expected_images == 2


@pytest.mark.parametrize("num_images", [0, 9])
def test_more_like_a_shot_is_one_to_eight_pictures(shot: Prompt, tune: Tune, num_images: int) -> None:
    assert "Choose 1 to 8" in refusal(lambda: order_more_like(shot, key="a", num_images=num_images), tune)
