"""What happens 30 days after a training: the tune is extended and paid for, or all that came of it goes.

Source: docs/api/0-overview, Storage
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from sandbox.account import EXTENSION_MC, Unpaid, charge
from sandbox.later.removal import remove_prompts, remove_tune
from sandbox.models import KEPT, Prompt, Tune


def expire(tune: Tune, at: float) -> None:
    """Extend a tune by another 30 days if it asks for that and the balance allows, or delete it."""
    if not (tune.auto_extend and _extend(tune)):
        _forget(tune, at)


@transaction.atomic
def _extend(tune: Tune) -> bool:
    try:
        charge(0 if tune.is_mock else EXTENSION_MC)
    except Unpaid:
        return False
    assert tune.expires_at
    Tune.objects.filter(pk=tune.pk).update(expires_at=tune.expires_at + KEPT)
    return True


@transaction.atomic
def _forget(tune: Tune, at: float) -> None:
    remove_prompts(Prompt.objects.filter(Q(subject_id=tune.pk) | Q(tune_id=tune.pk)))
    remove_tune(tune, at)
