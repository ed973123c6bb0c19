"""What a gallery shows has a version: the database gives it another one, whoever changes what.

A trigger on each table that galleries show something of; without one, somebody would sooner or later forget
to say that a page is not what it was. It is a time in microseconds (on SQLite milliseconds), so that a
database that was restored does not count up to versions that browsers remember of other pages.

On PostgreSQL the version is written last in a transaction, which holds all other locks that it wants by then:
nobody waits for it who is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import AppConfig
from django.db import connections, models

from accounts.models.page_version import PageVersion
from studio.models import Extension, Image, PhotoSet, Shoot, Tune

# What a change of is seen in a gallery, beside rows that come and go. Each table names its account.
WATCHED: dict[type[models.Model], tuple[str, ...]] = {
    Image: ("status", "liked_at", "hidden_at", "seen_at", "votes"),
    Shoot: ("status", "title"),
    Tune: ("status", "expires_at"),
    PhotoSet: ("name",),
    Extension: ("status",),
}
_VERSIONS = PageVersion._meta.db_table
_ADD = f"INSERT INTO {_VERSIONS} (account_id, version) VALUES"

_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION gallery_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE owner uuid := COALESCE(NEW.account_id, OLD.account_id);
    BEGIN
        -- Once a transaction: a row that was changed a thousand times is slow to find.
        IF NOT EXISTS (SELECT FROM {_VERSIONS} WHERE account_id = owner
                       AND xmin = pg_current_xact_id()::xid) THEN
            {_ADD} (owner, EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)
            ON CONFLICT (account_id) DO UPDATE
            SET version = GREATEST({_VERSIONS}.version + 1, excluded.version);
        END IF;
        RETURN NULL;
    END $$"""
_NOW = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


def install(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Make the triggers that are missing, after each `migrate`: SQLite forgets those of a remade table."""
    connection = connections[using]
    if _VERSIONS not in connection.introspection.table_names():
        return  # on the way back to before there were versions
    with connection.cursor() as cursor:
        for statement in _ON[connection.vendor]():
            cursor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away: what they name can then be dropped."""
    for name in _names(schema_editor.connection.vendor):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _names(vendor: str) -> Iterator[str]:
    """Return the triggers' names as each database wants them for a DROP."""
    for model in WATCHED:
        table = model._meta.db_table
        if vendor == "sqlite":
            yield from (f"{table}_{verb}_changes_gallery" for verb in ("insert", "update", "delete"))
        else:
            yield f"gallery_changed ON {table}"


def _on_sqlite() -> Iterator[str]:
    for model, columns in WATCHED.items():
        table = model._meta.db_table
        for verb, event, row in (
            ("insert", "INSERT", "NEW"),
            ("update", f"UPDATE OF {', '.join(columns)}", "NEW"),
            ("delete", "DELETE", "OLD"),
        ):
            yield f"""
                CREATE TRIGGER IF NOT EXISTS {table}_{verb}_changes_gallery AFTER {event} ON {table} BEGIN
                    {_ADD} ({row}.account_id, {_NOW}) ON CONFLICT (account_id) DO UPDATE
                    SET version = MAX(version + 1, excluded.version);
                END"""


def _on_postgresql() -> Iterator[str]:
    yield _FUNCTION
    for model, columns in WATCHED.items():
        table = model._meta.db_table
        yield f"""
            DO $$ BEGIN
                CREATE CONSTRAINT TRIGGER gallery_changed
                AFTER INSERT OR DELETE OR UPDATE OF {", ".join(columns)} ON {table}
                DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION gallery_changed();
            EXCEPTION WHEN duplicate_object THEN NULL;
            END $$"""


_ON = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}
