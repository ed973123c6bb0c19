"""Who orders what: the same plan for the same seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

# Both have eight shots of one picture; the first trains a LoRA, the other a checkpoint.
PACKS = ("black-and-white", "founder-casual")
PACKS_WEIGHTS = (3, 1)
SETS_A_PERSON = 15
# Of the shoots that count: a model is trained, a pack is taken on a model that exists, a theme.
SHARE_AGAIN = SHARE_THEMES = 0.2
# On top of them, one written prompt and one "more like this" for so many shoots.
SHOOTS_A_SINGLE = 20
THEMES = ("harbour at dawn", "old library", "desert road", "winter market", "glass tower", "herb garden")
TRAITS = ("dreadlocks", "mohawk", "cornrows", "faux hawk", "undercut", "man bun")


@dataclass(frozen=True)
class Extra:
    """An order on a model that was ordered before: `again`, `theme`, `prompt` or `more`."""

    kind: str
    text: str = ""


@dataclass
class SetPlan:
    """One set of photos: its class, the pack that trains its model, and what is ordered after that."""

    name: str
    class_name: str
    pack: str
    trait: str
    extras: list[Extra] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """The sets of each person."""

    people: list[list[SetPlan]]


def plan_for(shoots: int, random: Random) -> Plan:
    """Return a plan with `shoots` shoots of at least eight pictures, and some of one picture besides."""
    again, themes = round(shoots * SHARE_AGAIN), round(shoots * SHARE_THEMES)
    singles = max(1, shoots // SHOOTS_A_SINGLE)
    sets = [_set(number, random) for number in range(shoots - again - themes)]
    wishes = [Extra("again")] * again
    wishes += [Extra("theme", f"{random.choice(THEMES)}, no. {number}") for number in range(themes)]
    wishes += [Extra("prompt", f"a portrait in the rain, no. {number}") for number in range(singles)]
    wishes += [Extra("more")] * singles
    random.shuffle(wishes)
    for wish in wishes:
        random.choice(sets).extras.append(wish)
    people = max(2, len(sets) // SETS_A_PERSON)
    return Plan([sets[first::people] for first in range(people)])


def _set(number: int, random: Random) -> SetPlan:
    return SetPlan(
        name=f"Set {number}",
        class_name=random.choice(["man", "woman"]),
        pack=random.choices(PACKS, PACKS_WEIGHTS)[0],
        trait=random.choice(TRAITS),
    )
