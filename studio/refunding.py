"""Credits back on request: somebody asks, staff decide, the person is written to. Once."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, User
from studio.mail import write
from studio.models import Event, Letter, RefundRequest, Shoot
from studio.models.refund import MAX_ANSWER, MAX_REASON
from studio.models.state import storable


class RefundRefused(Exception):
    """It cannot be done; nothing was changed. Its text says why."""


def until(shoot: Shoot) -> datetime | None:
    """Return until when a refund of the shoot can be asked for; None if it cannot be at all."""
    is_over = shoot.status in {Shoot.Status.READY, Shoot.Status.PARTLY}
    if not is_over or shoot.ended_at is None or shoot.refunded >= shoot.price or not settings.REFUND_DAYS:
        return None
    return shoot.ended_at + timedelta(days=settings.REFUND_DAYS)


def problem_with_asking(shoot: Shoot) -> str:
    """Return why no refund can be asked for, in a sentence; "" if it can."""
    last = until(shoot)
    if shoot.price == 0:
        return _("This shoot cost nothing, so there is nothing to give back.")
    if shoot.refunded >= shoot.price:
        return _("All credits of this shoot are back already.")
    if last is None:
        return _("A refund can be asked for once the shoot is over.")
    if last < timezone.now():
        return _("The time to ask for a refund is over: it is %(n)d days.") % {"n": settings.REFUND_DAYS}
    return ""


def ask_for_refund(shoot: Shoot, reason: str) -> RefundRequest:
    """Write the wish down for staff; asked again, it is the first one. Raises RefundRefused."""
    reason = storable(reason).strip()[:MAX_REASON]
    if not reason:
        raise RefundRefused(_("Say in a few words what is wrong. Nothing was sent."))
    with transaction.atomic():
        Shoot.objects.select_for_update(no_key=True).get(pk=shoot.pk)
        shoot.refresh_from_db()
        if taken := RefundRequest.objects.filter(shoot=shoot).first():
            return taken
        if problem := problem_with_asking(shoot):
            raise RefundRefused(problem)
        request = RefundRequest.objects.create(shoot=shoot, account_id=shoot.account_id, reason=reason)
        Event.record(Event.Kind.MONEY, "a refund was asked for", shoot=shoot)
    return request


def left_of(request: RefundRequest) -> int:
    """Return how many credits can still be given back for its shoot."""
    return request.shoot.price - request.shoot.refunded


def grant(request: RefundRequest, amount: int | None, *, answer: str, by: User) -> int:
    """Staff: give `amount` credits back (None: all that is left). Returns how many. Raises RefundRefused."""
    answer = storable(answer).strip()[:MAX_ANSWER]
    with transaction.atomic():
        # Before its amount is read: what fails meanwhile gives credits back as well.
        Shoot.objects.select_for_update(no_key=True).get(pk=request.shoot_id)
        request.shoot.refresh_from_db()
        left = left_of(request)
        given = left if amount is None else amount
        if not 0 < given <= left:
            raise RefundRefused(_("From 1 to %(most)d credits can be given back.") % {"most": left})
        if not request.mark_granted(given, answer=answer, by=by):
            raise RefundRefused(_("This was decided already."))
        request.shoot.refund(given, key="asked", note=request.shoot.ledger_note)
        AuditEntry.record(by, "refund granted", about=request, text=f"{given} of {left}")
        _tell(request, Letter.Kind.REFUND_GRANTED)
    return given


def decline(request: RefundRequest, *, answer: str, by: User) -> None:
    """Staff: give nothing back, for a reason that the person reads. Raises RefundRefused."""
    answer = storable(answer).strip()[:MAX_ANSWER]
    if not answer:
        raise RefundRefused(_("Say why: the person reads it."))
    with transaction.atomic():
        if not request.decline(answer=answer, by=by):
            raise RefundRefused(_("This was decided already."))
        AuditEntry.record(by, "refund declined", about=request)
        _tell(request, Letter.Kind.REFUND_DECLINED)


def _tell(request: RefundRequest, kind: Letter.Kind) -> None:
    facts = {"granted": request.granted, "answer": request.answer}
    write(kind, key=f"refund-request:{request.pk}", about=request.shoot, **facts)
