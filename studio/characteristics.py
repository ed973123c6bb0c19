"""What is said of the subject to Astria: seen by inspection, agreed to by the person.

Values are Astria's own (docs/api/4-images/1-inspect), because prompts are templated with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

import astria
from studio.characteristic_words import LABELS, WORDS

VALUES: dict[str, tuple[str, ...]] = {key: tuple(map(str, astria.INSPECT_VALUES[key])) for key in LABELS}
# Astria says these in other words today ("blonde hair"): offered only where they were said.
OLDER = {"hair_color": ("blonde", "brunette"), "hair_style": ("bald",)}
# Sent only if the person switches them on.
SENSITIVE = frozenset({"ethnicity", "age"})


@dataclass(frozen=True)
class Trait:
    """One characteristic as the review shows it; `value` "" means that it is left out.

    A sensitive one has a switch as well: what inspection saw is proposed, and sent only if it `is_on`.
    """

    key: str
    label: str
    value: str
    choices: list[tuple[str, str]]
    is_sensitive: bool
    is_on: bool

    @property
    def send(self) -> bool:
        return self.is_on and bool(self.value)


def aggregate(answers: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Return what several inspections agree on, of the documented values: others cannot be agreed to."""
    return {key: value for key, value in astria.aggregate(answers).items() if value in VALUES.get(key, ())}


def traits(
    answers: Sequence[Mapping[str, object]], agreed_before: Mapping[str, str] | None = None
) -> list[Trait]:
    """Return every characteristic with the value that would be sent.

    That is what the person agreed to before, if they ordered already; else what inspection saw. The
    sensitive ones are off, unless they were agreed to.
    """
    seen, before = aggregate(answers), agreed_before or {}
    return [_trait(key, seen if agreed_before is None else before, seen, before) for key in VALUES]


def agreed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what the person agreed to send: `trait-…` fields with one of the documented values.

    A sensitive one counts only with its switch, `say-…`.
    """
    chosen = {
        key: form.get(f"trait-{key}", "") for key in VALUES if key not in SENSITIVE or form.get(f"say-{key}")
    }
    return {key: value for key, value in chosen.items() if value in VALUES[key]}


def agreed_in(form: Mapping[str, str]) -> dict[str, str] | None:
    """Return `agreed`; None where the form asked nothing, because a model is there already."""
    return agreed(form) if any(name.startswith("trait-") for name in form) else None


def _trait(
    key: str, now: Mapping[str, str], seen: Mapping[str, str], agreed_before: Mapping[str, str]
) -> Trait:
    if key in SENSITIVE:
        value, is_on = agreed_before.get(key) or seen.get(key, ""), key in agreed_before
    else:
        value, is_on = now.get(key, ""), True
    return Trait(key, str(LABELS[key]), value, _choices(key, value), key in SENSITIVE, is_on)


def _choices(key: str, now: str) -> list[tuple[str, str]]:
    """Return Astria's values in people's words."""
    offered = [value for value in VALUES[key] if value == now or value not in OLDER.get(key, ())]
    return [("", str(_("leave out"))), *((value, str(WORDS[key][value])) for value in offered)]
