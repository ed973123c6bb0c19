"""The end of an account: signed out at once, forgotten when all that it held is gone."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts.models import User
from accounts.signed_in import end_others


def close(user: User) -> None:
    """Let nobody in with this account any more: every session of it ends with the next request."""
    user.is_active = False
    user.set_unusable_password()
    user.save(update_fields=["is_active", "password"])
    end_others(user, current=None)


@transaction.atomic
def forget(user: User) -> None:
    """Delete the person: addresses, ways to sign in, sessions, and the admin's own lines that name them.

    The credit account and its ledger stay, and belong to nobody.
    """
    # A session does not name its person in a column: all that are left are read.
    for session in Session.objects.iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()
    content_type = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=content_type, object_id=str(user.pk)).delete()
    user.delete()
