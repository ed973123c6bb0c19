"""What is done in databases of every size: pages, the admin's lists, callbacks, the clock's rounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.filled import Filled
from studio import clock, inbox
from studio.budget import Purpose, room
from studio.models import Callback, Image

# What the clock finds due at once.
DUE = 20


@dataclass(frozen=True)
class Task:
    """Something that is done in a database. `is_gate`: it has to take as long in any of them."""

    name: str
    run: Callable[[Filled], object]
    is_gate: bool = True


def tasks() -> list[Task]:
    return [*_pages(), *_lists(), *_figures(), *_pipeline()]


def _pages() -> list[Task]:
    """A person's pages."""
    plain = {
        "home": reverse("studio:home"),
        "gallery": reverse("studio:gallery"),
        "gallery, best first": reverse("studio:gallery") + "?order=best",
        "gallery, liked": reverse("studio:gallery") + "?show=liked",
        "gallery, not seen": reverse("studio:gallery") + "?show=unseen",
        "shoots": reverse("studio:shoots"),
        "models": reverse("studio:models"),
        "new shoot": reverse("studio:photo-set-new"),
        "share links": reverse("studio:share-list"),
        "credits": reverse("accounts:credits"),
        "privacy": reverse("accounts:privacy"),
        "packs": reverse("packs:packs"),
    }
    return [
        *[_shows(name, path) for name, path in plain.items()],
        Task("shoot", lambda db: _get(db.client, db.shoot.get_absolute_url())),
        Task(
            "gallery of a shoot",
            lambda db: _get(db.client, reverse("studio:shoot-gallery", args=[db.shoot.pk])),
        ),
        Task("picture", lambda db: _get(db.client, db.image.get_absolute_url())),
        Task(
            "likes a picture",
            lambda db: _post(db.client, reverse("studio:picture-like", args=[db.image.pk]), 302),
        ),
    ]


def _lists() -> list[Task]:
    """Staff's lists and pages."""
    names = [
        "studio_shoot",
        "studio_tune",
        "studio_prompt",
        "studio_image",
        "studio_event",
        "studio_callback",
    ]
    names += ["accounts_user", "accounts_creditaccount", "accounts_creditentry"]
    lists = {f"admin: {name}": reverse(f"admin:{name}_changelist") for name in names}
    shoots, images = lists["admin: studio_shoot"], lists["admin: studio_image"]
    asked = {
        "admin: shoots that failed": f"{shoots}?status__exact=failed",
        "admin: shoots that are late": f"{shoots}?trouble=late",
        "admin: shoots with lost pictures": f"{shoots}?trouble=lost",
        "admin: lost pictures": f"{images}?status__exact=lost",
        "admin: orders of an address": f"{shoots}?q=person-77@example.com",
        "admin: an address": f"{lists['admin: accounts_user']}?q=person-77@example.com",
    }
    return [
        *[_shows(name, path, is_staff=True) for name, path in (lists | asked).items()],
        Task(
            "admin: a shoot",
            lambda db: _get(db.staff, reverse("admin:studio_shoot_change", args=[db.shoot.pk])),
        ),
        Task(
            "admin: a person",
            lambda db: _get(db.staff, reverse("admin:accounts_user_change", args=[db.person.pk])),
        ),
        Task("admin: health", lambda db: _get(db.staff, reverse("admin:health"))),
    ]


def _figures() -> list[Task]:
    """What counts all rows of a period grows with them; nobody waits for it twice a minute."""
    return [
        Task(
            "admin: dashboard of 30 days",
            lambda db: _uncached(db, reverse("admin:index") + "?days=30"),
            is_gate=False,
        ),
        Task("metrics", lambda db: _uncached(db, reverse("studio:metrics")), is_gate=False),
    ]


def _pipeline() -> list[Task]:
    return [
        Task("callback received", _callback),
        Task("callback taken in", _process),
        Task(f"clock: {DUE} callbacks due", _queue_callbacks),
        Task("clock: nothing due", lambda db: clock.queue_due()),
        Task(f"clock: {DUE} pictures due", _queue_pictures),
        Task("clock: what the budget leaves", lambda db: room(Purpose.LOOK)),
        Task("clock: signs of life", lambda db: clock.keep_beating(None)),
    ]


def _shows(name: str, path: str, *, is_staff: bool = False, is_gate: bool = True) -> Task:
    """Return the task of showing a page that has the same address in each database."""
    return Task(name, lambda db: _get(db.staff if is_staff else db.client, path), is_gate)


def _get(client: Client, path: str) -> None:
    caches["pages"].clear()
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    b"".join(answer) if answer.streaming else answer.content


def _post(client: Client, path: str, status: int) -> None:
    answer = client.post(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"


def _uncached(db: Filled, path: str) -> None:
    cache.clear()
    _get(db.staff, path)


def _callback(db: Filled) -> None:
    path = reverse("studio:callback", args=[db.shoot.pk, db.shoot.callback_token])
    answer = Client(headers={"host": "127.0.0.1:8000"}).post(path, _body(db), content_type="application/json")
    assert answer.status_code == 204, answer.status_code


def _process(db: Filled) -> None:
    inbox.process(Callback.objects.create(shoot=db.shoot, body=_body(db)).pk)


def _queue_callbacks(db: Filled) -> None:
    Callback.objects.bulk_create(Callback(shoot=db.shoot, body="{}") for _ in range(DUE))
    assert clock.queue_callbacks() == DUE


def _queue_pictures(db: Filled) -> None:
    some = Image.objects.filter(shoot=db.shoot).values_list("pk", flat=True)[:DUE]
    Image.objects.filter(pk__in=list(some)).update(
        status="pending",
        next_check_at=timezone.now(),
        stored_at=None,
        width=0,
        height=0,
        extension="",
        liked_at=None,
    )
    assert clock.queue_due() == DUE


def _body(db: Filled) -> str:
    """Return a callback that says of a prompt what is known."""
    prompt = db.image.prompt
    urls = [f"https://pictures.example.com/{prompt.astria_id}/{number}" for number in range(8)]
    return json.dumps(
        {"prompt": {"id": prompt.astria_id, "text": "x", "tune_id": db.shoot.tune.astria_id, "images": urls}}
    )
