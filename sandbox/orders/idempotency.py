"""What an account with idempotency on gets back instead of something new. Source: docs/api/0-overview"""

from __future__ import annotations

from sandbox.models import Prompt, Tune

COLUMNS = ("text", "tune_id", "seed", "callback", "negative_prompt", "num_images")
# Input image, mask, style and face_swap make no difference.
ATTRIBUTES = (
    "cfg_scale", "steps", "super_resolution", "face_correct", "ar", "controlnet", "denoising_strength",
    "use_lpw", "controlnet_conditioning_scale", "w", "h", "hires_fix", "scheduler", "controlnet_txt2img",
    "inpaint_faces",
)  # fmt: skip


def known_tune(title: str) -> Tune | None:
    """Return the tune with this very title, the newest if there are several."""
    return Tune.objects.filter(title=title, is_gallery=False).order_by("-pk").first()


def known_prompt(prompt: Prompt) -> Prompt | None:
    """Return a prompt with the same values in all that Astria compares."""
    alike = Prompt.objects.filter(**{name: getattr(prompt, name) for name in COLUMNS}, is_template=False)
    return next((row for row in alike if _compared(row) == _compared(prompt)), None)


def _compared(prompt: Prompt) -> list[object]:
    # What was not given is off.
    values = (prompt.attributes.get(name) for name in ATTRIBUTES)
    return [None if value is False else value for value in values]
