"""A typed client of the Astria API."""

from __future__ import annotations

from astria.callbacks import PromptsCallback, TuneCallback, parse_callback
from astria.client import Astria
from astria.endpoints import ENDPOINTS, Endpoint
from astria.enums import (
    AspectRatio,
    Branch,
    ClassName,
    ColorGrading,
    Controlnet,
    LegacyAspectRatio,
    ModelType,
    Preset,
    Resolution,
    Scheduler,
    Style,
    VideoResolution,
)
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
from astria.prompt_attributes import (
    NestedPromptAttributes,
    PromptAttributes,
    PromptChanges,
    ThemePromptAttributes,
)
from astria.retry import Retry
from astria.transport import Call
from astria.tune_attributes import TuneAttributes, TuneChanges
from astria.types import Inspection, Prompt, Tune, User

__all__ = [
    "ENDPOINTS",
    "Ambiguous",
    "AspectRatio",
    "Astria",
    "AstriaError",
    "Branch",
    "Call",
    "ClassCost",
    "ClassName",
    "ColorGrading",
    "ConnectionLost",
    "Controlnet",
    "Endpoint",
    "Forbidden",
    "ImageFile",
    "Inspection",
    "Invalid",
    "InvalidCallback",
    "InvalidParameter",
    "InvalidResponse",
    "LegacyAspectRatio",
    "ModelType",
    "NestedPromptAttributes",
    "NotFound",
    "NotSent",
    "Pack",
    "PackDetail",
    "PackPrompt",
    "PackRun",
    "PaymentRequired",
    "Preset",
    "Prompt",
    "PromptAttributes",
    "PromptChanges",
    "PromptsCallback",
    "RateLimited",
    "Refused",
    "Resolution",
    "Retry",
    "Scheduler",
    "ServerError",
    "Style",
    "ThemePromptAttributes",
    "TimedOut",
    "Tune",
    "TuneAttributes",
    "TuneCallback",
    "TuneChanges",
    "Unauthorized",
    "User",
    "VideoResolution",
    "parse_callback",
]
