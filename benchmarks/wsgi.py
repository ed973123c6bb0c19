"""The studio as gunicorn serves it, with the empty pages to compare with."""

from __future__ import annotations

import os

from django.conf import settings

settings.ROOT_URLCONF = "benchmarks.urls"
if os.environ.get("BENCHMARKS_GZIP"):
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]

from config.wsgi import application  # noqa: E402  it loads what was set above

__all__ = ["application"]
