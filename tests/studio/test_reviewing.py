"""A child in the photos of an adult: staff look first, the order waits, the person is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from packs.models import Pack
from studio.coach import doubts_about
from studio.inspection import inspect
from studio.mail import send_letter
from studio.models import Letter, Photo, PhotoSet
from studio.ordering import OrderRefused, order_pack
from studio.reviewing import decide, hold_if_child
from studio.uploading import remove_photo
from tests.factories import PhotoFactory, PhotoSetFactory
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.django_db
CHILD = {"name": "girl"}


@pytest.fixture
def photo_set(user: User) -> PhotoSet:
    return PhotoSetFactory.create(account=user.account, photos=5)


@pytest.fixture
def photo(photo_set: PhotoSet) -> Photo:
    """One that waits for staff."""
    found = photo_set.photos.all()[0]
    hold_if_child(found, CHILD)
    found.refresh_from_db()
    return found


def refusal(photo_set: PhotoSet, pack: Pack) -> str:
    with pytest.raises(OrderRefused) as refused:
        order_pack(photo_set, pack, number=0)
    return " ".join(refused.value.reasons)


@pytest.mark.parametrize("seen", ["boy", "girl", "baby"])
def test_what_inspection_takes_for_a_child_waits(photo_set: PhotoSet, seen: str) -> None:
    photo = photo_set.photos.all()[0]

    hold_if_child(photo, {"name": seen})

    assert list(Photo.objects.to_review()) == [photo]


@pytest.mark.parametrize("seen", ["woman", "man", "dog", "", None])
def test_nothing_else_does(photo_set: PhotoSet, seen: Any) -> None:
    hold_if_child(photo_set.photos.all()[0], {"name": seen})

    assert not Photo.objects.to_review().exists()


def test_a_child_in_a_childs_set_needs_nobody(user: User) -> None:
    photo_set = PhotoSetFactory.create(account=user.account, class_name="girl", photos=1)

    hold_if_child(photo_set.photos.all()[0], CHILD)

    assert not Photo.objects.to_review().exists()


def test_the_answer_of_astria_is_what_holds_a_photo(
    astria_at_sandbox: Sandbox, photo_set: PhotoSet, settings: Any
) -> None:
    settings.INSPECT_WITH_FILE_NAMES = True
    photo: Photo = PhotoFactory.create(photo_set=photo_set, name="a-child-here.jpg")

    inspect(photo, "woman")

    assert list(Photo.objects.to_review()) == [photo]


def test_the_order_waits_and_says_why(photo: Photo, photo_set: PhotoSet, pack: Pack) -> None:
    assert "1 photo may show a child. One of us looks at it first" in refusal(photo_set, pack)


def test_without_the_photo_the_order_goes_out(photo: Photo, photo_set: PhotoSet, pack: Pack) -> None:
    remove_photo(photo)

    assert order_pack(photo_set, pack, number=0).status == "queued"


def test_staff_are_told_once_a_set(photo: Photo, photo_set: PhotoSet, staff: User) -> None:
    hold_if_child(photo_set.photos.all()[1], CHILD)
    hold_if_child(photo, CHILD)
    before = len(mail.outbox)
    photo_set.photos.update(review="")

    hold_if_child(photo_set.photos.all()[2], CHILD)
    hold_if_child(photo_set.photos.all()[3], CHILD)

    assert (before, len(mail.outbox)) == (0, 1)
    assert mail.outbox[0].to == [staff.email] and str(photo_set.pk) in str(mail.outbox[0].body)


def test_an_approved_photo_is_ordered_with_and_never_held_again(
    photo: Photo, photo_set: PhotoSet, staff: User, pack: Pack
) -> None:
    assert decide(photo, staff, approve=True, reason="She is 30")
    hold_if_child(photo, CHILD)

    assert doubts_about(photo, [photo], CHILD, "woman") == []
    assert order_pack(photo_set, pack, number=0).status == "queued"
    assert AuditEntry.objects.get().about == f"studio.photo {photo.pk}"


def test_a_refused_photo_has_to_go(photo: Photo, photo_set: PhotoSet, staff: User, pack: Pack) -> None:
    decide(photo, staff, approve=False)

    assert "1 photo shows a child" in refusal(photo_set, pack)
    assert "Remove it" in doubts_about(photo, [photo], CHILD, "woman")[0].text
    remove_photo(photo)
    assert order_pack(photo_set, pack, number=0).status == "queued"


def test_who_decides_second_changes_nothing(photo: Photo, staff: User) -> None:
    assert [decide(photo, staff, approve=True), decide(photo, staff, approve=False)] == [True, False]
    assert Photo.objects.get(pk=photo.pk).review == "approved" and AuditEntry.objects.count() == 1


@pytest.mark.parametrize(("approve", "said"), [(True, "All is well"), (False, "1 photo shows a child")])
def test_the_person_is_told_when_the_last_was_looked_at(
    photo: Photo, photo_set: PhotoSet, staff: User, approve: bool, said: str
) -> None:
    other = photo_set.photos.all()[1]
    hold_if_child(other, CHILD)
    decide(other, staff, approve=True)
    before = Letter.objects.count()

    decide(photo, staff, approve=approve)
    send_letter(Letter.objects.get().pk)

    assert before == 0
    assert said in str(mail.outbox[-1].body) and photo_set.get_absolute_url() in str(mail.outbox[-1].body)


# Staff look


@pytest.mark.pages
def test_staff_see_photos_only_for_a_reason_that_is_written_down(photo: Photo, photo_set: PhotoSet) -> None:
    boss, client = User.objects.create_superuser("boss@example.com", "pass"), Client()
    client.force_login(boss)
    path = f"/admin/studio/photoset/{photo_set.pk}/look/"

    asked, unsaid = client.get(path), client.post(path, {"reason": " "})
    said = client.post(path, {"reason": "Review"})

    assert b"data:image" not in asked.content + unsaid.content
    assert said.content.count(b"data:image") == 5 and "no-store" in said["Cache-Control"]
    line = AuditEntry.objects.get()
    assert (line.actor, line.action, line.text) == (boss, "pictures shown", "Review")
    assert line.about == f"studio.photoset {photo_set.pk}"


@pytest.mark.pages
def test_staff_without_the_right_see_none_and_decide_nothing(
    photo: Photo, photo_set: PhotoSet, staff: User
) -> None:
    client = Client()
    client.force_login(staff)

    looked = client.post(f"/admin/studio/photoset/{photo_set.pk}/look/", {"reason": "Curious"})
    decided = client.post(f"/admin/studio/photo/{photo.pk}/decide/", {"decision": "approve"})

    assert (looked.status_code, decided.status_code) == (403, 403)
    assert not AuditEntry.objects.exists() and Photo.objects.to_review().exists()


@pytest.mark.pages
def test_staff_decide_in_the_admin(photo: Photo, photo_set: PhotoSet) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com", "pass"))

    client.post(f"/admin/studio/photo/{photo.pk}/decide/", {"decision": "refuse", "reason": "A child"})

    assert Photo.objects.get(pk=photo.pk).review == "refused"
