"""Where to post a prompt that shows a tune, and how its text must name it."""

from __future__ import annotations

from dataclasses import dataclass, field

from astria.enums import Branch, ModelType
from astria.errors import InvalidParameter
from astria.reference import faceid, lora, references
from astria.types import Tune

# Base tunes of the gallery that the documentation names.
REALISTIC_VISION = 690204
SDXL_1_0 = 666678
FLUX1_DEV = 1504944

BASES: dict[str | None, int] = {
    Branch.SD15: REALISTIC_VISION,
    Branch.SDXL1: SDXL_1_0,
    Branch.FLUX1: FLUX1_DEV,
}


@dataclass(frozen=True)
class Place:
    """Where a prompt goes: `client.prompts.create(place.tune_id, text=place.text)`.

    Source: docs/api/05-flux-api, docs/api/20-sdxl-api
    """

    tune_id: int
    text: str = field(repr=False)


def place(tune: Tune, text: str, *, strength: float = 1.0, base_tune_id: int | None = None) -> Place:
    """Return which tune to post a text to so that it shows `tune`, and the text with the reference needed.

    A checkpoint takes prompts itself. A LoRA (as all of Flux), SDXL's pti and a face work on a base only: the
    one given, or that of the tune, or the gallery's of its branch; the text then starts with a reference of
    that `strength`, unless it has one already. SDXL takes one LoRA in a text. A face needs no training.

    Raises InvalidParameter for a second LoRA on SDXL, and for a tune without `branch`, as a pack's create
    answer is: get it first. Source: docs/api/05-flux-api, docs/api/20-sdxl-api, docs/features/faceid
    """
    if tune.branch is None:
        message = "the tune's branch is not known: get the tune first"
        raise InvalidParameter(message, parameter="tune", value=tune.id)
    if tune.model_type is None:
        return Place(tune.id, text)
    is_face = tune.model_type == ModelType.FACEID
    found = references(text)
    if not any(item.tune == tune.id for item in found):
        text = f"{(faceid if is_face else lora)(tune.id, strength)} {text}"
    base = base_tune_id or tune.base_tune_id or _base_of(tune)
    if (tune.branch == Branch.SDXL1 or base == SDXL_1_0) and _loras(text) > 1:
        raise InvalidParameter("SDXL cannot combine LoRAs: name one only", parameter="text")
    return Place(base, text)


def _base_of(tune: Tune) -> int:
    if tune.branch not in BASES:
        message = f"no base is known for branch {tune.branch}: give base_tune_id"
        raise InvalidParameter(message, parameter="base_tune_id")
    return BASES[tune.branch]


def _loras(text: str) -> int:
    return sum(item.kind == "lora" for item in references(text))
