"""Whose a prompt is: which shoot on a tune Astria made it for.

A prompt that does not say is nobody's rather than somebody else's: a wrong match shows a person what
another order brought, and lets a lost order seem to be found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from secrets import compare_digest

from django.conf import settings

import astria
from studio.models import Prompt, Shoot, Tune
from studio.models.state import storable


@dataclass
class Recognised:
    """Prompts of a tune with the shoot they are of; `in_doubt` are shoots that others of them may be of."""

    owners: list[tuple[Shoot, astria.Prompt]] = field(default_factory=list)
    in_doubt: set[Shoot] = field(default_factory=set)

    def of(self, shoot: Shoot) -> list[astria.Prompt]:
        return [theirs for owner, theirs in self.owners if owner == shoot]


def recognise(tune: Tune, prompts: Iterable[astria.Prompt]) -> Recognised:
    """Sort prompts of a tune by shoot.

    1. By the token in the callback; else by being known already. That is certain.
    2. Else by what was asked for: text and seed, or one of the shots of a pack that are still to come.
    3. Else by number: a theme is told apart by nothing else. It has the oldest of what is left, as many as it
       lacks; while Astria has not confirmed it, only if there are exactly so many.

    In 2 and 3 a prompt lies above the watermark of its shoot and could be of no other.
    """
    sorting = _Sorting(tune)
    rest = sorted(prompts, key=lambda theirs: theirs.id)
    for step in (sorting.by_certainty, sorting.by_wish):
        rest = step(rest)
    sorting.by_number(rest)
    return sorting.result


class _Sorting:
    """Each step takes prompts, notes whose they are, and returns those that it says nothing of."""

    def __init__(self, tune: Tune) -> None:
        self.result = Recognised()
        posted = tune.shoots.prefetch_related("prompts")
        self.shoots = {shoot.pk: shoot for shoot in posted if shoot.was_posted}
        # What each shoot has, and which shots of its pack are among that.
        self.had: dict[Shoot, set[int]] = defaultdict(set)
        self.shots_had: dict[Shoot, set[int]] = defaultdict(set)
        self.shots: dict[Shoot, set[int]] = {}
        for shoot in self.shoots.values():
            for prompt in shoot.prompts.all():
                self._note(shoot, prompt.astria_id, prompt.orig_prompt_id)

    def by_certainty(self, prompts: list[astria.Prompt]) -> list[astria.Prompt]:
        known = dict(
            Prompt.objects.filter(astria_id__in=[theirs.id for theirs in prompts]).values_list(
                "astria_id", "shoot"
            )
        )
        rest = []
        for theirs in prompts:
            token = _token_in(theirs.callback)
            if token is None and theirs.id not in known:
                rest.append(theirs)
                continue
            owner = self._with_token(token) if token is not None else self.shoots.get(known[theirs.id])
            if owner is not None:
                self._own(owner, theirs)
        return rest

    def by_wish(self, prompts: list[astria.Prompt]) -> list[astria.Prompt]:
        rest = []
        for theirs in prompts:
            for asked_for in (_has_words_and_seed, self._is_shot_to_come):
                if could_be := self._could_be(theirs, asked_for):
                    self._own_or_doubt(could_be, theirs)
                    break
            else:
                rest.append(theirs)
        return rest

    def by_number(self, prompts: list[astria.Prompt]) -> None:
        bundles: dict[Shoot, list[astria.Prompt]] = defaultdict(list)
        for theirs in prompts:
            could_be = [shoot for shoot in self._could_be(theirs, _says_nothing_else) if not shoot.is_final]
            if len(could_be) == 1:
                bundles[could_be[0]].append(theirs)
            else:
                self.result.in_doubt.update(could_be)
        for shoot, bundle in bundles.items():
            taken = self._taken_by_number(shoot, bundle)
            if len(taken) < len(bundle):
                self.result.in_doubt.add(shoot)
            for theirs in taken:
                self._own(shoot, theirs)

    def _with_token(self, token: str) -> Shoot | None:
        same = (s for s in self.shoots.values() if compare_digest(s.callback_token.encode(), token.encode()))
        return next(same, None)

    def _could_be(
        self, theirs: astria.Prompt, asked_for: Callable[[Shoot, astria.Prompt], bool]
    ) -> list[Shoot]:
        """Return the shoots that a prompt could be of; of those that have ended only if no other could."""
        could_be = [
            shoot
            for shoot in self.shoots.values()
            if theirs.id > shoot.prompt_watermark and self._lacks(shoot) > 0 and asked_for(shoot, theirs)
        ]
        return [shoot for shoot in could_be if not shoot.is_final] or could_be

    def _is_shot_to_come(self, shoot: Shoot, theirs: astria.Prompt) -> bool:
        if shoot.kind != Shoot.Kind.PACK or theirs.orig_prompt_id is None:
            return False
        if shoot not in self.shots:
            self.shots[shoot] = set(shoot.shots().values_list("astria_id", flat=True))
        return theirs.orig_prompt_id in self.shots[shoot] - self.shots_had[shoot]

    def _taken_by_number(self, shoot: Shoot, bundle: list[astria.Prompt]) -> list[astria.Prompt]:
        lacks = self._lacks(shoot)
        is_uncertain = shoot.status in Shoot.UNANSWERED and not all(theirs.theme for theirs in bundle)
        if is_uncertain and len(bundle) != lacks:
            return []
        return bundle[:lacks]

    def _lacks(self, shoot: Shoot) -> int:
        return shoot.expected_prompts - len(self.had[shoot])

    def _own_or_doubt(self, could_be: list[Shoot], theirs: astria.Prompt) -> None:
        if len(could_be) == 1:
            self._own(could_be[0], theirs)
        else:
            self.result.in_doubt.update(could_be)

    def _own(self, shoot: Shoot, theirs: astria.Prompt) -> None:
        self.result.owners.append((shoot, theirs))
        self._note(shoot, theirs.id, theirs.orig_prompt_id)

    def _note(self, shoot: Shoot, astria_id: int, orig_prompt_id: int | None) -> None:
        self.had[shoot].add(astria_id)
        if orig_prompt_id is not None:
            self.shots_had[shoot].add(orig_prompt_id)


def _has_words_and_seed(shoot: Shoot, theirs: astria.Prompt) -> bool:
    """Whether it was asked for in these words (Astria's hold the person's) and with this seed."""
    if shoot.kind not in {Shoot.Kind.PROMPT, Shoot.Kind.MORE}:
        return False
    return theirs.seed == shoot.wish["seed"] and shoot.wish["text"] in (theirs.text or "")


def _says_nothing_else(shoot: Shoot, theirs: astria.Prompt) -> bool:
    """Whether it may be a theme's, or a pack's that trains its model: nothing in it is of another kind."""
    if theirs.orig_prompt_id is not None:
        return False
    if shoot.kind == Shoot.Kind.THEME:
        return theirs.theme in (None, shoot.wish["theme"])
    return shoot.trains and theirs.theme is None


def _token_in(callback: str | None) -> str | None:
    """Return the token in a callback address of ours, else None."""
    if not callback or not callback.startswith(settings.PUBLIC_URL + "/callbacks/"):
        return None
    path = storable(callback).partition("?")[0]
    return path.rstrip("/").rpartition("/")[2]
