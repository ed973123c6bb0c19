"""Every page and every action of the admin, for every role: whoever adds one says here who may use it.

V is the viewer, S support, C the catalogue, O the owner; "" is nobody but who may do everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse

from accounts.models import User
from accounts.roles import ROLES
from studio import files
from studio.console.acting import ActPages
from tests.factories import jpeg
from tests.rows import make_a_row_of_each

pytestmark = pytest.mark.django_db


class Rows(NamedTuple):
    """Who sees the rows of a model, who adds one, who deletes one."""

    see: str = "VSO"
    add: str = ""
    delete: str = ""


ROWS = {
    "accounts.auditentry": Rows(),
    "accounts.bundle": Rows(add="O"),
    "accounts.consent": Rows(),
    "accounts.creditaccount": Rows(),
    "accounts.creditentry": Rows(),
    "accounts.purchase": Rows(),
    "accounts.user": Rows(),
    "auth.group": Rows(see=""),
    "django_q.failure": Rows(),
    "django_q.ormq": Rows(),
    "packs.comparison": Rows(see="VSCO"),
    "packs.pack": Rows(see="VSCO"),
    "packs.packprompt": Rows(see="VSCO"),
    "studio.callback": Rows(),
    "studio.check": Rows(),
    "studio.erasure": Rows(),
    "studio.event": Rows(),
    "studio.extension": Rows(),
    "studio.heartbeat": Rows(),
    "studio.image": Rows(),
    "studio.inspection": Rows(),
    "studio.letter": Rows(),
    "studio.pause": Rows(),
    "studio.photo": Rows(),
    "studio.photoset": Rows(),
    "studio.prompt": Rows(),
    "studio.refundrequest": Rows(),
    "studio.removal": Rows(),
    "studio.report": Rows(),
    "studio.share": Rows(),
    "studio.shoot": Rows(),
    "studio.tally": Rows(),
    "studio.trial": Rows(),
    "studio.tune": Rows(),
    "studio.tunedeletion": Rows(),
    "studio.vote": Rows(),
}
# Pages that are looked at, and those that something is sent to.
LOOKED_AT = {
    "index": "VSCO",
    "app_list": "VSCO",
    "health": "VSO",
    "trial": "VSO",
    "pause": "VSO",
    "mails": "VSO",
    "mail": "VSO",
    "studio_shoot_look": "O",
    "studio_photoset_look": "O",
    "packs_pack_compare": "VSCO",
    "packs_pack_cover": "VSCO",
    "packs_pack_picture": "VSCO",
}
SENT_TO = {
    "trial-begin": "SO",
    "pause-hold": "SO",
    "pause-release": "SO",
    "studio_photo_decide": "O",
    "studio_refundrequest_all": "SO",
    "studio_refundrequest_part": "SO",
    "studio_refundrequest_nothing": "SO",
    "packs_pack_look": "CO",
    "packs_pack_take": "CO",
    "packs_pack_cover_choose": "CO",
}
ACTS = {
    ("accounts.user", "give-credits"): "SO",
    ("accounts.user", "sign-out"): "SO",
    ("accounts.user", "suspend"): "SO",
    ("accounts.user", "restore"): "SO",
    ("accounts.user", "erase"): "O",
    ("packs.pack", "pack-published"): "CO",
    ("packs.pack", "pack-withdrawn"): "CO",
    ("packs.pack", "change-seen"): "CO",
    ("studio.shoot", "check-now"): "SO",
    ("studio.shoot", "replay-callbacks"): "SO",
    ("studio.shoot", "fetch-again"): "SO",
    ("studio.shoot", "retry-shot"): "SO",
    ("studio.shoot", "give-up"): "SO",
    ("studio.shoot", "keep-model"): "SO",
    ("studio.shoot", "give-credits"): "SO",
}
ACTIONS = {
    ("accounts.creditaccount", "waive"): "",
    ("accounts.purchase", "ask_stripe"): "O",
    ("django_q.failure", "queue_again"): "SO",
    ("packs.pack", "publish"): "CO",
    ("packs.pack", "withdraw"): "CO",
    ("studio.callback", "replay"): "SO",
    ("studio.erasure", "go_on_now"): "O",
    ("studio.image", "fetch_again"): "SO",
    ("studio.letter", "send_again"): "SO",
    ("studio.refundrequest", "give_all"): "SO",
    ("studio.removal", "carry_out_now"): "SO",
    ("studio.report", "close_links"): "SO",
    ("studio.report", "mark_handled"): "SO",
    ("studio.shoot", "check_now"): "SO",
    ("studio.shoot", "fetch_again"): "SO",
}
# Django's and unfold's own: for whoever is signed in, and with nothing of a row that one may not see.
THEIRS = {
    "login", "logout", "password_change", "password_change_done", "jsi18n", "search", "autocomplete",
    "view_on_site",
}  # fmt: skip
# Each model has these; `act` stands in ACTS.
GENERIC = {"changelist": "see", "change": "see", "history": "see", "add": "add", "delete": "delete"}


def names(patterns: Any) -> Iterator[str]:
    """Yield the name of every address of the admin; redirects have none."""
    for pattern in patterns:
        if not isinstance(pattern, URLPattern):
            yield from names(pattern.url_patterns)
        elif pattern.name:
            yield pattern.name


def place(label: str) -> str:
    return label.replace(".", "_")


def acts() -> Iterator[tuple[str, str]]:
    for model, page in admin.site._registry.items():
        if isinstance(page, ActPages):
            yield from ((model._meta.label_lower, act.name) for act in page.acts)


def actions() -> Iterator[tuple[str, str]]:
    for model, page in admin.site._registry.items():
        yield from ((model._meta.label_lower, str(action)) for action in page.actions or ())


def test_every_model_page_act_and_action_says_who_may_use_it() -> None:
    pages = {f"{place(label)}_{page}" for label in ROWS for page in GENERIC}
    with_acts = {f"{place(label)}_act" for label, _act in acts()}

    assert {model._meta.label_lower for model in admin.site._registry} == ROWS.keys()
    assert set(names(admin.site.urls[0])) == pages | with_acts | LOOKED_AT.keys() | SENT_TO.keys() | THEIRS
    assert set(acts()) == ACTS.keys()
    assert set(actions()) == ACTIONS.keys()


@pytest.fixture
def rows(user: User) -> dict[str, Any]:
    """The id of a row of each model."""
    make_a_row_of_each(user)
    found = {model._meta.label_lower: model._default_manager.all()[0].pk for model in admin.site._registry}
    return found | {"accounts.user": user.pk}


def may(browser: Client, method: str, name: str, *arguments: Any) -> bool:
    """Whether a page lets somebody in; some say that there is none."""
    status = getattr(browser, method)(reverse(f"admin:{name}", args=arguments)).status_code
    assert status in (200, 302, 403, 404), (name, status)
    return status in (200, 302)


@pytest.mark.long
@pytest.mark.parametrize("role", ROLES)
def test_every_list_and_row(staff_as: Callable[[str], Client], rows: dict[str, Any], role: str) -> None:
    browser, letter, wrong = staff_as(role), role[0], []
    for label, row in rows.items():
        for page, right in GENERIC.items():
            arguments = [] if page in {"changelist", "add"} else [row]
            let_in = may(browser, "get", f"{place(label)}_{page}", *arguments)
            if let_in != (letter in getattr(ROWS[label], right)):
                wrong.append((label, page, let_in))

    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_our_own(staff_as: Callable[[str], Client], rows: dict[str, Any], role: str) -> None:
    files.write("packs/1/cover.webp", jpeg(format="WEBP"))
    arguments = {
        "app_list": ["packs"],
        "mail": ["ready"],
        "studio_shoot_look": [rows["studio.shoot"]],
        "studio_photoset_look": [rows["studio.photoset"]],
        "packs_pack_cover": [rows["packs.pack"]],
        "packs_pack_picture": [1, "cover"],
    }
    browser, letter = staff_as(role), role[0]

    wrong = {
        name: letter
        for name, roles in LOOKED_AT.items()
        if may(browser, "get", name, *arguments.get(name, [])) != (letter in roles)
    }

    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_that_something_is_sent_to(
    staff_as: Callable[[str], Client], rows: dict[str, Any], role: str
) -> None:
    arguments = {
        "studio_photo_decide": [rows["studio.photo"]],
        "packs_pack_cover_choose": [rows["packs.pack"]],
        **{name: [rows["studio.refundrequest"]] for name in SENT_TO if "refundrequest" in name},
    }
    browser, letter = staff_as(role), role[0]

    wrong = {
        name: letter
        for name, roles in SENT_TO.items()
        if may(browser, "post", name, *arguments.get(name, [])) != (letter in roles)
    }

    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_every_act(staff_as: Callable[[str], Client], rows: dict[str, Any], role: str) -> None:
    browser, letter = staff_as(role), role[0]

    wrong = {
        (label, act): letter
        for (label, act), roles in ACTS.items()
        if may(browser, "get", f"{place(label)}_act", rows[label], act) != (letter in roles)
    }

    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_every_action(staff_as: Callable[[str], Client], role: str) -> None:
    request = RequestFactory().get("/admin/")
    request.user = User.objects.get(pk=staff_as(role).session["_auth_user_id"])
    offered = {
        (model._meta.label_lower, name)
        for model, page in admin.site._registry.items()
        for name in page.get_actions(request)
    }

    assert offered == {action for action, roles in ACTIONS.items() if role[0] in roles}
