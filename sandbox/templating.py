"""Filling the {{characteristics}} of a tune into a prompt's text, as Astria does when it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox.models import Prompt, Tune

PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def filled(text: str, characteristics: Mapping[str, str]) -> str:
    """Return the text with each {{key}} replaced; unknown keys vanish, the spaces round them stay."""
    return PLACE.sub(lambda place: characteristics.get(place[1], ""), text)


def text_to_run(prompt: Prompt) -> str:
    """Return what a prompt says to the model: filled in by the tune it shows, `{{name}}` by its class."""
    tune = Tune.objects.filter(pk=prompt.subject_id).first()
    traits = tune.characteristics if tune else {}
    return filled(prompt.text, {"name": prompt.class_name} | traits)
