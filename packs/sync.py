"""Comparing our catalogue with Astria's packs.

New packs come in as drafts. What is Astria's (costs, pictures, shots) follows Astria; what is ours
(title, description, cover, price, position, whether it is published) is never touched after that. What
vanished is flagged and stays: orders in flight go on with what they were ordered with.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

import astria
from packs.changes import Change, What, changes_of, seen
from packs.models import Comparison, Pack, PackClass, PackPrompt
from packs.popularity import learn_likes
from studio import files
from studio.astria_client import astria_client
from studio.fetching import FetchFailed, fetch_picture
from studio.models import Heartbeat
from studio.models.state import fitting, storable
from studio.pictures import PictureUnusable, web_copy
from studio.queue import calls_astria

logger = logging.getLogger("packs.sync")

SAMPLES_PER_SHOT = 2
SAMPLE_WIDTH = 640
MAX_ADDRESS = 1000
COPIES_AT_ONCE = 4
# What follows Astria on a pack. Everything else is ours, and may be edited while we compare.
ASTRIAS = [
    "token", "base_tune_id", "model_type", "cover_source", "astria_created_at", "synced_at", "missing_since",
]  # fmt: skip
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """One pack compared, and what that changed, or would change."""

    pack_id: int
    slug: str
    changes: list[Change]

    def __str__(self) -> str:
        return f"{self.slug}: {'; '.join(map(_in_words, self.changes)) or 'up to date'}"


def _in_words(change: Change) -> str:
    return f"{change.class_name}, {change.words}" if change.class_name else change.words


@dataclass
class SyncReport:
    """What a comparison changed, or would change, by slug."""

    new: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def add(self, step: Step) -> None:
        found = {change.what for change in step.changes}
        kind = self.new if What.NEW in found else self.missing if What.MISSING in found else self.seen
        kind.append(step.slug)
        self.changes += step.changes


@calls_astria
def sync_packs(progress: Progress = logger.info, *, dry_run: bool = False) -> SyncReport:
    """Bring the catalogue up to date with Astria. Raises AstriaError when it cannot be asked.

    The packs compared longest ago come first: a comparison that breaks off is gone on with by the next.
    With `dry_run` nothing is changed: the report says what would be.
    """
    report = SyncReport()
    try:
        for step in compare(keep=not dry_run):
            report.add(step)
            progress(str(step))
    finally:
        if report.changes and not dry_run:
            _write_down(report)
    return report


def _write_down(report: SyncReport) -> None:
    """Staff see in the admin what came over, whoever set it off."""
    changes, now = [change.as_json() for change in report.changes], timezone.now()
    Comparison.objects.create(is_preview=False, status=Comparison.Status.DONE, changes=changes, ended_at=now)


def compare(*, keep: bool, skip: Collection[int] = ()) -> Iterator[Step]:
    """Compare with Astria pack by pack, leaving out those in `skip` (Astria's ids).

    What is found is kept, or only said: then each pack is taken in and taken back, so that a preview says
    what a comparison would do. Raises AstriaError when Astria cannot be asked.
    """
    client = astria_client()
    listed = {pack.id: pack for pack in client.packs.list()}
    if settings.ASTRIA_GALLERY_PACKS:
        listed = {pack.id: pack for pack in client.packs.gallery()} | listed
    yield from _gone(set(listed), keep)
    for pack_id in _longest_ago_first(listed.keys() - set(skip)):
        try:
            detail = client.packs.get(pack_id)
        except astria.NotFound:  # deleted since it was listed
            yield from _gone(set(listed) - {pack_id}, keep)
        else:
            yield _compared(listed[pack_id], detail, keep)
    if keep:
        Heartbeat.beat("packs")
        learn_likes(client)


@contextmanager
def _kept(keep: bool) -> Iterator[None]:
    """Let what is written inside stay, or be taken back at its end."""
    with transaction.atomic():
        yield
        if not keep:
            transaction.set_rollback(True)


def _compared(listed: astria.Pack, detail: astria.PackDetail, keep: bool) -> Step:
    with _kept(keep):
        before = seen(listed.id)
        pack, _ = take_in(listed, detail)
        after = seen(listed.id)
    if keep:
        copy_pictures(pack)
    return Step(listed.id, pack.slug, changes_of(before, after) if after else [])


def _gone(listed: set[int], keep: bool) -> Iterator[Step]:
    """Note since when Astria no longer lists a pack. It stays as it is for orders in flight."""
    gone = list(Pack.objects.exclude(astria_id__in=listed).filter(missing_since=None))
    if keep:
        Pack.objects.filter(pk__in=[pack.pk for pack in gone]).update(missing_since=timezone.now())
    for pack in gone:
        yield Step(pack.astria_id, pack.slug, [Change(pack.slug, pack.title, What.MISSING.value)])


def _longest_ago_first(pack_ids: Iterable[int]) -> list[int]:
    synced = dict(Pack.objects.exclude(synced_at=None).values_list("astria_id", "synced_at"))
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(pack_ids, key=lambda pack_id: synced.get(pack_id) or never)


@transaction.atomic
def take_in(listed: astria.Pack, detail: astria.PackDetail) -> tuple[Pack, bool]:
    """Write down what Astria says of one pack; return it and whether it is new."""
    title = storable(detail.title or listed.title or f"Pack {listed.id}")[:200]
    pack, created = Pack.objects.get_or_create(
        astria_id=listed.id, defaults={"title": title, "slug": _free_slug(listed, title)}
    )
    said = {
        "token": listed.token or detail.token or pack.token,
        "base_tune_id": listed.base_tune_id or detail.base_tune_id,
        "model_type": listed.model_type or detail.model_type or "",
        "astria_created_at": listed.created_at,
    }
    cover = storable(detail.cover_url or listed.cover_url or "")
    # Half an address is none. Not validated as one: a host in one's own network may have a short name.
    pack.cover_source = cover if len(cover) <= MAX_ADDRESS else ""
    for name, value in fitting(Pack, said).items():
        setattr(pack, name, value)
    pack.synced_at, pack.missing_since = timezone.now(), None
    pack.save(update_fields=ASTRIAS)
    taken = [
        name
        for name, cost in detail.costs.items()
        if _take_in_class(
            pack, name, cost, listed.cost_mc_hash.get(name), detail.prompts_per_class.get(name, ())
        )
    ]
    pack.classes.exclude(name__in=taken).mark_missing()
    return pack, created


def _free_slug(listed: astria.Pack, title: str) -> str:
    slug = slugify(listed.slug or title)[:100] or f"pack-{listed.id}"
    return f"{slug}-{listed.id}" if Pack.objects.filter(slug=slug).exists() else slug


def _take_in_class(
    pack: Pack, name: str, cost: astria.ClassCost, cost_mc: int | None, prompts: tuple[astria.PackPrompt, ...]
) -> bool:
    """Write down one class of a pack. False if it has no pictures or shots: then nobody could order it."""
    if not cost.num_images or not prompts:
        return False
    if cost_mc is None:
        cost_mc = (cost.cost or 0) * settings.ASTRIA_MILLICENTS_PER_DOLLAR // 100
    said = {"num_images": cost.num_images, "cost_mc": cost_mc}
    pack_class, is_new = PackClass.objects.get_or_create(pack=pack, name=name, defaults=said)
    if not is_new:
        pack_class.follow(**said)
    _take_in_shots(pack_class, prompts, max(1, round(cost.num_images / len(prompts))))
    return True


def _take_in_shots(pack_class: PackClass, prompts: tuple[astria.PackPrompt, ...], num_images: int) -> None:
    """Write down the shots of a class, in Astria's order; `num_images` of each."""
    for position, prompt in enumerate(prompts):
        PackPrompt.with_missing.update_or_create(
            pack_class=pack_class,
            astria_id=prompt.id,
            defaults={
                "missing_since": None,
                "position": position,
                "num_images": num_images,
                "sample_sources": list(prompt.images[:SAMPLES_PER_SHOT]),
            },
        )
    PackPrompt.objects.filter(pack_class=pack_class).exclude(
        astria_id__in=[prompt.id for prompt in prompts]
    ).mark_missing()


def copy_pictures(pack: Pack) -> None:
    """Copy the pack's cover and samples to our storage; those that we have are left alone.

    A picture whose new address does not answer stays as it was.
    """
    prompts = list(PackPrompt.objects.filter(pack_class__pack=pack))
    sources = {pack.cover_source, *(source for prompt in prompts for source in prompt.sample_sources)}
    keys = _copies(pack, sources - {""})
    cover = keys.get(pack.cover_source)
    if cover and cover != pack.cover:
        pack.cover = cover
        pack.save(update_fields=["cover"])
    for prompt in prompts:
        samples = [keys[source] for source in prompt.sample_sources if keys.get(source)]
        if samples and samples != prompt.samples:
            prompt.samples = samples
            prompt.save(update_fields=["samples"])


def _copies(pack: Pack, sources: set[str]) -> dict[str, str]:
    """Return the key of our copy of each source, "" for what cannot be had. A few at a time."""
    ordered = sorted(sources)
    with ThreadPoolExecutor(COPIES_AT_ONCE) as pool:
        return dict(zip(ordered, pool.map(partial(_copy, pack), ordered), strict=True))


def _copy(pack: Pack, source: str) -> str:
    """Copy one picture. The key follows from the address, so that it is copied once."""
    key = f"packs/{pack.astria_id}/{hashlib.sha256(source.encode()).hexdigest()[:24]}.webp"
    if files.exists(key):
        return key
    try:
        copy = web_copy(fetch_picture(source), SAMPLE_WIDTH)
    except (FetchFailed, PictureUnusable) as error:
        logger.warning("%s: a picture could not be copied (%s)", pack.slug, error)
        return ""
    files.write(key, copy)
    return key
