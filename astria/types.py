"""Astria's objects. What they do not name, or cannot read, is kept in `extra`.

Pictures, texts, traits and callbacks stay out of repr, and so out of logs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

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

    Source: docs/api/1-prompt/2-retrieve
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
    liked: bool | None = None
    prompt_likes_count: int | None = None
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

    @classmethod
    def from_json(cls, data: object) -> Prompt:
        """Read a decoded JSON object. Raises InvalidResponse if it is none or has no id."""
        fields = Fields(data, "prompt")
        return cls(
            id=fields.id(),
            tune_id=fields.integer("tune_id"),
            text=fields.text("text"),
            negative_prompt=fields.text("negative_prompt"),
            callback=fields.text("callback"),
            seed=fields.integer("seed"),
            cfg_scale=fields.number("cfg_scale"),
            steps=fields.integer("steps"),
            num_images=fields.integer("num_images"),
            images=fields.urls("images"),
            user_error=fields.text("user_error"),
            orig_prompt_id=fields.integer("orig_prompt_id"),
            pack_id=fields.integer("pack_id"),
            liked=fields.flag("liked"),
            prompt_likes_count=fields.integer("prompt_likes_count"),
            url=fields.text("url"),
            created_at=fields.moment("created_at"),
            updated_at=fields.moment("updated_at"),
            started_training_at=fields.moment("started_training_at"),
            trained_at=fields.moment("trained_at"),
            extra=fields.rest,
        )


@dataclass(frozen=True)
class Tune:
    """A fine-tune. A pack's create answer is narrow: everything but the id may be missing there.

    `name` is the class name, `eta` when training should be over, `prompts` is filled by create answers only.
    Source: docs/api/0-tune/2-retrieve
    """

    id: int
    title: str | None = None
    name: str | None = None
    token: str | None = None
    branch: str | None = None
    model_type: str | None = None
    base_tune_id: int | None = None
    steps: int | None = None
    callback: str | None = field(default=None, repr=False)
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

    @classmethod
    def from_json(cls, data: object) -> Tune:
        """Read a decoded JSON object. Raises InvalidResponse if it, or a prompt in it, has no id."""
        fields = Fields(data, "tune")
        return cls(
            id=fields.id(),
            title=fields.text("title"),
            name=fields.text("name"),
            token=fields.text("token"),
            branch=fields.text("branch"),
            model_type=fields.text("model_type"),
            base_tune_id=fields.integer("base_tune_id"),
            steps=fields.integer("steps"),
            callback=fields.text("callback"),
            url=fields.text("url"),
            orig_images=fields.urls("orig_images"),
            prompts=fields.take("prompts", _read_prompts) or (),
            eta=fields.moment("eta"),
            created_at=fields.moment("created_at"),
            updated_at=fields.moment("updated_at"),
            started_training_at=fields.moment("started_training_at"),
            trained_at=fields.moment("trained_at"),
            expires_at=fields.moment("expires_at"),
            failed_at=fields.moment("failed_at"),
            extra=fields.rest,
        )


def _read_prompts(value: object) -> tuple[Prompt, ...] | None:
    return many(Prompt.from_json)(value) if isinstance(value, list) else None


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
