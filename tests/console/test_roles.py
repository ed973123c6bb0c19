"""Roles: what each can really change; test_every_role.py has every page and action of the admin."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import ROLES, grant_roles
from packs.models import Pack

pytestmark = pytest.mark.django_db

OURS = {"accounts", "packs", "studio", "django_q"}


def test_the_groups_are_there() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(ROLES)


def test_nobody_but_an_owner_has_every_right_of_ours() -> None:
    sizes = {group.name: group.permissions.count() for group in Group.objects.filter(name__in=ROLES)}

    assert sizes["Owner"] == Permission.objects.filter(content_type__app_label__in=OURS).count()
    assert sizes["Viewer"] < sizes["Support"] < sizes["Owner"]


@pytest.mark.parametrize(
    ("role", "may"), [("Viewer", False), ("Support", False), ("Catalogue", True), ("Owner", True)]
)
def test_packs_are_published_by_catalogue_and_owner(
    staff_as: Callable[[str], Client], pack: Pack, role: str, may: bool
) -> None:
    given = {"action": "withdraw", "_selected_action": [pack.pk]}

    staff_as(role).post(reverse("admin:packs_pack_changelist"), given)

    pack.refresh_from_db()
    assert (pack.status == Pack.Status.WITHDRAWN) == may


@pytest.mark.parametrize(
    ("role", "may"), [("Viewer", False), ("Support", True), ("Catalogue", False), ("Owner", True)]
)
def test_submissions_are_held_and_the_configuration_tried_by_support_and_owner(
    staff_as: Callable[[str], Client], role: str, may: bool
) -> None:
    browser = staff_as(role)

    answers = [
        browser.post(reverse("admin:pause-hold"), {"reason": "x"}).status_code,
        browser.post(reverse("admin:trial-begin")).status_code,
    ]

    assert answers == ([302, 302] if may else [403, 403])


@pytest.mark.parametrize("role", ROLES)
def test_no_role_says_who_else_is_staff(staff_as: Callable[[str], Client], user: User, role: str) -> None:
    address = reverse("admin:accounts_user_change", args=[user.pk])

    staff_as(role).post(address, {"is_active": "on", "is_staff": "on", "is_superuser": "on"})

    user.refresh_from_db()
    assert not user.is_staff and not user.is_superuser


def test_what_an_operator_added_to_a_group_stays() -> None:
    group = Group.objects.get(name="Viewer")
    more = Permission.objects.get(codename="change_pack", content_type__app_label="packs")
    group.permissions.add(more)
    own = Group.objects.create(name=f"own {uuid4()}")

    grant_roles()

    assert more in group.permissions.all()
    assert not own.permissions.exists()
