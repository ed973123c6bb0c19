"""The budgets of the studio, measured: `make bench` runs all parts, `make bench-quick` their short forms.

`python -m benchmarks NAME …` runs some parts; benchmarks/__main__.py lists them, one module each. Every part
is a process of its own, on a database and files of its own, with production's settings.
"""

from __future__ import annotations

import os
import tempfile

import django
from django.apps import apps

# It is, where tests look at the harness: their settings stay.
if not apps.ready:
    if "BENCHMARKS_DIR" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="studio-bench-")
        # The server that is measured finds the same place by it.
        os.environ["BENCHMARKS_DIR"] = folder.name
    sqlite = f"sqlite:///{os.environ['BENCHMARKS_DIR']}/studio.sqlite3"
    # Before Django reads its settings: a developer's data stays out of it.
    os.environ.update(
        DATA_DIR=os.environ["BENCHMARKS_DIR"],
        DATABASE_URL=os.environ.get("BENCHMARKS_DATABASE_URL", sqlite),
        DJANGO_SETTINGS_MODULE="config.settings",
        PUBLIC_URL="http://127.0.0.1:8000",
        NOTICE="",
        DEBUG="0",
    )
    django.setup()
