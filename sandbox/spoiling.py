"""Pictures as they should not come; which ones, sandbox/faults.py decides, always alike for one picture."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Collection, Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from sandbox.faults import LASTING_FAULTS
from sandbox.models import Picture, Prompt
from sandbox.server import hang_up_after
from sandbox.switches import switches

# Private, and hardly anybody's: who follows it waits in vain.
PRIVATE_ADDRESS = "http://10.255.255.254/picture.jpg"
HUGE_PIXELS = 30_000
HUGE_BYTES = 100_000_000
PIECE = bytes(256 * 1024)
START_OF_FRAME = b"\xff\xc0"
PAGE = b"<!doctype html><title>Sign in</title><p>This is not the picture you are looking for.</p>\n"


def picture_faults(picture: Picture, prompt: Prompt, asked: Collection[str]) -> set[str]:
    """Return the faults of a picture: asked for now or when its prompt was ordered, or met by rate."""
    event = f"picture {prompt.pk}/{picture.position}"
    wanted = {*asked, *prompt.faults}
    names = (name for name in LASTING_FAULTS if name.startswith("picture-"))
    return {name for name in names if switches.meets(name, event, wanted)}


def spoiled(
    request: HttpRequest, picture: Picture, met: Collection[str], develop: Callable[[], bytes]
) -> HttpResponseBase | None:
    """Return what comes instead of a picture, None when it comes itself; Http404 if it is withheld."""
    if "picture-slow" in met:
        time.sleep(switches.slow_seconds)
    if "picture-404-once" in met and _withhold(picture):
        raise Http404
    if "picture-gone" in met:
        return HttpResponse(status=410)
    if "picture-redirects" in met:
        return HttpResponse(status=302, headers={"Location": PRIVATE_ADDRESS})
    if "picture-not-an-image" in met:
        return HttpResponse(PAGE, content_type="image/jpeg")
    if "picture-huge" in met:
        return _huge(develop())
    return _half(request, develop()) if "picture-truncated" in met else None


def _withhold(picture: Picture) -> bool:
    """Tell whether nobody was refused this picture before."""
    return bool(Picture.objects.filter(pk=picture.pk, was_withheld=False).update(was_withheld=True))


def _half(request: HttpRequest, jpeg: bytes) -> HttpResponseBase:
    response = HttpResponse(jpeg[: len(jpeg) // 2], content_type="image/jpeg")
    response.headers["Content-Length"] = str(len(jpeg))
    return hang_up_after(request, response)


def _huge(jpeg: bytes) -> StreamingHttpResponse:
    """Return a picture whose head promises 900 million pixels, followed by zeros."""
    at = jpeg.index(START_OF_FRAME) + 5
    head = jpeg[:at] + struct.pack(">HH", HUGE_PIXELS, HUGE_PIXELS) + jpeg[at + 4 :]
    response = StreamingHttpResponse(_padded(head), content_type="image/jpeg")
    response.headers["Content-Length"] = str(HUGE_BYTES)
    return response


def _padded(head: bytes) -> Iterator[bytes]:
    yield head
    left = HUGE_BYTES - len(head)
    while left > 0:
        yield PIECE[:left]
        left -= len(PIECE)
