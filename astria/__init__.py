"""A typed client of the Astria API."""

from __future__ import annotations

from astria.callbacks import PromptsCallback, TuneCallback, parse_callback
from astria.client import Astria
from astria.errors import (
    Ambiguous,
    AstriaError,
    ConnectionLost,
    Forbidden,
    Invalid,
    InvalidCallback,
    InvalidParameter,
    InvalidResponse,
    NotFound,
    NotSent,
    PaymentRequired,
    RateLimited,
    Refused,
    ServerError,
    TimedOut,
    Unauthorized,
)
from astria.files import ImageFile
from astria.pack_types import ClassCost, Pack, PackDetail, PackPrompt, PackRun
from astria.retry import Retry
from astria.transport import Call
from astria.types import Inspection, Prompt, Tune

__all__ = [
    "Ambiguous",
    "Astria",
    "AstriaError",
    "Call",
    "ClassCost",
    "ConnectionLost",
    "Forbidden",
    "ImageFile",
    "Inspection",
    "Invalid",
    "InvalidCallback",
    "InvalidParameter",
    "InvalidResponse",
    "NotFound",
    "NotSent",
    "Pack",
    "PackDetail",
    "PackPrompt",
    "PackRun",
    "PaymentRequired",
    "Prompt",
    "PromptsCallback",
    "RateLimited",
    "Refused",
    "Retry",
    "ServerError",
    "TimedOut",
    "Tune",
    "TuneCallback",
    "Unauthorized",
    "parse_callback",
]
