"""Which mails a person wants, and the way out of them that needs no sign-in."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import User

# The optional kinds, by the field that says whether a person wants them.
OPTIONAL = ("mails_ready", "mails_reminders")
_SALT = "unsubscribe"


def unsubscribe_url(user: User, kind: str) -> str:
    """Return the address at which this person ends mails of `kind`. It holds for as long as the account."""
    token = signing.dumps([user.pk, kind], salt=_SALT)
    return settings.PUBLIC_URL + reverse("accounts:unsubscribe", args=[token])


def read(token: str) -> tuple[int, str] | None:
    """Return whose mails of which kind a link ends; None for one that we did not make."""
    try:
        user_id, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (user_id, kind) if kind in OPTIONAL else None


def end(user_id: int, kind: str) -> bool:
    """Send the person no more mails of `kind`. False if there is no such person any more."""
    return User.objects.filter(pk=user_id).update(**{kind: False}) > 0


def headers(user: User, kind: str) -> dict[str, str]:
    """Return what lets mail programs show a button of their own (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{unsubscribe_url(user, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
