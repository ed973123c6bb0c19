"""Screenshots: of the main journey always, of every page and for the README when somebody asks for them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser.tabs import AS_IT_IS, PHONE

MOST_BYTES = 150_000
# Asked once: what wait_for_function asks a second time is eval(), which the policy of our pages forbids.
PICTURES_ARE_THERE = """
  () => Promise.all([...document.images]
    .filter((it) => it.loading !== "lazy" && !it.complete)
    .map((it) => new Promise((done) => { it.onload = it.onerror = () => done(); })))
"""


@dataclass(frozen=True)
class Screens:
    """`everything` takes PNGs; with `readme` of every page, and the chosen ones as small WebP there."""

    everything: Path
    readme: Path | None

    def take(self, page: Page, name: str, *, readme: bool = False) -> None:
        """Photograph what `page` shows: all of it, and for the README what a person sees first."""
        if self.readme is None and not readme:
            return
        page.evaluate(PICTURES_ARE_THERE)
        self.everything.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=self.everything / f"{name}.png", full_page=True, caret=AS_IT_IS)
        if readme and self.readme:
            self.readme.mkdir(parents=True, exist_ok=True)
            (self.readme / f"{name}.webp").write_bytes(_small(page.screenshot(caret=AS_IT_IS)))

    def take_sizes(self, page: Page, name: str, scheme: str) -> None:
        """Photograph for the README what `page` shows on a desktop and on a phone, in a colour `scheme`."""
        suffix = "" if scheme == "light" else f"-{scheme}"
        self.take(page, f"{name}{suffix}", readme=True)
        page.set_viewport_size(PHONE)
        self.take(page, f"{name}-phone{suffix}", readme=True)


def _small(png: bytes) -> bytes:
    """Return a WebP of at most MOST_BYTES."""
    with Image.open(io.BytesIO(png)) as picture:
        for quality in (86, 80, 72, 64, 56):
            buffer = io.BytesIO()
            picture.save(buffer, "WEBP", quality=quality, method=6)
            if buffer.tell() <= MOST_BYTES:
                break
    return buffer.getvalue()
