"""Values as Rails casts them, and the rules that a prompt's attributes must meet."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

FALSE = frozenset(["false", "0", "f", "off", "FALSE", "F", "OFF"])
LEADING_INTEGER = re.compile(r"\s*([+-]?\d{1,18})")
INTEGERS: dict[str, tuple[int, int]] = {
    "num_images": (1, 8),
    "seed": (0, 2**32),
    "steps": (0, 50),
    "w": (8, 4096),
    "h": (8, 4096),
}
FLOATS: dict[str, tuple[float, float]] = {
    "cfg_scale": (0, 15),
    "denoising_strength": (0, 1),
    "controlnet_conditioning_scale": (0, 1),
    "lora_scale": (-10, 10),
}
BOOLEANS = (
    "super_resolution", "inpaint_faces", "hires_fix", "face_correct", "face_swap", "use_lpw", "film_grain",
    "controlnet_txt2img",
)  # fmt: skip
CHOICES: dict[str, tuple[str, ...]] = {
    "scheduler": (
        "euler", "euler_a", "dpm++2m_karras", "dpm++sde_karras", "dpm++2m", "dpm++sde", "lcm", "tcd",
    ),
    "style": (
        "Cinematic", "Animated", "Digital Art", "Photographic", "Fantasy art", "Neonpunk", "Enhance",
        "Comic book", "Lowpoly", "Line art",
    ),
    "color_grading": ("Film Velvia", "Film Portra", "Ektar"),
    "controlnet": (
        "composition", "reference", "segroom", "ipadapter", "lineart", "canny", "depth", "mlsd", "hed",
        "pose", "tile", "qr",
    ),
}  # fmt: skip
TEXTS = ("text", "negative_prompt", "callback", "ar", "aspect_ratio", "backend_version")

Errors = dict[str, list[str]]


class Refused(Exception):
    """The order breaks a rule: 422 with Rails' errors by field."""

    def __init__(self, errors: Errors) -> None:
        """Keep the messages by field name."""
        super().__init__(errors)
        self.errors = errors


def to_text(value: object) -> str | None:
    """Return the string Rails would store: None stays None, containers count as missing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def to_boolean(value: object) -> bool | None:
    """Return False for Rails' eight false values, None for none, True for anything else ("False" too)."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value not in FALSE
    return value not in (0, False)


def to_integer(value: object, default: int = 0) -> int:
    """Return the leading digits of a query parameter, as Ruby's to_i does."""
    found = LEADING_INTEGER.match(value) if isinstance(value, str) else None
    if found:
        return int(found[1])
    return value if isinstance(value, int) and abs(value) < 2**62 else default


def to_strings(value: object) -> dict[str, str]:
    """Return a flat dict of strings, as characteristics are stored; whatever is nested is left out."""
    if not isinstance(value, Mapping):
        return {}
    texts = ((str(key), to_text(item)) for key, item in value.items())
    return {key: text for key, text in texts if text is not None}


def as_items(value: object) -> list[Any]:
    """Return the items of a list, or of a dict keyed by index, as Rails reads `…_attributes`."""
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value, key=to_integer)]
    return list(value) if isinstance(value, list) else []


def prompt_attributes(given: object) -> tuple[dict[str, Any], Errors]:
    """Return the known attributes of a prompt, cast, and the errors by field; unknown keys are dropped."""
    cast: dict[str, Any] = {}
    errors: Errors = {}
    for name, value in given.items() if isinstance(given, Mapping) else ():
        if value is None or value == "":
            continue
        if name in INTEGERS or name in FLOATS:
            cast[name] = _number(name, value, errors)
        elif name in BOOLEANS:
            cast[name] = to_boolean(value)
        elif name in CHOICES:
            cast[name] = _choice(name, value, errors)
        elif name in TEXTS:
            cast[name] = to_text(value)
    _check_requirements(cast, errors)
    return {name: value for name, value in cast.items() if value is not None}, errors


def _number(name: str, value: object, errors: Errors) -> float | int | None:
    whole = name in INTEGERS
    low, high = INTEGERS[name] if whole else FLOATS[name]
    try:
        number = float(value) if isinstance(value, str | int | float) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        errors[name] = ["is not a number"]
    elif whole and number != int(number):
        errors[name] = ["must be an integer"]
    elif number < low:
        errors[name] = [f"must be greater than or equal to {low}"]
    elif number > high:
        errors[name] = [f"must be less than or equal to {high}"]
    else:
        return int(number) if whole else number
    return None


def _choice(name: str, value: object, errors: Errors) -> str | None:
    if value in CHOICES[name]:
        return str(value)
    errors[name] = ["is not included in the list"]
    return None


def _check_requirements(cast: Mapping[str, Any], errors: Errors) -> None:
    for name in ("w", "h"):
        if (cast.get(name) or 0) % 8:
            errors[name] = ["must be a multiple of 8"]
    if not cast.get("super_resolution"):
        for name in ("inpaint_faces", "hires_fix"):
            if cast.get(name):
                errors[name] = ["requires super_resolution"]
