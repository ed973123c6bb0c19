"""How gunicorn serves the studio; the figures are those of config/settings.py."""

from __future__ import annotations

import os

from gunicorn.glogging import Logger

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


class QuietLogger(Logger):  # type: ignore[misc]
    """No line for callbacks and share links (their path is a secret) nor for files (there are too many)."""

    def access(self, resp: object, req: object, environ: dict[str, str], request_time: object) -> None:
        if not environ.get("PATH_INFO", "").startswith(_SILENT):
            super().access(resp, req, environ, request_time)


logger_class = QuietLogger
