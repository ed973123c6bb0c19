"""How a shoot ends: what came, what did not, what is given back, and one mail."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import pace
from studio.mail import send_end_mail
from studio.models import Image, Prompt, Shoot, Tune
from studio.queue import enqueue


def settle(shoot: Shoot, *, looked: bool = False) -> bool:
    """End the shoot if nothing more is to come. True if it was ended now.

    `looked`: Astria was asked just now. Only then does the deadline count: while the studio itself was
    down, all may have been made in time.
    """
    if shoot.status not in Shoot.AT_ASTRIA:
        return False
    if not _is_complete(shoot) and not (looked and _is_too_late(shoot)):
        return False
    return _end(shoot)


def fail(shoot: Shoot, error: str, *, from_: frozenset[str] | None = None) -> bool:
    """End the shoot without pictures and give all credits back. `error` is for the person to read.

    `from_` names the states that the decision was made for: in any other, someone else was quicker.
    """
    with transaction.atomic():
        Tune.lock(shoot.tune_id)
        mail_by = timezone.now() + pace.SWEEP
        if not shoot.finish(Shoot.Status.FAILED, error=error, mail_by=mail_by, from_=from_):
            return False
        if shoot.trains:
            shoot.tune.fail(error)
        shoot.refund(shoot.price - shoot.refunded, key="all", note=shoot.title)
        enqueue(send_end_mail, shoot.pk)
    return True


def _is_complete(shoot: Shoot) -> bool:
    prompts = shoot.prompts.all()
    if prompts.count() < shoot.expected_prompts:
        return False
    waiting = prompts.filter(status=Prompt.Status.WAITING)
    pending = shoot.images.filter(status=Image.Status.PENDING)
    return not waiting.exists() and not pending.exists()


def _is_too_late(shoot: Shoot) -> bool:
    """Past the deadline, and no picture that Astria announced is still being fetched."""
    now = timezone.now()
    if shoot.deadline_at is None or shoot.deadline_at > now:
        return False
    fetched = shoot.images.filter(status=Image.Status.PENDING, created_at__gt=now - pace.FETCHING_DEADLINE)
    return not fetched.exists()


@transaction.atomic
def _end(shoot: Shoot) -> bool:
    Tune.lock(shoot.tune_id)
    missing = _missing_by_prompt(shoot)
    stored = shoot.images.filter(status=Image.Status.STORED).exists()
    if not stored:
        return fail(shoot, _("No picture could be made."))
    status = Shoot.Status.PARTLY if missing else Shoot.Status.READY
    if not shoot.finish(status, mail_by=timezone.now() + pace.SWEEP):
        return False
    _refund(shoot, missing)
    enqueue(send_end_mail, shoot.pk)
    return True


def _refund(shoot: Shoot, missing: dict[str, int]) -> None:
    """Give back what is missing, a line each; rounded once, over all of them, in the person's favour."""
    so_far = 0
    for key, images in missing.items():
        amount = shoot.share_of_price(so_far + images) - shoot.share_of_price(so_far)
        shoot.refund(amount, key=key, note=shoot.title)
        so_far += images


def _missing_by_prompt(shoot: Shoot) -> dict[str, int]:
    """Return how many ordered pictures did not come, by the key of their refund's line.

    Together never more than were ordered: prompts may announce more pictures than that. What one brought
    beyond its own does not make up for another.
    """
    stored = Count("images", filter=Q(images__status=Image.Status.STORED))
    prompts = shoot.prompts.annotate(stored=stored).values_list("astria_id", "expected_images", "stored")
    left = shoot.expected_images - sum(min(expected, arrived) for _id, expected, arrived in prompts)
    missing = {}
    for astria_id, expected, arrived in prompts:
        images = min(left, expected - arrived)
        if images > 0:
            missing[f"prompt:{astria_id}"] = images
            left -= images
    if left > 0:
        missing["never-announced"] = left
    return missing
