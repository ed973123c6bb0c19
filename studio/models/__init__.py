"""The product: photo sets, tunes, shoots, prompts, images, callbacks, events, shares and their votes."""

from __future__ import annotations

from studio.models.callback import Callback
from studio.models.deletion import TuneDeletion
from studio.models.erasure import Erasure
from studio.models.event import Event
from studio.models.extension import Extension
from studio.models.image import Image
from studio.models.inspection import Inspection
from studio.models.letter import Letter
from studio.models.photo import Photo, PhotoSet
from studio.models.prompt import Prompt
from studio.models.refund import RefundRequest
from studio.models.removal import Removal
from studio.models.running import Check, Heartbeat, Pause, Tally
from studio.models.share import Share
from studio.models.shoot import Shoot
from studio.models.trial import Trial
from studio.models.tune import Tune
from studio.models.vote import Report, Vote

__all__ = [
    "Callback",
    "Check",
    "Erasure",
    "Event",
    "Extension",
    "Heartbeat",
    "Image",
    "Inspection",
    "Letter",
    "Pause",
    "Photo",
    "PhotoSet",
    "Prompt",
    "RefundRequest",
    "Removal",
    "Report",
    "Share",
    "Shoot",
    "Tally",
    "Trial",
    "Tune",
    "TuneDeletion",
    "Vote",
]
