"""What was erased, in words: on a page, and in a last mail before its address goes."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from accounts.closing import forget
from accounts.models import User
from studio import pace
from studio.mail import mail_of
from studio.models import Erasure

logger = logging.getLogger("studio.erasing")


# The rows that people know, by their models' labels.
_WORDS = {
    "studio.PhotoSet": ngettext_lazy("photo set", "photo sets", "n"),
    "studio.Photo": ngettext_lazy("photo", "photos", "n"),
    "studio.Inspection": ngettext_lazy("description of a photo", "descriptions of photos", "n"),
    "studio.Tune": ngettext_lazy("model", "models", "n"),
    "studio.Shoot": ngettext_lazy("shoot", "shoots", "n"),
    "studio.Prompt": ngettext_lazy("shot", "shots", "n"),
    "studio.Image": ngettext_lazy("picture", "pictures", "n"),
    "studio.Share": ngettext_lazy("share link", "share links", "n"),
    "studio.Callback": ngettext_lazy("message from Astria", "messages from Astria", "n"),
    "studio.Event": ngettext_lazy("line of a timeline", "lines of timelines", "n"),
    "studio.Letter": ngettext_lazy("record of a mail", "records of mails", "n"),
    "accounts.Consent": ngettext_lazy("consent", "consents", "n"),
}


@dataclass(frozen=True)
class Line:
    """A line of a receipt: of what how many went."""

    what: str
    count: int


def lines_of(erasure: Erasure) -> list[Line]:
    """Return what a receipt names; rows that only the studio knows of are one line together."""
    counts = dict(erasure.counts)
    named = [Line(str(_WORDS[label] % {"n": n}), n) for label, n in _known(counts)]
    rest = sum(counts.values())
    return [*named, Line(_("other records about them"), rest)] if rest else named


def _known(counts: dict[str, int]) -> list[tuple[str, int]]:
    """Take out of `counts` what people know, in the order in which they would look for it."""
    return [(label, n) for label in _WORDS if (n := counts.pop(label, 0))]


def say_goodbye(erasure: Erasure) -> bool:
    """Send the receipt of an account to its address, then forget the person. False if it must be tried again.

    Not longer than a day: an address that takes no mail must not be kept for it. If we die in between, the
    receipt is sent twice.
    """
    user = User.objects.filter(credit_account=erasure.account_id).first()
    if user is None:
        return True
    try:
        _written(erasure, user.email).send()
    except Exception as error:
        logger.warning("receipt %s: not sent (%s)", erasure.pk, type(error).__name__)
        since = erasure.cleared_at or timezone.now()
        if since + pace.GIVE_UP_MAILING > timezone.now():
            return False
    forget(user)
    return True


def _written(erasure: Erasure, address: str) -> EmailMultiAlternatives:
    url = settings.PUBLIC_URL + erasure.get_absolute_url()
    mail = mail_of("erased", {"erasure": erasure, "lines": lines_of(erasure), "url": url})
    mail.to = [address]
    return mail
