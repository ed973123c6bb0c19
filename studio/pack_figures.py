"""What became of each pack and each shot: orders, likes, hidden pictures, failures, counted each hour.

Pages only read what is written here. Of each pack the latest orders are counted, found by their index: it
takes as long in a studio of a million shots as in one of ten thousand.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from packs.models import Figures, Pack, PackPrompt
from studio.models import Heartbeat, Image, Prompt, Shoot

# So many orders of each pack, the latest that have ended.
LATEST = 300
# Fewer pictures, or shots that were asked for, say nothing yet.
ENOUGH_PICTURES, ENOUGH_SHOTS = 20, 10
# A shot is weak if it fails so often; if more than so many of its pictures are hidden, and at least twice
# as many as of its pack; if it is liked less than half as often as its pack.
OFTEN_FAILS, OFTEN_HIDDEN, SELDOM_LIKED = 0.1, 0.2, 0.5

ENDED = (Shoot.Status.READY, Shoot.Status.PARTLY, Shoot.Status.FAILED)
PROMPTS, PICTURES = ("orders", "ended", "failed"), ("pictures", "liked", "hidden")
NUMBERS = (*PROMPTS, *PICTURES)
Shot = tuple[str, int | None]  # class name, Astria's id of the shot


def count_packs() -> None:
    """Count every pack. Safe to run twice: it writes what it counts."""
    for pack in Pack.objects.all():
        count_pack(pack)
    Heartbeat.beat("packs counted")


def count_pack(pack: Pack) -> None:
    """Write down the figures of a pack and of its shots."""
    shoots = _latest(pack)
    shots = _shots(shoots)
    figures = _of_pack(pack, shoots, shots.values())
    Pack.objects.filter(pk=pack.pk).update(**figures, counted_at=timezone.now())
    _write_shots(pack, Pack(**figures), shots)


def _write_shots(pack: Pack, of_pack: Pack, counted: dict[Shot, dict[str, int]]) -> None:
    shots = list(PackPrompt.with_missing.filter(pack_class__pack=pack).select_related("pack_class"))
    for shot in shots:
        numbers = counted.get((shot.pack_class.name, shot.astria_id), {})
        for name in NUMBERS:
            setattr(shot, name, numbers.get(name, 0))
        shot.weakness = weakness_of(shot, of_pack)
    PackPrompt.with_missing.bulk_update(shots, [*NUMBERS, "weakness"])


def _latest(pack: Pack) -> list[UUID]:
    ended = Shoot.objects.filter(pack=pack, status__in=ENDED)
    return list(ended.order_by("-queued_at").values_list("pk", flat=True)[:LATEST])


def _shots(shoots: list[UUID]) -> dict[Shot, dict[str, int]]:
    """Return the numbers of each shot in these orders; those whose shot Astria did not name under None."""
    by_shot: dict[Shot, dict[str, int]] = {}
    prompts = Prompt.objects.filter(shoot__in=shoots).order_by()
    _add(by_shot, prompts.values_list("shoot__tune__class_name", "orig_prompt_id").annotate(
        orders=Count("pk"),
        ended=Count("pk", filter=Q(status__in=Prompt.FINAL)),
        failed=Count("pk", filter=Q(status=Prompt.Status.FAILED)),
    ), PROMPTS)  # fmt: skip
    images = Image.objects.stored().filter(shoot__in=shoots).order_by()
    _add(by_shot, images.values_list("shoot__tune__class_name", "prompt__orig_prompt_id").annotate(
        pictures=Count("pk"),
        liked=Count("pk", filter=Q(liked_at__isnull=False)),
        hidden=Count("pk", filter=Q(hidden_at__isnull=False)),
    ), PICTURES)  # fmt: skip
    return by_shot


def _add(by_shot: dict[Shot, dict[str, int]], rows: Iterable[Any], names: tuple[str, ...]) -> None:
    for class_name, shot, *numbers in rows:
        by_shot.setdefault((class_name, shot), {}).update(zip(names, numbers, strict=True))


def _of_pack(pack: Pack, shoots: list[UUID], shots: Iterable[dict[str, int]]) -> dict[str, int]:
    failed = Shoot.objects.filter(pk__in=shoots, status=Shoot.Status.FAILED).count()
    counted = {name: sum(shot.get(name, 0) for shot in shots) for name in PICTURES}
    return {
        "orders": Shoot.objects.filter(pack=pack).count(),
        "ended": len(shoots),
        "failed": failed,
        **counted,
    }


def weakness_of(shot: Figures, pack: Figures) -> str:
    """Return why a shot is weak beside its pack, the worst first; "" if it is not, or is too new to tell."""
    if shot.ended >= ENOUGH_SHOTS and (shot.failure_rate or 0) >= OFTEN_FAILS:
        return PackPrompt.Weakness.FAILS
    if shot.pictures < ENOUGH_PICTURES:
        return ""
    if (shot.hide_rate or 0) > max(OFTEN_HIDDEN, 2 * (pack.hide_rate or 0)):
        return PackPrompt.Weakness.HIDDEN
    if (shot.like_rate or 0) < SELDOM_LIKED * (pack.like_rate or 0):
        return PackPrompt.Weakness.UNLIKED
    return ""
