"""Astria's packs and what comes of running one. What they do not name, or cannot read, is kept in `extra`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from astria.errors import InvalidResponse
from astria.fields import Fields, read_integer
from astria.types import many


@dataclass(frozen=True)
class ClassCost:
    """What a pack costs for one class name: `cost` in cents, and how many pictures come of it.

    Source: docs/api/2-pack/2-get
    """

    cost: int | None = None
    num_images: int | None = None
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> ClassCost:
        """Read a decoded JSON object. Raises InvalidResponse if it is none."""
        fields = Fields(data, "class cost")
        return cls(cost=fields.integer("cost"), num_images=fields.integer("num_images"), extra=fields.rest)


@dataclass(frozen=True)
class PackPrompt:
    """A template prompt of a pack with its sample pictures. Source: docs/api/2-pack/2-get"""

    id: int
    images: tuple[str, ...] = field(default=(), repr=False)
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> PackPrompt:
        """Read a decoded JSON object. Raises InvalidResponse if it is none or has no id."""
        fields = Fields(data, "pack prompt")
        return cls(id=fields.id(), images=fields.urls("images"), extra=fields.rest)


@dataclass(frozen=True)
class Pack:
    """A pack as the lists show it. `cost_mc_hash` is in milli-cents by class name.

    Source: docs/api/2-pack/1-list
    """

    id: int
    slug: str | None = None
    title: str | None = None
    cover_url: str | None = None
    token: str | None = None
    base_tune_id: int | None = None
    model_type: str | None = None
    multiplier: float | None = None
    cost_mc_hash: dict[str, int] = field(default_factory=dict, hash=False)
    public_at: datetime | None = None
    unlisted_at: datetime | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> Pack:
        """Read a decoded JSON object. Raises InvalidResponse if it is none or has no id."""
        fields = Fields(data, "pack")
        return cls(
            id=fields.id(),
            slug=fields.text("slug"),
            title=fields.text("title"),
            cover_url=fields.text("cover_url"),
            token=fields.text("token"),
            base_tune_id=fields.integer("base_tune_id"),
            model_type=fields.text("model_type"),
            multiplier=fields.number("multiplier"),
            cost_mc_hash=fields.take("cost_mc_hash", _read_costs_mc) or {},
            public_at=fields.moment("public_at"),
            unlisted_at=fields.moment("unlisted_at"),
            created_at=fields.moment("created_at"),
            updated_at=fields.moment("updated_at"),
            extra=fields.rest,
        )


@dataclass(frozen=True)
class PackDetail(Pack):
    """A pack with its costs and template prompts by class name. Source: docs/api/2-pack/2-get"""

    costs: dict[str, ClassCost] = field(default_factory=dict, hash=False)
    prompts_per_class: dict[str, tuple[PackPrompt, ...]] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> PackDetail:
        """Read a decoded JSON object. Raises InvalidResponse if it, or a part of it, is none or has no id."""
        pack = Pack.from_json(data)
        fields = Fields(pack.extra, "pack")
        costs = fields.mapping("costs") or {}
        prompts = fields.mapping("prompts_per_class") or {}
        return cls(
            **{**vars(pack), "extra": fields.rest},
            costs={name: ClassCost.from_json(cost) for name, cost in costs.items()},
            prompts_per_class={name: many(PackPrompt.from_json)(found) for name, found in prompts.items()},
        )


@dataclass(frozen=True)
class PackRun:
    """The answer to running a pack on existing tunes: {"status": 201, "message": "Prompts created"},
    with some packs also the order and the ids of the prompts made.

    Source: docs/api/2-pack/2-tunes/0-create (tune_ids)
    """

    status: int | None = None
    message: str | None = None
    order: dict[str, object] | None = field(default=None, hash=False)
    prompt_ids: tuple[int, ...] = ()
    extra: dict[str, object] = field(default_factory=dict, repr=False, hash=False)

    @classmethod
    def from_json(cls, data: object) -> PackRun:
        """Read a decoded JSON object. Raises InvalidResponse if it is none or has a status that is no 2xx."""
        fields = Fields(data, "pack run")
        status = fields.integer("status")
        if status is not None and not 200 <= status < 300:
            raise InvalidResponse(f"a pack run must not have the status {status}")
        return cls(
            status=status,
            message=fields.text("message"),
            order=fields.mapping("order"),
            prompt_ids=fields.integers("prompt_ids"),
            extra=fields.rest,
        )


def _read_costs_mc(value: object) -> dict[str, int] | None:
    if not isinstance(value, dict):
        return None
    return {name: cost for name, raw in value.items() if (cost := read_integer(raw)) is not None}
