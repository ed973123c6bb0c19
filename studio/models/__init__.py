"""The product: photo sets, tunes, shoots, prompts, images, callbacks, events, shares."""

from __future__ import annotations

from studio.models.callback import Callback
from studio.models.event import Event
from studio.models.image import Image
from studio.models.inspection import Inspection
from studio.models.photo import Photo, PhotoSet
from studio.models.prompt import Prompt
from studio.models.running import Heartbeat, Pause
from studio.models.share import Share
from studio.models.shoot import Shoot
from studio.models.tune import Tune

__all__ = [
    "Callback",
    "Event",
    "Heartbeat",
    "Image",
    "Inspection",
    "Pause",
    "Photo",
    "PhotoSet",
    "Prompt",
    "Share",
    "Shoot",
    "Tune",
]
