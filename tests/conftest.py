"""What every test has: settings of its own, people, and the real processes for those that ask."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

# Whose key it is: of the real Astria, for tests/contract with `-m live`; no other test sees it.
LIVE_KEY = os.environ.get("ASTRIA_API_KEY", "")
# Before Django reads its settings: nothing of a developer's .env or data may reach a test. That is also
# why pyproject.toml does not name the settings: pytest-django would read them before this file.
os.environ.update(
    DATA_DIR=tempfile.mkdtemp(prefix="studio-tests-"),
    DJANGO_SETTINGS_MODULE="config.settings",
    PUBLIC_URL="http://127.0.0.1:8000",
    ASTRIA_API_KEY="sd_key_of_the_tests",
    DEBUG="0",
)
# Static files are collected by `make setup`; here an empty place is enough.
Path(os.environ["DATA_DIR"], "static").mkdir()

import django

django.setup()

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import InMemoryStorage
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings

from accounts.models import User
from packs.models import Pack
from tests import migrated, sharing_out
from tests.factories import PackFactory, UserFactory
from tests.processes import Studio, studio_running
from tests.sandbox.process import Sandbox, running
from tests.till import SECRET_KEY, WEBHOOK_SECRET, Till, till_running

PHOTOS = Path(__file__).parent / "photos"


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(sharing_out)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """A database per xdist worker; of SQLite in a file, so that threads do as they do in earnest."""
    if _is_sqlite():
        database = settings.DATABASES["default"]
        database["TEST"]["NAME"] = str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")
        # What a test commits need not survive a power cut.
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """Begin with the database of an earlier run, where there is one."""
    return _is_sqlite() and migrated.copy_to(Path(settings.DATABASES["default"]["TEST"]["NAME"]))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Leave the database for the next run."""
    if _is_sqlite():
        migrated.keep(Path(settings.DATABASES["default"]["NAME"]))


def _is_sqlite() -> bool:
    return str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")


@pytest.fixture(scope="session", autouse=True)
def filled_anew_not_emptied() -> None:
    """After a test with transactions of its own. Emptying each table takes longer, and triggers forbid it."""
    if _is_sqlite():
        TransactionTestCase._fixture_teardown = lambda _test: migrated.fill(connection)


# What holds for every test. Each setting that a fixture changes costs every test a little.
override_settings(
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    CACHES={
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        # Tests look at what pages are made of; tests/studio/test_gallery_kept.py is about what is kept.
        "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
    },
    PRESIGNED_URLS=False,
    # Staff of the tests enter the admin; tests/accounts/test_second_factor.py is about what keeps them out.
    STAFF_SECOND_FACTOR=False,
).enable()


@pytest.fixture(autouse=True)
def nothing_of_another_test(settings: Any) -> None:
    """Files in memory and a cache, both empty."""
    caches["default"].clear()
    settings.STORAGES = {
        "default": files_of_a_test(settings),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def files_of_a_test(settings: Any) -> dict[str, Any]:
    """Files in memory; with STORAGE=s3 (`make test-services`) a folder of the bucket."""
    if os.environ.get("STORAGE") != "s3":
        return {"BACKEND": "tests.conftest.MemoryFiles"}
    bucket = settings.STORAGES["default"]
    return {**bucket, "OPTIONS": {**bucket["OPTIONS"], "location": uuid4().hex}}


class MemoryFiles(InMemoryStorage):
    """Files in memory that overwrite themselves, as the studio's storages do."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        if self.exists(name):
            self.delete(name)
        return name


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A transaction around those of a module's tests: what tests/lasting.py makes in it, each of them finds.

    Not for modules that have tests with transactions of their own: those empty every table.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def user(db: None) -> User:
    """Somebody with 100 credits."""
    return UserFactory.create(credits=100)


@pytest.fixture
def other_user(db: None) -> User:
    """A stranger to `user`."""
    return UserFactory.create(credits=100)


@pytest.fixture
def client_for() -> Callable[[User], Client]:
    """Return a browser in which a person is signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def signed_in(user: User, client_for: Callable[[User], Client]) -> Client:
    """The browser in which `user` is signed in."""
    return client_for(user)


@pytest.fixture
def pack(db: None) -> Pack:
    """A published pack for woman and man: 4 shots of 2 pictures each, per class."""
    return PackFactory.create()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A real sandbox process, fast, with small pictures, that sends no callbacks."""
    options = ("--speed", "50", "--pictures", "small", "--no-callbacks")
    with running(tmp_path_factory.mktemp("sandbox"), *options) as sandbox:
        yield sandbox


@pytest.fixture
def astria_at_sandbox(sandbox: Sandbox, settings: object) -> Sandbox:
    """The verbs speak to the sandbox process, as often as they like: tests look without pause."""
    settings.ASTRIA_CALLS_PER_MINUTE = 10_000  # type: ignore[attr-defined]
    settings.ASTRIA_BASE_URL = sandbox.url  # type: ignore[attr-defined]
    return sandbox


@pytest.fixture(scope="session")
def stripe_of_studio() -> Iterator[Till]:
    """The Stripe where people of the whole studio pay."""
    with till_running() as till:
        yield till


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory, stripe_of_studio: Till) -> Iterator[Studio]:
    """The whole studio as people run it: web, worker, clock and sandbox, each a process.

    Small pictures do for tests; screenshots ($SCREENS) are taken of full ones.
    """
    pictures = "full" if os.environ.get("SCREENS") else "small"
    keys = {"STRIPE_SECRET_KEY": SECRET_KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET}
    places = dict.fromkeys(("STRIPE_API_BASE", "STRIPE_CHECKOUT_ORIGIN"), stripe_of_studio.url)
    folder = tmp_path_factory.mktemp("studio")
    with studio_running(folder, pictures=pictures, more=keys | places) as studio:
        stripe_of_studio.webhook = f"{studio.url}/stripe/webhook/"
        yield studio
