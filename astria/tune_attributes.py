"""The parameters of tunes: their types, and beside them the table of what each may be.

None is sent as null and asks for Astria's default. What is not given is not sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from astria import rules
from astria.enums import Branch, ModelType, Preset
from astria.rules import ADDRESS, CLASS_NAME, FLAG, ID, Rule


class TuneAttributes(TypedDict, total=False):
    """What a new tune can be told beside its title, class name and photos.

    `branch` fast makes a mock tune for nothing; None takes the base tune's. `model_type` None is a
    checkpoint; SDXL is always `pti`. `base_tune_id` is a tune to train on top of, `token` the word that the
    subject is called by in texts (Astria's default: ohwx, for SD15 sks), `steps` those of training.
    `face_crop` adds the faces cut out, `training_face_correct` mends poor photos. `auto_extend` keeps the
    tune beyond 30 days, for money. `characteristics` fill {{…}} in texts. `callback` is called when training
    is done.
    Source: docs/api/0-tune/1-create
    """

    callback: str | None
    branch: Branch | str | None
    steps: int | None
    token: str | None
    face_crop: bool | None
    training_face_correct: bool | None
    base_tune_id: int | None
    model_type: ModelType | str | None
    auto_extend: bool | None
    preset: Preset | str | None
    characteristics: Mapping[str, object] | None


class TuneChanges(TypedDict, total=False):
    """What can be changed of a tune. Source: docs/api/0-tune/1-create"""

    title: str
    name: str
    auto_extend: bool | None
    characteristics: Mapping[str, object] | None


TUNE_RULES: dict[str, Rule] = {
    "callback": ADDRESS,
    "branch": rules.one_of(Branch),
    "steps": rules.whole(1),
    "token": rules.text(),
    "face_crop": FLAG,
    "training_face_correct": FLAG,
    "base_tune_id": ID,
    "model_type": rules.one_of(ModelType),
    "auto_extend": FLAG,
    "preset": rules.one_of(Preset),
    "characteristics": rules.mapping(),
}
TUNE_CHANGE_RULES = {
    "title": rules.text(),
    "name": CLASS_NAME,
    **{name: TUNE_RULES[name] for name in ("auto_extend", "characteristics")},
}
