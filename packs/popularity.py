"""Which shots are liked at Astria, beyond this studio: learnt a few at a time.

Astria says it of a single prompt alone (`prompt_likes_count`), so each comparison asks about the few shots
that were asked about longest ago: never a burst of calls.
"""

from __future__ import annotations

import logging

from django.db.models import F, Sum
from django.utils import timezone

import astria
from packs.models import Pack, PackPrompt

logger = logging.getLogger("packs.popularity")

ASKED_AT_ONCE = 10
# What a column holds.
MOST = 2**31 - 1


def learn_likes(client: astria.Astria) -> int:
    """Ask Astria for the likes of the next few shots. Returns of how many it told.

    It is no part of the comparison: when Astria does not answer, the next one goes on.
    """
    told = 0
    for shot in _next():
        try:
            told += _learn(client, shot)
        except astria.AstriaError as error:
            logger.info("likes of shots were not asked to the end (%s)", type(error).__name__)
            break
    return told


def _next() -> list[PackPrompt]:
    shots = PackPrompt.objects.filter(pack_class__missing_since=None, pack_class__pack__missing_since=None)
    longest_ago = F("likes_asked_at").asc(nulls_first=True)
    return list(shots.select_related("pack_class").order_by(longest_ago, "pk")[:ASKED_AT_ONCE])


def _learn(client: astria.Astria, shot: PackPrompt) -> bool:
    """Write down what Astria says of one shot. False if it does not tell: of others' prompts it may not."""
    try:
        likes = client.prompts.get(shot.astria_id).prompt_likes_count
    except (astria.NotFound, astria.Forbidden):
        likes = None
    said = {} if likes is None or likes < 0 else {"astria_likes": min(likes, MOST)}
    PackPrompt.objects.filter(pk=shot.pk).update(likes_asked_at=timezone.now(), **said)
    if said:
        _add_up(shot.pack_class.pack_id)
    return bool(said)


def _add_up(pack_id: int) -> None:
    shots = PackPrompt.objects.filter(pack_class__pack=pack_id)
    likes = shots.aggregate(likes=Sum("astria_likes"))["likes"] or 0
    Pack.objects.filter(pk=pack_id).update(astria_likes=min(likes, MOST))
