"""Everything that is held of a person, as files in one ZIP: photos, pictures, and JSON for all else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Consent, User
from studio import files
from studio.consenting import IN_FORCE
from studio.downloading import Batch, Size, batch
from studio.models import Erasure, Image, Inspection, Letter, Photo, PhotoSet, Prompt, Share, Shoot, Tune
from studio.naming import file_stem
from studio.zipping import Entry

# What is ours or a key, and tells nothing of the person: left out of every table.
_HIDDEN = {"callback_token", "token", "order_key", "next_check_at", "claimed_until", "attempts", "looks",
           "placeholder", "like_claimed_until", "like_attempts", "like_check_at", "prompt_watermark",
           "source_url", "password", "password_hash"}  # fmt: skip


def export_of(user: User) -> Batch:
    """Return all files of a person's export; each is read or made when its turn comes."""
    name = f"{file_stem(settings.SITE_NAME, 'export')}-{timezone.localdate():%Y-%m-%d}"
    return Batch(name, [*_tables(user), *_photos(user), *_pictures(user)])


def _pictures(user: User) -> Iterator[Entry]:
    for entry in batch(Image.objects.for_user(user).stored(), Size.ORIGINAL).entries:
        yield Entry(f"pictures/{entry.name}", entry.at, 0, entry.parts)


def _photos(user: User) -> Iterator[Entry]:
    photos = (
        Photo.objects.for_user(user).select_related("photo_set").order_by("photo_set", "created_at", "id")
    )
    for number, photo in enumerate(photos.iterator(), start=1):
        name = f"photos/{file_stem(photo.photo_set.name, 'photos')}-{number:03}.jpg"
        yield Entry(name, timezone.localtime(photo.created_at), 0, _read(photo.key))


def _read(key: str) -> Callable[[], Iterable[bytes]]:
    def parts() -> Iterable[bytes]:
        try:
            return [files.read(key)]
        except FileNotFoundError:  # it went while the others were read
            return []

    return parts


def _tables(user: User) -> Iterator[Entry]:
    """Yield a JSON file for each kind of record, also if it is empty: nothing is left unsaid."""
    account = user.credit_account_id
    shoots = Shoot.objects.filter(account=account)
    yield _json("account.json", lambda: [_account(user)])
    yield _json("ledger.json", lambda: _rows(user.account.entries.order_by("id")))
    yield _json("consents.json", lambda: _consents(Consent.objects.filter(account=account)))
    yield _json("photo-sets.json", lambda: _rows(PhotoSet.objects.filter(account=account)))
    yield _json("photos.json", lambda: _rows(Photo.with_removed.for_user(user)))
    yield _json("descriptions.json", lambda: _rows(Inspection.objects.filter(account=account)))
    yield _json("models.json", lambda: _rows(Tune.objects.filter(account=account)))
    yield _json("shoots.json", lambda: _rows(shoots))
    yield _json("shots.json", lambda: _rows(Prompt.objects.filter(shoot__in=shoots)))
    yield _json("pictures.json", lambda: _rows(Image.objects.filter(account=account)))
    yield _json("shares.json", lambda: _rows(Share.objects.filter(account=account)))
    yield _json("mails.json", lambda: _rows(Letter.objects.filter(account=account)))
    yield _json("erasures.json", lambda: _rows(Erasure.objects.for_user(user)))


def _json(name: str, rows: Callable[[], Iterable[dict[str, Any]]]) -> Entry:
    """Return a table as a file; its size is not known before it is made."""

    def parts() -> Iterable[bytes]:
        return [json.dumps(list(rows()), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()]

    return Entry(name, timezone.localtime(), 0, parts)


def _rows(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    for row in rows.values().iterator():
        yield {column: value for column, value in row.items() if column not in _HIDDEN}


def _account(user: User) -> dict[str, Any]:
    """Return the person and their settings."""
    person = next(_rows(User.objects.filter(pk=user.pk)))
    addresses = user.emailaddress_set.values("email", "verified", "primary")  # type: ignore[attr-defined]
    account = next(_rows(type(user.account).objects.filter(pk=user.account.pk)))
    return {"person": person, "addresses": list(addresses), "account": account}


def _consents(consents: QuerySet[Consent]) -> Iterator[dict[str, Any]]:
    """Add the text that was agreed to, where its wording is still in force."""
    for consent in _rows(consents):
        wording = IN_FORCE[Consent.Kind(consent["kind"])]
        text = str(wording.text) if wording.version == consent["version"] else ""
        yield consent | {"text": text}
