"""The database itself refuses to change or to delete a line of the ledger.

SQLite forgets a table's triggers when a later migration remakes the table: such a migration ends with
`create_triggers` again (a test notices). `manage.py flush` is refused on SQLite; on PostgreSQL it truncates,
which is no DELETE.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLE = "accounts_creditentry"
REFUSAL = "Lines of the ledger are never changed or deleted: write another one"

SQLITE = [
    f"CREATE TRIGGER ledger_no_{verb} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION ledger_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    f"""CREATE TRIGGER ledger_never_changes BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION ledger_never_changes()""",
]
DROP_SQLITE = ["DROP TRIGGER IF EXISTS ledger_no_UPDATE", "DROP TRIGGER IF EXISTS ledger_no_DELETE"]
DROP_POSTGRESQL = [
    f"DROP TRIGGER IF EXISTS ledger_never_changes ON {TABLE}",
    "DROP FUNCTION IF EXISTS ledger_never_changes",
]


def create_triggers(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, {"sqlite": SQLITE, "postgresql": POSTGRESQL})


def drop_triggers(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, {"sqlite": DROP_SQLITE, "postgresql": DROP_POSTGRESQL})


def _execute(schema_editor: Any, statements: dict[str, list[str]]) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
