"""The packs and gallery tunes that are always there, read from packs.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

CREATED_AT = datetime(2024, 9, 2, 9, 30, tzinfo=UTC)
FIRST_TEMPLATE_ID = 17_000_000

# id, title, branch: the bases that the documentation names, and the one on which the official command line
# program trains unless it is told otherwise.
GALLERY_TUNES = (
    (666678, "SDXL 1.0", "sdxl1"),
    (690204, "Realistic Vision v5.1", "sd15"),
    (1504944, "Flux1.dev", "flux1"),
    (3618064, "Gemini", "gemini-2"),
)


@dataclass(frozen=True)
class Template:
    """A template prompt of a pack for one class; `attributes` are what it asks for besides its text."""

    id: int
    class_name: str
    text: str
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pack:
    """A pack. `prices` are milli-cents by class name; `num_images` is per prompt that says nothing else."""

    id: int
    slug: str
    title: str
    base_tune_id: int
    model_type: str | None
    multiplier: int
    num_images: int
    prices: dict[str, int]
    templates: tuple[Template, ...]
    created_at: datetime = CREATED_AT
    is_public: bool = True

    def of_class(self, name: str) -> tuple[Template, ...]:
        """Return the template prompts for a class name, in the pack's order."""
        return tuple(template for template in self.templates if template.class_name == name)


@cache
def all_packs() -> tuple[Pack, ...]:
    """Return every pack of the gallery, in order of id."""
    with (Path(__file__).parent / "packs.toml").open("rb") as file:
        return tuple(_pack(number, entry) for number, entry in enumerate(tomllib.load(file)["pack"]))


def find_pack(id_or_slug: str) -> Pack | None:
    """Return the gallery's pack with this id or slug, or None."""
    return next((pack for pack in all_packs() if id_or_slug in (str(pack.id), pack.slug)), None)


def _pack(number: int, entry: dict[str, object]) -> Pack:
    shots = entry.pop("shot")
    prices = entry.pop("price")
    assert isinstance(shots, list) and isinstance(prices, dict)
    templates = tuple(
        Template(
            id=FIRST_TEMPLATE_ID + number * 1000 + position * 100 + index,
            class_name=name,
            text=shot["text"].replace("{wear}", shot[name]),
        )
        for position, name in enumerate(prices)
        for index, shot in enumerate(shots)
    )
    model_type = entry.pop("model_type") or None
    return Pack(**entry, model_type=model_type, prices=prices, templates=templates)  # type: ignore[arg-type]
