"""What a person agrees to: by whom the photos are, in which wording; asked again when that changes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, User
from packs.models import Pack
from studio import consenting
from studio.consenting import IN_FORCE, Wording, agree, is_agreed, kind_of, words_for_new_set
from studio.models import PhotoSet
from studio.ordering import OrderRefused, order_pack
from tests.factories import PhotoSetFactory

pytestmark = pytest.mark.django_db
SUBJECT = Consent.Kind.SUBJECT


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    return PhotoSetFactory.create(account=user.account, photos=4)


@pytest.fixture
def another_wording(monkeypatch: pytest.MonkeyPatch, photo_set: PhotoSet) -> Wording:
    """The text has changed since the set was agreed to."""
    wording = Wording("2099-01", "Another text, agreed to anew.")
    monkeypatch.setitem(consenting.IN_FORCE, SUBJECT, wording)
    return wording


@pytest.mark.parametrize(
    ("class_name", "kind"),
    [("man", "subject"), ("woman", "subject"), ("girl", "child"), ("baby", "child"), ("dog", "pet")],
)
def test_each_class_has_its_own_agreement(class_name: str, kind: str) -> None:
    assert kind_of(class_name) == kind


def test_agreeing_twice_is_one_record(photo_set: PhotoSet) -> None:
    assert agree(photo_set) == agree(photo_set)
    assert Consent.objects.get().version == IN_FORCE[SUBJECT].version


def test_another_wording_is_asked_for_again_and_the_order_waits(
    photo_set: PhotoSet, another_wording: Wording, signed_in: Client, pack: Pack
) -> None:
    page = signed_in.get(photo_set.get_absolute_url()).content.decode()

    with pytest.raises(OrderRefused, match="Confirm"):
        order_pack(photo_set, pack, number=0)
    assert (
        str(another_wording.text) in page and reverse("studio:photo-set-agree", args=[photo_set.pk]) in page
    )


def test_confirming_anew_is_recorded_beside_the_old_one(
    photo_set: PhotoSet, another_wording: Wording, signed_in: Client, pack: Pack
) -> None:
    signed_in.post(reverse("studio:photo-set-agree", args=[photo_set.pk]), {"consent": "on"})

    assert sorted(Consent.objects.values_list("version", flat=True)) == ["2026-11", "2099-01"]
    assert order_pack(photo_set, pack, number=0).status == "queued"


def test_without_the_tick_nothing_is_recorded(
    photo_set: PhotoSet, another_wording: Wording, signed_in: Client
) -> None:
    answer = signed_in.post(reverse("studio:photo-set-agree", args=[photo_set.pk]), follow=True)

    assert b"Nothing was confirmed" in answer.content and not is_agreed(photo_set)


def test_another_kind_of_subject_is_asked_for_again(
    photo_set: PhotoSet, settings: Any, signed_in: Client
) -> None:
    settings.CLASS_NAMES = ["woman", "girl"]
    path = reverse("studio:photo-set-edit", args=[photo_set.pk])

    page = signed_in.post(path, {"name": "Anna", "class_name": "girl"}, follow=True).content.decode()

    assert "parental responsibility" in page


def test_only_adults_are_agreed_on_by_default(settings: Any) -> None:
    assert words_for_new_set() == "This is me, or I have their permission, and they are 18 or older."
    settings.CLASS_NAMES = ["man", "girl", "dog"]
    assert words_for_new_set().count("Of a") == 3


def test_a_new_set_of_a_child_is_agreed_to_by_who_has_responsibility(
    signed_in: Client, settings: Any
) -> None:
    settings.CLASS_NAMES = ["woman", "girl"]

    signed_in.post("/photo-sets/new/", {"name": "Mia", "class_name": "girl", "consent": "on"})

    assert Consent.objects.get().kind == Consent.Kind.CHILD
