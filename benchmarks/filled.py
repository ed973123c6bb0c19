"""Databases of several sizes side by side in one process, filled once, and who is asked about in each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from accounts.models import User
from benchmarks.filling import fill
from benchmarks.ground import signed_in
from benchmarks.rows import person_with
from packs.models import Pack
from studio.models import Image, Shoot

# Where filled databases stay for the next run; by default they go with this one.
KEPT = os.environ.get("BENCHMARKS_FILLED", "")
PICTURES = 40


@dataclass
class Filled:
    """A database with so many prompts. `use` makes it the one that all code asks."""

    prompts: int
    wrapper: Any
    person: User
    shoot: Shoot
    image: Image
    client: Client
    staff: Client

    def use(self) -> None:
        connections["default"] = self.wrapper


@contextmanager
def databases(sizes: list[int]) -> Iterator[list[Filled]]:
    """Yield a filled database for each number of prompts."""
    own = connections["default"]
    with ExitStack() as stack:
        try:
            yield [_filled(prompts, stack) for prompts in sizes]
        finally:
            connections["default"] = own


def _filled(prompts: int, stack: ExitStack) -> Filled:
    wrapper = _connection(prompts, stack)
    connections["default"] = wrapper
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not Pack.objects.filter(slug="filled").exists():
        fill(prompts)
    person = User.objects.filter(email=f"gallery-of-{PICTURES}@example.com").first() or person_with(PICTURES)
    powers = {"is_staff": True, "is_superuser": True, "password": make_password(None)}
    staff, _ = User.objects.get_or_create(email="staff@example.com", defaults=powers)
    shoot = Shoot.objects.filter(account=person.account).get()
    image = Image.objects.filter(shoot=shoot, number=20).get()
    return Filled(prompts, wrapper, person, shoot, image, signed_in(person), signed_in(staff))


def _connection(prompts: int, stack: ExitStack) -> Any:
    """Return Django's connection to that database; its tables may be missing."""
    alias = f"filled-{prompts}"
    connections.databases[alias] = settings.DATABASES["default"] | {"NAME": _name(prompts, stack)}
    connections.configure_settings(connections.databases)
    wrapper = connections.create_connection(alias)
    wrapper.alias = "default"
    stack.callback(wrapper.close)
    return wrapper


def _name(prompts: int, stack: ExitStack) -> str:
    if connection.vendor == "sqlite":
        folder = Path(KEPT or os.environ["BENCHMARKS_DIR"])
        return str(folder / f"{prompts}.sqlite3")
    own = str(settings.DATABASES["default"]["NAME"])
    name = f"studio_filled_{prompts}" if KEPT else f"{own}_{prompts}"
    server = connection.get_connection_params() | {"dbname": "postgres"}
    for option in ("cursor_factory", "context", "prepare_threshold"):
        server.pop(option, None)
    admin = stack.enter_context(psycopg.connect(**server, autocommit=True))
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        admin.execute(f"CREATE DATABASE {name}".encode())
    if not KEPT:
        stack.callback(admin.execute, f"DROP DATABASE {name} WITH (FORCE)".encode())
    return name
