"""The parameters of prompts: their types, and beside them the table of what each may be.

None is sent as null and asks for Astria's default. What is not given is not sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from astria import rules
from astria.enums import (
    AspectRatio,
    ColorGrading,
    Controlnet,
    LegacyAspectRatio,
    Resolution,
    Scheduler,
    Style,
    VideoResolution,
)
from astria.files import ImageFile
from astria.rules import ADDRESS, FILE, FLAG, ID, Rule


class PromptAttributes(TypedDict, total=False):
    """What a prompt can be told. Only `text` is needed, and not even that if a video has its first frame.

    `text` may hold references (see `lora`, `faceid`) and {{characteristics}}. `callback` is called when the
    prompt is done. Pictures: `num_images` 1 to 8, `w` and `h` in pixels, multiples of 8; `seed` 0 to 2³²,
    `cfg_scale` 0 to 15 (how closely the text is followed), `steps` 0 to 50 of diffusion. `inpaint_faces` and
    `hires_fix` need `super_resolution` (four times the size).

    Image to image: `controlnet` and a mask need an input image (a file, an address or a data URL);
    `denoising_strength` is 0.0 (take the image) to 1.0 (take the text), Astria's default 0.8;
    `controlnet_conditioning_scale` 0.0 to 1.0.

    A video needs `video_model` and `video_prompt`; `video_duration` is in seconds.
    Source: docs/api/1-prompt/1-create
    """

    text: str
    negative_prompt: str | None
    callback: str | None
    num_images: int | None
    seed: int | None
    cfg_scale: float | None
    steps: int | None
    w: int | None
    h: int | None
    aspect_ratio: AspectRatio | str | None
    ar: LegacyAspectRatio | str | None
    resolution: Resolution | str | None
    super_resolution: bool | None
    inpaint_faces: bool | None
    hires_fix: bool | None
    face_correct: bool | None
    face_swap: bool | None
    use_lpw: bool | None
    scheduler: Scheduler | str | None
    backend_version: str | None
    style: Style | str | None
    color_grading: ColorGrading | str | None
    film_grain: bool | None
    prompt_expansion: bool | None
    theme: str | None
    controlnet: Controlnet | str | None
    controlnet_txt2img: bool | None
    controlnet_conditioning_scale: float | None
    denoising_strength: float | None
    input_image: ImageFile | None
    input_image_url: str | None
    input_image_base64: str | None
    mask_image: ImageFile | None
    mask_image_url: str | None
    pack_id: int | None
    base_pack_id: int | None
    orig_prompt_id: int | None
    workspace_id: int | None
    community: bool | None
    video_model: str | None
    video_prompt: str | None
    video_duration: int | None
    video_first_frame: ImageFile | None
    video_first_frame_url: str | None
    video_last_frame: ImageFile | None
    video_last_frame_url: str | None
    source_image_url: str | None
    image_references: Sequence[ImageFile] | None
    image_reference_urls: Sequence[str] | None
    input_video: ImageFile | None
    input_video_url: str | None
    audio_reference: ImageFile | None
    audio_reference_url: str | None
    video_audio: bool | None
    video_upscale_model: str | None
    video_upscale_target_resolution: VideoResolution | str | None
    video_fps_model: str | None


class NestedPromptAttributes(PromptAttributes, total=False):
    """A prompt inside `prompts_attributes` of a new tune: there `lora_scale` sets the strength of its LoRA.

    Source: docs/api/0-tune/1-create (prompts_attributes), docs/api/1-prompt/1-create (lora_scale)
    """

    lora_scale: float | None


class ThemePromptAttributes(TypedDict, total=False):
    """What the prompts of a theme can be told: pictures each (1 to 8), width and height (multiples of 8).

    Source: docs/api/5-themes/1-create
    """

    num_images: int | None
    w: int | None
    h: int | None


class PromptChanges(TypedDict, total=False):
    """What can be changed of a prompt. Source: docs/api/1-prompt/1-create (pack_id, base_pack_id)"""

    pack_id: int | None
    base_pack_id: int | None
    orig_prompt_id: int | None
    workspace_id: int | None


STRENGTH, SIDE = rules.number(0, 1), rules.whole(8, multiple_of=8)

PROMPT_RULES: dict[str, Rule] = {
    "text": rules.text(),
    "negative_prompt": rules.text(blank=True),
    "callback": ADDRESS,
    "num_images": rules.whole(1, 8),
    "seed": rules.whole(0, 2**32),
    "cfg_scale": rules.number(0, 15),
    "steps": rules.whole(0, 50),
    "w": SIDE,
    "h": SIDE,
    "aspect_ratio": rules.one_of(AspectRatio),
    "ar": rules.one_of(LegacyAspectRatio),
    "resolution": rules.one_of(Resolution),
    "super_resolution": FLAG,
    "inpaint_faces": FLAG,
    "hires_fix": FLAG,
    "face_correct": FLAG,
    "face_swap": FLAG,
    "use_lpw": FLAG,
    "scheduler": rules.one_of(Scheduler),
    "backend_version": rules.one_of(("1",)),
    "style": rules.one_of(Style),
    "color_grading": rules.one_of(ColorGrading),
    "film_grain": FLAG,
    "prompt_expansion": FLAG,
    "theme": rules.text(blank=True),
    "controlnet": rules.one_of(Controlnet),
    "controlnet_txt2img": FLAG,
    "controlnet_conditioning_scale": STRENGTH,
    "denoising_strength": STRENGTH,
    "input_image": FILE,
    "input_image_url": ADDRESS,
    "input_image_base64": rules.data_url(),
    "mask_image": FILE,
    "mask_image_url": ADDRESS,
    "pack_id": ID,
    "base_pack_id": ID,
    "orig_prompt_id": ID,
    "workspace_id": ID,
    "community": FLAG,
    # Models of videos come and go: the documentation's list is long and not checked here.
    "video_model": rules.text(),
    "video_prompt": rules.text(),
    "video_duration": rules.whole(1),
    "video_first_frame": FILE,
    "video_first_frame_url": ADDRESS,
    "video_last_frame": FILE,
    "video_last_frame_url": ADDRESS,
    "source_image_url": ADDRESS,
    "image_references": rules.list_of(FILE, "ImageFile objects"),
    "image_reference_urls": rules.list_of(ADDRESS, "http or https addresses"),
    "input_video": FILE,
    "input_video_url": ADDRESS,
    "audio_reference": FILE,
    "audio_reference_url": ADDRESS,
    "video_audio": FLAG,
    "video_upscale_model": rules.one_of(("seedvr2",)),
    "video_upscale_target_resolution": rules.one_of(VideoResolution),
    "video_fps_model": rules.one_of(("video_fps_increaser",)),
}
NESTED_PROMPT_RULES = {**PROMPT_RULES, "lora_scale": rules.finite()}
THEME_PROMPT_RULES = {name: PROMPT_RULES[name] for name in ("num_images", "w", "h")}
PROMPT_CHANGE_RULES = {
    name: PROMPT_RULES[name] for name in ("pack_id", "base_pack_id", "orig_prompt_id", "workspace_id")
}
