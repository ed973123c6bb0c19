"""How a prompt's text names a tune: <lora:123456:0.83>, <faceid:123456:1.0>."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from astria.errors import InvalidParameter
from astria.rules import ID, finite

REFERENCE = re.compile(r"<(lora|faceid):([\w.\-]+):(-?(?:\d+\.?\d*|\.\d+))>", re.ASCII)
NAME = re.compile(r"[\w.\-]+", re.ASCII)


@dataclass(frozen=True)
class Reference:
    """A tune named in a text: `kind` is lora or faceid, `tune` its id or a name of the gallery, `strength`
    how much it counts. As a string it is what belongs into the text.

    Source: docs/features/lora, docs/features/faceid
    """

    kind: str
    tune: int | str
    strength: float = 1.0

    def __str__(self) -> str:
        # No exponents: they are no part of the syntax.
        return f"<{self.kind}:{self.tune}:{Decimal(repr(self.strength)):f}>"


def lora(tune_id: int | str, strength: float = 1.0) -> str:
    """Return what loads a LoRA where it stands in a text: a tune by id, or one of the gallery by name.

    `strength` is mostly 0 to 1. Flux takes several in one text, SDXL one only. The text still names the
    subject: "<lora:123:1.0> ohwx man in a suit". Raises InvalidParameter.
    Source: docs/api/05-flux-api, docs/api/20-sdxl-api, docs/features/lora
    """
    if not isinstance(tune_id, str):
        ID.check("tune_id", tune_id)
    elif not NAME.fullmatch(tune_id):
        raise InvalidParameter("a LoRA's name holds letters, digits and _.- only", parameter="tune_id")
    return _written("lora", tune_id, strength)


def faceid(tune_id: int, strength: float = 1.0) -> str:
    """Return what loads a face where it stands in a text: of a tune with `model_type` faceid, which is ready
    at once, without training. `strength` is mostly 0 to 1. Raises InvalidParameter.

    Source: docs/features/faceid, docs/api/0-tune/1-create (model_type)
    """
    ID.check("tune_id", tune_id)
    return _written("faceid", tune_id, strength)


def references(text: str) -> tuple[Reference, ...]:
    """Return the tunes that a text names, in order. What is not quite the syntax is left out.

    Source: docs/api/05-flux-api, docs/features/faceid
    """
    return tuple(
        Reference(kind, int(name) if name.isdigit() else name, float(strength))
        for kind, name, strength in REFERENCE.findall(text)
    )


def _written(kind: str, tune: int | str, strength: float) -> str:
    finite().check("strength", strength)
    return str(Reference(kind, tune, float(strength)))
