"""Astria's objects. What they do not name, or cannot read, is kept in `extra`.

Pictures, texts, traits and callbacks stay out of repr, and so out of logs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from astria.annotated import read_annotated
from astria.errors import InvalidResponse
from astria.fields import Fields

T = TypeVar("T")


def many(read: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    """Return a reader of JSON arrays out of a reader of their elements. It raises InvalidResponse."""

    def read_all(data: object) -> tuple[T, ...]:
        if not isinstance(data, list):
            raise InvalidResponse(f"a list must be a JSON array, not {type(data).__name__}")
        return tuple(read(item) for item in data)

    return read_all


@dataclass(frozen=True)
class Prompt:
    """A prompt and its pictures. Of LoRA packs `tune_id` is the base tune, not the trained one.

    Attributes that were not given, or that an answer leaves out, are None. `cost_mc` is in milli-cents
    (100,000 are a dollar); `input_image` and `mask_image` are addresses; `text` keeps {{characteristics}}.
    Source: docs/api/1-prompt/2-retrieve, docs/api/1-prompt/1-create
    """

    id: int
    tune_id: int | None = None
    text: str | None = field(default=None, repr=False)
    negative_prompt: str | None = field(default=None, repr=False)
    callback: str | None = field(default=None, repr=False)
    seed: int | None = None
    cfg_scale: float | None = None
    steps: int | None = None
    num_images: int | None = None
    images: tuple[str, ...] = field(default=(), repr=False)
    user_error: str | None = None
    orig_prompt_id: int | None = None
    pack_id: int | None = None
    base_pack_id: int | None = None
    workspace_id: int | None = None
    order_id: int | None = None
    liked: bool | None = None
    prompt_likes_count: int | None = None
    cost_mc: int | None = None
    w: int | None = None
    h: int | None = None
    ar: str | None = None
    aspect_ratio: str | None = None
    resolution: str | None = None
    super_resolution: bool | None = None
    inpaint_faces: bool | None = None
    hires_fix: bool | None = None
    face_correct: bool | None = None
    face_swap: bool | None = None
    use_lpw: bool | None = None
    scheduler: str | None = None
    backend_version: str | None = None
    style: str | None = None
    color_grading: str | None = None
    film_grain: bool | None = None
    prompt_expansion: bool | None = None
    theme: str | None = None
    community: bool | None = None
    controlnet: str | None = None
    controlnet_txt2img: bool | None = None
    controlnet_conditioning_scale: float | None = None
    denoising_strength: float | None = None
    input_image: str | None = field(default=None, repr=False)
    mask_image: str | None = field(default=None, repr=False)
    image_references: tuple[str, ...] = field(default=(), repr=False)
    input_video: str | None = field(default=None, repr=False)
    video_model: str | None = None
    video_prompt: str | None = field(default=None, repr=False)
    video_duration: int | None = None
    video_audio: bool | None = None
    video_upscale_model: str | None = None
    video_upscale_target_resolution: str | None = None
    video_fps_model: str | None = None
    url: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_training_at: datetime | None = None
    trained_at: datetime | None = None
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come: there are pictures, or there is an error."""
        return bool(self.images or self.user_error)

    @property
    def failure(self) -> str:
        """Why there will be no pictures, "" if it is not known that there will be none."""
        return "" if self.images else self.user_error or ""

    @classmethod
    def from_json(cls, data: object) -> Prompt:
        """Read a decoded JSON object. Raises InvalidResponse if it is none or has no id."""
        return read_annotated(cls, Fields(data, "prompt"))


@dataclass(frozen=True)
class Tune:
    """A fine-tune. A pack's create answer is narrow: everything but the id may be missing there.

    `name` is the class name, `eta` when training should be over, `prompts` is filled by create answers only.
    `args` holds the preset and more, `ckpt_url` and `ckpt_urls` the model's files where they may be had.
    Source: docs/api/0-tune/2-retrieve
    """

    id: int
    title: str | None = None
    name: str | None = None
    is_api: bool | None = None
    token: str | None = None
    branch: str | None = None
    model_type: str | None = None
    base_tune_id: int | None = None
    base_pack_id: int | None = None
    args: str | None = None
    preset: str | None = None
    steps: int | None = None
    face_crop: bool | None = None
    training_face_correct: bool | None = None
    auto_extend: bool | None = None
    characteristics: dict[str, object] | None = field(default=None, repr=False, hash=False)
    cost_mc: int | None = None
    callback: str | None = field(default=None, repr=False)
    ckpt_url: str | None = field(default=None, repr=False)
    ckpt_urls: tuple[str, ...] = field(default=(), repr=False)
    url: str | None = None
    orig_images: tuple[str, ...] = field(default=(), repr=False)
    prompts: tuple[Prompt, ...] = field(default=(), repr=False)
    eta: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_training_at: datetime | None = None
    trained_at: datetime | None = None
    expires_at: datetime | None = None
    failed_at: datetime | None = None
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @property
    def is_final(self) -> bool:
        """Whether training is over: it has been trained, or it failed."""
        return bool(self.trained_at or self.failed_at)

    @property
    def failure(self) -> str:
        """Why it will not be trained, "" if it is not known that it will not."""
        return "training failed" if self.failed_at and not self.trained_at else ""

    @classmethod
    def from_json(cls, data: object) -> Tune:
        """Read a decoded JSON object. Raises InvalidResponse if it, or a prompt in it, has no id."""
        fields = Fields(data, "tune")
        return read_annotated(cls, fields, prompts=fields.take("prompts", _read_prompts) or ())


def _read_prompts(value: object) -> tuple[Prompt, ...] | None:
    return many(Prompt.from_json)(value) if isinstance(value, list) else None


@dataclass(frozen=True)
class User:
    """The account. `usd_balance_mc` is what is left, in milli-cents: 100,000 are a dollar.

    Source: docs/api/0-overview (Billing, Auto top off)
    """

    id: int | None = None
    email: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    usd_balance_mc: int | None = None
    auto_extend_tunes: bool | None = None
    top_off_amount: float | None = None
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> User:
        """Read a decoded JSON object. Raises InvalidResponse if it is none."""
        fields = Fields(data, "user")
        return read_annotated(cls, fields, id=fields.integer("id"))


@dataclass(frozen=True)
class Inspection:
    """What Astria sees in a photo. Every part may be missing.

    `name` is the class name found ("" if none), `characteristics` the other texts ("" where nothing applies),
    `flags` the booleans, most of which warn. Source: docs/api/4-images/1-inspect
    """

    name: str | None = field(default=None, repr=False)
    characteristics: dict[str, str] = field(default_factory=dict, repr=False, hash=False)
    flags: dict[str, bool] = field(default_factory=dict, repr=False, hash=False)
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> Inspection:
        """Read a decoded JSON object. Raises InvalidResponse if it is none."""
        fields = Fields(data, "inspection")
        name = fields.text("name")
        texts = {key: value for key, value in fields.rest.items() if isinstance(value, str)}
        flags = {key: value for key, value in fields.rest.items() if isinstance(value, bool)}
        extra = {key: value for key, value in fields.rest.items() if key not in texts and key not in flags}
        return cls(name=name, characteristics=texts, flags=flags, extra=extra)

    def to_json(self) -> dict[str, object]:
        """Return the answer as it came, for whoever passes it on."""
        name = {} if self.name is None else {"name": self.name}
        return {**name, **self.characteristics, **self.flags, **self.extra}
