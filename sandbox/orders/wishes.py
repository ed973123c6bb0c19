"""What a client may ask of a prompt: every parameter with its rule, and the rules between them.

The client's table is another on purpose: see docs/decisions/0007-two-tables-of-parameters.md.
Source: docs/api/1-prompt/1-create
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.orders.attachments import Attachments, read_files
from sandbox.rails.casting import Errors
from sandbox.rails.rules import LARGEST_ID, LARGEST_INTEGER, Choice, Flag, Number, Rule, Text, read
from sandbox.switches import switches

RATIOS = ("1:1", "16:9", "9:16", "21:9", "9:21", "3:2", "2:3", "5:4", "4:5", "4:3", "3:4")
TEXTS = (
    "text", "negative_prompt", "callback", "backend_version", "theme", "video_model", "video_prompt",
    "source_image_url",
)  # fmt: skip
FLAGS = (
    "super_resolution", "inpaint_faces", "hires_fix", "face_correct", "face_swap", "use_lpw", "film_grain",
    "controlnet_txt2img", "prompt_expansion", "community", "video_audio", "is_multiperson", "only_upscale",
    "tiled_upscale",
)  # fmt: skip
IDS = ("pack_id", "base_pack_id", "workspace_id", "orig_prompt_id")
CHOICES = {
    # The legacy field; some send it the names of its successor.
    "ar": (*RATIOS, "portrait", "landscape", "anamorphic"),
    "aspect_ratio": RATIOS,
    "resolution": ("1K", "2K", "4K"),
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
    "video_upscale_model": ("seedvr2",),
    "video_upscale_target_resolution": ("720p", "1080p", "2k", "4k"),
    "video_fps_model": ("video_fps_increaser",),
}  # fmt: skip
RULES: dict[str, Rule] = {
    **{name: Text() for name in TEXTS},
    **{name: Flag() for name in FLAGS},
    **{name: Number(1, LARGEST_ID, whole=True) for name in IDS},
    **{name: Choice(values) for name, values in CHOICES.items()},
    "num_images": Number(1, 8, whole=True),
    "seed": Number(0, 2**32, whole=True),
    "steps": Number(0, 50, whole=True),
    "w": Number(8, LARGEST_INTEGER, whole=True, multiple=8),
    "h": Number(8, LARGEST_INTEGER, whole=True, multiple=8),
    "cfg_scale": Number(0, 15),
    "denoising_strength": Number(0, 1),
    "controlnet_conditioning_scale": Number(0, 1),
    "video_duration": Number(1, LARGEST_INTEGER, whole=True),
}
# The documentation names no range for it, but it must be a number that a float can hold.
NESTED_RULES = RULES | {"lora_scale": Number(-sys.float_info.max, sys.float_info.max)}
INSTEAD_OF_TEXT = ("video_prompt", "video_first_frame", "source_image_url")


@dataclass(frozen=True)
class Wish:
    """A prompt as it was asked for: attributes, cast, and files, not yet fetched."""

    attributes: dict[str, Any]
    files: Attachments
    errors: Errors

    @property
    def needs_text(self) -> bool:
        """Tell whether there is nothing of a video that would stand in for the text."""
        return not any(name in self.attributes or name in self.files for name in INSTEAD_OF_TEXT)


def read_wish(given: object, *, nested: bool = False, kept: Collection[str] = ()) -> Wish:
    """Return what is asked; `nested` (in `prompts_attributes`) knows lora_scale, `kept` are files it has."""
    given = given if isinstance(given, Mapping) else {}
    attributes, errors = read(given, NESTED_RULES if nested else RULES)
    files = read_files(given, errors)
    _check_together(attributes, {*kept, *files}, errors)
    return Wish(attributes, files, errors)


def _check_together(attributes: Mapping[str, Any], files: Collection[str], errors: Errors) -> None:
    if not attributes.get("super_resolution"):
        for name in ("inpaint_faces", "hires_fix"):
            if attributes.get(name):
                errors[name] = ["requires super_resolution"]
    has_input = "input_image" in files or any(name.startswith("input_image") for name in errors)
    if attributes.get("controlnet") and not has_input:
        errors["controlnet"] = ["requires input_image"]
    if "mask_image" in files and not has_input:
        errors["mask_image"] = ["requires input_image"]


def check_text(wish: Wish) -> str:
    """Return the text, "" for none, and add that one is missing where it is needed."""
    text: str = wish.attributes.get("text", "")
    if wish.needs_text and not text.strip() and "text" not in wish.errors:
        wish.errors["text"] = ["can't be blank"]
    return text


def check_branch(branch: str, attributes: Mapping[str, Any], errors: Errors) -> None:
    """Add what the model that the prompt runs on does not take."""
    if branch != "flux1":
        return
    if attributes.get("negative_prompt"):
        errors["negative_prompt"] = ["is not supported on Flux"]
    if attributes.get("cfg_scale", 0) >= 5 and not switches.lenient:
        errors["cfg_scale"] = ["must be less than 5"]
