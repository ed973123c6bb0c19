"""What the studio writes to people and to staff."""

from __future__ import annotations

import logging
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config.logs import scrub
from studio import pace
from studio.models import Event, Shoot

logger = logging.getLogger("studio.mail")


def send_end_mail(shoot_id: UUID) -> None:
    """Write to the person that their shoot has come to its end; once, however often it is called.

    A mail that cannot leave is due again, for a day.
    """
    shoots = Shoot.objects.select_related("account", "tune").filter(status__in=Shoot.TOLD_BY_MAIL)
    shoot = shoots.filter(pk=shoot_id).first()
    if shoot is None or not shoot.claim_mail():
        return
    user = User.objects.filter(credit_account=shoot.account_id).first()
    if user is None:
        return
    try:
        _end_mail(shoot, user).send()
    except Exception:
        _put_off(shoot)
        raise
    Event.record(Event.Kind.MAIL, f"mail: {shoot.status}", shoot=shoot)


def _put_off(shoot: Shoot) -> None:
    now = timezone.now()
    is_over = shoot.ended_at is None or shoot.ended_at + pace.GIVE_UP_MAILING < now
    shoot.mail_again_at(None if is_over else now + pace.MAIL_RETRY)
    if is_over:
        Event.record(Event.Kind.TROUBLE, "mail: could not be sent for a day", shoot=shoot)


def _end_mail(shoot: Shoot, user: User) -> EmailMultiAlternatives:
    context = {
        "shoot": shoot,
        "url": settings.PUBLIC_URL + reverse("studio:shoot", args=[shoot.pk]),
        "site_name": settings.SITE_NAME,
        "pictures": shoot.images.stored().count(),
        "refunded": shoot.refunded,
    }
    template = f"studio/mail/{shoot.status}"
    mail = EmailMultiAlternatives(
        subject=render_to_string(f"{template}_subject.txt", context).strip(),
        body=render_to_string(f"{template}.txt", context),
        to=[user.email],
    )
    mail.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return mail


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
