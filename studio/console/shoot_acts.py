"""What staff do to an order, by the verbs that tasks use."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CreditEntry
from packs.pricing import cost_of_images
from studio.console.acting import Act, ActForm, CreditsForm
from studio.console.money import dollars, in_dollars
from studio.console.people_acts import give_credits, says_credits
from studio.delivery import fetch_again
from studio.extending import extend
from studio.models import Callback, Image, Prompt, Shoot, Tune
from studio.ordering import OrderRefused
from studio.ordering_more import images_like
from studio.queue import enqueue
from studio.redoing import problems_with_retry, retry
from studio.settling import give_up
from studio.training import advance


def astrias_page(tune: Tune) -> str:
    """Return the address of the model's own page at Astria, or at its stand-in; "" before it is there."""
    if tune.astria_id is None:
        return ""
    at = settings.ASTRIA_BASE_URL.replace("://api.", "://www.")
    return f"{at}/tunes/{tune.astria_id}"


def _says_check(shoot: Shoot) -> str:
    return "" if shoot.is_final else _("What is due is done at once: posted, looked for, or looked at.")


def _check(shoot: Shoot, given: dict[str, Any]) -> str:
    enqueue(advance, shoot.pk)
    return _("Queued. Reload in a moment.")


def _says_replay(shoot: Shoot) -> str:
    count = shoot.callbacks.count()
    text = _("%(n)d callbacks are taken in once more. Nothing is doubled by that.") % {"n": count}
    return text if count else ""


def _replay(shoot: Shoot, given: dict[str, Any]) -> str:
    count = Callback.objects.filter(shoot=shoot).replay()
    return _("%(n)d callbacks wait for the clock.") % {"n": count}


def _says_fetch(shoot: Shoot) -> str:
    count = _lost(shoot).count()
    text = _("%(n)d pictures that were given up are fetched again.") % {"n": count}
    return text if count else ""


def _fetch(shoot: Shoot, given: dict[str, Any]) -> str:
    return _("%(n)d pictures are fetched again.") % {"n": sum(map(fetch_again, _lost(shoot)))}


def _lost(shoot: Shoot) -> Any:
    return shoot.images.filter(status=Image.Status.LOST)


class ShotForm(ActForm):
    """Which of the shots that failed, each with its credits."""

    logged = ("shot",)

    shot = forms.ChoiceField(label=gettext_lazy("Shot"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        assert isinstance(row, Shoot)
        shots = [(str(prompt.astria_id), _in_words(prompt)) for prompt in _to_retry(row)]
        cast(forms.ChoiceField, self.fields["shot"]).choices = shots


def _to_retry(shoot: Shoot) -> list[Prompt]:
    failed = shoot.prompts.filter(status=Prompt.Status.FAILED).select_related("shoot__tune")
    return [prompt for prompt in failed if not any(problems_with_retry(prompt))]


def _in_words(prompt: Prompt) -> str:
    """Say what went wrong, and what of the price has come back for it."""
    shoot = prompt.shoot
    said = {"number": prompt.number, "error": prompt.error}
    if not shoot.is_final:
        said["credits"] = _("its credits come back when this order ends")
    elif shoot.refunded == shoot.price:
        said["credits"] = _("all credits of this order came back")
    else:
        line = CreditEntry.objects.filter(key=f"shoot:{shoot.pk}:prompt:{prompt.astria_id}").first()
        said["credits"] = _("%(n)d credits came back for it") % {"n": line.amount if line else 0}
    return _("Shot %(number)d: %(error)s (%(credits)s)") % said


def _says_retry(shoot: Shoot) -> str:
    shots = _to_retry(shoot)
    if not shots:
        return ""
    text = _("The shot is ordered once more, as an order of its own that costs the person nothing and the "
             "studio about %(cost)s at Astria. What comes back for the failed shot stays with the person. "
             "It can be done once for a shot, and again only if that brings nothing either.")  # fmt: skip
    return text % {"cost": dollars(in_dollars(cost_of_images(max(map(images_like, shots)))))}


def _retry(shoot: Shoot, given: dict[str, Any]) -> str:
    made = retry(shoot.prompts.select_related("shoot").get(astria_id=given["shot"]))
    return _("Ordered: %(what)s, %(id)s.") % {"what": made.title, "id": made.pk}


def _says_give_up(shoot: Shoot) -> str:
    if shoot.is_final:
        return ""
    arrived = shoot.images.stored().count()
    text = _("The order ends now. %(arrived)d of %(expected)d pictures are here; the credits for the rest go "
             "back, and the person is written to. What still comes is kept and shown.")  # fmt: skip
    return text % {"arrived": arrived, "expected": shoot.expected_images}


def _give_up(shoot: Shoot, given: dict[str, Any]) -> str:
    if not give_up(shoot):
        raise OrderRefused(_("It ended meanwhile."))
    return _("Ended; %(n)d credits have gone back.") % {"n": shoot.refunded}


def _says_keep(shoot: Shoot) -> str:
    is_kept = shoot.tune.status == Tune.Status.TRAINED and not shoot.tune.extensions.open().exists()
    return _("The model is kept for another 30 days, at no cost to the person.") if is_kept else ""


def _keep(shoot: Shoot, given: dict[str, Any]) -> str:
    extend(shoot.tune, is_gift=True)
    return _("Astria is told.")


def _says_credits(shoot: Shoot) -> str:
    return says_credits(shoot.account)


def _credits(shoot: Shoot, given: dict[str, Any]) -> str:
    return give_credits(shoot.account, given)


ACTS = (
    Act("check-now", gettext_lazy("Check now"), _says_check, _check),
    Act("replay-callbacks", gettext_lazy("Replay callbacks"), _says_replay, _replay),
    Act("fetch-again", gettext_lazy("Fetch again"), _says_fetch, _fetch),
    Act("retry-shot", gettext_lazy("Retry a shot"), _says_retry, _retry, ShotForm),
    Act("give-up", gettext_lazy("End and refund"), _says_give_up, _give_up),
    Act("keep-model", gettext_lazy("Extend the model"), _says_keep, _keep),
    Act(
        "give-credits",
        gettext_lazy("Give credits"),
        _says_credits,
        _credits,
        CreditsForm,
        "accounts.add_creditentry",
    ),
)
