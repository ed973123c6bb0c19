"""Calls as a user's type checker sees them. Never run: mypy reads this, and reports an idle `ignore`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_type

from astria import Astria, NestedPromptAttributes, Prompt, PromptAttributes, Scheduler, Tune

ADDRESS = "https://example.org/1.jpg"


def accepted(client: Astria) -> None:
    """Parameters by name, as words or enums, or kept in a dict for several calls."""
    kept: PromptAttributes = {"text": "a street", "num_images": 2}
    nested: NestedPromptAttributes = {"text": "ohwx man", "lora_scale": 0.8}

    assert_type(client.prompts.create(1, **kept), Prompt)
    client.prompts.create(1, text="a street", scheduler=Scheduler.EULER, seed=None)
    client.prompts.duplicate(1, scheduler="euler", callback=None)
    client.tunes.create(title="t", name="man", image_urls=[ADDRESS], prompts_attributes=[nested])
    client.packs.create_tune(260, title="t", name="man", image_urls=[ADDRESS], prompt_attributes=kept)
    assert_type(client.tunes.iterate(), Iterator[Tune])
    assert_type(client.prompts.get(1).images, tuple[str, ...])


def refused(client: Astria, nested: NestedPromptAttributes) -> None:
    """Names that are none, values of another type, and lora_scale where it does not belong."""
    client.prompts.create(1, tekst="a street")  # type: ignore[call-arg]
    client.prompts.create(1, text="a street", steps="30")  # type: ignore[arg-type]
    client.prompts.create(1, text="a street", lora_scale=0.8)  # type: ignore[call-arg]
    client.tunes.create(title="t", name="man", steps=[30])  # type: ignore[arg-type]
    client.tunes.update(1, branch="fast")  # type: ignore[call-arg]
