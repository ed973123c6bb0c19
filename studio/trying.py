"""Trying the configuration: storage writes, mail leaves, and a free tune at Astria calls us back.

The tune is a mock (`branch=fast`): it costs nothing, and its callbacks come as those of any other.
Reference: https://docs.astria.ai/docs/api/overview (Mock testing)
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image as Picture

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.budget import Purpose
from studio.checks import astria_can_reach_us
from studio.erasing_models import see_to_deletion
from studio.models import Check, Trial, TuneDeletion
from studio.probing import STORAGE, check_storage
from studio.queue import calls_astria, enqueue

# The least that a tune is trained on; a mock does not look at them.
PHOTOS = 4
TEXT = "portrait of ohwx woman"


def try_out(*, mail_to: str = "") -> Trial:
    """Begin a try; one that is under way is that one. `mail_to` is written to, to see whether mail leaves."""
    with transaction.atomic():
        running = Trial.objects.exclude(status__in=Trial.FINAL).first()
        if running is not None:
            return running
        trial = Trial.objects.create(mail_to=mail_to, next_check_at=timezone.now() + pace.SWEEP)
        enqueue(see_to_trial, trial.pk)
    return trial


@calls_astria
def see_to_trial(trial_id: UUID) -> None:
    """Take the next step of a try. Safe to run twice: each step claims it first.

    A post that broke off is not repeated: the try has failed, and whatever it made is deleted by its title.
    """
    trial = Trial.objects.filter(pk=trial_id).first()
    if trial is None or trial.is_final or not trial.claim(next_check_at=timezone.now() + pace.CLAIM):
        return
    if trial.status == Trial.Status.CALLING:
        _look(trial)
    elif trial.posted_at is None:
        _begin(trial)
    else:
        _fail(trial, _("It broke off while Astria was called. Try again."))


def _begin(trial: Trial) -> None:
    wrong = next(_what_is_wrong_here(trial), "")
    if wrong:
        trial.fail(wrong)
        return
    trial.note("posted")
    try:
        _post(trial)
    except astria.AstriaError as error:
        _fail(
            trial, _("Astria: %(error)s") % {"error": f"{type(error).__name__}. {'; '.join(error.messages)}"}
        )
    else:
        trial.mark_calling(next_check_at=timezone.now() + pace.TRIAL_LOOK)


def _what_is_wrong_here(trial: Trial) -> Iterator[str]:
    """Yield what does not work on our side, the first of which ends the try."""
    for message in astria_can_reach_us(None):
        yield f"{message.msg} {message.hint}"
    check_storage()
    if error := Check.objects.get(name=STORAGE).error:
        yield _("Storage: %(error)s. Look at STORAGE and its keys, and at the room left.") % {"error": error}
    trial.note("storage")
    if trial.mail_to:
        try:
            _send(trial.mail_to)
        except Exception as error:  # whatever a mail server or its library raises is what staff need to know
            yield _("Mail: %(error)s. Look at EMAIL_URL.") % {"error": type(error).__name__}
        trial.note("mail")


def _send(to: str) -> None:
    subject = _("%(site)s: mail leaves") % {"site": settings.SITE_NAME}
    send_mail(subject, _("This was sent to see whether the studio's mail leaves. It does."), None, [to])


def _post(trial: Trial) -> None:
    client = astria_client(purpose=Purpose.ORDER)
    client.tunes.create(
        title=str(trial.pk),
        name="woman",
        branch="fast",
        images=[_photo(number) for number in range(PHOTOS)],
        callback=address(trial, "tune"),
        prompts_attributes=[{"text": TEXT, "callback": address(trial, "prompt")}],
    )


def address(trial: Trial, what: str) -> str:
    """Return where Astria says that the `what` (tune, prompt) of the try is there."""
    return settings.PUBLIC_URL + reverse("studio:trial-callback", args=[trial.pk, trial.token, what])


def _photo(number: int) -> astria.ImageFile:
    """Return a plain picture, each in another grey."""
    buffer = io.BytesIO()
    Picture.new("RGB", (768, 768), (60 + 40 * number,) * 3).save(buffer, "JPEG")
    return astria.ImageFile(f"{number}.jpg", buffer.getvalue(), "image/jpeg")


def _look(trial: Trial) -> None:
    """See whether both callbacks came, and clean up."""
    if trial.was_called:
        trial.mark_passed()
        _delete(trial)
    elif trial.created_at + pace.GIVE_UP_TRIAL < timezone.now():
        text = _(
            "No callback arrived within %(minutes)d minutes. Is %(url)s this studio, seen from the internet?"
        )
        minutes = pace.GIVE_UP_TRIAL.total_seconds() / 60
        _fail(trial, text % {"minutes": minutes, "url": settings.PUBLIC_URL})
    else:
        trial.look_again_at(timezone.now() + pace.TRIAL_LOOK)


def _fail(trial: Trial, error: str) -> None:
    trial.fail(error)
    _delete(trial)


def _delete(trial: Trial) -> None:
    """Have what was made at Astria deleted, surely: it is found by its title."""
    due = timezone.now() + pace.SWEEP
    deletion, is_new = TuneDeletion.objects.get_or_create(pk=trial.pk, defaults={"next_check_at": due})
    if is_new:
        enqueue(see_to_deletion, deletion.pk)
