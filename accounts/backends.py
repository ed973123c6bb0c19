"""How a session becomes a person."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class AccountBackend(AuthenticationBackend):
    """allauth's sign-in, with the credit account in the same query: every page shows the balance."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("credit_account").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
