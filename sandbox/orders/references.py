"""Tunes in the text of a prompt: `<lora:ID:STRENGTH>` and `<faceid:ID:STRENGTH>`.

Source: docs/api/05-flux-api, docs/api/20-sdxl-api
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.gallery.catalogue import GALLERY_TUNES
from sandbox.models import REFERENCE, Tune
from sandbox.rails.casting import Errors

WRITTEN = re.compile(r"<(?:lora|faceid):[^<>]*>")
# By number, or as the gallery's LoRAs by name.
VALID = re.compile(r"<(?:lora:[\w.-]+|faceid:\d+):-?(?:\d+\.?\d*|\.\d+)>", re.ASCII)
BASES = {branch: pk for pk, _, branch in GALLERY_TUNES}


@dataclass(frozen=True)
class Subject:
    """The tune a prompt shows, and how a prompt names it: on itself, or on its base by a reference."""

    tune: Tune

    @property
    def runs_on(self) -> int:
        """Return the tune id that the prompt will carry."""
        base_id: int | None = self.tune.base_tune_id
        own_id: int = self.tune.pk
        return own_id if self.tune.is_checkpoint else base_id or BASES.get(self.tune.branch, BASES["sd15"])

    def base(self) -> Tune:
        """Return the tune that the prompt runs on."""
        return Tune.objects.filter(pk=self.runs_on).first() or self.tune

    def text(self, text: str, scale: float = 1.0) -> str:
        """Return the prompt's text, with the reference in front where one is needed."""
        if self.runs_on == self.tune.pk:
            return text
        kind = "faceid" if self.tune.model_type == "faceid" else "lora"
        return f"<{kind}:{self.tune.pk}:{scale}> {text}"


def referenced(text: str, runs_on: Tune, errors: Errors) -> Tune | None:
    """Return the first tune that the text names; placeholders, and numbers that name none, are errors."""
    for written in WRITTEN.findall(text):
        if not VALID.fullmatch(written):
            errors["text"] = [f"{written} is not a valid reference"]
    if runs_on.branch == "sdxl1" and text.count("<lora:") > 1:
        errors["text"] = ["cannot combine multiple LoRAs with SDXL"]
    tunes = [Tune.objects.filter(pk=int(number)).first() for number in dict.fromkeys(REFERENCE.findall(text))]
    if None in tunes:
        errors["text"] = ["refers to a tune that was not found"]
    return tunes[0] if tunes else None


def without_references(text: str) -> str:
    """Return the text for another tune to be named in."""
    return WRITTEN.sub("", text).strip()
