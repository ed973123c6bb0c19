"""A gallery that was made is made again when something in it changed, and never shown to anybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import PageVersion, User
from studio import extending, likes, sharing
from studio.draft import change
from studio.erasing import erase_photo_set, erase_shoot
from studio.forms import PhotoSetForm
from studio.gallery_version import WATCHED
from studio.models import Image, Shoot, Vote
from studio.models.image import ImageQuerySet
from tests.factories import (
    ImageFactory,
    PromptFactory,
    ShareFactory,
    ShootFactory,
    TrainedTuneFactory,
)

# On PostgreSQL a version is written when a transaction ends: these tests' own do.
pytestmark = pytest.mark.django_db(transaction=True)

QUERIES = ("", "?show=liked", "?show=unseen", "?show=hidden", "?order=best")


@pytest.fixture(autouse=True)
def pages_are_kept(settings: Any) -> None:
    pages = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "kept"}
    settings.CACHES = settings.CACHES | {"pages": pages}
    caches["pages"].clear()


@pytest.fixture
def shoot(user: User) -> Shoot:
    """One of two that deliver; what is done is done to its first picture."""
    tune = TrainedTuneFactory.create(account=user.account)
    shoot: Shoot = ShootFactory.create(account=user.account, tune=tune, status="generating")
    prompt = PromptFactory.create(shoot=shoot)
    ImageFactory.create(shoot=shoot, prompt=prompt)
    ImageFactory.create(shoot=shoot, prompt=prompt, hidden_at=timezone.now(), liked_at=timezone.now())
    waiting = {"status": "pending", "stored_at": None, "next_check_at": timezone.now()}
    ImageFactory.create(shoot=shoot, prompt=prompt, **waiting)
    ImageFactory.create(shoot=ShootFactory.create(account=user.account, tune=tune, status="generating"))
    return shoot


def first(shoot: Shoot) -> ImageQuerySet:
    return Image.objects.filter(shoot=shoot, number=1)


def hidden(shoot: Shoot) -> ImageQuerySet:
    return Image.objects.filter(shoot=shoot, number=2)


def store(shoot: Shoot) -> None:
    image = Image.objects.get(shoot=shoot, number=3)
    assert image.mark_stored(extension="jpg", width=832, height=1088)


def cast(shoot: Shoot) -> None:
    sharing.vote(ShareFactory.create(shoot=shoot), first(shoot).get(), "somebody")


def withdraw(shoot: Shoot) -> None:
    cast(shoot)
    Vote.objects.all().withdraw()


def rename(shoot: Shoot) -> None:
    photo_set = shoot.tune.photo_set
    assert photo_set
    form = PhotoSetForm({"name": "Zoë", "class_name": photo_set.class_name}, instance=photo_set)
    assert form.is_valid(), form.errors
    change(form)


def extend(shoot: Shoot) -> None:
    extending.extend(shoot.tune, is_gift=True)


def call_off(shoot: Shoot) -> None:
    extend(shoot)
    extending.call_off(shoot.tune, "no")


def erase(shoot: Shoot) -> None:
    shoot.finish("ready")
    erase_shoot(shoot)


# Every verb that changes what a gallery shows, by the name of its test.
VERBS: dict[str, Callable[[Shoot], object]] = {
    "a picture comes": store,
    "a further shoot delivers": lambda shoot: ShootFactory.create(
        account=shoot.account, tune=shoot.tune, title="Outdoor", status="generating"
    ),
    "like": lambda shoot: likes.like_all(first(shoot)),
    "unlike": lambda shoot: likes.unlike_all(hidden(shoot)),
    "hide": lambda shoot: first(shoot).hide(),
    "unhide": lambda shoot: hidden(shoot).unhide(),
    "see": lambda shoot: first(shoot).mark_seen(),
    "vote": cast,
    "withdraw votes": withdraw,
    "rename the photos": rename,
    "extend the model": extend,
    "an extension is refused": call_off,
    "the model expires": lambda shoot: shoot.tune.mark_expired(),
    "the model is deleted": lambda shoot: shoot.tune.mark_deleted(),
    "a shoot fails": lambda shoot: shoot.finish("failed", error="no"),
    "a shoot ends": lambda shoot: shoot.finish("ready"),
    "erase a shoot": erase,
    "erase the photos with all pictures": lambda shoot: erase_photo_set(
        shoot.tune.photo_set, with_pictures=True
    ),
    "erase the photos": lambda shoot: erase_photo_set(shoot.tune.photo_set, with_pictures=False),
}  # fmt: skip


def page(client: Client, address: str) -> str:
    """Return a page without what is another in each answer."""
    html = client.get(address).content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", html)


def version_of(user: User) -> int:
    return PageVersion.objects.get(account=user.account).version


@pytest.mark.long
@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_after_every_verb_a_gallery_is_what_it_would_be_if_nothing_were_kept(
    signed_in: Client, user: User, shoot: Shoot, verb: Callable[[Shoot], object]
) -> None:
    addresses = [
        f"{path}{query}" for path in ("/gallery/", f"/shoots/{shoot.pk}/gallery/") for query in QUERIES
    ]
    for address in addresses:
        page(signed_in, address)
    before = version_of(user)

    verb(shoot)

    assert version_of(user) > before
    kept = [page(signed_in, address) for address in addresses]
    caches["pages"].clear()
    assert kept == [page(signed_in, address) for address in addresses]


def test_nothing_is_asked_of_a_gallery_that_did_not_change(
    signed_in: Client, shoot: Shoot, django_assert_num_queries: Any
) -> None:
    made = page(signed_in, "/gallery/")

    with django_assert_num_queries(2):  # who asks
        assert page(signed_in, "/gallery/") == made


@pytest.mark.parametrize(
    ("model", "column"),
    [(model, column) for model, columns in WATCHED.items() for column in columns],
    ids=lambda it: getattr(it, "__name__", it),
)
def test_the_database_itself_changes_the_version_whoever_changes_a_row(
    user: User, shoot: Shoot, model: Any, column: str
) -> None:
    extend(shoot)
    before = version_of(user)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET {column} = {column}")

    assert version_of(user) > before


def test_a_change_of_one_person_is_none_of_another(user: User, other_user: User, shoot: Shoot) -> None:
    ImageFactory.create(shoot=ShootFactory.create(account=other_user.account))
    before = version_of(other_user)

    likes.like_all(first(shoot))

    assert version_of(other_user) == before


def test_a_migration_that_remakes_a_table_does_not_lose_its_triggers(user: User, shoot: Shoot) -> None:
    with connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor._remake_table(Image)  # type: ignore[attr-defined]
    call_command("migrate", "studio", verbosity=0)
    before = version_of(user)

    first(shoot).like()

    assert version_of(user) > before


# Whose it is


def test_nobody_gets_a_page_that_was_kept_for_somebody_else(
    signed_in: Client, shoot: Shoot, other_user: User, client_for: Callable[[User], Client]
) -> None:
    mine = page(signed_in, "/gallery/")
    etag = signed_in.get("/gallery/")["ETag"]

    for stranger in (client_for(other_user), Client()):
        answer = stranger.get("/gallery/", headers={"If-None-Match": etag})
        assert answer.status_code != 304
        assert (
            str(first(shoot).get().pk) in mine and str(first(shoot).get().pk) not in answer.content.decode()
        )


def test_forms_of_a_kept_page_work_in_whichever_browser_it_is(
    signed_in: Client, user: User, shoot: Shoot
) -> None:
    page(signed_in, "/gallery/")
    other = Client(enforce_csrf_checks=True)
    other.force_login(user)

    token = re.search(r'csrfmiddlewaretoken" value="(\w+)', other.get("/gallery/").content.decode())

    assert token
    asked = {"picture": first(shoot).get().pk, "csrfmiddlewaretoken": token[1]}
    assert other.post("/pictures/like/", asked).status_code == 302
    assert first(shoot).get().liked_at


# In the browser


def settled(client: Client) -> str:
    """Return the mark of the page once the browser has its token for forms."""
    client.get("/gallery/")
    return str(client.get("/gallery/")["ETag"])


def again(client: Client, etag: str) -> Any:
    return client.get("/gallery/", headers={"If-None-Match": etag})


def test_a_browser_that_has_the_page_is_told_so(signed_in: Client, shoot: Shoot) -> None:
    answer = again(signed_in, settled(signed_in))

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "HX-Request"} <= set(answer["Vary"].split(", "))


def spend(client: Client, user: User) -> None:
    user.account.spend(1, key="x")


def move(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="another@example.com")


def promote(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_staff=True)


def sign_in_anew(client: Client, user: User) -> None:
    client.cookies.pop("csrftoken")


@pytest.mark.parametrize("deed", [spend, move, promote, sign_in_anew], ids=lambda it: it.__name__)
def test_what_the_frame_shows_is_part_of_the_page(
    signed_in: Client, user: User, shoot: Shoot, deed: Callable[[Client, User], None]
) -> None:
    etag = settled(signed_in)

    deed(signed_in, user)

    assert again(signed_in, etag).status_code == 200


def test_what_the_operator_says_is_part_of_the_page(signed_in: Client, shoot: Shoot, settings: Any) -> None:
    etag = settled(signed_in)

    settings.NOTICE = "Closed on Monday."

    assert "Closed on Monday." in again(signed_in, etag).content.decode()


def test_code_of_another_release_makes_it_again(
    signed_in: Client, shoot: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = settled(signed_in)
    monkeypatch.setattr("studio.views.keeping.release", lambda: "another")

    assert again(signed_in, etag).status_code == 200


def test_what_is_said_once_is_not_kept_and_not_missed(signed_in: Client, shoot: Shoot) -> None:
    etag = settled(signed_in)
    asked = {"picture": first(shoot).get().pk, "next": "/gallery/"}
    signed_in.post("/pictures/hide/", asked)
    signed_in.post("/pictures/unhide/", asked)

    said = again(signed_in, etag)

    assert (
        "1 picture shown again." in said.content.decode() and 'name="picture" value' in said.content.decode()
    )
    assert not said.has_header("ETag") and said["Cache-Control"] == "private, no-cache"
    after = signed_in.get("/gallery/")
    assert "1 picture shown again." not in after.content.decode()


def test_a_model_that_ends_while_the_page_is_kept_is_said_to_have_ended(
    signed_in: Client, shoot: Shoot, time_machine: Any
) -> None:
    assert shoot.tune.expires_at
    address = f"/shoots/{shoot.pk}/gallery/"
    assert "The model expired" not in page(signed_in, address)

    time_machine.move_to(shoot.tune.expires_at, tick=False)

    signed_in.force_login(shoot.account.user)
    assert "The model expired" in page(signed_in, address)
