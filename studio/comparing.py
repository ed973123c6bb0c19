"""Comparing the catalogue with Astria when staff ask for it: a look at what would change, or for good."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from packs.models import Comparison
from packs.sync import compare
from studio import pace
from studio.queue import calls_astria, enqueue


def ask_to_compare(*, is_preview: bool) -> Comparison:
    """Begin a comparison; one of the same kind that is under way is that one."""
    due = timezone.now() + pace.SWEEP
    with transaction.atomic():
        comparison, is_new = Comparison.objects.get_or_create(
            is_preview=is_preview, status=Comparison.Status.ASKED, defaults={"next_check_at": due}
        )
        if is_new:
            enqueue(see_to_comparison, comparison.pk)
    return comparison


@calls_astria
def see_to_comparison(comparison_id: int) -> None:
    """Compare pack by pack, each written down at once. Safe to run twice: it goes on where it was.

    When no call can be made now it is due again soon, for a quarter of an hour.
    """
    comparison = Comparison.objects.under_way().filter(pk=comparison_id).first()
    if comparison is None or not comparison.claim(timezone.now() + pace.CLAIM):
        return
    try:
        for step in compare(keep=not comparison.is_preview, skip=comparison.compared):
            if not comparison.note(step.pack_id, [change.as_json() for change in step.changes]):
                return
    except astria.AstriaError as error:
        _again_or_failed(comparison, error)
    else:
        comparison.end()


def _again_or_failed(comparison: Comparison, error: astria.AstriaError) -> None:
    is_passing = isinstance(error, astria.NotSent | astria.RateLimited)
    if is_passing and comparison.created_at + pace.GIVE_UP_COMPARING > timezone.now():
        comparison.go_on_after(pace.COMPARISON_LOOK)
        return
    text = _("Astria could not be asked (%(error)s). What was compared until then is here.")
    comparison.end(text % {"error": type(error).__name__})
