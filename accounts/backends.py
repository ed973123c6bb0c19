"""How a session becomes a person."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from accounts.models import CreditAccount, PageVersion, User

# Made by hand, since every page asks it: the ORM takes ten times as long to make as SQLite to answer.
# In the models' order of fields; what is not named here is fetched when somebody asks for it.
_OF_PERSON = ("id", "password", "is_superuser", "email", "is_staff", "is_active")
_OF_ACCOUNT = ("id", "balance", "owed")
_PERSON = f"""
    SELECT {", ".join(f"person.{name}" for name in _OF_PERSON)},
        pages.version, account.id, account.balance, account.owed
    FROM {User._meta.db_table} person
    JOIN {CreditAccount._meta.db_table} account ON account.id = person.credit_account_id
    LEFT JOIN {PageVersion._meta.db_table} pages ON pages.account_id = account.id
    WHERE person.id = %s
"""


class AccountBackend(AuthenticationBackend):
    """allauth's sign-in, with the credit account in the same query: every page shows the balance.

    The version of the gallery comes along: pages that were made of it need not be made again.
    """

    def get_user(self, user_id: Any) -> User | None:
        with connection.cursor() as cursor:
            cursor.execute(_PERSON, [user_id])
            row = cursor.fetchone()
        user = _person(row) if row else None
        return user if user and self.user_can_authenticate(user) else None


def _person(row: tuple[Any, ...]) -> User:
    """Return the person, with their account, that a row of _PERSON describes."""
    size = len(_OF_PERSON)
    version, account_id, *figures = row[size:]
    account_id = CreditAccount._meta.pk.to_python(account_id)  # SQLite keeps it as text
    user = User.from_db(connection.alias, _OF_PERSON, row[:size])
    user.credit_account = CreditAccount.from_db(connection.alias, _OF_ACCOUNT, [account_id, *figures])
    user.gallery_version = version or 0
    return user
