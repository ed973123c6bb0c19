"""Going back takes the triggers away; going forward, studio/gallery_version.py makes them after each `migrate`."""

from __future__ import annotations

from django.db import migrations

from studio.gallery_version import remove


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_page_versions"), ("studio", "0016_cost_of_extensions")]
    operations = [migrations.RunPython(migrations.RunPython.noop, remove)]
