"""`python -m sandbox`: start the local Astria and keep it running until SIGTERM or SIGINT."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Sequence

from sandbox.options import Options, parse_options
from sandbox.switches import switches


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; returns the exit code."""
    options = parse_options(arguments)
    options.data.mkdir(parents=True, exist_ok=True)
    os.environ["SANDBOX_DATA"] = str(options.data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    switches.take(options)
    _prepare()
    return _serve(options)


def _prepare() -> None:
    import cv2
    import django

    # Pictures are drawn in request threads; more threads inside each would only fight over the cores.
    cv2.setNumThreads(1)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from sandbox.gallery.shelves import fill_shelves
    from sandbox.later import clock

    clock.resume(switches.data)
    fill_shelves()


def _serve(options: Options) -> int:
    from django.core.wsgi import get_wsgi_application

    from sandbox.later import ahead
    from sandbox.later.engine import Engine
    from sandbox.server import Handler, Server

    try:
        server = Server((options.host, options.port), Handler)
    except OSError as error:
        print(f"cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    server.set_app(get_wsgi_application())
    host = "127.0.0.1" if options.host in ("", "0.0.0.0") else options.host
    switches.base_url = f"http://{host}:{server.server_port}"
    engine = Engine()
    engine.start()
    ahead.start()
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop that this very thread runs, so another one calls it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"sandbox ready at {switches.base_url}", flush=True)
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    engine.stop()
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # Threads in the middle of a picture or a hanging callback do not hold up the end.
    os._exit(code)
