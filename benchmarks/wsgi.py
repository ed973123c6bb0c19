"""The studio as gunicorn serves it, with the empty pages to compare with."""

from __future__ import annotations

from django.conf import settings

from config.wsgi import application

settings.ROOT_URLCONF = "benchmarks.urls"

__all__ = ["application"]
