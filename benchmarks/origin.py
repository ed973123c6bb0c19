"""A place that pictures are fetched from, as fast as this machine can, and rows that wait for them."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

from django.utils import timezone
from PIL import Image as Picture

from accounts.models import User
from benchmarks.rows import person_with
from studio.models import Image, Prompt, Shoot

PHOTO = Path(__file__).parents[1] / "tests" / "photos" / "person-1.jpg"
PIXELS, QUALITY = (832, 1088), 92
WAITING = "waits-for-pictures@example.com"


@cache
def typical() -> bytes:
    """Return a portrait as Astria delivers it most: 832 × 1088, a JPEG of high quality."""
    buffer = io.BytesIO()
    with Picture.open(PHOTO) as photo:
        photo.convert("RGB").resize(PIXELS).save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


class _Pictures(BaseHTTPRequestHandler):
    """Answers every address with the same picture, and its own bytes behind the end: no two are alike."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        data = typical() + self.path.encode()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving_pictures() -> Iterator[str]:
    """Serve pictures, and yield the origin that is to be ASTRIA_BASE_URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Pictures) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def waiting_shoot() -> Shoot:
    """Return a shoot that takes in whatever comes."""
    person = User.objects.filter(email=WAITING).first()
    if person is None:
        person = person_with(8)
        User.objects.filter(pk=person.pk).update(email=WAITING)
    return Shoot.objects.get(account=person.account)


def pending_pictures(origin: str, count: int) -> list[UUID]:
    """Return the ids of so many pictures that wait to be fetched from there."""
    shoot, now = waiting_shoot(), timezone.now()
    prompt = Prompt.objects.filter(shoot=shoot)[0]
    first = Image.objects.filter(shoot=shoot).next_number()
    made = Image.objects.bulk_create(
        Image(
            shoot=shoot, prompt=prompt, account_id=shoot.account_id, number=number,
            source_url=f"{origin}/{number}.jpg", next_check_at=now,
        )
        for number in range(first, first + count)
    )  # fmt: skip
    return [image.pk for image in made]
