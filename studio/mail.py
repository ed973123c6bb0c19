"""What the studio writes to people and to staff."""

from __future__ import annotations

import logging
import smtplib
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts import mails
from accounts.models import User
from config.logs import note, scrub
from packs.pricing import extension_price
from studio import pace
from studio.models import Event, Letter, PhotoSet, Shoot, Tune
from studio.queue import enqueue

logger = logging.getLogger("studio.mail")

# What nobody has to have, by the field that says whether a person wants it.
OPTIONAL = {
    Letter.Kind.READY: "mails_ready",
    Letter.Kind.ENDS_IN_A_WEEK: "mails_reminders",
    Letter.Kind.ENDS_IN_A_DAY: "mails_reminders",
}
# Answers of a mail server after which it has certainly not taken the mail.
REFUSALS = (ConnectionRefusedError, smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)


_COLUMN = {Shoot: "shoot", Tune: "tune", PhotoSet: "photo_set"}


def write(kind: Letter.Kind, *, key: str, about: Shoot | Tune | PhotoSet, **facts: Any) -> bool:
    """Write down a mail about a shoot, a model or a photo set and queue it. False if `key` was written of.

    Called in the transaction of what it tells of: the one does not happen without the other.
    """
    subject = {_COLUMN[type(about)]: about}
    given = {"kind": kind, "account_id": about.account_id, "facts": facts, **subject}
    due = timezone.now() + pace.SWEEP
    letter, created = Letter.objects.get_or_create(key=key, defaults={**given, "next_check_at": due})
    if created:
        enqueue(send_letter, letter.pk)
    return created


def send_letter(letter_id: int) -> None:
    """Send a mail, once, however often it is called.

    1. Claim it: from here on, a crash leaves `sending`, of which nobody knows whether it left.
    2. Open the connection and write it out: what goes wrong up to here did certainly not leave.
    3. Hand it over. A clear refusal did not leave either; after anything else it may have.
    """
    letter = Letter.objects.select_related("shoot", "tune", "photo_set").filter(pk=letter_id).first()
    if letter is None:
        return
    note(shoot=letter.shoot_id, tune=letter.tune_id)
    if letter.status == Letter.Status.SENDING:
        _give_up_on_silent_worker(letter)
        return
    user = User.objects.filter(credit_account=letter.account_id).first()
    if user is None:
        letter.drop("nobody to write to")
    elif not letter.is_still_true:
        letter.drop("no longer true")
    elif not _is_wanted(letter.kind, user):
        letter.drop("not wanted")
    elif letter.claim(next_check_at=timezone.now() + pace.CLAIM):
        _hand_over(letter, user)


def send_after_all(letter: Letter) -> bool:
    """Staff: send what may not have arrived. False if it was sent, or is about to be."""
    with transaction.atomic():
        if not letter.send_after_all_at(timezone.now()):
            return False
        text = f"mail {letter.kind}: is sent after all"
        Event.record(Event.Kind.STAFF, text, shoot_id=letter.shoot_id, tune_id=letter.tune_id)
        enqueue(send_letter, letter.pk)
    return True


def _give_up_on_silent_worker(letter: Letter) -> None:
    if letter.updated_at + pace.CLAIM <= timezone.now():
        letter.mark_unknown("the worker died")


def _hand_over(letter: Letter, user: User) -> None:
    connection = get_connection()
    try:
        mail = _written(letter, user)
        mail.message()
        connection.open()
    except Exception as error:
        _put_off(letter, error)
        raise
    mail.connection = connection
    try:
        mail.send()
    except REFUSALS as error:
        _put_off(letter, error)
    except Exception as error:
        letter.mark_unknown(type(error).__name__)
    else:
        letter.mark_sent()
    finally:
        with suppress(Exception):
            connection.close()


def _put_off(letter: Letter, error: Exception) -> None:
    """It did not leave: try again for a day. Not the error's words: they may repeat the address."""
    reason = type(error).__name__
    logger.warning("letter %s: not sent (%s)", letter.pk, reason)
    if letter.created_at + pace.GIVE_UP_MAILING < timezone.now():
        letter.drop(f"could not be sent for a day: {reason}")
    else:
        letter.send_again_at(timezone.now() + pace.MAIL_RETRY, reason)


def _is_wanted(kind: str, user: User) -> bool:
    return kind not in OPTIONAL or bool(getattr(user, OPTIONAL[Letter.Kind(kind)]))


def _written(letter: Letter, user: User) -> EmailMultiAlternatives:
    context: dict[str, Any] = {**letter.facts, **_said_of(letter)}
    headers = {"Message-ID": f"<{letter.message_id}@{urlsplit(settings.PUBLIC_URL).hostname}>"}
    if letter.kind in OPTIONAL:
        optional = OPTIONAL[Letter.Kind(letter.kind)]
        context["unsubscribe_url"] = mails.unsubscribe_url(user, optional)
        headers |= mails.headers(user, optional)
    mail = mail_of(letter.kind, context)
    mail.to, mail.extra_headers = [user.email], headers
    return mail


def mail_of(kind: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return a mail of this kind that says what `context` holds, to nobody yet."""
    context = {"site_name": settings.SITE_NAME, **context}
    template = f"studio/mail/{kind}"
    mail = EmailMultiAlternatives(
        # One line, whatever a title holds: with another no mail leaves.
        subject=" ".join(render_to_string(f"{template}_subject.txt", context).split()),
        body=render_to_string(f"{template}.txt", context),
    )
    mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return mail


def _said_of(letter: Letter) -> dict[str, Any]:
    """Return what the templates say of the shoot, of the photo set, or of the model and its first shoot."""
    shoot = letter.shoot
    if letter.photo_set is not None:
        path = letter.photo_set.get_absolute_url()
        return {"name": letter.photo_set.name, "url": settings.PUBLIC_URL + path}
    if shoot is None:
        assert letter.tune is not None  # a constraint holds it
        return _said_of_model(letter.tune)
    return {
        "shoot": shoot,
        "url": settings.PUBLIC_URL + reverse("studio:shoot", args=[shoot.pk]),
        "pictures": shoot.images.stored().count(),
        "refunded": shoot.refunded,
    }


def _said_of_model(tune: Tune) -> dict[str, Any]:
    shoot = tune.shoots.order_by("created_at").first()
    path = shoot.get_absolute_url() if shoot else reverse("studio:shoots")
    name = tune.photo_set.name if tune.photo_set else ""
    price = extension_price()
    return {"name": name, "expires_at": tune.expires_at, "price": price, "url": settings.PUBLIC_URL + path}


def alarm_staff(subject: str, text: str) -> None:
    """Tell everyone who may enter the admin. A mail that cannot leave must not stop the pipeline.

    Nor does it carry what no log line may.
    """
    text = scrub(text)
    to = list(User.objects.filter(is_staff=True, is_active=True).values_list("email", flat=True))
    logger.error("%s: %s", subject, text)
    if not to:
        return
    try:
        send_mail(f"[{settings.SITE_NAME}] {subject}", text, None, to)
    except Exception:
        logger.exception("staff could not be written to")
