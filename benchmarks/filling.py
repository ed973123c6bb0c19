"""A database full of people, orders and pictures, made by the database itself: INSERT … SELECT.

Each person has one shoot of ten prompts with ten pictures each, ordered some time in the last four weeks. Ids
are scattered as random ones are, yet follow from a number, so that rows find each other. `python -m
benchmarks.filling PROMPTS` fills BENCHMARKS_DATABASE_URL and says how long it took.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.models import GeneratedField, Model
from django.utils import timezone

from accounts.models import CreditAccount, CreditEntry, User
from benchmarks.rows import placeholders
from packs.models import Pack
from studio.models import Callback, Event, Image, Photo, PhotoSet, Prompt, Shoot, Tune

PROMPTS_A_SHOOT, PICTURES_A_PROMPT = 10, 10
PICTURES_A_SHOOT = PROMPTS_A_SHOOT * PICTURES_A_PROMPT
PHOTOS_A_SET, EVENTS_A_SHOOT, CALLBACKS_A_SHOOT, LINES_A_PERSON = 8, 8, 3, 2
# Astria's ids of what is filled in lie above those that other rows have.
THEIRS = 1_000_000_000
FOUR_WEEKS = 28 * 24 * 60 * 60
MODELS: list[type[Model]] = [
    CreditAccount, User, CreditEntry, PhotoSet, Photo, Tune, Shoot, Prompt, Image, Event, Callback,
]  # fmt: skip


class Kind(IntEnum):
    """Of what a made id is the id."""

    ACCOUNT = 1
    PHOTO_SET = 2
    PHOTO = 3
    TUNE = 4
    SHOOT = 5
    IMAGE = 6


def uuid_of(kind: Kind, number: int) -> UUID:
    """Return the id of a filled row."""
    return UUID(f"{(number * 2654435761) & 0xFFFFFFFF:08x}{kind:08x}{number:016x}")


def fill(prompts: int) -> None:
    """Fill the tables, which are there and empty."""
    shoots = prompts // PROMPTS_A_SHOOT
    pack = Pack.objects.create(astria_id=THEIRS, slug="filled", title="Filled")
    with _unhindered():
        _fill_people(shoots)
        _fill_orders(shoots, pack)
        with _without_indexes(Image):
            _fill_pictures(shoots)
        _fill_what_happened(shoots)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), MODELS):
            cursor.execute(statement)
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            # As it does by itself. SQLite does not, in earnest neither.
            cursor.execute("VACUUM ANALYZE")


def _fill_people(shoots: int) -> None:
    account = _id(Kind.ACCOUNT, "n")
    _insert(CreditAccount, shoots, id=account, created_at=_ago("n", shoots))
    _insert(
        User, shoots, id="n", email="'person-' || n || '@example.com'", password="'!'",
        credit_account=account, date_joined=_ago("n", shoots),
    )  # fmt: skip
    _insert(
        CreditEntry, shoots * LINES_A_PERSON, id="n", account=_id(Kind.ACCOUNT, _nth(LINES_A_PERSON)),
        kind=f"CASE WHEN n %% {LINES_A_PERSON} = 1 THEN 'grant' ELSE 'spend' END",
        amount=f"CASE WHEN n %% {LINES_A_PERSON} = 1 THEN 40 ELSE -40 END", balance_after="0",
        key="'filled:' || n", created_at=_ago(_nth(LINES_A_PERSON), shoots),
    )  # fmt: skip


def _fill_orders(shoots: int, pack: Pack) -> None:
    account, at = _id(Kind.ACCOUNT, "n"), _ago("n", shoots)
    photo_set, tune = _id(Kind.PHOTO_SET, "n"), _id(Kind.TUNE, "n")
    _insert(PhotoSet, shoots, id=photo_set, account=account, name="'Me'", class_name="'woman'", created_at=at)
    _insert(
        Photo, shoots * PHOTOS_A_SET, id=_id(Kind.PHOTO, "n"),
        photo_set=_id(Kind.PHOTO_SET, _nth(PHOTOS_A_SET)), stored_as=_id(Kind.PHOTO, "n"),
        name="'photo.jpg'", width="1536", height="2048", bytes="400000", sha256="'sha-' || n",
        perceptual_hash="'0123456789abcdef'", sharpness="100", brightness="120",
        created_at=_ago(_nth(PHOTOS_A_SET), shoots),
    )  # fmt: skip
    ends = _ago("n", shoots, later=30 * 24 * 60 * 60)
    _insert(
        Tune, shoots, id=tune, account=account, photo_set=photo_set, class_name="'woman'",
        status="'trained'", astria_id=f"{THEIRS} + n", created_at=at, trained_at=at, expires_at=ends,
        next_check_at=ends,
    )  # fmt: skip
    _insert(
        Shoot, shoots, id=_id(Kind.SHOOT, "n"), account=account, tune=tune, trains="true", pack=str(pack.pk),
        title="'Filled'", order_key="'filled:' || n", callback_token="'filled-' || n", price="40",
        expected_prompts=str(PROMPTS_A_SHOOT), expected_images=str(PICTURES_A_SHOOT), status="'ready'",
        attempts="1", created_at=at, queued_at=at, submitted_at=at, generating_at=at, deadline_at=at,
        ended_at=at,
    )  # fmt: skip
    of_shoot = _nth(PROMPTS_A_SHOOT)
    _insert(
        Prompt, shoots * PROMPTS_A_SHOOT, id="n", shoot=_id(Kind.SHOOT, of_shoot), astria_id=f"{THEIRS} + n",
        number=f"(n - 1) %% {PROMPTS_A_SHOOT} + 1", text="'portrait of ohwx woman, office'",
        expected_images=str(PICTURES_A_PROMPT), status="'ready'", finished_at=_ago(of_shoot, shoots),
        created_at=_ago(of_shoot, shoots),
    )  # fmt: skip


def _fill_pictures(shoots: int) -> None:
    of_shoot = _nth(PICTURES_A_SHOOT)
    at = _ago(of_shoot, shoots)
    _insert(
        Image, shoots * PICTURES_A_SHOOT, id=_id(Kind.IMAGE, "n"), prompt=_nth(PICTURES_A_PROMPT),
        shoot=_id(Kind.SHOOT, of_shoot), account=_id(Kind.ACCOUNT, of_shoot),
        number=f"(n - 1) %% {PICTURES_A_SHOOT} + 1", source_url="'https://pictures.example.com/filled/' || n",
        status="'stored'", created_at=at, stored_at=at, extension="'jpg'", sha256="'sha-' || n",
        bytes="200000", width="832", height="1088", placeholder=f"'{placeholders()[0]}'",
        liked_at=f"CASE WHEN n %% 20 = 0 THEN {at} END", seen_at=f"CASE WHEN n %% 2 = 0 THEN {at} END",
    )  # fmt: skip


def _fill_what_happened(shoots: int) -> None:
    of_shoot = _nth(EVENTS_A_SHOOT)
    _insert(
        Event, shoots * EVENTS_A_SHOOT, id="n", shoot=_id(Kind.SHOOT, of_shoot),
        tune=_id(Kind.TUNE, of_shoot), kind="CASE WHEN n %% 4 = 0 THEN 'call' ELSE 'state' END",
        text="'something happened'", at=_ago(of_shoot, shoots),
    )  # fmt: skip
    of_shoot = _nth(CALLBACKS_A_SHOOT)
    at = _ago(of_shoot, shoots)
    _insert(
        Callback, shoots * CALLBACKS_A_SHOOT, id="n", shoot=_id(Kind.SHOOT, of_shoot), body="'{}'",
        received_at=at, next_check_at="NULL", processed_at=at, attempts="1",
    )  # fmt: skip


def _insert(model: type[Model], count: int, **columns: str) -> None:
    """Insert rows for n = 1 … `count`: each field is its SQL in `columns`, or its default."""
    names, expressions, values = [], [], []
    unsaved = model()
    for field in model._meta.concrete_fields:
        if isinstance(field, GeneratedField):
            continue
        names.append(connection.ops.quote_name(str(field.column)))
        expressions.append(columns.get(field.name, "%s"))
        if field.name not in columns:
            values.append(field.get_db_prep_save(field.pre_save(unsaved, add=True), connection))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) WITH RECURSIVE numbers(n) AS "
            f"(SELECT CAST(1 AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) "
            f"SELECT {', '.join(expressions)} FROM numbers",
            values,
        )


def _nth(each: int) -> str:
    """Return to which owner row n belongs, `each` of them to one."""
    return f"((n - 1) / {each} + 1)"


def _id(kind: Kind, number: str) -> str:
    """Return what `uuid_of` returns, in SQL."""
    scattered = f"({number} * 2654435761) & 4294967295"
    if connection.vendor == "sqlite":
        return f"printf('%%08x%%08x%%016x', {scattered}, {kind:d}, {number})"
    parts = [(scattered, 8), (f"{kind:d}", 8), (number, 16)]
    return "CAST(" + " || ".join(f"lpad(to_hex({it}), {width}, '0')" for it, width in parts) + " AS uuid)"


def _ago(shoot: str, shoots: int, later: int = 0) -> str:
    """Return when that shoot was, in SQL, `later` seconds added: the last one just now."""
    seconds = f"({later} - ({shoots} - {shoot}) * {FOUR_WEEKS} / {shoots})"
    now = timezone.now().replace(tzinfo=None).isoformat(" ", "seconds")
    if connection.vendor == "sqlite":
        return f"datetime('{now}', {seconds} || ' seconds')"
    return f"(timestamptz '{now}+00' + {seconds} * interval '1 second')"


@contextmanager
def _unhindered() -> Iterator[None]:
    """Ask neither disk nor foreign keys: who breaks off begins again. Not within a transaction."""
    on, off = _HINDRANCES[connection.vendor] if not connection.in_atomic_block else ([], [])
    with connection.cursor() as cursor:
        for statement in off:
            cursor.execute(statement)
        yield
        for statement in on:
            cursor.execute(statement)


_HINDRANCES = {
    "sqlite": (
        [
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "PRAGMA foreign_keys=ON",
            "PRAGMA cache_size=-16000",
        ],
        [
            "PRAGMA journal_mode=OFF",
            "PRAGMA synchronous=OFF",
            "PRAGMA foreign_keys=OFF",
            "PRAGMA cache_size=-1500000",
        ],
    ),
    "postgresql": (
        ["RESET session_replication_role", "RESET synchronous_commit", "RESET maintenance_work_mem"],
        [
            "SET session_replication_role = replica",
            "SET synchronous_commit = off",
            "SET maintenance_work_mem = '1GB'",
        ],
    ),
}


@contextmanager
def _without_indexes(model: type[Model]) -> Iterator[None]:
    """Drop the indexes of a table that stand for no constraint, and make them again, each in one go."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES[connection.vendor], [model._meta.db_table])
        indexes: list[tuple[Any, ...]] = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
        yield
        for _, statement in indexes:
            cursor.execute(statement)


_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master "
    "WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = %s",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() "
    "AND tablename = %s AND indexname NOT IN (SELECT conname FROM pg_constraint)",
}


def main() -> None:
    prompts, began = int(sys.argv[1]), time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    fill(prompts)
    print(f"{prompts} prompts with {prompts * PICTURES_A_PROMPT} pictures: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
