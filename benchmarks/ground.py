"""What every part stands on: the tables, the static files, and browsers in which somebody is signed in."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.models import User

HOST = "127.0.0.1:8000"


def prepare(*, is_compressed: bool = False) -> None:
    """Make the database, and static files as in production; compressed, which takes its time, if so asked."""
    settings.ROOT_URLCONF = "benchmarks.urls"
    logging.disable(logging.INFO)
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    if not is_compressed:
        settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def browser() -> Client:
    return Client(headers={"host": HOST})


def signed_in(user: User) -> Client:
    client = browser()
    client.force_login(user)
    return client


def cookies_of(client: Client) -> str:
    """Return what a browser sends along."""
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in client.cookies.values())
