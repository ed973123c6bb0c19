"""The admin: every model is there, for staff alone, and what a machine owns is read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django_q.models import Failure

from accounts.models import Bundle, CreditAccount, User
from packs.models import Pack
from studio.models import (
    Callback,
    Image,
)
from tests.factories import (
    PackFactory,
    PhotoSetFactory,
    PromptFactory,
    UserFactory,
)
from tests.lasting import make_once
from tests.rows import make_a_row_of_each

pytestmark = pytest.mark.django_db

# What the form of a person carries for their addresses, which are only shown.
MANAGEMENT = {"emailaddress_set-TOTAL_FORMS": "0", "emailaddress_set-INITIAL_FORMS": "0"}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model], page: str, *arguments: object) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=arguments)


@pytest.fixture
def staff(db: None, client_for: Callable[[User], Client]) -> Client:
    return client_for(User.objects.create_superuser("staff@example.com", "pass"))


@pytest.fixture
def asked(db: None) -> HttpRequest:
    """What somebody who may do everything asks for."""
    request = RequestFactory().get("/admin/")
    request.user = User.objects.create_superuser("staff@example.com", "pass")
    return request


@pytest.fixture(scope="module")
def rows_made(module_db: None) -> None:
    make_once(lambda: make_a_row_of_each(UserFactory.create(credits=100)))


@pytest.fixture
def a_row_of_each(rows_made: None, db: None) -> None:
    """A row of each model; their files are not asked for."""


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.usefixtures("a_row_of_each")
def test_staff_see_the_list_and_a_row_of_every_model(staff: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    answers = [staff.get(address(model, "changelist")), staff.get(address(model, "change", row.pk))]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_can_be_searched(staff: Client, model: type[Model]) -> None:
    assert staff.get(address(model, "changelist"), {"q": "x"}).status_code == 200


@pytest.mark.pages
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_others_are_sent_to_sign_in(user: User, model: type[Model]) -> None:
    client = Client()
    client.force_login(user)

    answers = [client.get(address(model, "changelist")), Client().get(address(model, "changelist"))]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_every_model_of_ours_is_registered_or_shown_with_its_parent() -> None:
    shown = {inline.model for it in admin.site._registry.values() for inline in it.inlines} | set(MODELS)
    ours = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "packs", "studio"}]

    # A gallery's version is a number that the database sets.
    assert [model.__name__ for model in ours if model not in shown] == ["PageVersion"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_added_by_hand_but_groups_and_the_price_list(
    asked: HttpRequest, model: type[Model]
) -> None:
    allowed = admin.site._registry[model].has_add_permission(asked)

    assert allowed == (model in {Group, Bundle})


OURS = [model for model in MODELS if model._meta.app_label in {"accounts", "packs", "studio"}]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_of_ours_is_deleted_in_the_admin(asked: HttpRequest, model: type[Model]) -> None:
    assert not admin.site._registry[model].has_delete_permission(asked)


@pytest.mark.parametrize(
    "model", [it for it in OURS if it not in {User, Pack, Bundle}], ids=lambda model: model.__name__
)
@pytest.mark.usefixtures("a_row_of_each")
def test_what_a_machine_owns_cannot_be_written(staff: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    assert staff.post(address(model, "change", row.pk), {"status": "ready"}).status_code == 403


@pytest.mark.usefixtures("a_row_of_each")
def test_what_is_the_persons_alone_is_not_shown(staff: Client) -> None:
    image = Image.objects.all()[0]
    shoot, photo_set = image.shoot, PhotoSetFactory.create(name="Anna Secret")
    prompt = PromptFactory.create(shoot=shoot, text="woman, green eyes")
    callback = Callback.objects.create(shoot=shoot, body=f'{{"callback": "{shoot.callback_token}"}}')

    rows = (shoot, image, photo_set, prompt, callback)
    pages = [staff.get(address(type(row), "change", row.pk)) for row in rows]

    text = " ".join(page.content.decode() for page in pages)
    assert shoot.callback_token not in text
    assert image.source_url not in text
    assert "Anna Secret" not in text
    assert "green eyes" not in text


def helper(*permissions: str) -> Client:
    """Staff who may enter, and nothing else but this."""
    client, person = Client(), UserFactory.create(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(person)
    return client


@pytest.mark.pages
def test_staff_who_change_people_give_nobody_more_rights_not_even_themselves(user: User) -> None:
    group = Group.objects.create(name="Keepers")
    client = helper("view_user", "change_user", "view_group", "change_group")
    powers = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk]}

    mine = client.post(address(User, "change", client.session["_auth_user_id"]), powers)
    theirs = client.post(address(User, "change", user.pk), {"is_active": "on"} | powers | MANAGEMENT)
    ours = client.post(address(Group, "change", group.pk), {"name": "Keepers", "permissions": [1]})

    user.refresh_from_db()
    assert (mine.status_code, theirs.status_code, ours.status_code) == (403, 302, 403)
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)


@pytest.mark.pages
def test_staff_who_change_people_can_switch_somebody_off(user: User) -> None:
    helper("view_user", "change_user").post(address(User, "change", user.pk), MANAGEMENT)

    user.refresh_from_db()
    assert not user.is_active


def said(answer: Any) -> str:
    """Return what a page tells staff at its top."""
    return " ".join(str(it) for it in answer.context["messages"])


@pytest.mark.pages
def test_staff_who_only_look_at_packs_publish_none() -> None:
    pack: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)
    asked = {"action": "publish", "_selected_action": [pack.pk]}

    helper("view_pack").post(address(Pack, "changelist"), asked)
    pack.refresh_from_db()
    before = pack.status
    helper("view_pack", "change_pack").post(address(Pack, "changelist"), asked)
    pack.refresh_from_db()

    assert (before, pack.status) == ("draft", "published")


NUDGES = [
    (model, action)
    for model in OURS
    for action in admin.site._registry[model].actions or ()
    if model not in {Pack, CreditAccount}
]


@pytest.mark.pages
@pytest.mark.parametrize(("model", "action"), NUDGES, ids=lambda it: getattr(it, "__name__", it))
@pytest.mark.usefixtures("a_row_of_each")
def test_staff_who_only_look_set_nothing_in_motion(model: type[Model], action: str) -> None:
    row, name = model._default_manager.all()[0], model._meta.model_name
    asked = {"action": action, "_selected_action": [str(row.pk)]}
    page = address(model, "changelist")

    looked = helper(f"view_{name}").post(page, asked, follow=True)
    acted = helper(f"view_{name}", f"change_{name}").post(page, asked, follow=True)

    assert said(looked) in {"", "No action selected."}
    assert any(
        it in said(acted) for it in ("Queued", "by the clock: 1", "Granted: 1", "Revoked: 1", "Dealt with: 1")
    )


def test_the_admin_is_entered_through_the_sign_in_that_slows_guessing_down(client: Client) -> None:
    User.objects.create_superuser("staff@example.com", "correct horse battery")

    door = client.get("/admin/login/?next=/admin/studio/")
    guess = client.post(
        "/admin/login/", {"username": "staff@example.com", "password": "correct horse battery"}
    )
    sign_in = {"login": "staff@example.com", "password": "correct horse battery"}

    assert door["Location"] == "/accounts/login/?next=%2Fadmin%2Fstudio%2F"
    assert guess.status_code == 302 and get_user(client).is_anonymous  # type: ignore[arg-type]
    assert client.post(door["Location"], sign_in)["Location"] == "/admin/studio/"


def test_staff_publish_and_withdraw_packs(staff: Client) -> None:
    pack: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)

    states = []
    for action in ("publish", "withdraw"):
        staff.post(address(Pack, "changelist"), {"action": action, "_selected_action": [pack.pk]})
        pack.refresh_from_db()
        states.append(pack.status)

    assert states == ["published", "withdrawn"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_packs_asks_the_database_as_often_for_30_as_for_1(
    staff: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    PackFactory.create_batch(rows)

    with django_assert_max_num_queries(12):
        staff.get(address(Pack, "changelist"))


def test_only_failures_and_what_waits_are_shown_of_the_queue() -> None:
    assert [model.__name__ for model in MODELS if model._meta.app_label == "django_q"] == ["Failure", "OrmQ"]
    assert Failure in MODELS


def test_what_is_owed_is_waived_by_who_may_do_everything(
    staff: Client, user: User, client_for: Callable[[User], Client]
) -> None:
    user.account.reverse(115, key="chargeback")
    form = {"action": "waive", "_selected_action": str(user.account.pk)}
    path = reverse("admin:accounts_creditaccount_changelist")
    looker = UserFactory.create(is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_creditaccount"))

    client_for(looker).post(path, form)
    user.account.refresh_from_db()
    owed = user.account.owed
    [staff.post(path, form) for _ in range(2)]

    user.account.refresh_from_db()
    assert (owed, user.account.owed, user.account.entries.count()) == (15, 0, 3)


def test_nothing_that_people_sign_in_with_is_shown_in_the_admin() -> None:
    labels = {model._meta.app_label for model in MODELS}

    assert not labels & {"account", "mfa", "socialaccount", "usersessions", "sessions"}
