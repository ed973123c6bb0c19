"""The budgets of a ZIP of 200 pictures: against a plain Django view that reads and streams the same files.

Both are asked in turn of gunicorn over one connection that stays open; what is compared is the CPU time that
its worker takes for each.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random
from statistics import median

from django.urls import reverse
from PIL import Image as Picture
from PIL import ImageFilter

from accounts.models import User
from benchmarks.ground import prepare, signed_in
from benchmarks.pages import Page
from benchmarks.report import Figure, clocked
from benchmarks.rows import person_with
from benchmarks.server import WORKER, Server, request, serving
from studio import files
from studio.marking import weight
from studio.models import Image

PICTURES, DIFFERENT = 200, 20
ROUNDS, QUICK_ROUNDS = 15, 5
PLAIN = "/files/"
# What Astria delivers most: about 200 kB.
PIXELS, JPEG_QUALITY, GRAIN = (832, 1088), 92, 16
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_RESET_PEAK = "5"


def figures(quick: bool) -> list[Figure]:
    """Return what downloads cost on a server of their own."""
    prepare()
    person = person_with(PICTURES)
    store_files(person)
    plain, packed = (Page(signed_in(person), path).request() for path in (PLAIN, _address_of_zip(person)))
    with serving() as server, _line_to(server) as line:
        line.ask(plain), line.ask(packed)
        sides = [(line.cost(plain), line.cost(packed)) for _ in range(QUICK_ROUNDS if quick else ROUNDS)]
        ratio = median(reading / zipping for reading, zipping in sides)
        first = median(line.first_byte_after(packed) for _ in sides)
        return [
            Figure("ZIP of 200 against plain reading, throughput", ratio, "×", "least", 0.5, is_exact=False),
            clocked("ZIP of 200, first byte", first * 1000, "ms", 50),
            Figure("ZIP of 200, memory more", line.growth(packed) / 1e6, "MB", "most", 4, is_exact=False),
        ]


@dataclass
class Line:
    """A connection to one worker of the server."""

    connection: socket.socket
    pid: int = 0

    def cost(self, message: bytes) -> float:
        """Return the CPU seconds that the worker takes for an answer."""
        before = self._cpu_seconds()
        self.ask(message)
        return self._cpu_seconds() - before

    def first_byte_after(self, message: bytes) -> float:
        """Return the seconds until an answer's first byte is here, its head's aside."""
        start = time.perf_counter()
        return self.ask(message) - start

    def growth(self, message: bytes) -> int:
        """Return by how many bytes the worker grows at most while it answers."""
        Path(f"/proc/{self.pid}/clear_refs").write_text(_RESET_PEAK)
        before = self._memory("VmRSS")
        self.ask(message)
        return self._memory("VmHWM") - before

    def ask(self, message: bytes) -> float:
        """Read an answer to its end. Returns when the first byte of its body came."""
        self.connection.sendall(message)
        head = body = b""
        while not body:
            head += self.connection.recv(1 << 16)
            body = head.partition(b"\r\n\r\n")[2]
        at, found = time.perf_counter(), _LENGTH.search(head)
        assert head.startswith(b"HTTP/1.1 200") and found, head[:200]
        self.body, left, buffer = body, int(found[1]) - len(body), bytearray(1 << 20)
        while left > 0:
            left -= self.connection.recv_into(buffer)
        return at

    def _cpu_seconds(self) -> float:
        return time.clock_gettime((~self.pid << 3) | 2)

    def _memory(self, name: str) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition(f"{name}:")[2].split()[0]) * 1024


@contextmanager
def _line_to(server: Server) -> Iterator[Line]:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        line = Line(connection)
        line.ask(request(WORKER))
        line.pid = int(line.body)
        yield line


def _address_of_zip(person: User) -> str:
    shoot = Image.objects.for_user(person)[0].shoot_id
    return f"{reverse('studio:download')}?shoot={shoot}&size=original"


def store_files(person: User) -> None:
    """Write the originals, as delivery does."""
    made = [_jpeg(Random(seed)) for seed in range(DIFFERENT)]
    images = list(Image.objects.for_user(person))
    for number, image in enumerate(images):
        data = made[number % DIFFERENT]
        files.write(image.original_key, data)
        image.bytes = len(data)
        image.bare_bytes = weight(data, "jpg")
    Image.objects.bulk_update(images, ["bytes", "bare_bytes"])


def _jpeg(random: Random) -> bytes:
    """Return a JPEG of soft patches of colour with some grain, as a portrait has."""
    patches = Picture.frombytes("RGB", (13, 17), random.randbytes(13 * 17 * 3)).resize(PIXELS)
    grain = Picture.effect_noise(PIXELS, GRAIN).convert("RGB")
    buffer = BytesIO()
    Picture.blend(patches.filter(ImageFilter.GaussianBlur(3)), grain, 0.15).save(
        buffer, "JPEG", quality=JPEG_QUALITY
    )
    return buffer.getvalue()
