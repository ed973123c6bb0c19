"""Django settings of the sandbox alone; `python -m sandbox` sets SANDBOX_DATA."""

from __future__ import annotations

import os
from pathlib import Path

DATA_DIR = Path(os.environ.get("SANDBOX_DATA", "var/sandbox")).resolve()

# Nothing is signed and nobody signs in: the key protects nothing.
SECRET_KEY = "the sandbox keeps no secrets"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "sandbox.urls"
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = ["sandbox"]
MIDDLEWARE = [
    "sandbox.middleware.RequestLog",
    "sandbox.middleware.RailsPaths",
    "sandbox.numbering.Wishes",
    "sandbox.middleware.Readable",
    "sandbox.middleware.Keys",
    "sandbox.middleware.HttpFaults",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "sandbox.sqlite3",
        # Many threads write: IMMEDIATE waits for its turn at the start instead of failing in the middle.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}

DATA_UPLOAD_MAX_NUMBER_FIELDS = None
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "ERROR"},
    # 4xx answers are this program's daily bread.
    "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "CRITICAL"}},
}
