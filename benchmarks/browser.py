"""What people see in Chromium: bytes, requests, largest picture, shifts, answers to what they do, long tasks.

Each page is visited on a cold cache, with 4 Mbit/s, 100 ms of latency and a CPU four times as slow; HTML is
compressed as the proxy in front does it. Figures are medians of several visits.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from benchmarks.ground import prepare, signed_in
from benchmarks.origin import typical
from benchmarks.report import Figure, clocked, seen
from benchmarks.rows import person_with
from benchmarks.server import serving
from benchmarks.throughput import publish_packs
from sandbox.process import running
from studio import files
from studio.models import Image, PhotoSet
from studio.pictures import develop

VISITS = 5
BITS_A_SECOND, LATENCY_MS, SLOWER = 4_000_000, 100, 4
# With room for what is loaded before it is near the screen.
NEAR_THE_SCREEN = 120
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
STEPS = 5
_OBSERVE = """
  const seen = (window.seen = { lcp: 0, cls: 0, tasks: 0, inp: 0 });
  const observe = (type, note, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note))
      .observe({ type, buffered: true, ...more });
  observe("largest-contentful-paint", (entry) => (seen.lcp = entry.startTime));
  observe("layout-shift", (entry) => (seen.cls += entry.hadRecentInput ? 0 : entry.value));
  observe("longtask", (entry) => (seen.tasks += entry.duration - 50));
  observe("event", (entry) => { if (entry.interactionId) seen.inp = Math.max(seen.inp, entry.duration); },
    { durationThreshold: 16 });
"""
# From the key to the decoded picture in the viewer, in milliseconds.
_SHOWN = """
  (key) => new Promise((done) => {
    const began = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const look = async () => {
      const image = document.querySelector("[data-zoom] img");
      if (!image) return setTimeout(look, 0);
      await image.decode();
      done(performance.now() - began);
    };
    look();
  })
"""


@dataclass
class Visit:
    """What one visit to a page came to."""

    requests: int = 0
    bytes: float = 0
    seen: dict[str, float] = field(default_factory=dict)
    after: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """A page that is visited, as whom, and what is done there."""

    name: str
    path: str
    session: str = ""
    act: Callable[[Page], list[float]] | None = None


def figures(quick: bool) -> list[Figure]:
    """Return the figures of every page; of a quick run, those of one gallery."""
    prepare(is_compressed=True)
    folder = Path(os.environ["BENCHMARKS_DIR"], "sandbox")
    folder.mkdir()
    if not quick:
        with running(folder, "--speed", "1000", "--pictures", "full", "--no-callbacks") as sandbox:
            publish_packs(sandbox, has_pictures=True)
    places = _places(quick)
    with serving(BENCHMARKS_GZIP="1") as server, _chromium() as chromium:
        base = f"http://127.0.0.1:{server.port}"
        found = []
        for place in places:
            visits = [_visit(chromium, base, place) for _ in range(1 if quick else VISITS)]
            found += _said(place, visits)
        return found


def _places(quick: bool) -> list[Place]:
    few = person_with(40)
    galleries = [few] if quick else [few, person_with(400), person_with(4000)]
    variants = develop(typical()).variants
    for person in galleries:
        _store(person, variants)
    gallery = reverse("studio:gallery")
    places = [
        Place(f"gallery of {Image.objects.for_user(person).count():,}", gallery, _session(person), _cull)
        for person in galleries
    ]
    if quick:
        return places
    photo_set = PhotoSet.objects.create(account=few.account, name="Me", class_name="woman")
    return [
        Place("home", reverse("studio:home")),
        Place("pack list", reverse("packs:packs")),
        *places,
        Place("new shoot", photo_set.get_absolute_url(), _session(few)),
    ]


def _session(person: User) -> str:
    return str(signed_in(person).cookies["sessionid"].value)


def _store(person: User, variants: dict[int, bytes]) -> None:
    """Write the files of the pictures that may be looked at."""
    for image in Image.objects.for_user(person)[:NEAR_THE_SCREEN]:
        for width, data in variants.items():
            files.write(image.variant_key(width), data)
        files.write(image.original_key, typical())


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def _visit(chromium: Browser, base: str, place: Place) -> Visit:
    context = chromium.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    context.add_init_script(_OBSERVE)
    if place.session:
        context.add_cookies([{"name": "sessionid", "value": place.session, "url": base}])
    page, visit = context.new_page(), Visit()
    _slow_down(page, visit)
    page.goto(place.path, wait_until="networkidle")
    # Before anything is done: that ends what the browser counts as the page's own.
    visit.seen = page.evaluate("seen")
    requests, weight = visit.requests, visit.bytes
    if place.act:
        visit.after = place.act(page)
        page.wait_for_timeout(200)
        visit.seen["inp"] = page.evaluate("seen.inp")
    visit.requests, visit.bytes = requests, weight
    context.close()
    return visit


def _slow_down(page: Page, visit: Visit) -> None:
    """Slow network and CPU down, and count what comes over the line."""
    devtools = page.context.new_cdp_session(page)

    def finished(event: dict[str, Any]) -> None:
        visit.requests += 1
        visit.bytes += event["encodedDataLength"]

    devtools.on("Network.loadingFinished", finished)
    devtools.send("Network.enable")
    speed = {"downloadThroughput": BITS_A_SECOND / 8, "uploadThroughput": BITS_A_SECOND / 8}
    devtools.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def _cull(page: Page) -> list[float]:
    """Like a picture, open one, look through some; return how long each step to a neighbour took."""
    page.locator(".gallery-like").nth(1).click()
    page.locator(".gallery-item a").first.click()
    page.wait_for_load_state("networkidle")
    shown = []
    for _ in range(STEPS):
        shown.append(float(page.evaluate(_SHOWN, "ArrowRight")))
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)  # neighbours are loaded meanwhile, as while somebody looks
    page.keyboard.press("Escape")
    return shown


def _said(place: Place, visits: list[Visit]) -> list[Figure]:
    def middle(name: str) -> float:
        return median(visit.seen[name] for visit in visits)

    name, is_forty = place.name, place.name == "gallery of 40"
    largest = middle("lcp") / 1000
    found = [
        seen(f"{name}, first visit: bytes", median(visit.bytes for visit in visits) / 1000, "kB"),
        seen(f"{name}, first visit: requests", median(visit.requests for visit in visits), ""),
        clocked(f"{name}, first visit: LCP", largest, "s", 1.2) if is_forty
        else seen(f"{name}, first visit: LCP", largest, "s"),
        clocked(f"{name}, first visit: CLS", round(middle("cls"), 3), "", 0),
        seen(f"{name}, first visit: long tasks beyond 50 ms", middle("tasks"), "ms"),
    ]  # fmt: skip
    if place.act:
        found.append(clocked(f"{name}: INP of like, open and close", middle("inp"), "ms", 200))
        shown = median(took for visit in visits for took in visit.after)
        found.append(clocked(f"{name}: next picture in the viewer", shown, "ms", 50))
    return found
