"""Changing where a prompt belongs: to a pack as a template, to the pack or prompt that it came from."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.later import clock
from sandbox.models import Prompt, Tune
from sandbox.orders.wishes import IDS, RULES
from sandbox.rails.casting import Refused
from sandbox.rails.rules import read

PATCHED_RULES = {name: RULES[name] for name in IDS}


def change_prompt(prompt: Prompt, given: Mapping[str, object]) -> None:
    """Write the fields that are given, empty ones as none; raises Refused."""
    fields, errors = read(given, PATCHED_RULES)
    shown = Tune.objects.filter(pk=prompt.subject_id).first()
    if "pack_id" in fields and (shown is None or shown.is_gallery):
        errors["base"] = ["Prompt is not using a fine-tuned model"]
    if errors:
        raise Refused(errors)
    for name in (name for name in IDS if name in given):
        _put(prompt, name, fields.get(name))
    prompt.updated_at = clock.now()
    prompt.save(update_fields=["attributes", "pack_id", "orig_prompt_id", "updated_at"])


def _put(prompt: Prompt, name: str, value: int | None) -> None:
    if name in ("pack_id", "orig_prompt_id"):
        setattr(prompt, name, value)
    if name != "orig_prompt_id":
        prompt.attributes[name] = value
