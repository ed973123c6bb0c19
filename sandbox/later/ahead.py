"""Drawing pictures while their tune is still in training, so that they are there when first asked for.

Only at about normal speed: when everything is over in a moment, or stands still for a test, many pictures are
never looked at.
"""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections

from sandbox.models import Picture, Prompt
from sandbox.pictures import developed, picture_path
from sandbox.switches import switches

SLOWEST, FASTEST = 0.2, 2.0
LOOK_SECONDS = 0.5

log = logging.getLogger(__name__)


def start() -> None:
    """Start the thread; it ends with the process."""
    threading.Thread(target=_run, name="ahead", daemon=True).start()


def _run() -> None:
    while True:
        try:
            if not SLOWEST <= switches.speed <= FASTEST or not _draw_next():
                threading.Event().wait(LOOK_SECONDS)
        except Exception:
            # A picture that cannot be drawn is drawn again, and its error seen, when it is asked for.
            log.exception("a picture could not be drawn ahead")
            threading.Event().wait(10 * LOOK_SECONDS)
        close_old_connections()


def _draw_next() -> bool:
    """Draw one picture of a prompt that is not finished; False when there is none left to draw."""
    waiting = Prompt.objects.filter(trained_at=None, user_error="").exclude(is_template=True)
    for prompt in waiting.order_by("pk")[:20]:
        for picture in Picture.objects.filter(prompt_id=prompt.pk).order_by("position"):
            if not picture_path(picture.key).exists():
                developed(picture, prompt)
                _forget_if_deleted(picture)
                return True
    return False


def _forget_if_deleted(picture: Picture) -> None:
    if not Picture.objects.filter(key=picture.key).exists():
        picture_path(picture.key).unlink(missing_ok=True)
