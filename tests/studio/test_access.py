"""Who may go where: every address of the project, with no exception.

An address without an entry in DOORS fails `test_every_address_has_its_entry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.mails import unsubscribe_url
from accounts.models import Purchase
from packs.models import Pack
from studio.models import Erasure, Image, Photo, PhotoSet, Report, Share, Shoot, Vote
from tests.factories import (
    ImageFactory,
    PackFactory,
    PhotoSetFactory,
    PurchaseFactory,
    ShareFactory,
    ShootFactory,
    SignInFactory,
    UserFactory,
    jpeg,
)
from tests.lasting import Lasting, make_once

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

# Addresses of packages that have tests of their own: here they are asked for as groups.
ALLAUTH, ADMIN = ("account_", "mfa_"), "admin:"
SOMEBODYS, ANYBODYS, PUBLIC = "an owner's", "for whoever is signed in", "for everyone"
VISITORS = "for whoever has the link"
GET, POST = ("GET", "HEAD"), ("POST",)
CALLBACK = "studio:callback"
# Mail programs post there by themselves (RFC 8058).
UNSUBSCRIBE = "accounts:unsubscribe"
MACHINES = (CALLBACK, "studio:trial-callback", UNSUBSCRIBE, "accounts:stripe-webhook")
UUIDS = (
    "photo_set_id", "photo_id", "shoot_id", "tune_id", "image_id", "photo_set", "photo", "picture",
    "purchase_id",
)  # fmt: skip
MADE_UP = {name: str(uuid4()) for name in UUIDS} | {
    "slug": "none", "stem": "none", "token": "none", "variant": "640.webp", "pack_id": 0, "name": "woman",
    "share_id": 0, "share_token": "none", "sign_in_id": 0,
    "mail_token": "none", "trial_id": str(uuid4()), "what": "tune",
    "erasure_id": str(uuid4()),
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
    sign_in: UserSession
    purchase: Purchase
    erasure: Erasure

    def ids(self) -> dict[str, Any]:
        """Return what the arguments of addresses are called, with their values."""
        return {
            "slug": self.pack.slug,
            "pack_id": self.pack.astria_id,
            "stem": "cover",
            "photo_set_id": self.photo_set.pk,
            "photo_id": self.photo.pk,
            "shoot_id": self.shoot.pk,
            "tune_id": self.shoot.tune_id,
            "token": self.shoot.callback_token,
            "image_id": self.image.pk,
            "variant": "640.webp",
            "share_id": self.share.pk,
            "erasure_id": self.erasure.pk,
            "share_token": self.share.token,
            "trial_id": uuid4(),
            "what": "tune",
            "sign_in_id": self.sign_in.pk,
            "purchase_id": self.purchase.pk,
            "mail_token": unsubscribe_url(self.sign_in.user, "mails_ready").split("/")[-3],
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


def of_picture(world: World) -> dict[str, Any]:
    return {"picture": [str(world.image.pk)]}


DOORS = {
    "studio:home": Door(PUBLIC),
    "packs:packs": Door(PUBLIC),
    "packs:pack": Door(PUBLIC),
    "packs:picture": Door(PUBLIC),
    # Its token is its key: tests/studio/test_callback_view.py
    CALLBACK: Door(PUBLIC, POST, answers=400),
    # So is a try's: tests/console/test_trials.py
    "studio:trial-callback": Door(PUBLIC, POST, answers=404),
    # Their token is the key, and the password: below, and in tests/studio/test_shared_pages.py
    "studio:shared": Door(VISITORS),
    "studio:shared-unlock": Door(VISITORS, (*GET, *POST)),
    "studio:shared-download": Door(VISITORS),
    "studio:shared-picture": Door(VISITORS),
    "studio:shared-vote": Door(VISITORS, POST, 302),
    "studio:shared-unvote": Door(VISITORS, POST, 302),
    "studio:shared-report": Door(VISITORS, (*GET, *POST)),
    "studio:shared-file": Door(VISITORS),
    # There while DEBUG is on: tests/accounts/test_mailbox.py
    "accounts:mailbox": Door(PUBLIC, answers=404),
    # Who may read it: tests/console/test_metrics.py
    "studio:metrics": Door(PUBLIC, answers=404),
    "studio:privacy": Door(PUBLIC),
    # There once the operator has written them: tests/studio/test_notices.py
    "studio:terms": Door(PUBLIC, answers=404),
    "studio:imprint": Door(PUBLIC, answers=404),
    "studio:contact": Door(PUBLIC, answers=404),
    # Its number is its key: whoever erased an account cannot sign in any more.
    "studio:receipt": Door(PUBLIC),
    "accounts:account": Door(ANYBODYS),
    "accounts:security": Door(ANYBODYS),
    "accounts:notifications": Door(ANYBODYS, (*GET, *POST)),
    # Its token is its key: tests/accounts/test_mails_wanted.py
    UNSUBSCRIBE: Door(PUBLIC, (*GET, *POST)),
    # Another person's sign-in: tests/accounts/test_signed_in.py
    "accounts:sign-in-end": Door(SOMEBODYS, POST, 302),
    "accounts:sign-ins-end": Door(ANYBODYS, POST, 302),
    "accounts:credits": Door(ANYBODYS),
    "accounts:buy": Door(ANYBODYS, POST, 302),
    # Free credits are for development: tests/accounts/test_buying.py
    "accounts:top-up": Door(ANYBODYS, POST, 404),
    "accounts:purchase": Door(SOMEBODYS),
    "accounts:receipt": Door(SOMEBODYS),
    # What Stripe signed is its key, and here are none: tests/accounts/test_buying.py
    "accounts:stripe-webhook": Door(PUBLIC, POST, 404),
    "accounts:privacy": Door(ANYBODYS),
    "accounts:retention": Door(ANYBODYS, POST, 302, lambda _: {"photos_kept_days": "7"}),
    "accounts:export": Door(ANYBODYS),
    "accounts:erase": Door(ANYBODYS, (*GET, *POST)),
    "studio:gallery": Door(ANYBODYS),
    "studio:gallery-ids": Door(ANYBODYS),
    "studio:photo-set-new": Door(ANYBODYS, (*GET, *POST)),
    "studio:shoots": Door(ANYBODYS, (*GET, *POST)),
    "studio:order": Door(SOMEBODYS, (*POST, *GET), 302, of_set),
    "studio:photo-set": Door(SOMEBODYS),
    "studio:photo-set-side": Door(SOMEBODYS),
    "studio:photo-set-tiles": Door(SOMEBODYS),
    "studio:photo-set-edit": Door(SOMEBODYS, POST, 302, lambda _: {"name": "Zoë", "class_name": "man"}),
    "studio:photo-set-erase": Door(SOMEBODYS, (*GET, *POST)),
    "studio:shoot-erase": Door(SOMEBODYS, (*GET, *POST)),
    "studio:photo-set-agree": Door(SOMEBODYS, POST, 302),
    "studio:photo-set-pack": Door(SOMEBODYS, POST, 302, of_set),
    "studio:photo-set-credits": Door(SOMEBODYS, POST, 302),
    "studio:photos": Door(SOMEBODYS, POST, 302, of_set),
    "studio:photo-tile": Door(SOMEBODYS),
    "studio:photo-remove": Door(SOMEBODYS, POST, 302),
    "studio:photo-restore": Door(SOMEBODYS, POST, 302),
    "studio:photo-keep": Door(SOMEBODYS, POST, 302),
    # Nobody answers for Astria here: the person goes on without.
    "studio:inspect": Door(SOMEBODYS, POST, 503, of_photo),
    "studio:shoot": Door(SOMEBODYS),
    "studio:shoot-cancel": Door(SOMEBODYS, POST, 302),
    "studio:model-keep": Door(SOMEBODYS, POST, 302),
    "studio:models": Door(ANYBODYS),
    "studio:model": Door(SOMEBODYS),
    "studio:model-extend": Door(SOMEBODYS, POST, 302),
    "studio:model-delete": Door(SOMEBODYS, POST, 302),
    "studio:more": Door(SOMEBODYS, (*GET, *POST)),
    # Its picture is in the query: tests/studio/test_making_more.py
    "studio:more-like": Door(ANYBODYS, (*GET, *POST), answers=404),
    "studio:put-right": Door(SOMEBODYS),
    "studio:redo": Door(SOMEBODYS, POST, 302),
    "studio:refund-ask": Door(SOMEBODYS, POST, 302),
    "studio:shoot-gallery": Door(SOMEBODYS),
    "studio:shoot-gallery-ids": Door(SOMEBODYS),
    "studio:shares": Door(SOMEBODYS, (*GET, *POST)),
    "studio:share-revoke": Door(SOMEBODYS, POST, 302),
    "studio:share-votes": Door(SOMEBODYS),
    "studio:share-votes-clear": Door(SOMEBODYS, POST, 302),
    "studio:share-list": Door(ANYBODYS),
    "studio:share-new": Door(SOMEBODYS, (*POST, *GET), 200, of_picture),
    "studio:picture": Door(SOMEBODYS),
    "studio:compare": Door(SOMEBODYS, (*GET, *POST), 200, of_picture),
    "studio:photo-file": Door(SOMEBODYS),
    "studio:pictures-like": Door(SOMEBODYS, POST, 302, of_picture),
    "studio:pictures-unlike": Door(SOMEBODYS, POST, 302, of_picture),
    "studio:pictures-hide": Door(SOMEBODYS, POST, 302, of_picture),
    "studio:pictures-unhide": Door(SOMEBODYS, POST, 302, of_picture),
    "studio:pictures-seen": Door(SOMEBODYS, POST, 204, of_picture),
    "studio:picture-file": Door(SOMEBODYS),
    "studio:picture-like": Door(SOMEBODYS, POST, 302),
    "studio:picture-unlike": Door(SOMEBODYS, POST, 302),
    # Without a size it asks for one; of nothing it says so: tests/studio/test_downloads.py
    "studio:download": Door(SOMEBODYS, (*POST, *GET), 200, of_picture),
    "studio:crop": Door(SOMEBODYS),
    "studio:picture-put-right": Door(SOMEBODYS, GET, 302),
    "studio:crop-file": Door(SOMEBODYS),
}


def doors(*whose: str) -> list[str]:
    return [name for name, door in DOORS.items() if not whose or door.whose in whose]


def doors_of(method: str) -> list[str]:
    return [name for name, door in DOORS.items() if method in door.methods]


def other_methods() -> list[tuple[str, str]]:
    methods = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
    return [(name, method) for name in DOORS for method in methods if method not in DOORS[name].methods]


class Browsers(NamedTuple):
    """Of who owns the world, and of somebody else."""

    owner: Client
    stranger: Client


def make_world() -> tuple[World, Browsers]:
    user, other = UserFactory.create(credits=100), UserFactory.create(credits=100)
    pack: Pack = PackFactory.create()
    default_storage.save(f"packs/{pack.astria_id}/cover.webp", ContentFile(jpeg(format="WEBP")))
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, pack=pack, photos=4)
    shoot: Shoot = ShootFactory.create(account=user.account, pack=pack)
    photo, image = photo_set.photos.all()[0], ImageFactory.create(shoot=shoot)
    share: Share = ShareFactory.create(shoot=shoot, downloads=True)
    sign_in, purchase = SignInFactory.create(user=user), PurchaseFactory.create(account=user.account)
    erasure = Erasure.ask_for(user.account, "shoot", uuid4(), next_check_at=timezone.now())
    world = World(pack, photo_set, photo, shoot, image, share, sign_in, purchase, erasure)
    browsers = Browsers(Client(), Client())
    browsers.owner.force_login(user)
    browsers.stranger.force_login(other)
    return world, browsers


@pytest.fixture(scope="module")
def made(module_db: None) -> Lasting[tuple[World, Browsers]]:
    return make_once(make_world)


@pytest.fixture
def here(made: Lasting[tuple[World, Browsers]], db: None, settings: Any) -> tuple[World, Browsers]:
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"
    return made.here()


@pytest.fixture
def world(here: tuple[World, Browsers]) -> World:
    return here[0]


@pytest.fixture
def owner(here: tuple[World, Browsers]) -> Client:
    return here[1].owner


@pytest.fixture
def stranger(here: tuple[World, Browsers]) -> Client:
    return here[1].stranger


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
    ours = {name for name in arguments() if not name.startswith((*ALLAUTH, ADMIN))}

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


@pytest.mark.parametrize("name", doors(PUBLIC, VISITORS))
def test_everyone_is_let_in_where_it_is_public(name: str, world: World) -> None:
    assert knock(Client(), name, world.ids()).status_code == DOORS[name].answers


def test_every_address_of_a_link_is_tried_with_links_that_are_closed() -> None:
    assert doors(VISITORS) == [name for name in DOORS if "share_token" in arguments()[name]]


def _wrong(share: Share) -> None:
    share.token = "x" * 43


def _expired(share: Share) -> None:
    Share.objects.update(expires_at=timezone.now())


def _revoked(share: Share) -> None:
    share.revoke()


@pytest.mark.parametrize("close", [_wrong, _expired, _revoked])
@pytest.mark.parametrize("name", doors(VISITORS))
def test_a_wrong_an_expired_and_a_revoked_link_open_nothing(
    name: str, close: Callable[[Share], None], world: World
) -> None:
    close(world.share)

    answers = [knock(Client(), name, world.ids(), method) for method in DOORS[name].methods]

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("name", [name for name in doors(VISITORS) if name != "studio:shared-unlock"])
def test_without_its_password_a_link_opens_nothing(name: str, world: World, stranger: Client) -> None:
    Share.objects.update(password=make_password("open sesame"))

    answers = [
        knock(client, name, world.ids(), method)
        for client in (Client(), stranger)
        for method in DOORS[name].methods
    ]

    assert {answer.status_code for answer in answers} == {302}
    assert {answer["Location"] for answer in answers} == {f"/s/{world.share.token}/password/"}
    assert not Vote.objects.exists() and not Report.objects.exists()


@pytest.mark.parametrize("name", [name for name in doors(VISITORS) if "image_id" in arguments()[name]])
def test_a_link_opens_no_picture_that_is_not_of_it(name: str, world: World) -> None:
    other = ImageFactory.create(shoot__account=world.shoot.account, liked_at=timezone.now())

    for method in DOORS[name].methods:
        assert knock(Client(), name, world.ids() | {"image_id": other.pk}, method).status_code == 404


@pytest.mark.parametrize("name", doors(SOMEBODYS, ANYBODYS))
def test_who_is_not_signed_in_is_asked_to(name: str) -> None:
    answer = knock(Client(), name, MADE_UP)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=/")


@pytest.mark.parametrize(("name", "method"), other_methods())
def test_other_methods_are_refused(name: str, method: str) -> None:
    assert knock(Client(), name, MADE_UP, method).status_code == 405


@pytest.mark.parametrize("name", [it for it in doors() if "POST" in DOORS[it].methods and it not in MACHINES])
def test_a_form_from_elsewhere_is_refused(name: str) -> None:
    client = Client(enforce_csrf_checks=True)

    assert knock(client, name, MADE_UP, "POST").status_code == 403


def test_only_machines_that_call_us_need_no_token_of_a_form() -> None:
    views = [pattern.callback for _, pattern in patterns() if getattr(pattern.callback, "csrf_exempt", False)]

    assert {view.__name__ for view in views} == {"callback", "called", "unsubscribe", "webhook"}


def test_nothing_of_the_admin_is_shown_to_who_is_no_staff(stranger: Client) -> None:
    open_to_all = {"admin:login", "admin:logout"}
    names = [name for name, needed in arguments().items() if name.startswith(ADMIN) and not needed]

    answers = {stranger.get(reverse(name)).status_code for name in set(names) - open_to_all}

    assert len(names) > 30
    assert answers == {302}


def test_what_allauth_keeps_for_people_asks_to_sign_in(client: Client) -> None:
    for_all = {
        "account_login", "account_logout", "account_signup", "account_inactive", "account_reset_password",
        "account_reset_password_done", "account_reset_password_from_key_done", "account_request_login_code",
        "account_confirm_login_code", "account_email_verification_sent", "mfa_authenticate",
        "mfa_login_webauthn", "mfa_index", "mfa_list_webauthn",
    }  # fmt: skip
    named = {name for name, needed in arguments().items() if name.startswith(ALLAUTH) and not needed}
    named -= {"mfa_edit_webauthn", "mfa_remove_webauthn"}  # of a key: tests/accounts/test_second_factor.py

    to = {name: client.get(reverse(name))["Location"].partition("?")[0] for name in named - for_all}

    assert for_all <= named
    assert set(to.values()) == {"/accounts/login/"}


def test_addresses_of_allauth_that_are_not_used_are_not_there(client: Client) -> None:
    unused = [
        "sessions/",
        "3rdparty/",
        "3rdparty/signup/",
        "social/login/error/",
        "signup/passkey/",
        "phone/verify/",
    ]

    assert {client.get(f"/accounts/{path}").status_code for path in unused} == {404}
