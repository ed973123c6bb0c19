"""A draft: who is in the photos, and the page on which everything is prepared."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Consent, User
from packs.models import Pack
from studio.consenting import IN_FORCE
from studio.models import Inspection, PhotoSet, Shoot, Tune
from tests.factories import (
    PackFactory,
    PhotoFactory,
    PhotoSetFactory,
    ShootFactory,
    TrainedTuneFactory,
    TuneFactory,
)  # fmt: skip

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NEW = {"name": "Anna", "class_name": "woman", "consent": "on"}


@pytest.fixture
def photo_set(user: User, pack: Pack) -> PhotoSet:
    return PhotoSetFactory.create(account=user.account, pack=pack, photos=4)


# Beginning one


def test_a_new_draft_belongs_to_the_person_and_records_the_consent(
    signed_in: Client, user: User, pack: Pack
) -> None:
    answer = signed_in.post(f"/photo-sets/new/?pack={pack.slug}", NEW)

    made = PhotoSet.objects.get()
    consent = Consent.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert (made.account, made.pack, made.name) == (user.account, pack, "Anna")
    assert (consent.account, consent.about, consent.version) == (
        user.account,
        made.pk,
        IN_FORCE[Consent.Kind.SUBJECT].version,
    )


@pytest.mark.parametrize(
    "name", ["Zoë 李", "محمد", "Ελένη", "นภา", "👩🏽‍🚀 Eileen", "O'Brien-<Smith>", "نیم‌فاصله"]
)
def test_a_name_in_any_script_is_kept_as_it_was_typed(signed_in: Client, name: str) -> None:
    signed_in.post("/photo-sets/new/", NEW | {"name": name})

    assert PhotoSet.objects.get().name == name


def test_control_characters_are_no_part_of_a_name(signed_in: Client) -> None:
    signed_in.post("/photo-sets/new/", NEW | {"name": " An\tna\x07\n"})

    assert PhotoSet.objects.get().name == "Anna"


def test_signs_that_turn_what_follows_are_no_part_of_a_name(signed_in: Client) -> None:
    signed_in.post("/photo-sets/new/", NEW | {"name": "\u202eAnna \u2067נועה"})

    assert PhotoSet.objects.get().name == "Anna נועה"


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "\u2067\u2069", "\u00a0"])
def test_a_name_that_cannot_be_seen_is_asked_for_at_its_field(signed_in: Client, name: str) -> None:
    answer = signed_in.post("/photo-sets/new/", NEW | {"name": name})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"name": ["Give the photos a name, so that you find them again."]}
    assert not PhotoSet.objects.exists()


def test_a_name_that_is_too_long_is_refused_and_stays_in_its_field(signed_in: Client) -> None:
    answer = signed_in.post("/photo-sets/new/", NEW | {"name": "N" * 81})

    assert answer.status_code == 422
    assert f'value="{"N" * 81}"' in answer.content.decode()


def test_without_consent_nothing_begins_and_the_form_stays_as_it_was(signed_in: Client) -> None:
    page = signed_in.post("/photo-sets/new/", {"name": "Zoë 李", "class_name": "man"}).content.decode()

    assert "Without this we may not take the photos." in page
    assert 'value="Zoë 李"' in page
    assert not PhotoSet.objects.exists()


@pytest.mark.parametrize("class_name", ["", "dragon", "WOMAN"])
def test_a_class_that_is_not_offered_is_refused(signed_in: Client, class_name: str) -> None:
    answer = signed_in.post("/photo-sets/new/", NEW | {"class_name": class_name})

    assert answer.status_code == 422
    assert "class_name" in answer.context["form"].errors


def test_a_pack_that_is_no_longer_offered_is_left_out(signed_in: Client, pack: Pack) -> None:
    pack.withdraw()

    signed_in.post(f"/photo-sets/new/?pack={pack.slug}", NEW)

    assert PhotoSet.objects.get().pack is None


def test_a_pack_that_cannot_be_one_is_left_out(signed_in: Client) -> None:
    assert signed_in.get("/photo-sets/new/?pack=%00").status_code == 200


# Its page


def test_a_reload_loses_nothing(signed_in: Client, photo_set: PhotoSet) -> None:
    page = signed_in.get(photo_set.get_absolute_url()).content.decode()

    assert page.count('<li class="tile" id="photo-') == 4
    assert photo_set.pack
    assert photo_set.pack.title in page
    assert "Order 8 pictures for 18 credits" in page
    assert 'name="order_key" value="0:18"' in page


def test_the_page_says_what_is_missing_before_one_can_order(
    signed_in: Client, user: User, pack: Pack
) -> None:
    photo_set = PhotoSetFactory.create(account=user.account, photos=3)

    page = signed_in.get(photo_set.get_absolute_url()).content.decode()

    assert "Add at least 1 more photo: 4 are the minimum." in page
    assert "Choose a pack." in page
    assert 'aria-describedby="problems"' in page


def test_the_page_shows_what_inspection_saw_and_leaves_sensitive_traits_out(
    signed_in: Client, photo_set: PhotoSet
) -> None:
    saw = {"name": "woman", "eye_color": "green eyes", "age": "30 yo", "ethnicity": "korean"}
    for photo in photo_set.photos.all():
        Inspection.objects.create(
            account=photo_set.account, sha256=photo.sha256, class_name="woman", answer=saw
        )

    page = signed_in.get(photo_set.get_absolute_url()).content.decode()

    assert '<option value="green eyes" selected>' in page
    assert 'name="say-age" checked' not in page
    assert 'name="say-ethnicity" checked' not in page


def test_inspections_of_another_class_or_person_are_not_used(
    signed_in: Client, photo_set: PhotoSet, other_user: User
) -> None:
    photo = photo_set.photos.all()[0]
    said = {"sha256": photo.sha256, "answer": {"name": "", "blurry": True}}
    Inspection.objects.create(account=photo_set.account, class_name="man", **said)
    Inspection.objects.create(account=other_user.account, class_name="woman", **said)

    page = signed_in.get(photo_set.get_absolute_url()).content.decode()

    assert page.count('data-status="unchecked"') == 4
    assert "tile-warning" not in page


def test_the_side_alone_is_fetched_when_photos_change(signed_in: Client, photo_set: PhotoSet) -> None:
    page = signed_in.get(f"{photo_set.get_absolute_url()}side/", headers=HTMX).content.decode()

    assert "coach-score" in page
    assert "Order 8 pictures for 18 credits" in page
    assert "</html>" not in page


def test_time_is_promised_only_where_it_is_known(signed_in: Client, photo_set: PhotoSet) -> None:
    unknown = signed_in.get(photo_set.get_absolute_url()).content.decode()
    ago = timezone.now() - timedelta(minutes=7)
    ShootFactory.create_batch(3, status="ready", queued_at=ago, generating_at=timezone.now())

    known = signed_in.get(photo_set.get_absolute_url()).content.decode()

    assert "This takes about" not in unknown
    assert "This takes about 8 minutes" in known


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_database_as_often_for_30_rows_as_for_1(
    signed_in: Client, user: User, rows: int, django_assert_num_queries: Any
) -> None:
    packs = PackFactory.create_batch(rows)
    photo_set = PhotoSetFactory.create(account=user.account, pack=packs[0], photos=rows)

    with django_assert_num_queries(17):
        signed_in.get(photo_set.get_absolute_url())


# Changing it


def test_name_and_class_can_be_changed(signed_in: Client, photo_set: PhotoSet) -> None:
    signed_in.post(f"{photo_set.get_absolute_url()}edit/", {"name": "Otto", "class_name": "man"})

    photo_set.refresh_from_db()
    assert (photo_set.name, photo_set.class_name) == ("Otto", "man")


def test_a_bad_change_changes_nothing_and_keeps_what_was_typed(
    signed_in: Client, photo_set: PhotoSet
) -> None:
    answer = signed_in.post(f"{photo_set.get_absolute_url()}edit/", {"name": "N" * 81, "class_name": "man"})

    photo_set.refresh_from_db()
    assert answer.status_code == 422
    assert f'value="{"N" * 81}"' in answer.content.decode()
    assert (photo_set.name, photo_set.class_name) == ("Anna", "woman")


def test_the_class_of_a_set_with_a_model_stays(signed_in: Client, photo_set: PhotoSet) -> None:
    TuneFactory.create(account=photo_set.account, photo_set=photo_set)

    signed_in.post(f"{photo_set.get_absolute_url()}edit/", {"name": "Otto", "class_name": "man"})

    photo_set.refresh_from_db()
    assert (photo_set.name, photo_set.class_name) == ("Otto", "woman")


def test_another_pack_can_be_chosen(signed_in: Client, photo_set: PhotoSet) -> None:
    other = PackFactory.create()

    signed_in.post(f"{photo_set.get_absolute_url()}pack/", {"pack": other.slug})

    photo_set.refresh_from_db()
    assert photo_set.pack == other


@pytest.mark.parametrize("slug", ["", "nothing", "a\0b"])
def test_a_pack_that_is_not_there_is_said_and_the_old_one_stays(
    signed_in: Client, photo_set: PhotoSet, slug: str
) -> None:
    page = signed_in.post(f"{photo_set.get_absolute_url()}pack/", {"pack": slug}, follow=True)

    before, photo_set.pack_id = photo_set.pack_id, None
    photo_set.refresh_from_db()
    assert photo_set.pack_id == before
    assert "That pack is no longer offered" in page.content.decode()


# Its parts


@pytest.mark.parametrize(
    ("query", "opened"),
    [("", "photos"), ("?part=who", "who"), ("?part=review", "review"), ("?part=<b>", "photos")],
)
def test_one_part_is_open_and_the_address_says_which(
    signed_in: Client, photo_set: PhotoSet, query: str, opened: str
) -> None:
    page = signed_in.get(f"{photo_set.get_absolute_url()}{query}").content.decode()

    assert f'id="part-{opened}" open' in page
    assert page.count('name="part"') == 3
    assert page.count('" open>') == 1


def test_a_bad_change_opens_the_part_it_was_made_in(signed_in: Client, photo_set: PhotoSet) -> None:
    answer = signed_in.post(f"{photo_set.get_absolute_url()}edit/", {"name": "", "class_name": "man"})

    assert 'id="part-who" open' in answer.content.decode()


def test_the_consent_is_shown_with_its_time_and_wording(signed_in: Client) -> None:
    made = signed_in.post("/photo-sets/new/", NEW)["Location"]

    page = signed_in.get(made).content.decode()

    assert f"(wording {IN_FORCE[Consent.Kind.SUBJECT].version})" in page
    assert f"You confirmed on {timezone.now():%-d %B %Y}" in page


def test_with_a_model_nothing_is_asked_and_what_was_agreed_to_stays(
    signed_in: Client, photo_set: PhotoSet, pack: Pack
) -> None:
    photo_set.agree_to({"age": "30 yo"})
    TrainedTuneFactory.create(account=photo_set.account, photo_set=photo_set)

    page = signed_in.get(photo_set.get_absolute_url()).content.decode()
    signed_in.post("/shoots/", {"photo_set": photo_set.pk, "pack": pack.slug, "order_key": "0:8"})

    photo_set.refresh_from_db()
    assert "Your model is trained already: nothing is told again." in page
    assert 'name="trait-' not in page
    assert Shoot.objects.count() == 1
    assert photo_set.characteristics == {"age": "30 yo"}


# Shots of its pack


def shots(pack: Pack, *positions: int, class_name: str = "woman") -> list[int]:
    """Return Astria's ids of some shots of a pack."""
    prompts = pack.classes.get(name=class_name).prompts.filter(position__in=positions)
    return list(prompts.values_list("astria_id", flat=True))


def test_shots_chosen_on_the_packs_page_come_along(signed_in: Client, pack: Pack) -> None:
    chosen = "".join(f"&shot={id_}" for id_ in shots(pack, 0, 1))
    address = f"/photo-sets/new/?pack={pack.slug}&class=woman&chosen=1{chosen}"

    begin = signed_in.get(address).content.decode()
    signed_in.post(address, NEW)

    assert "Woman: 2 of 4 shots, 4 pictures, 14 credits" in begin
    assert re.search(r'name="class_name" value="woman"[^>]* checked', begin)
    assert PhotoSet.objects.get().left_out == shots(pack, 2, 3)


def test_shots_chosen_for_another_class_leave_the_pack_whole(signed_in: Client, pack: Pack) -> None:
    chosen = shots(pack, 0, class_name="man")[0]
    address = f"/photo-sets/new/?pack={pack.slug}&class=man&chosen=1&shot={chosen}"

    made = signed_in.post(address, NEW)["Location"]

    assert "4 of 4 shots, 8 pictures, 18 credits" in signed_in.get(made).content.decode()


def test_shots_switched_off_in_the_review_lower_price_and_count(
    signed_in: Client, photo_set: PhotoSet, pack: Pack
) -> None:
    choice = {"pack": pack.slug, "chosen": "1", "shot": shots(pack, 0)}

    page = signed_in.post(f"{photo_set.get_absolute_url()}pack/", choice, follow=True).content.decode()
    part = signed_in.post(f"{photo_set.get_absolute_url()}pack/", choice, headers=HTMX).content.decode()

    assert "Order 2 pictures for 12 credits" in page
    assert "Order 2 pictures for 12 credits" in part
    assert f'name="shot" value="{shots(pack, 0)[0]}"' in page


def test_without_any_shot_nothing_can_be_ordered(signed_in: Client, photo_set: PhotoSet, pack: Pack) -> None:
    signed_in.post(f"{photo_set.get_absolute_url()}pack/", {"pack": pack.slug, "chosen": "1"})

    page = signed_in.get(photo_set.get_absolute_url()).content.decode()
    refused = signed_in.post("/shoots/", {"photo_set": photo_set.pk, "pack": pack.slug, "order_key": "0:0"})

    assert "Choose at least one shot." in page
    assert refused["Location"].endswith("?part=review")
    assert not Shoot.objects.exists()


def test_another_pack_is_chosen_whole(signed_in: Client, photo_set: PhotoSet, pack: Pack) -> None:
    photo_set.choose(pack, left_out=shots(pack, 0))

    signed_in.post(f"{photo_set.get_absolute_url()}pack/", {"pack": PackFactory.create().slug})

    photo_set.refresh_from_db()
    assert photo_set.left_out == []


def test_just_the_shots_that_are_on_are_ordered(signed_in: Client, photo_set: PhotoSet, pack: Pack) -> None:
    wanted = shots(pack, 1, 3)
    form = {"photo_set": photo_set.pk, "pack": pack.slug, "order_key": "0:14", "shot": wanted}

    signed_in.post("/shoots/", form)
    signed_in.post("/shoots/", form)

    shoot = Shoot.objects.get()
    assert shoot.wish == {"prompt_ids": wanted}
    assert (shoot.price, shoot.expected_prompts, shoot.expected_images) == (14, 2, 4)
    assert shoot.account.balance == 86


@pytest.mark.parametrize("shot", ["1", "9" * 25, "x"])
def test_a_shot_that_is_not_in_the_pack_is_not_ordered(
    signed_in: Client, photo_set: PhotoSet, pack: Pack, shot: str
) -> None:
    form = {"photo_set": photo_set.pk, "pack": pack.slug, "order_key": "0:12", "shot": shot}

    page = signed_in.post("/shoots/", form, follow=True).content.decode()

    assert "Nothing was charged" in page or "nothing was charged" in page or "out of date" in page
    assert not Shoot.objects.exists()


# The list of drafts


@pytest.mark.parametrize(
    ("status", "is_draft"),
    [("training", False), ("trained", False), ("expired", False), ("failed", True), ("deleted", True)],
)
def test_what_can_still_become_a_model_is_a_draft(
    signed_in: Client, photo_set: PhotoSet, status: str, is_draft: bool
) -> None:
    TuneFactory.create(account=photo_set.account, photo_set=photo_set, status=status)

    page = signed_in.get("/photo-sets/new/").content.decode()

    assert (photo_set.get_absolute_url() in page) is is_draft


def test_a_draft_is_listed_once_with_its_number_of_photos(signed_in: Client, photo_set: PhotoSet) -> None:
    TuneFactory.create_batch(2, account=photo_set.account, photo_set=photo_set, status=Tune.Status.FAILED)

    page = signed_in.get("/shoots/").content.decode()

    assert page.count(photo_set.get_absolute_url()) == 1
    assert "4 photos" in page


def test_drafts_of_others_are_not_listed(signed_in: Client) -> None:
    theirs = PhotoSetFactory.create(name="Not yours")
    PhotoFactory.create(photo_set=theirs)

    assert "Not yours" not in signed_in.get("/photo-sets/new/").content.decode()
