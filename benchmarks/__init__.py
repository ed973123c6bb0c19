"""Whatever is measured here is measured on a database and files of its own, with production's settings."""

from __future__ import annotations

import os
import tempfile

import django

folder = tempfile.TemporaryDirectory(prefix="studio-bench-")
# Before Django reads its settings: a developer's data stays out of it.
os.environ.update(
    DATA_DIR=folder.name,
    DATABASE_URL=f"sqlite:///{folder.name}/studio.sqlite3",
    DJANGO_SETTINGS_MODULE="config.settings",
    PUBLIC_URL="http://127.0.0.1:8000",
    NOTICE="",
    DEBUG="0",
)
django.setup()
