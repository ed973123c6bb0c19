"""The page of a person in the admin: what can be done for them, their orders and their ledger."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from accounts.admin import UserAdmin
from accounts.models import User
from studio.console.acting import ActPages
from studio.console.people_acts import ACTS

LATEST = 20


class PeopleAdmin(ActPages, UserAdmin):
    """A person with what they ordered and what they paid, both a link away in full."""

    acts = ACTS
    change_form_before_template = "admin/accounts/user/person.html"

    def said_of(self, row: User, by: Any) -> dict[str, Any]:
        said = super().said_of(row, by)
        account = row.account
        if by.has_perm("studio.view_shoot"):
            said["shoots"] = account.shoots.order_by("-created_at").select_related("pack")[:LATEST]
            said["shoots_url"] = f"{reverse('admin:studio_shoot_changelist')}?q={account.pk}"
        if by.has_perm("accounts.view_creditentry"):
            said["entries"] = account.entries.order_by("-id")[:LATEST]
            said["ledger_url"] = f"{reverse('admin:accounts_creditentry_changelist')}?q={account.pk}"
        return said | {"account": account}
