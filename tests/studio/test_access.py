"""Who may go where: every address of the project, with no exception.

An address without an entry in DOORS fails `test_every_address_has_its_entry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from packs.models import Pack
from studio.models import Image, Photo, PhotoSet, Share, Shoot
from tests.factories import ImageFactory, PackFactory, PhotoSetFactory, ShareFactory, ShootFactory, jpeg

pytestmark = pytest.mark.django_db

# Addresses of packages that have tests of their own: here they are asked for as groups.
ALLAUTH, ADMIN = "account_", "admin:"
SOMEBODYS, ANYBODYS, PUBLIC = "an owner's", "for whoever is signed in", "for everyone"
GET, POST = ("GET", "HEAD"), ("POST",)
CALLBACK = "studio:callback"
UUIDS = ("photo_set_id", "photo_id", "shoot_id", "image_id", "photo_set", "photo")
MADE_UP = {name: str(uuid4()) for name in UUIDS} | {
    "slug": "none", "stem": "none", "token": "none", "variant": "640.webp", "pack_id": 0, "name": "woman",
    "share_id": 0, "share_token": "none",
}  # fmt: skip


@dataclass
class World:
    """One person's things, of every kind that an address can name."""

    pack: Pack
    photo_set: PhotoSet
    photo: Photo
    shoot: Shoot
    image: Image
    share: Share

    def ids(self) -> dict[str, Any]:
        """Return what the arguments of addresses are called, with their values."""
        return {
            "slug": self.pack.slug,
            "pack_id": self.pack.astria_id,
            "stem": "cover",
            "photo_set_id": self.photo_set.pk,
            "photo_id": self.photo.pk,
            "shoot_id": self.shoot.pk,
            "token": self.shoot.callback_token,
            "image_id": self.image.pk,
            "variant": "640.webp",
            "share_id": self.share.pk,
            "share_token": self.share.token,
        }


@dataclass
class Door:
    """An address: whose it is, by which methods, with which body, and what it answers to who may."""

    whose: str
    methods: tuple[str, ...] = GET
    answers: int = 200
    body: Callable[[World], dict[str, Any]] = field(default=lambda world: {})


def of_set(world: World) -> dict[str, Any]:
    return {"photo_set": str(world.photo_set.pk), "order_key": "0:18", "pack": world.pack.slug}


def of_photo(world: World) -> dict[str, Any]:
    return {"name": "woman", "photo": str(world.photo.pk)}


DOORS = {
    "studio:home": Door(PUBLIC),
    "packs:packs": Door(PUBLIC),
    "packs:pack": Door(PUBLIC),
    "packs:picture": Door(PUBLIC),
    # Its token is its key: tests/studio/test_callback_view.py
    CALLBACK: Door(PUBLIC, POST, answers=400),
    # So are those of share links: tests/studio/test_shared_pages.py
    "studio:shared": Door(PUBLIC),
    "studio:shared-file": Door(PUBLIC),
    # There while DEBUG is on: tests/accounts/test_mailbox.py
    "accounts:mailbox": Door(PUBLIC, answers=404),
    "accounts:account": Door(ANYBODYS),
    "studio:gallery": Door(ANYBODYS),
    "studio:photo-set-new": Door(ANYBODYS, (*GET, *POST)),
    "studio:shoots": Door(ANYBODYS, (*GET, *POST)),
    "studio:order": Door(SOMEBODYS, (*POST, *GET), 302, of_set),
    "studio:photo-set": Door(SOMEBODYS),
    "studio:photo-set-side": Door(SOMEBODYS),
    "studio:photo-set-edit": Door(SOMEBODYS, POST, 302, lambda _: {"name": "Zoë", "class_name": "man"}),
    "studio:photo-set-pack": Door(SOMEBODYS, POST, 302, of_set),
    "studio:photos": Door(SOMEBODYS, POST, 302, of_set),
    "studio:photo-tile": Door(SOMEBODYS),
    "studio:photo-remove": Door(SOMEBODYS, POST, 302),
    "studio:photo-keep": Door(SOMEBODYS, POST, 302),
    # Nobody answers for Astria here: the person goes on without.
    "studio:inspect": Door(SOMEBODYS, POST, 503, of_photo),
    "studio:shoot": Door(SOMEBODYS),
    "studio:shoot-cancel": Door(SOMEBODYS, POST, 302),
    "studio:shoot-gallery": Door(SOMEBODYS),
    "studio:shares": Door(SOMEBODYS, (*GET, *POST)),
    "studio:share-revoke": Door(SOMEBODYS, POST, 302),
    "studio:picture": Door(SOMEBODYS),
    "studio:picture-file": Door(SOMEBODYS),
    "studio:picture-like": Door(SOMEBODYS, POST, 302),
    "studio:picture-unlike": Door(SOMEBODYS, POST, 302),
}


def doors(*whose: str) -> list[str]:
    return [name for name, door in DOORS.items() if not whose or door.whose in whose]


def other_methods() -> list[tuple[str, str]]:
    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    return [(name, method) for name in DOORS for method in methods if method not in DOORS[name].methods]


@pytest.fixture
def world(user: User, settings: Any) -> World:
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"
    pack: Pack = PackFactory.create()
    default_storage.save(f"packs/{pack.astria_id}/cover.webp", ContentFile(jpeg(format="WEBP")))
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, pack=pack, photos=4)
    shoot: Shoot = ShootFactory.create(account=user.account, pack=pack)
    photo, image = photo_set.photos.all()[0], ImageFactory.create(shoot=shoot)
    return World(pack, photo_set, photo, shoot, image, ShareFactory.create(shoot=shoot))


@pytest.fixture
def owner(signed_in: Client) -> Client:
    return signed_in


@pytest.fixture
def stranger(other_user: User, client_for: Callable[[User], Client]) -> Client:
    return client_for(other_user)


def patterns(
    resolver: URLResolver | None = None, spaces: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], URLPattern]]:
    """Walk every address of the project, with the namespaces it lies in."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield spaces, entry
        else:
            yield from patterns(entry, (*spaces, entry.namespace) if entry.namespace else spaces)


@cache
def arguments() -> dict[str, list[str]]:
    """Return every address by its full name, with what its arguments are called."""
    return {
        ":".join([*spaces, str(pattern.name)]): list(pattern.pattern.regex.groupindex)
        for spaces, pattern in patterns()
    }


def knock(client: Client, name: str, ids: dict[str, Any], method: str = "", body: Any = None) -> Any:
    path = reverse(name, kwargs={key: ids[key] for key in arguments()[name]})
    return getattr(client, (method or DOORS[name].methods[0]).lower())(path, body)


def test_every_address_has_its_entry() -> None:
    ours = {name for name in arguments() if not name.startswith((ALLAUTH, ADMIN))}

    assert ours == set(DOORS)


@pytest.mark.parametrize("name", doors(SOMEBODYS))
def test_a_stranger_finds_nothing_there(name: str, world: World, stranger: Client) -> None:
    body = DOORS[name].body(world)

    assert knock(stranger, name, world.ids(), body=body).status_code == 404


@pytest.mark.parametrize("name", doors(SOMEBODYS))
def test_what_does_not_exist_is_not_found(name: str, stranger: Client) -> None:
    assert knock(stranger, name, MADE_UP, body=MADE_UP).status_code == 404


@pytest.mark.parametrize("name", doors(SOMEBODYS, ANYBODYS))
def test_who_may_is_let_in(name: str, world: World, owner: Client) -> None:
    body = DOORS[name].body(world)

    assert knock(owner, name, world.ids(), body=body).status_code == DOORS[name].answers


@pytest.mark.parametrize("name", [name for name in DOORS if DOORS[name].methods[:2] == GET])
def test_what_can_be_had_can_be_asked_about(name: str, world: World, owner: Client) -> None:
    assert knock(owner, name, world.ids(), "HEAD").status_code == DOORS[name].answers


@pytest.mark.parametrize("name", doors(PUBLIC))
def test_everyone_is_let_in_where_it_is_public(name: str, world: World) -> None:
    assert knock(Client(), name, world.ids()).status_code == DOORS[name].answers


@pytest.mark.parametrize("name", doors(SOMEBODYS, ANYBODYS))
def test_who_is_not_signed_in_is_asked_to(name: str) -> None:
    answer = knock(Client(), name, MADE_UP)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize(("name", "method"), other_methods())
def test_other_methods_are_refused(name: str, method: str) -> None:
    assert knock(Client(), name, MADE_UP, method).status_code == 405


@pytest.mark.parametrize("name", [it for it in doors() if "POST" in DOORS[it].methods and it != CALLBACK])
def test_a_form_from_elsewhere_is_refused(name: str) -> None:
    client = Client(enforce_csrf_checks=True)

    assert knock(client, name, MADE_UP, "POST").status_code == 403


def test_only_callbacks_need_no_token_of_a_form() -> None:
    views = [pattern.callback for _, pattern in patterns() if getattr(pattern.callback, "csrf_exempt", False)]

    assert [view.__name__ for view in views] == ["callback"]


def test_nothing_of_the_admin_is_shown_to_who_is_no_staff(stranger: Client) -> None:
    open_to_all = {"admin:login", "admin:logout"}
    names = [name for name, needed in arguments().items() if name.startswith(ADMIN) and not needed]

    answers = {stranger.get(reverse(name)).status_code for name in set(names) - open_to_all}

    assert len(names) > 30
    assert answers == {302}


def test_what_allauth_keeps_for_people_asks_to_sign_in(client: Client) -> None:
    names = ["account_email", "account_change_password", "account_reauthenticate"]

    to = {client.get(reverse(name))["Location"].partition("?")[0] for name in names}

    assert to == {"/accounts/login/"}
