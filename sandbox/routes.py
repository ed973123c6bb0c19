"""`python -m sandbox.routes`: every address of the sandbox as JSON, read from sandbox/urls.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PARAMETER = re.compile(r"\(\?P<(\w+)>\\d\{1,18\}\)|<(?:\w+:)?(\w+)>")


class Route(NamedTuple):
    """A method and a path such as `/tunes/:tune_id`, and the view that answers, as `tunes.detail`."""

    method: str
    path: str
    view: str


def routes() -> list[Route]:
    """Return all routes in the order of sandbox/urls.py; Django must be set up for the sandbox."""
    from sandbox.urls import urlpatterns

    return [route for pattern in urlpatterns for route in _of(str(pattern.pattern), pattern.callback)]


def read_routes() -> list[Route]:
    """Return all routes, read by a process of its own: this one may be no Django, or another."""
    command = [sys.executable, "-m", "sandbox.routes"]
    found = subprocess.run(command, capture_output=True, check=True, cwd=Path(__file__).parents[1])
    return [Route(**route) for route in json.loads(found.stdout)]


def _of(pattern: str, view: object) -> Iterator[Route]:
    path = "/" + PARAMETER.sub(lambda found: f":{found[1] or found[2]}", pattern.removeprefix("^"))
    for method, chosen in getattr(view, "by_method", {}).items():
        module = chosen.__module__.removeprefix("sandbox.views.")
        yield Route(method, path.removesuffix("$"), f"{module}.{chosen.__name__}")


def main() -> None:
    """Print the routes as a JSON array of objects."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    django.setup()
    print(json.dumps([route._asdict() for route in routes()], indent=1))


if __name__ == "__main__":
    main()
