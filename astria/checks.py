"""What parameters ask of each other, and the objects that are sent when all is well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from astria.errors import InvalidParameter
from astria.prompt_attributes import (
    NESTED_PROMPT_RULES,
    PROMPT_RULES,
    NestedPromptAttributes,
    PromptAttributes,
)
from astria.rules import Rule, check_all, show

INPUT_IMAGES = ("input_image", "input_image_url", "input_image_base64")
# A parameter, and those of which one must be given with it.
NEEDS: dict[str, tuple[str, ...]] = {
    "inpaint_faces": ("super_resolution",),
    "hires_fix": ("super_resolution",),
    "controlnet": INPUT_IMAGES,
    "mask_image": INPUT_IMAGES,
    "mask_image_url": INPUT_IMAGES,
}
# With one of these a prompt can do without a text: it makes a video of what is there.
INSTEAD_OF_TEXT = ("video_prompt", "video_first_frame", "video_first_frame_url", "source_image_url")


def checked_prompt(
    attributes: PromptAttributes, extra: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Return a new prompt as it is sent. Raises InvalidParameter."""
    return _whole_prompt(PROMPT_RULES, dict(attributes), extra, "")


def checked_nested_prompts(prompts: Iterable[NestedPromptAttributes]) -> list[dict[str, object]]:
    """Return the prompts inside a new tune as they are sent. Raises InvalidParameter."""
    if isinstance(prompts, str | Mapping):
        raise InvalidParameter("prompts_attributes must be a list of prompts", parameter="prompts_attributes")
    return [
        _whole_prompt(
            NESTED_PROMPT_RULES, mapping(prompt, prefix := f"prompts_attributes[{index}]"), None, f"{prefix}."
        )
        for index, prompt in enumerate(prompts)
    ]


def checked_overrides(
    attributes: Mapping[str, object], extra: Mapping[str, object] | None = None, prefix: str = ""
) -> dict[str, object]:
    """Return what overrides some of a prompt's attributes. Raises InvalidParameter.

    What is not among them the prompt may have already, so only what is given is held against each other.
    """
    values = mapping(attributes, prefix.rstrip("."))
    _check_each(PROMPT_RULES, values, prefix)
    for name, needed in NEEDS.items():
        given = [other for other in needed if other in values]
        if given == list(needed):
            _check_need(name, needed, values, prefix)
    return merged(values, extra)


def checked_fields(
    rules: Mapping[str, Rule], values: Mapping[str, object], extra: Mapping[str, object] | None = None
) -> dict[str, object]:
    """Return an object whose parameters follow the rules, each for itself. Raises InvalidParameter."""
    check_all(rules, values)
    return merged(values, extra)


def merged(values: Mapping[str, object], extra: Mapping[str, object] | None) -> dict[str, object]:
    """Return parameters and those that this package does not check. Raises InvalidParameter for twins."""
    further = {} if extra is None else mapping(extra, "extra")
    for name in sorted(set(values) & set(further)):
        raise InvalidParameter(f"{name} is given twice, once in extra", parameter=name, value=values[name])
    return {**values, **further}


def mapping(value: object, parameter: str) -> dict[str, object]:
    """Return a mapping as a dict. Raises InvalidParameter for anything else."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        message = f"{parameter} must be a mapping with texts as keys, not {show(value)}"
        raise InvalidParameter(message, parameter=parameter, value=value)
    return dict(value)


def _whole_prompt(
    rules: Mapping[str, Rule], values: dict[str, object], extra: Mapping[str, object] | None, prefix: str
) -> dict[str, object]:
    _check_each(rules, values, prefix)
    body = merged(values, extra)
    for name, needed in NEEDS.items():
        _check_need(name, needed, body, prefix)
    if all(body.get(name) is None for name in ("text", *INSTEAD_OF_TEXT)):
        raise InvalidParameter(f"{prefix}text must be given", parameter=f"{prefix}text")
    return body


def _check_each(rules: Mapping[str, Rule], values: Mapping[str, object], prefix: str) -> None:
    name = f"{prefix}lora_scale"
    if "lora_scale" in values and "lora_scale" not in rules:
        message = f"{name} is for prompts_attributes of a new tune only: write <lora:id:strength> in the text"
        raise InvalidParameter(message, parameter=name, value=values["lora_scale"])
    check_all(rules, values, prefix)


def _check_need(name: str, needed: tuple[str, ...], values: Mapping[str, object], prefix: str) -> None:
    if values.get(name) and not any(values.get(other) for other in needed):
        message = f"{prefix}{name} must come with {' or '.join(needed)}"
        raise InvalidParameter(message, parameter=f"{prefix}{name}", value=values[name])
