"""How gunicorn serves the studio; the figures are those of config/settings.py."""

from __future__ import annotations

import os
from pathlib import Path

import environ
from gunicorn.glogging import Logger

from config.logs import ScrubSecrets, formatter_for
from config.memory import keep_little

# As the settings do: what stands in .env holds here, too.
environ.Env.read_env(Path(__file__).resolve().parent / ".env")
# Before the workers, which take it over.
keep_little()
bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# Each worker listens for itself: without it, keep-alive connections pile onto one of them.
reuse_port = True
timeout = 120
graceful_timeout = 20
# Nobody steers it by its socket, and several studios on one machine would share the path.
control_socket_disable = True
reload = os.environ.get("RELOAD") == "1"
accesslog = "-" if reload else None
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
_SILENT = ("/callbacks/", "/s/", "/static/", "/pictures/", "/photos/", "/packs/pictures/")


_is_debug = os.environ.get("DEBUG", "0").lower() in environ.Env.BOOLEAN_TRUE_STRINGS
_line = formatter_for(os.environ.get("LOG_FORMAT", "text" if _is_debug else "json"))


class OurLogger(Logger):  # type: ignore[misc]
    """Lines as the studio writes its own, and none that says a secret.

    None at all for callbacks and share links (their path is a secret) nor for files (there are too many).
    """

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in [*self.error_log.handlers, *self.access_log.handlers]:
            handler.setFormatter(_line())
            handler.addFilter(ScrubSecrets())

    def access(self, resp: object, req: object, environ: dict[str, str], request_time: object) -> None:
        if not environ.get("PATH_INFO", "").startswith(_SILENT):
            super().access(resp, req, environ, request_time)


logger_class = OurLogger
