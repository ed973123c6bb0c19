"""A sandbox that has what the samples name, and where its own calls arrive instead of on the internet."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from sandbox.receiver import Receiver, receiving
from tests.sandbox.process import PHOTOS, Sandbox, eventually, running, uploads

# The tunes that samples name by id: title, base, model type. 690204, 666678 and 1504944 are always there.
TUNES = {
    1: ("John Doe", 690204, ""),
    89: ("Jane Doe", 1504944, "lora"),
    123: ("Max Doe", 1504944, "lora"),
    # No sample names it: it fills the placeholder of the SDXL page.
    90: ("Jane Doe on SDXL", 666678, "pti"),
}


class _Pictures(SimpleHTTPRequestHandler):
    """The picture host of the samples."""

    def log_message(self, *arguments: object) -> None: ...


@pytest.fixture(scope="session")
def pictures_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the one picture that samples name by its address at i.imgur.com."""
    directory = tmp_path_factory.mktemp("pictures")
    shutil.copy(PHOTOS / "cat.jpg", directory / "HLHBnl9.jpeg")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pictures, directory=str(directory)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def callbacks() -> Iterator[Receiver]:
    """Receive what the samples have sent to optional-callback-url.com."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def documented(
    tmp_path_factory: pytest.TempPathFactory, pictures_url: str, callbacks: Receiver
) -> Iterator[Sandbox]:
    """Start a sandbox as the samples find Astria."""
    reroutes = f"i.imgur.com={pictures_url},optional-callback-url.com={callbacks.url}"
    options = ("--speed", "200", "--pictures", "small", "--reroute", reroutes)
    with running(tmp_path_factory.mktemp("documented"), *options) as sandbox:
        yield sandbox


@pytest.fixture
def astria(documented: Sandbox) -> Sandbox:
    """Return the sandbox with the tunes and the prompt that samples name, whatever samples deleted before."""
    for number, (title, base, model_type) in TUNES.items():
        if documented.get(f"/tunes/{number}").status_code == 404:
            _add_tune(documented, number, title, base, model_type)
    eventually(lambda: all(documented.get(f"/tunes/{number}").json()["trained_at"] for number in TUNES))
    if documented.get("/prompts/1").status_code == 404:
        _add(documented, 1, "/tunes/1/prompts", json={"prompt": {"text": "ohwx man in a library"}})
    return documented


def _add_tune(sandbox: Sandbox, number: int, title: str, base: int, model_type: str) -> None:
    fields = {"title": title, "name": "man", "base_tune_id": str(base), "model_type": model_type}
    data = {f"tune[{name}]": value for name, value in fields.items() if value}
    _add(sandbox, number, "/tunes", data=data, files=uploads(["person-1.jpg"]))


def _add(sandbox: Sandbox, number: int, path: str, **options: Any) -> None:
    answer = sandbox.post(path, headers={"X-Sandbox-Id": str(number)}, **options)
    assert answer.status_code == 201, answer.text
