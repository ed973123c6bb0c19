"""How a shoot ends: what came, what did not, what is given back, and one mail."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from studio import pace
from studio.mail import write
from studio.models import Event, Image, Letter, Prompt, Shoot, Tune


def settle(shoot: Shoot, *, looked: bool = False) -> bool:
    """End the shoot if nothing more is to come. True if it was ended now.

    `looked`: Astria was asked just now. Only then does the deadline count: while the studio itself was
    down, all may have been made in time.
    """
    if shoot.status not in Shoot.AT_ASTRIA:
        return False
    in_time = _is_complete(shoot)
    if not in_time and not (looked and _is_too_late(shoot)):
        return False
    return _end(shoot, in_time=in_time)


def fail(shoot: Shoot, error: str, *, from_: frozenset[str] | None = None) -> bool:
    """End the shoot without pictures and give all credits back. `error` is for the person to read.

    `from_` names the states that the decision was made for: in any other, someone else was quicker.
    """
    with transaction.atomic():
        Tune.lock(shoot.tune_id)
        if not shoot.finish(Shoot.Status.FAILED, error=error, from_=from_):
            return False
        _stop_waiting_for_prompts(shoot)
        if shoot.trains:
            shoot.tune.fail(error)
        shoot.refund(shoot.price - shoot.refunded, key="all", note=shoot.ledger_note)
        _write_about(shoot)
    return True


@transaction.atomic
def stop(shoot: Shoot, error: str) -> bool:
    """End a shoot that Astria has, at the person's own wish, with what has come.

    What is missing is given back; nobody is written to. `error` is for the person to read.
    """
    Tune.lock(shoot.tune_id)
    missing = _missing_by_prompt(shoot)
    came = Shoot.Status.PARTLY if missing else Shoot.Status.READY
    status = came if shoot.images.stored().exists() else Shoot.Status.FAILED
    if not shoot.finish(status, error=error if missing else "", from_=Shoot.AT_ASTRIA):
        return False
    _stop_waiting_for_prompts(shoot)
    _refund(shoot, missing)
    return True


def give_up(shoot: Shoot) -> bool:
    """Staff: end the shoot now with what has come, and give the rest back. False if it has ended already."""
    shoot.refresh_from_db()
    if shoot.is_final:
        return False
    if shoot.status in Shoot.AT_ASTRIA:
        return _end(shoot, in_time=False)
    return fail(shoot, _("The studio ended this order."), from_=frozenset({shoot.status}))


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
def _end(shoot: Shoot, *, in_time: bool) -> bool:
    Tune.lock(shoot.tune_id)
    missing = _missing_by_prompt(shoot)
    if not shoot.images.stored().exists():
        return fail(shoot, _("No picture could be made.") if in_time else _words_for_nothing(shoot))
    status = Shoot.Status.PARTLY if missing else Shoot.Status.READY
    error = _("What is missing did not come in time.") if missing and not in_time else ""
    if not shoot.finish(status, error=error):
        return False
    _stop_waiting_for_prompts(shoot)
    _refund(shoot, missing)
    _write_about(shoot)
    return True


def _words_for_nothing(shoot: Shoot) -> str:
    """Return which stage took so long that not a single picture came."""
    if shoot.status == Shoot.Status.WAITING:
        return _("The model was not trained in time.")
    return _("No picture came in time.")


def _stop_waiting_for_prompts(shoot: Shoot) -> None:
    """Nobody looks at a shoot that has ended; pictures that come all the same are taken in."""
    stopped = shoot.prompts.stop_waiting(_("It did not come in time."))
    if stopped:
        Event.record(Event.Kind.TROUBLE, f"{stopped} prompts did not come in time", shoot=shoot)


def _write_about(shoot: Shoot) -> None:
    """Tell the person; an end happens once, so does its mail."""
    write(Letter.Kind(shoot.status), key=f"shoot:{shoot.pk}:end", about=shoot)


def _refund(shoot: Shoot, missing: dict[str, int]) -> None:
    """Give back what is missing, a line each; rounded once, over all of them, in the person's favour."""
    so_far = 0
    for key, images in missing.items():
        amount = shoot.share_of_price(so_far + images) - shoot.share_of_price(so_far)
        shoot.refund(amount, key=key, note=shoot.ledger_note)
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
