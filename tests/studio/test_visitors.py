"""What visitors of a link do: give its password, vote once, report a picture."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from accounts.models import User
from studio import sharing
from studio.models import Image, Report, Share, Shoot, Vote
from studio.sharing import tell_staff
from tests.factories import ImageFactory, ShareFactory, ShootFactory, UserFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account)


@pytest.fixture
def share(shoot: Shoot) -> Share:
    return ShareFactory.create(shoot=shoot)


@pytest.fixture
def image(shoot: Shoot) -> Image:
    return ImageFactory.create(shoot=shoot)


@pytest.fixture
def locked(shoot: Shoot) -> Share:
    return ShareFactory.create(shoot=shoot, password=make_password("open sesame"))


def give(client: Client, share: Share, password: str, **more: Any) -> Any:
    return client.post(f"{share.get_absolute_url()}password/", {"password": password}, **more)


def cast(client: Client, share: Share, image: Image, what: str = "vote") -> Any:
    return client.post(f"{share.get_absolute_url()}{image.pk}/{what}/")


def votes(image: Image) -> tuple[int, int]:
    """Return the votes there are, and what the picture says of them."""
    image.refresh_from_db()
    return Vote.objects.filter(image=image).count(), image.votes


# The password


def test_the_right_password_opens_every_address_in_that_browser_alone(
    client: Client, locked: Share, image: Image
) -> None:
    answer = give(client, locked, "open sesame")
    file = f"{locked.get_absolute_url()}{image.pk}/640.webp"

    assert answer["Location"] == locked.get_absolute_url()
    assert client.get(locked.get_absolute_url()).status_code == client.get(file).status_code == 200
    assert Client().get(file).status_code == 302


def test_a_wrong_password_opens_nothing_and_says_so(client: Client, locked: Share) -> None:
    answer = give(client, locked, "guess")

    assert answer.status_code == 422
    assert "That is not the password." in answer.content.decode()
    assert client.get(locked.get_absolute_url()).status_code == 302


def test_who_is_asked_for_the_password_does_not_read_the_links_name(client: Client, locked: Share) -> None:
    page = client.get(f"{locked.get_absolute_url()}password/").content.decode()

    assert "Friends" not in page and "noindex" in page


def test_the_password_is_kept_as_a_hash(user: User, shoot: Shoot, signed_in: Client) -> None:
    said = {"name": "Us", "lifetime": "30", "password": "open sesame"}

    signed_in.post(reverse("studio:shares", args=[shoot.pk]), said)

    made = Share.objects.get()
    assert "sesame" not in made.password and made.is_opened_by("open sesame")
    assert not made.is_opened_by("guess")


def test_what_opened_one_link_opens_no_other(client: Client, shoot: Shoot, locked: Share) -> None:
    give(client, locked, "open sesame")
    other = ShareFactory.create(shoot=shoot, password=locked.password)
    client.cookies["share"]["path"] = "/"

    assert client.get(other.get_absolute_url()).status_code == 302


def test_guesses_are_limited_even_for_the_right_one(
    client: Client, locked: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "GUESSES", 2)
    monkeypatch.setattr("studio.ratelimit.time.time", lambda: 0.0)

    guesses = [give(client, locked, "guess").status_code for _ in range(3)]
    right = give(client, locked, "open sesame")
    elsewhere = give(Client(), locked, "open sesame", REMOTE_ADDR="192.0.2.7")

    assert guesses == [422, 422, 429]
    assert (right.status_code, elsewhere.status_code) == (429, 302)


def test_guesses_from_everywhere_are_limited_together(
    client: Client, locked: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "GUESSES_OF_ALL", 2)
    monkeypatch.setattr("studio.ratelimit.time.time", lambda: 0.0)

    tries = [give(client, locked, "guess", REMOTE_ADDR=f"192.0.2.{n}").status_code for n in range(3)]

    assert tries == [422, 422, 429]


def test_the_owner_needs_no_password(signed_in: Client, locked: Share) -> None:
    assert signed_in.get(locked.get_absolute_url()).status_code == 200


# Votes


def test_a_visitor_has_one_vote_for_a_picture(client: Client, share: Share, image: Image) -> None:
    first, second = cast(client, share, image), cast(client, share, image)

    assert (first.status_code, second.status_code) == (302, 302)
    assert votes(image) == (1, 1)


@pytest.mark.pages
def test_each_visitor_has_a_vote(share: Share, image: Image) -> None:
    for _ in range(3):
        cast(Client(), share, image)

    assert votes(image) == (3, 3)


def test_a_vote_can_be_taken_back_and_only_by_who_cast_it(client: Client, share: Share, image: Image) -> None:
    cast(client, share, image)
    cast(Client(), share, image, "unvote")
    before = votes(image)

    cast(client, share, image, "unvote")
    cast(client, share, image, "unvote")

    assert before == (1, 1) and votes(image) == (0, 0)


def test_a_browser_is_given_something_to_keep_only_when_it_votes(
    client: Client, share: Share, image: Image
) -> None:
    client.get(share.get_absolute_url())
    before = "voter" in client.cookies

    cast(client, share, image)

    assert not before
    assert client.cookies["voter"]["path"] == share.get_absolute_url()
    assert client.cookies["voter"]["httponly"] and client.cookies["voter"]["samesite"] == "Lax"


def test_what_is_kept_of_a_visitor_is_a_hash_that_differs_from_link_to_link(
    shoot: Shoot, share: Share, image: Image
) -> None:
    other = ShareFactory.create(shoot=shoot)

    sharing.vote(share, image, "voter")
    sharing.vote(other, image, "voter")

    first, second = Vote.objects.values_list("visitor", flat=True)
    assert first != second and "voter" not in first + second


def test_a_cookie_of_ones_own_making_is_nobody(client: Client, share: Share, image: Image) -> None:
    cast(Client(), share, image)
    client.cookies["voter"] = "made-up:1:2"

    cast(client, share, image, "unvote")

    assert votes(image) == (1, 1)


def test_the_page_shows_ones_own_votes(client: Client, share: Share, image: Image) -> None:
    cast(client, share, image)

    mine = client.get(share.get_absolute_url()).content.decode()
    theirs = Client().get(share.get_absolute_url()).content.decode()

    assert f"{image.pk}/unvote/" in mine and f"{image.pk}/vote/" in theirs


def test_a_script_is_answered_without_a_page(client: Client, share: Share, image: Image) -> None:
    answer = client.post(f"{share.get_absolute_url()}{image.pk}/vote/", headers=HTMX)

    assert (answer.status_code, answer.content) == (204, b"")


def test_the_owner_sees_votes_and_deletes_those_of_a_link(
    signed_in: Client, shoot: Shoot, share: Share, image: Image
) -> None:
    other = ShareFactory.create(shoot=shoot)
    cast(Client(), share, image), cast(Client(), share, image), cast(Client(), other, image)
    gallery = signed_in.get(f"/shoots/{shoot.pk}/gallery/").content.decode()

    answer = signed_in.post(f"/shares/{share.pk}/votes/clear/")

    assert "3 votes" in gallery and answer.status_code == 302
    assert votes(image) == (1, 1)


def test_the_owner_deletes_the_votes_of_one_picture(
    signed_in: Client, shoot: Shoot, share: Share, image: Image
) -> None:
    kept, other = ImageFactory.create(shoot=shoot), ShareFactory.create(shoot=shoot)
    cast(Client(), share, image), cast(Client(), share, image), cast(Client(), other, image)
    cast(Client(), share, kept)
    listed = signed_in.get(f"/shares/{share.pk}/votes/").content.decode()

    answer = signed_in.post(f"/shares/{share.pk}/votes/clear/", {"picture": image.pk})

    assert listed.index("2 votes") < listed.index("1 vote<")
    assert answer["Location"] == f"/shares/{share.pk}/votes/"
    assert (votes(image), votes(kept)) == ((1, 1), (1, 1))
    after = signed_in.get(f"/shares/{share.pk}/votes/").content.decode()
    assert str(kept.pk) in after and str(image.pk) not in after


def test_without_votes_the_page_says_so(signed_in: Client, share: Share) -> None:
    assert "No votes" in signed_in.get(f"/shares/{share.pk}/votes/").content.decode()


def test_votes_of_what_is_no_picture_cannot_be_deleted(signed_in: Client, share: Share, image: Image) -> None:
    cast(Client(), share, image)

    assert signed_in.post(f"/shares/{share.pk}/votes/clear/", {"picture": "x"}).status_code == 404
    assert votes(image) == (1, 1)


@pytest.mark.parametrize("pictures", [1, 30])
def test_the_page_of_votes_asks_as_often_for_30_pictures_as_for_1(
    signed_in: Client, shoot: Shoot, share: Share, pictures: int, django_assert_num_queries: Any
) -> None:
    for image in ImageFactory.create_batch(pictures, shoot=shoot):
        cast(Client(), share, image)

    with django_assert_num_queries(5):
        signed_in.get(f"/shares/{share.pk}/votes/")


def test_the_newest_link_stands_first(signed_in: Client, shoot: Shoot) -> None:
    for name in ("Older", "Newer"):
        ShareFactory.create(shoot=shoot, name=name)

    page = signed_in.get("/shares/").content.decode()

    assert page.index("Newer") < page.index("Older")


def test_the_list_counts_votes_once_for_each(signed_in: Client, share: Share, image: Image) -> None:
    cast(Client(), share, image), cast(Client(), share, image)

    assert "2 votes" in signed_in.get("/shares/").content.decode()


# Chosen pictures


def test_a_link_to_chosen_pictures_shows_these_alone(signed_in: Client, shoot: Shoot, image: Image) -> None:
    other, elsewhere = ImageFactory.create(shoot=shoot), ImageFactory.create(shoot__account=shoot.account)
    said = {"picture": [image.pk, elsewhere.pk], "name": "Two", "lifetime": "30"}

    answer = signed_in.post("/shares/new/", said)

    page = Client().get(Share.objects.get().get_absolute_url()).content.decode()
    assert answer["Location"] == "/shares/"
    assert str(image.pk) in page and str(elsewhere.pk) in page and str(other.pk) not in page


def test_of_somebody_elses_pictures_none_gets_into_a_link(
    signed_in: Client, image: Image, other_user: User
) -> None:
    theirs = ImageFactory.create(shoot__account=other_user.account)
    said = {"picture": [image.pk, theirs.pk], "name": "Two", "lifetime": "30"}

    signed_in.post("/shares/new/", said)

    assert list(Share.objects.get().chosen.all()) == [image]


def test_a_selection_is_asked_for_the_terms_of_its_link(signed_in: Client, image: Image) -> None:
    page = signed_in.post("/shares/new/", {"picture": [image.pk]}).content.decode()

    assert f'name="picture" value="{image.pk}"' in page and "Share 1 picture" in page
    assert not Share.objects.exists()


def test_nothing_chosen_leads_back_to_the_gallery(signed_in: Client) -> None:
    assert signed_in.post("/shares/new/")["Location"] == "/gallery/"


def test_a_link_to_all_that_is_liked_follows_the_likes(signed_in: Client, image: Image) -> None:
    image.like()
    other = ImageFactory.create(shoot=image.shoot)
    signed_in.post("/shares/new/", {"only": "liked", "name": "Best", "lifetime": "0"})
    share = Share.objects.get()
    before = list(share.images())

    other.like()

    assert before == [image]
    assert set(share.images()) == {image, other}


def test_while_nothing_is_liked_there_is_nothing_to_share(signed_in: Client, image: Image) -> None:
    answer = signed_in.post("/shares/new/", {"only": "liked", "name": "Best", "lifetime": "0"})

    assert answer["Location"] == "/gallery/"
    assert not Share.objects.exists()


# Reports


def test_a_report_is_written_down_and_staff_are_told_once(client: Client, share: Share, image: Image) -> None:
    staff = UserFactory.create(is_staff=True)
    said = {"reason": "is_me", "text": "Please take it down."}

    answer = client.post(f"{share.get_absolute_url()}{image.pk}/report/", said)
    made = Report.objects.get()
    tell_staff(made.pk)
    tell_staff(made.pk)

    assert answer["Location"] == share.get_absolute_url()
    assert (made.image, made.share, made.account, made.text) == (image, share, share.account, said["text"])
    assert OrmQ.objects.count() == 1
    assert [letter.to for letter in mail.outbox] == [[staff.email]]
    assert share.token not in mail.outbox[0].body and said["text"] not in mail.outbox[0].body


@pytest.mark.parametrize("said", [{}, {"reason": "because"}, {"reason": "other", "text": "x" * 501}])
def test_a_report_of_nothing_is_asked_for_again(
    client: Client, share: Share, image: Image, said: dict[str, str]
) -> None:
    answer = client.post(f"{share.get_absolute_url()}{image.pk}/report/", said)

    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_reports_are_limited(
    client: Client, share: Share, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.views.shared.MOST_REPORTS_AN_HOUR", 1)
    monkeypatch.setattr("studio.ratelimit.time.time", lambda: 0.0)
    url = f"{share.get_absolute_url()}{image.pk}/report/"

    answers = [client.post(url, {"reason": "other"}).status_code for _ in range(2)]

    assert answers == [302, 429]
