"""The proof that an erased person is gone: every table, the storage and the real sandbox are listed."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client
from django_q.models import OrmQ

from accounts.models import Consent, CreditAccount, CreditEntry, PageVersion, User
from packs.models import Pack
from packs.sync import sync_packs
from studio import files
from studio.auditing import mismatches
from studio.delivery import deliver
from studio.erasing import erase_account
from studio.models import Callback, Erasure, Event, Image, Inspection, Letter, Photo, PhotoSet, Shoot, Tune
from studio.ordering import order_pack
from studio.ordering_more import order_prompt
from studio.training import advance
from tests.factories import PhotoSetFactory, ShareFactory
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

ADDRESS = "anna.lovelace@example.com"
# What stays of a person, by design: the books, the receipt, and when the gallery changed last: by erasing it.
STAYS = {CreditAccount, CreditEntry, Erasure, PageVersion}


@pytest.fixture
def anna(astria_at_sandbox: Sandbox, disk: Path, user: User, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody with everything that the studio can hold of a person."""
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    pack = Pack.objects.get(slug="black-and-white")
    pack.publish()
    User.objects.filter(pk=user.pk).update(email=ADDRESS)
    EmailAddress.objects.update(email=ADDRESS)
    user.refresh_from_db()
    user.account.grant(500, key="test:more")
    Client().force_login(user)
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, photos=4, name="Anna Lovelace")
    PhotoSetFactory.create(account=user.account, photos=2, name="A draft of Anna")
    Consent.objects.create(account=user.account, kind="subject", version="1", about=photo_set.pk)
    said = {"class_name": "woman", "answer": {"age": "30 yo"}}
    Inspection.objects.create(account=user.account, sha256=photo_set.photos.all()[0].sha256, **said)
    shoot = finish(order_pack(photo_set, pack, number=0, characteristics={"eye_color": "green eyes"}))
    finish(order_prompt(shoot.tune, "as an astronaut", key="x"))
    ShareFactory.create(shoot=shoot, name="For Anna's friends")
    Callback.objects.create(shoot=shoot, body='{"text": "green eyes"}')
    return user


def finish(shoot: Shoot) -> Shoot:
    """Do the clock's work by hand until the shoot ends, at most 20 s."""
    deadline = time.monotonic() + 20
    while not shoot.is_final and time.monotonic() < deadline:
        advance(shoot.pk)
        for image in Image.objects.filter(shoot=shoot, status=Image.Status.PENDING):
            deliver(image.pk)
        shoot.refresh_from_db()
    assert shoot.status == Shoot.Status.READY
    return shoot


def run_queue() -> None:
    """Do what is queued, and what that queues, as a worker would."""
    while row := OrmQ.objects.first():
        row.delete()
        row.task["func"](*row.task["args"])


def rows_of_everything() -> dict[str, int]:
    """Return how many rows each table has whose rows can be about a person."""
    models = [it for it in apps.get_models(include_auto_created=True) if not it._meta.proxy]
    quiet = {"packs", "contenttypes"}
    counted = {m._meta.label: m._default_manager.count() for m in models if m._meta.app_label not in quiet}
    return {label: count for label, count in counted.items() if count}


def text_of_everything() -> str:
    """Return every value of every column of every table."""
    models = [it for it in apps.get_models(include_auto_created=True) if it._meta.app_label != "packs"]
    return " ".join(str(values) for it in models for values in it._default_manager.values_list())


def at_astria(sandbox: Sandbox) -> list[Any]:
    tunes = sandbox.get("/tunes").json()
    prompts = sandbox.get("/prompts").json()
    return [*tunes, *prompts]


def test_nothing_of_an_erased_person_is_left_but_anonymous_lines_of_the_ledger(
    anna: User, sandbox: Sandbox, disk: Path
) -> None:
    account, before = anna.account, rows_of_everything()
    tune = Tune.objects.get()
    assert Path(default_storage.path(Photo.objects.all()[0].key)).exists() and files_of(account)
    lines = list(CreditEntry.objects.values())

    erasure = erase_account(anna)
    run_queue()

    erasure.refresh_from_db()
    stays = {model._meta.label for model in STAYS}
    everything = text_of_everything()
    # The database: what stays is the books, unchanged, the receipt, and what is nobody's.
    assert set(rows_of_everything()) - stays <= {
        "studio.Heartbeat", "studio.TuneDeletion", "studio.Event", "studio.Check",
        "auth.Permission", "auth.Group", "auth.Group_permissions",
    }  # fmt: skip
    assert not Event.objects.exclude(kind=Event.Kind.CALL).exists()
    assert not Event.objects.exclude(shoot=None, tune=None).exists()
    assert list(CreditEntry.objects.values()) == lines and list(mismatches()) == []
    assert not CreditAccount.objects.filter(user__isnull=False).exists()
    for word in (ADDRESS, "Anna", "Lovelace", "green eyes", "astronaut", "30 yo", "IMG_"):
        assert word not in everything
    # The storage: no file, and not the account's folder.
    assert [path.name for path in (disk / "files").rglob("*") if str(account.pk) in str(path)] == []
    # Astria: neither the model nor a prompt.
    assert sandbox.get(f"/tunes/{tune.astria_id}").status_code == 404
    assert at_astria_of(sandbox, tune) == []
    # The receipt says all of it, and is done.
    assert erasure.status == Erasure.Status.DONE
    assert {
        label: erasure.counts.get(label) for label in ("studio.Photo", "studio.Image", "studio.Shoot")
    } == {label: before[label] for label in ("studio.Photo", "studio.Image", "studio.Shoot")}
    assert erasure.ids["models"] == [str(tune.pk)]


def test_the_receipt_is_sent_before_the_address_goes(anna: User) -> None:
    erase_account(anna)
    run_queue()

    assert [it.to for it in mail.outbox] == [[ADDRESS]]
    assert not EmailAddress.objects.exists() and not User.objects.exists() and not Letter.objects.exists()
    assert re.search(r"6 photos\n", str(mail.outbox[0].body))


def files_of(account: CreditAccount) -> list[str]:
    return list(files.keys_under(f"u/{account.pk}/"))


def at_astria_of(sandbox: Sandbox, tune: Tune) -> list[Any]:
    return [it for it in at_astria(sandbox) if str(tune.pk) in str(it) or tune.astria_id in it.values()]
