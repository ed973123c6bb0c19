"""What is said of the subject to Astria: seen by inspection, agreed to by the person.

Values are Astria's own (docs/api/4-images/1-inspect), because prompts are templated with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

import astria

LABELS = {
    "eye_color": _("Eyes"),
    "hair_color": _("Hair colour"),
    "hair_length": _("Hair length"),
    "hair_style": _("Hair"),
    "facial_hair": _("Facial hair"),
    "glasses": _("Glasses"),
    "is_bald": _("Bald"),
    "ethnicity": _("Ethnicity"),
    "age": _("Age"),
}
VALUES: dict[str, tuple[str, ...]] = {key: tuple(map(str, astria.INSPECT_VALUES[key])) for key in LABELS}
# Astria says these in other words today ("blonde hair"): offered only where they were said.
OLDER = {"hair_color": ("blonde", "brunette"), "hair_style": ("bald",)}
# Sent only if the person switches them on.
SENSITIVE = frozenset({"ethnicity", "age"})


@dataclass(frozen=True)
class Trait:
    """One characteristic as the review shows it; `value` "" means that it is left out."""

    key: str
    label: str
    value: str
    choices: list[tuple[str, str]]

    @property
    def send(self) -> bool:
        return bool(self.value)


def aggregate(answers: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Return what several inspections agree on, of the characteristics that we show and send."""
    return {key: value for key, value in astria.aggregate(answers).items() if key in VALUES}


def traits(
    answers: Sequence[Mapping[str, object]], agreed_before: Mapping[str, str] | None = None
) -> list[Trait]:
    """Return every characteristic with the value that would be sent.

    That is what the person agreed to before, if they ordered already; else what inspection saw, with the
    sensitive ones left out.
    """
    common = {key: value for key, value in aggregate(answers).items() if key not in SENSITIVE}
    values_now = common if agreed_before is None else agreed_before
    return [_trait(key, values_now.get(key, "")) for key in VALUES]


def agreed(form: Mapping[str, str]) -> dict[str, str]:
    """Return what the person agreed to send: `trait-…` fields with one of the documented values."""
    chosen = {key: form.get(f"trait-{key}", "") for key in VALUES}
    return {key: value for key, value in chosen.items() if value in VALUES[key]}


def _trait(key: str, now: str) -> Trait:
    offered = [value for value in VALUES[key] if value == now or value not in OLDER.get(key, ())]
    choices = [("", str(_("leave out"))), *((value, value) for value in offered)]
    return Trait(key=key, label=str(LABELS[key]), value=now, choices=choices)
