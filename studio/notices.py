"""The public privacy page: what this installation does with personal data, from the settings in force."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from accounts.models.credit import PHOTO_DAYS, CreditAccount
from studio import purging
from studio.models.photo import CHILDREN, MAX_PHOTOS, PETS

# The operator's own pages, by the names of their settings.
OWN = ("TERMS", "IMPRINT", "CONTACT")


def written() -> tuple[str, ...]:
    """Return which of the operator's own pages there are."""
    return tuple(name for name in OWN if text_of(name))


def text_of(name: str) -> str:
    """Return the operator's own text `TERMS`, `IMPRINT` or `CONTACT`; "" if there is none."""
    return str(getattr(settings, name)).strip()


def facts() -> dict[str, Any]:
    """Return what the privacy page says, from the settings in force."""
    return {
        "retention_days": PHOTO_DAYS,
        "default_days": CreditAccount._meta.get_field("photos_kept_days").default,
        "draft_days": purging.KEEP_DRAFTS.days,
        "callback_days": purging.KEEP_CALLBACKS.days,
        "call_days": purging.KEEP_CALLS.days,
        "audit_days": settings.AUDIT_KEPT_DAYS,
        "backup_days": settings.BACKUPS_KEPT_DAYS,
        "session_days": settings.SESSION_COOKIE_AGE // 86400,
        "max_photos": MAX_PHOTOS,
        "astria_host": urlsplit(settings.ASTRIA_BASE_URL).hostname,
        "bucket": _bucket(),
        "mail_host": "" if settings.MAILBOX_DIR else getattr(settings, "EMAIL_HOST", ""),
        "sentry_host": urlsplit(settings.SENTRY_DSN).hostname or "",
        "has_stripe": bool(getattr(settings, "STRIPE_SECRET_KEY", "")),
        "takes_children": bool(CHILDREN & set(settings.CLASS_NAMES)),
        "takes_pets": bool(PETS & set(settings.CLASS_NAMES)),
        "sends_file_names": settings.INSPECT_WITH_FILE_NAMES,
        "imprint": text_of("IMPRINT"),
        "contact": text_of("CONTACT"),
    }


def _bucket() -> dict[str, str]:
    """Return where the bucket is that holds the files; nothing where they lie on our own disks."""
    storage: Any = settings.STORAGES["default"]
    options = storage.get("OPTIONS", {})
    if "bucket_name" not in options:
        return {}
    return {"host": urlsplit(options["endpoint_url"]).hostname or "", "region": options["region_name"]}
