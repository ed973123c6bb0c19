"""Rows in every state: which columns each state fills, said once more than the models' constraints do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from studio.models import Image, Prompt, Shoot, Tune
from studio.models.state import StateModel

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Column:
    """A column that is filled in the states `always`, may be in `maybe`, and is not in any other."""

    name: str
    filled: Any
    always: str
    maybe: str = ""
    empty: Any = None

    def value(self, status: str) -> Any:
        """Return what a row in this state has, as little as it may."""
        return self.filled if status in self.always.split() else self.empty

    def wrong(self, status: str) -> Iterator[dict[str, Any]]:
        """Yield what a row in this state must not have."""
        if status not in self.maybe.split():
            yield {self.name: self.empty if status in self.always.split() else self.filled}

    def either(self, status: str) -> Iterator[dict[str, Any]]:
        """Yield what it may have as well."""
        if status in self.maybe.split():
            yield {self.name: self.filled}


TAKEN = "waiting generating ready partly"
TOLD = "ready partly failed"
LIVING = "queued submitting unconfirmed waiting generating"
COLUMNS: dict[type[StateModel], list[Column]] = {
    Shoot: [
        Column("queued_at", NOON, f"{LIVING} {TOLD} cancelled"),
        Column("attempts", 1, f"submitting unconfirmed {TAKEN}", "queued failed cancelled", 0),
        Column("submitted_at", NOON, TAKEN, "failed"),
        Column("deadline_at", NOON, TAKEN, "failed"),
        Column("generating_at", NOON, "generating", TOLD),
        Column("ended_at", NOON, f"{TOLD} cancelled"),
        Column("error", "too dark", "failed", "partly", ""),
        Column("next_check_at", NOON, LIVING),
    ],
    Tune: [
        Column("astria_id", 77, "training trained expired", "failed deleted"),
        Column("trained_at", NOON, "trained expired", "deleted"),
        Column("expires_at", NOON, "trained expired", "deleted"),
        Column("failed_at", NOON, "failed", "deleted"),
        Column("error", "too dark", "failed", "deleted", ""),
        Column("next_check_at", NOON, "queued submitting unconfirmed training trained"),
    ],
    Prompt: [
        Column("finished_at", NOON, "ready failed"),
        Column("error", "too dark", "failed", empty=""),
    ],
    Image: [
        Column("stored_at", NOON, "stored"),
        Column("width", 832, "stored", empty=0),
        Column("height", 1088, "stored", empty=0),
        Column("extension", "jpg", "stored", empty=""),
        Column("error", "404", "lost", "pending", ""),
        Column("next_check_at", NOON, "pending"),
        Column("claimed_until", NOON, "", "pending"),
        Column("liked_at", NOON, "", "stored"),
    ],
}


def fields_of(model: type[StateModel], status: str) -> dict[str, Any]:
    """Return what a row in this state has."""
    return {column.name: column.value(status) for column in COLUMNS[model]} | {"status": status}


def is_filled(model: type[StateModel], column: str, status: str) -> bool:
    """Tell whether a row in this state must have something in this column."""
    found = next(it for it in COLUMNS[model] if it.name == column)
    return status in found.always.split()


def put(row: StateModel, status: str, **fields: Any) -> None:
    """Put a row into a state, with what belongs to it and what is given."""
    rows: Any = type(row)._default_manager.filter(pk=row.pk)
    rows.update(**(fields_of(type(row), status) | fields))
    row.refresh_from_db()


def wrong(model: type[StateModel], status: str) -> list[dict[str, Any]]:
    return [fields for column in COLUMNS[model] for fields in column.wrong(status)]


def either(model: type[StateModel], status: str) -> list[dict[str, Any]]:
    return [fields for column in COLUMNS[model] for fields in column.either(status)]
