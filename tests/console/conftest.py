"""Staff of each kind, signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import User
from tests.factories import UserFactory


@pytest.fixture
def owner(db: None) -> User:
    """Who may do everything."""
    return User.objects.create_superuser("owner@example.com", "pass")


@pytest.fixture
def console(owner: User, client_for: Callable[[User], Client]) -> Client:
    """The browser of who may do everything."""
    return client_for(owner)


@pytest.fixture
def staff_with(client_for: Callable[[User], Client]) -> Callable[..., Client]:
    """Return the browser of staff with these permissions alone: `staff_with("studio.view_shoot")`."""

    def sign_in(*permissions: str) -> Client:
        user: User = UserFactory.create(is_staff=True)
        for permission in permissions:
            app, codename = permission.split(".")
            found = Permission.objects.get(content_type__app_label=app, codename=codename)
            user.user_permissions.add(found)
        return client_for(user)

    return sign_in


@pytest.fixture
def staff_as(client_for: Callable[[User], Client]) -> Callable[[str], Client]:
    """Return the browser of staff in a role."""

    def sign_in(role: str) -> Client:
        user: User = UserFactory.create(is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        return client_for(user)

    return sign_in
