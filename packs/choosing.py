"""Which shots of a pack are wanted, and what they come to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.http import QueryDict

from packs.models import PackClass, PackPrompt
from packs.pricing import price_of_class
from packs.shop import picture_url

# Astria's ids have 64 bits.
LONGEST_ID = 19


@dataclass(frozen=True)
class Shot:
    """A shot of a pack, with the addresses of its samples; `is_on` if it is to be ordered."""

    id: int
    number: int
    num_images: int
    samples: list[str]
    is_on: bool


@dataclass(frozen=True)
class Choice:
    """Some shots of a pack for one class, or all of them, and what they cost.

    `prompt_ids` are Astria's ids of the shots if not all are wanted.
    """

    name: str
    shots: list[Shot]
    num_images: int
    price: int
    with_training: bool

    @property
    def num_shots(self) -> int:
        return sum(shot.is_on for shot in self.shots)

    @property
    def is_whole(self) -> bool:
        return self.num_shots == len(self.shots)

    @property
    def prompt_ids(self) -> list[int]:
        return [] if self.is_whole else [shot.id for shot in self.shots if shot.is_on]


def choice_of(pack_class: PackClass, left_out: Collection[int] = (), *, with_training: bool = True) -> Choice:
    """Return what a class comes to without the shots `left_out` (Astria's ids; others are ignored).

    Asks for the pack and the prompts of `pack_class`.
    """
    prompts = list(pack_class.prompts.all())
    shots = [_shot(prompt, left_out) for prompt in prompts]
    whole = all(shot.is_on for shot in shots)
    images = pack_class.num_images if whole else sum(shot.num_images for shot in shots if shot.is_on)
    price = price_of_class(pack_class, with_training=with_training, num_images=images) if images else 0
    return Choice(pack_class.name, shots, images, price, with_training)


def _shot(prompt: PackPrompt, left_out: Collection[int]) -> Shot:
    return Shot(
        id=prompt.astria_id,
        number=prompt.position + 1,
        num_images=prompt.num_images,
        samples=[picture_url(key) for key in prompt.samples],
        is_on=prompt.astria_id not in left_out,
    )


def left_out(pack_class: PackClass, form: QueryDict) -> set[int]:
    """Return Astria's ids of the shots that were switched off in a form or an address.

    Boxes that are not ticked send nothing: `chosen` says that there were boxes.
    """
    if "chosen" not in form:
        return set()
    ids = {prompt.astria_id for prompt in pack_class.prompts.all()}
    return ids - ids_in(form.getlist("shot"))


def ids_in(values: Iterable[str]) -> set[int]:
    """Return Astria's ids in the fields of a form; what cannot be one is left out."""
    return {int(value) for value in values if value.isdecimal() and len(value) < LONGEST_ID}
