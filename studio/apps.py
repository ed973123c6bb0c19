from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StudioConfig(AppConfig):
    name = "studio"
    verbose_name = "Studio"

    def ready(self) -> None:
        from accounts.roles import grant_roles
        from config.doors import follow_tasks
        from studio import checks  # noqa: F401  registers the system checks
        from studio.gallery_version import install
        from studio.probing import feel_pulse

        # The last of our apps: all rights are there by then.
        post_migrate.connect(grant_roles, sender=self)
        post_migrate.connect(install, sender=self)
        follow_tasks()
        feel_pulse()
