"""Everything of a person in one ZIP: whole, theirs alone, without keys, and within its places."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from studio import serving
from studio.mail import write
from studio.models import Letter, Shoot
from tests.factories import (
    ImageFactory,
    PhotoSetFactory,
    PromptFactory,
    ShareFactory,
    ShootFactory,
    TrainedTuneFactory,
)

pytestmark = pytest.mark.django_db


def export(client: Client) -> zipfile.ZipFile:
    answer: Any = client.get(reverse("accounts:export"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(archive.read(name))
    return rows


@pytest.fixture
def shoot(user: User) -> Shoot:
    photo_set = PhotoSetFactory.create(account=user.account, photos=4, name="Zoë 李")
    tune = TrainedTuneFactory.create(account=user.account, photo_set=photo_set)
    made: Shoot = ShootFactory.create(account=user.account, tune=tune, status=Shoot.Status.READY)
    ImageFactory.create_batch(2, shoot=made, prompt=PromptFactory.create(shoot=made, text="green eyes"))
    ShareFactory.create(shoot=made)
    write(Letter.Kind.READY, key="x", about=made)
    return made


def test_photos_pictures_and_tables_are_all_there(signed_in: Client, user: User, shoot: Shoot) -> None:
    archive = export(signed_in)

    names = archive.namelist()
    assert archive.testzip() is None
    assert len([it for it in names if it.startswith("photos/zoe-li-")]) == 4
    assert len([it for it in names if it.startswith("pictures/")]) == 2
    assert [row["amount"] for row in table(archive, "ledger.json")] == [100]
    assert table(archive, "account.json")[0]["person"]["email"] == user.email
    assert table(archive, "account.json")[0]["account"]["photos_kept_days"] == 30
    assert table(archive, "consents.json")[0]["text"].startswith("This is me")
    assert table(archive, "shots.json")[0]["text"] == "green eyes"
    assert table(archive, "mails.json")[0]["kind"] == "ready"


def test_no_key_and_no_password_goes_along(signed_in: Client, user: User, shoot: Shoot) -> None:
    archive = export(signed_in)

    text = " ".join(archive.read(it).decode() for it in archive.namelist() if it.endswith(".json"))
    share, image = shoot.shares.get(), shoot.images.all()[0]
    secrets = (shoot.callback_token, share.token, image.source_url, user.password)
    assert [secret for secret in secrets if secret in text] == []


def test_nothing_of_others_is_in_it(signed_in: Client, other_user: User, shoot: Shoot) -> None:
    theirs = ShootFactory.create(account=other_user.account, title="Theirs alone")
    ImageFactory.create(shoot=theirs)

    archive = export(signed_in)

    text = " ".join(archive.read(it).decode() for it in archive.namelist() if it.endswith(".json"))
    assert "Theirs alone" not in text and other_user.email not in text and str(theirs.pk) not in text


def test_who_holds_nothing_gets_empty_tables(signed_in: Client) -> None:
    archive = export(signed_in)

    assert table(archive, "photos.json") == [] and len(archive.namelist()) == 13


def test_it_keeps_to_the_places_for_zips(signed_in: Client) -> None:
    serving._zips.enter()
    try:
        full = signed_in.get(reverse("accounts:export"))
    finally:
        serving._zips.leave()

    assert (full.status_code, full["Retry-After"] != "") == (503, True)
    assert len(export(signed_in).namelist()) == 13
