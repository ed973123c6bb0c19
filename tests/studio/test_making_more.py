"""The page for more pictures on a model: what it offers, at which price, and that it orders just that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import CreditAccount, User
from packs.models import Pack
from studio.models import Image, Shoot, Tune
from tests.factories import ImageFactory, PackFactory, PromptFactory, ShootFactory
from tests.states import put

pytestmark = pytest.mark.django_db

Send = Callable[..., Any]


@pytest.fixture
def url(tune: Tune) -> str:
    return f"{tune.get_absolute_url()}more/"


@pytest.fixture
def image(tune: Tune) -> Image:
    """A picture of the model, one of a shot of two."""
    shoot = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    return ImageFactory.create(shoot=shoot)


@pytest.fixture
def send(signed_in: Client, url: str) -> Send:
    """Send the page's form of a way, with what it carries of itself."""

    def post(make: str, **fields: Any) -> Any:
        carried = {"make": make, "key": "a", "price_per_image": "1", "price_enlarged": "2"}
        return signed_in.post(url, carried | fields)

    return post


def ordered() -> Shoot:
    return Shoot.objects.filter(status=Shoot.Status.QUEUED).get()


def spent(tune: Tune) -> int:
    return 100 - CreditAccount.objects.get(pk=tune.account_id).balance


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# What is offered


def test_packs_are_offered_for_the_models_class_at_the_price_of_their_pictures(
    signed_in: Client, url: str
) -> None:
    PackFactory.create(title="Corporate")
    PackFactory.create(title="Gone", status="withdrawn")
    PackFactory.create(title="For men").classes.filter(name="woman").delete()

    page = text_of(signed_in.get(url))

    assert "Corporate" in page and "8 credits" in page
    assert "Gone" not in page and "For men" not in page


def test_a_packs_shots_can_be_switched_off_and_the_price_follows(signed_in: Client, url: str) -> None:
    pack = PackFactory.create()
    shots = list(pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True))
    asked = {"pack": pack.slug, "chosen": "1", "shot": shots[:3]}
    htmx = {"HX-Request": "true", "HX-Target": "more-price"}

    whole = text_of(signed_in.get(url, {"pack": pack.slug}))
    some = text_of(signed_in.get(url, asked))
    price = text_of(signed_in.get(url, asked, headers=htmx))
    none = text_of(signed_in.get(url, {"pack": pack.slug, "chosen": "1"}, headers=htmx))

    assert (whole.count(" checked>"), "<b>8 credits</b>" in whole) == (4, True)
    assert (some.count(" checked>"), "<b>6 credits</b>" in some) == (3, True)
    assert price.startswith("<p") and "<b>6 credits</b>" in price
    assert "<b>0 credits</b>" in none


@pytest.mark.parametrize(("class_name", "offered"), [("woman", True), ("man", True), ("cat", False)])
def test_themes_are_offered_for_men_and_women_alone(
    signed_in: Client, url: str, tune: Tune, class_name: str, offered: bool
) -> None:
    Tune.objects.update(class_name=class_name)

    assert ("?make=theme" in text_of(signed_in.get(url))) == offered
    assert ("Astria thinks up ten" in text_of(signed_in.get(url, {"make": "theme"}))) == offered


@pytest.mark.parametrize(
    ("branch", "offered"), [("sd15", True), ("sdxl1", True), ("flux1", False), ("", False)]
)
def test_negative_words_are_asked_for_where_the_model_takes_them(
    signed_in: Client, url: str, branch: str, offered: bool
) -> None:
    Tune.objects.update(branch=branch)

    assert ("negative_prompt" in text_of(signed_in.get(url, {"make": "words"}))) == offered


def test_each_number_of_pictures_is_offered_at_its_price(signed_in: Client, url: str) -> None:
    words, theme = (text_of(signed_in.get(url, {"make": make})) for make in ("words", "theme"))

    assert "1 picture: 1 credit<" in words and "8 pictures: 8 credits" in words
    assert "10 pictures: 10 credits" in theme and "80 pictures: 80 credits" in theme


def test_more_like_begins_with_a_choice_of_the_models_own_pictures(
    signed_in: Client, url: str, image: Image, user: User
) -> None:
    other = ImageFactory.create(shoot=ShootFactory.create(account=user.account))

    page = text_of(signed_in.get(url, {"make": "like"}))

    assert f"?picture={image.pk}" in page
    assert str(other.pk) not in page


def test_a_picture_leads_to_more_like_it_on_its_own_model(
    signed_in: Client, url: str, image: Image, client_for: Callable[[User], Client], other_user: User
) -> None:
    answer = signed_in.get("/more-like/", {"picture": image.pk})

    assert answer["Location"] == f"{url}?picture={image.pk}"
    assert "The same words once more" in text_of(signed_in.get(answer["Location"]))
    assert signed_in.post("/more-like/", {"picture": image.pk})["Location"] == answer["Location"]
    for nothing in ("", "x", str(image.shoot_id)):
        assert signed_in.get("/more-like/", {"picture": nothing}).status_code == 404
    assert client_for(other_user).get("/more-like/", {"picture": image.pk}).status_code == 404


@pytest.mark.parametrize("picture", ["x", "", "00000000-0000-0000-0000-000000000000"])
def test_a_picture_that_is_not_there_is_chosen_anew(
    signed_in: Client, url: str, image: Image, picture: str
) -> None:
    assert "Which picture?" in text_of(signed_in.get(url, {"picture": picture}))


def test_a_model_that_is_gone_says_so_before_anything_is_typed(
    signed_in: Client, url: str, tune: Tune
) -> None:
    put(tune, "expired")

    assert "This model expired on" in text_of(signed_in.get(url))


@pytest.mark.parametrize("status", ["queued", "submitting", "unconfirmed", "training"])
def test_a_model_in_training_takes_orders_and_says_that_they_wait(
    signed_in: Client, url: str, tune: Tune, send: Send, status: str
) -> None:
    put(tune, status)

    assert "still being trained" in text_of(signed_in.get(url))
    assert send("words", text="by the sea", num_images="2").status_code == 302
    assert ordered().kind == "prompt"


def test_the_page_asks_the_database_as_often_for_many_packs_and_pictures_as_for_one(
    signed_in: Client, url: str, image: Image, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries() -> list[int]:
        counts = []
        for make in ("pack", "like", "theme", "words"):
            with django_assert_max_num_queries(30) as asked:
                signed_in.get(url, {"make": make})
            counts.append(len(asked))
        return counts

    PackFactory.create()
    before = queries()
    PackFactory.create_batch(5), ImageFactory.create_batch(20, shoot=image.shoot)

    assert queries() == before


# What is ordered


def test_a_pack_is_ordered_whole_or_in_part(send: Send, tune: Tune) -> None:
    pack = PackFactory.create()
    shots = list(pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True))

    send("pack", pack=pack.slug, chosen="1", shot=shots, price="8")
    whole = ordered()
    send("pack", pack=pack.slug, chosen="1", shot=shots[:1], price="2")
    some = Shoot.objects.exclude(pk=whole.pk).get(status=Shoot.Status.QUEUED)

    assert (whole.wish, whole.price) == ({}, 8)
    assert (some.wish, some.price) == ({"prompt_ids": shots[:1]}, 2)
    assert (whole.tune, some.tune, spent(tune)) == (tune, tune, 10)


def test_a_theme_is_ordered_as_it_was_written(send: Send, tune: Tune) -> None:
    answer = send("theme", theme=" autumn  in the city", num_images="2", aspect="3:2")

    shoot = ordered()
    assert answer["Location"] == shoot.get_absolute_url()
    assert shoot.wish == {"theme": "autumn in the city", "num_images": 2, "aspect": "3:2"}
    assert spent(tune) == 20


def test_own_words_are_ordered_with_every_setting(send: Send, tune: Tune) -> None:
    Tune.objects.update(branch="sdxl1")
    look = {
        "aspect": "4:5",
        "style": "Cinematic",
        "color_grading": "Film Portra",
        "negative_prompt": "hat, glasses",
    }
    flags = ("film_grain", "super_resolution", "face_correct", "inpaint_faces")

    send("words", text="by the sea", num_images="8", seed="77", **look, **dict.fromkeys(flags, "on"))

    wish = {"text": "by the sea", "seed": 77, "num_images": 8}
    assert ordered().wish == {**wish, "look": {**look, **dict.fromkeys(flags, True)}}
    assert spent(tune) == 16  # a credit for each picture, and one for enlarging it


def test_enlarging_costs_what_the_page_says(signed_in: Client, send: Send, tune: Tune, settings: Any) -> None:
    settings.ENLARGEMENT_PRICE, settings.ASTRIA_MILLICENTS_PER_ENLARGEMENT = 2, 1_000
    settings.ASTRIA_MILLICENTS_PER_IMAGE = 2_500

    page = signed_in.get(f"/models/{tune.pk}/more/", {"make": "words"}).content.decode()
    send("words", text="by the sea", num_images="3", super_resolution="on", price_enlarged="3")

    assert "2 credits more for each picture." in page
    assert 'name="price_enlarged" value="3"' in page
    assert (ordered().price, ordered().cost_mc, spent(tune)) == (9, 10_500, 9)


def test_a_price_of_enlarging_that_changed_meanwhile_is_not_taken(
    send: Send, tune: Tune, settings: Any
) -> None:
    settings.ENLARGEMENT_PRICE = 2

    answer = send("words", text="by the sea", num_images="3", super_resolution="on", price_enlarged="2")

    assert "This page is out of date" in answer.content.decode()
    assert spent(tune) == 0


def test_more_like_an_enlarged_picture_is_enlarged_and_costs_it(
    signed_in: Client, send: Send, image: Image, tune: Tune
) -> None:
    Shoot.objects.filter(pk=image.shoot_id).update(wish={"look": {"super_resolution": True}})

    page = signed_in.get(f"/models/{tune.pk}/more/", {"picture": image.pk}).content.decode()
    send("like", picture=image.pk, num_images="3")

    assert "3 pictures: 6 credits" in page
    assert (ordered().wish["enlarged"], spent(tune)) == (True, 6)


def test_more_like_a_picture_is_ordered_of_its_shot(send: Send, image: Image, tune: Tune) -> None:
    send("like", picture=image.pk, num_images="3")

    assert ordered().wish["prompt_id"] == image.prompt.astria_id
    assert spent(tune) == 3


def test_a_form_that_is_sent_twice_is_one_order_and_a_changed_one_is_another(send: Send, tune: Tune) -> None:
    [send("words", text="by the sea", num_images="2") for _ in range(3)]
    send("words", text="in the woods", num_images="2")

    assert Shoot.objects.count() == 2
    assert spent(tune) == 4


# What is refused


@pytest.mark.parametrize(
    ("make", "fields", "words"),
    [
        ("words", {"text": "", "num_images": "1"}, "Write what the pictures should show"),
        ("words", {"text": "a <lora:1:1>", "num_images": "1"}, "Leave out these signs"),
        ("words", {"text": "nude by the sea", "num_images": "1"}, "makes no pictures of “nude”"),
        ("words", {"text": "by the sea", "num_images": "9"}, "not one of the available choices"),
        ("words", {"text": "by the sea", "num_images": "1", "seed": "-1"}, "greater than or equal to 0"),
        ("words", {"text": "by the sea", "num_images": "1", "style": "Baroque"}, "not one of the available"),
        ("words", {"text": "by the sea", "num_images": "1", "inpaint_faces": "on"}, "choose both"),
        ("theme", {"theme": "autumn", "num_images": "1"}, "Write two to five words"),
        ("theme", {"theme": "a b c d e f", "num_images": "1"}, "Write two to five words"),
        ("theme", {"theme": "topless in town", "num_images": "1"}, "makes no pictures of “topless”"),
        ("like", {"num_images": "1"}, "Choose a picture"),
        ("pack", {}, "Choose a pack"),
    ],
)
def test_what_cannot_be_made_is_said_where_it_stands_and_costs_nothing(
    send: Send, tune: Tune, make: str, fields: dict[str, Any], words: str
) -> None:
    answer = send(make, **fields, **({"price": "0"} if make == "pack" else {}))

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert fields.get("text", fields.get("theme", "")).replace("<", "&lt;").replace(">", "&gt;") in text_of(
        answer
    )
    assert (Shoot.objects.exists(), spent(tune)) == (False, 0)


def test_a_wrong_setting_is_not_left_in_the_fold(send: Send) -> None:
    answer = send("words", text="by the sea", num_images="1", inpaint_faces="on")

    assert '<details class="note-fold more-fold" open>' in text_of(answer)


def test_another_price_than_was_shown_is_not_charged_and_then_shown(send: Send, tune: Tune) -> None:
    pack: Pack = PackFactory.create()

    dearer = send("pack", pack=pack.slug, price="7")
    words = send("words", text="by the sea", num_images="2", price_per_image="3")
    nonsense = send("words", text="by the sea", num_images="2", price_per_image="²")

    assert "What you chose costs as much as you see below" in text_of(dearer)
    assert 'name="price" value="8"' in text_of(dearer)
    assert "out of date" in text_of(words) and 'name="price_per_image" value="1"' in text_of(words)
    assert "out of date" in text_of(nonsense)
    assert spent(tune) == 0


def test_a_pack_without_a_single_shot_is_no_order(send: Send, tune: Tune) -> None:
    pack: Pack = PackFactory.create()

    assert "Choose at least one shot" in text_of(send("pack", pack=pack.slug, chosen="1", price="0"))
    assert spent(tune) == 0


def test_who_asks_for_the_price_alone_orders_nothing(send: Send, tune: Tune) -> None:
    pack: Pack = PackFactory.create()
    shots = pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2]

    answer = send("pack", pack=pack.slug, chosen="1", shot=shots, price="8", update="yes")

    assert (answer.status_code, "<b>4 credits</b>" in text_of(answer)) == (200, True)
    assert spent(tune) == 0


def test_who_cannot_pay_keeps_what_was_typed(send: Send, tune: Tune) -> None:
    tune.account.spend(99, key="before")

    answer = send("words", text="by the sea", num_images="2")

    assert "not enough credits" in text_of(answer)
    assert ">by the sea</textarea>" in text_of(answer).replace("> ", ">")


def test_a_picture_of_another_model_is_not_made_more_of(
    send: Send, tune: Tune, user: User, other_user: User
) -> None:
    for account in (user.account, other_user.account):
        theirs = ImageFactory.create(shoot=ShootFactory.create(account=account))
        assert "Choose a picture" in text_of(send("like", picture=theirs.pk, num_images="1"))

    assert spent(tune) == 0


def test_shots_without_pictures_are_not_offered(signed_in: Client, url: str, tune: Tune) -> None:
    shoot = ShootFactory.create(account=tune.account, tune=tune)
    PromptFactory.create(shoot=shoot, status="waiting")

    assert "no pictures of this model yet" in text_of(signed_in.get(url, {"make": "like"}))


def test_a_model_that_went_meanwhile_takes_no_order(send: Send, tune: Tune) -> None:
    put(tune, "deleted")

    assert "was deleted" in text_of(send("words", text="by the sea", num_images="1"))
    assert not Shoot.objects.exists()
