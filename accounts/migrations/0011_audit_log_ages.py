"""Lines of the audit log may be deleted once they are a year old, and no sooner (docs/decisions/0016)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

TABLE = "accounts_auditentry"
REFUSAL = "Lines of the audit log are never changed, and not deleted for a year: write another one"

SQLITE = [
    f"CREATE TRIGGER audit_no_UPDATE BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"""CREATE TRIGGER audit_no_DELETE BEFORE DELETE ON {TABLE} WHEN OLD.at > datetime('now', '-365 days')
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
]
POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION audit_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '365 days' THEN RETURN OLD; END IF;
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
]
OLD_REFUSAL = "Lines of the audit log are never changed or deleted: write another one"
OLD_SQLITE = [
    f"CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{OLD_REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
OLD_POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION audit_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{OLD_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
]
DROP_SQLITE = ["DROP TRIGGER IF EXISTS audit_no_UPDATE", "DROP TRIGGER IF EXISTS audit_no_DELETE"]


def let_old_lines_go(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, {"sqlite": [*DROP_SQLITE, *SQLITE], "postgresql": POSTGRESQL})


def keep_all(apps: Any, schema_editor: Any) -> None:
    _execute(schema_editor, {"sqlite": [*DROP_SQLITE, *OLD_SQLITE], "postgresql": OLD_POSTGRESQL})


def _execute(schema_editor: Any, statements: dict[str, list[str]]) -> None:
    for statement in statements[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_quick_lists"),
    ]

    operations = [
        migrations.RunPython(let_old_lines_go, keep_all),
    ]
