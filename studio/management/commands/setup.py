"""manage.py setup: a database that is ready to use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.commands import OperatorCommand
from studio.bucket import Bucket


class Command(OperatorCommand):
    changes = True
    help = "Make or upgrade the database and the cache's table, and collect static files for production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-static", action="store_true", help="leave static files alone: the image has them"
        )
        parser.add_argument(
            "--bucket", action="store_true", help="also make the bucket at S3, if it is missing"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, no_static: bool, bucket: bool, dry_run: bool, **options: Any) -> None:
        migrations = _to_run()
        if dry_run:
            self.conclude("\n".join(["To be run:", *migrations]), dry_run=True, migrations=migrations)
            return
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if bucket and isinstance(default_storage, Bucket):
            default_storage.make()
        if not settings.DEBUG and not no_static:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.conclude("setup: the database is ready", dry_run=False, migrations=migrations)


def _to_run() -> list[str]:
    """Return the migrations that the database has not seen."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
