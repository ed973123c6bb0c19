"""Whatever is measured here is measured on a database and files of its own, with production's settings."""

from __future__ import annotations

import os
import tempfile

import django

if "BENCHMARKS_DIR" not in os.environ:
    folder = tempfile.TemporaryDirectory(prefix="studio-bench-")
    # The server that is measured finds the same place by it.
    os.environ["BENCHMARKS_DIR"] = folder.name
# Before Django reads its settings: a developer's data stays out of it.
os.environ.update(
    DATA_DIR=os.environ["BENCHMARKS_DIR"],
    DATABASE_URL=f"sqlite:///{os.environ['BENCHMARKS_DIR']}/studio.sqlite3",
    DJANGO_SETTINGS_MODULE="config.settings",
    PUBLIC_URL="http://127.0.0.1:8000",
    NOTICE="",
    DEBUG="0",
)
django.setup()
