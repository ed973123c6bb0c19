"""What visitors of a share link do: they open it with its password, vote, and report a picture."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from studio.mail import alarm_staff
from studio.models import Image, Report, Share, Vote
from studio.queue import enqueue
from studio.ratelimit import is_within

# Guesses at a password: of one address in ten minutes, of everybody in an hour.
GUESSES, GUESSES_OF_ALL = 10, 100


def may_guess(share: Share, address: str) -> bool:
    """Count a try at the password of a share, right or wrong; False once there were too many."""
    mine = is_within("share-password", f"{share.pk}:{address}", most=GUESSES, seconds=600)
    return mine and is_within("share-password", str(share.pk), most=GUESSES_OF_ALL, seconds=3600)


def is_unlocked(share: Share, key: str) -> bool:
    """Tell whether a browser that keeps `key` was given the password that the share has now."""
    return not share.password or constant_time_compare(key, share.key)


def new_voter() -> str:
    """Return what a browser keeps so that its votes are told from others'. It says nothing of the person."""
    return secrets.token_urlsafe(16)


def visitor_of(share: Share, voter: str) -> str:
    """Return how the voter is called with this share's votes; nobody can tell them from another's by it."""
    return salted_hmac("studio.vote", f"{share.pk}:{voter}", algorithm="sha256").hexdigest()


def vote(share: Share, image: Image, voter: str) -> bool:
    """Count a voice for a picture. False if it was counted before."""
    return Vote.cast(share, image, visitor_of(share, voter))


def unvote(share: Share, image: Image, voter: str) -> None:
    """Take a voice back; once more changes nothing."""
    Vote.objects.filter(share=share, image=image, visitor=visitor_of(share, voter)).withdraw()


def report(share: Share, image: Image, *, reason: str, text: str) -> Report:
    """Write down that a picture should not be there, and have staff told."""
    with transaction.atomic():
        made = Report.objects.create(
            share=share, image=image, account_id=image.account_id, reason=reason, text=text
        )
        enqueue(tell_staff, made.pk)
    return made


def tell_staff(report_id: int) -> None:
    """Write to staff about a report, once. Neither the visitor's words nor the link stand in the mail."""
    found = Report.objects.filter(pk=report_id).first()
    if found is None or not found.claim_telling():
        return
    url = settings.PUBLIC_URL + reverse("admin:studio_report_change", args=[found.pk])
    alarm_staff("A shared picture was reported", f"{found.get_reason_display()}.\n\nSee to it: {url}")
