"""A person and the account that holds what they own."""

from __future__ import annotations

import pytest

from accounts.models import CreditAccount, User

pytestmark = pytest.mark.django_db


def test_a_person_comes_with_an_empty_credit_account() -> None:
    user = User.objects.create_user("zoe@example.com")

    assert (user.account.balance, user.account.owed) == (0, 0)


def test_saving_a_person_again_makes_no_second_account(user: User) -> None:
    user.save()
    User.objects.get(pk=user.pk).save(update_fields=["is_active"])

    assert CreditAccount.objects.count() == 1


def test_addresses_are_kept_in_lower_case() -> None:
    assert User.objects.create_user("Zoe@Example.COM").email == "zoe@example.com"


def test_a_person_needs_an_address() -> None:
    with pytest.raises(ValueError, match="address"):
        User.objects.create_user("")


def test_a_superuser_may_enter_the_admin() -> None:
    user = User.objects.create_superuser("staff@example.com", "pass")

    assert user.is_staff
    assert user.is_superuser
