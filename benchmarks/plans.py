"""How the database goes about each query of a task, as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.filling import MODELS

# Tables that grow without end. Small ones are read whole, and should be.
_GROWING = "|".join([*(model._meta.db_table for model in MODELS), r"[A-Z]\d+"])
# These hold a few rows, and are read as a whole.
_FEW = "|".join(str(it.name) for model in MODELS for it in model._meta.indexes if it.condition)
_SCAN = re.compile(
    rf"^SCAN (?:{_GROWING})\b(?! USING (?:COVERING )?INDEX (?:{_FEW})$)|Seq Scan on (?:{_GROWING})\b",
    re.MULTILINE,
)
# Not of what an index has sorted but for the last of several keys.
_SORT = re.compile(r"TEMP B-TREE FOR (?:ORDER|GROUP) BY|^ *(?:-> +)?Sort\b", re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """A query and its plan."""

    sql: str
    text: str

    @property
    def reads_all(self) -> bool:
        """Whether it goes through every row of a table that grows, and not only till it has enough."""
        stops_early = " LIMIT " in self.sql and not _SORT.search(self.text)
        return bool(_SCAN.search(self.text)) and not stops_early


def plans_of(run: Callable[[], object]) -> list[Plan]:
    """Return the plan of each different query that `run` asks, in order."""
    asked: dict[str, Any] = {}

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and sql.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.setdefault(sql, params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        run()
    return [Plan(sql, _explain(sql, params)) for sql, params in asked.items()]


def _explain(sql: str, params: Any) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"{connection.ops.explain_query_prefix()} {sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())
