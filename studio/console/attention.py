"""What needs somebody: each kind of trouble, how much of it, and where it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.models import Failure

from accounts.models import Purchase
from packs.models import Pack
from studio import health
from studio.models import (
    Callback,
    Erasure,
    Extension,
    Image,
    Letter,
    Pause,
    Photo,
    RefundRequest,
    Removal,
    Report,
    Shoot,
    Tally,
)

# More is not counted: that there is much of it is said as well, and the page stays quick.
MOST = 100
LATELY = timedelta(days=7)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Item:
    """One kind of trouble. `count` is None where there is nothing to count."""

    words: str
    url: str
    count: int | None = None

    @property
    def amount(self) -> str:
        if self.count is None:
            return ""
        return f"{MOST}+" if self.count > MOST else str(self.count)


def items() -> list[Item]:
    """Return what needs somebody now, the most pressing first; nothing while all is well."""
    return [*_pause(), *_health(), *_refused(), *_rows()]


def _pause() -> Iterator[Item]:
    pause = Pause.objects.filter(ended_at=None).first()
    if pause:
        yield Item(
            _("Submissions are paused: %(reason)s") % {"reason": pause.reason},
            reverse("admin:pause"),
            Shoot.objects.filter(status=Shoot.Status.QUEUED)[: MOST + 1].count(),
        )


def _health() -> Iterator[Item]:
    for line in health.report_to_staff()[:-1]:
        if line.state != health.State.OK:
            yield Item(
                _("%(part)s: %(state)s (%(words)s)")
                % {"part": line.name, "state": line.state, "words": line.words},
                reverse("admin:health"),
            )


def _refused() -> Iterator[Item]:
    """Callbacks that were refused: somebody guesses, or this database is not the one that ordered."""
    for kind in Tally.Kind:
        count = Tally.objects.filter(kind=kind).since(timezone.now() - A_DAY).total()
        if count:
            words = _("Refused within a day: %(kind)s") % {"kind": kind.label}
            yield Item(words, _list_of(Tally, kind__exact=kind.value), count)


def _rows() -> Iterator[Item]:
    for words, rows, query in _kinds():
        count = rows[: MOST + 1].count()
        if count:
            yield Item(words, _list_of(rows.model, **query), count)


def _list_of(model: type[Model], **query: str) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{address}?{urlencode(query)}" if query else address


def _kinds() -> list[tuple[str, QuerySet[Any], dict[str, str]]]:
    """Return each kind of row that needs somebody: its words, its rows, and the filter of its list."""
    now = timezone.now()
    lost = Image.objects.filter(status=Image.Status.LOST, created_at__gt=now - LATELY)
    return [
        (_("Refunds that were asked for"), RefundRequest.objects.open(), {"status__exact": "asked"}),
        (_("Orders that are late"), Shoot.objects.late(now), {"trouble": "late"}),
        (
            _("Orders that Astria has not confirmed"),
            Shoot.objects.filter(status=Shoot.Status.UNCONFIRMED),
            {"status__exact": "unconfirmed"},
        ),
        (
            _("Orders that failed within a day"),
            Shoot.objects.filter(status=Shoot.Status.FAILED, ended_at__gt=now - A_DAY),
            {"trouble": "failed"},
        ),
        (_("Pictures that could not be had"), lost, {"status__exact": "lost"}),
        (_("Pictures that visitors reported"), Report.objects.open(), {"handled_at__isempty": "1"}),
        (
            _("Payments that are not what was asked for"),
            Purchase.objects.filter(status=Purchase.Status.HELD),
            {"status__exact": "held"},
        ),
        (_("Photos that may show a child"), Photo.objects.to_review(), {"review__exact": "waiting"}),
        (
            _("Erasures that are not confirmed for a day"),
            Erasure.objects.filter(status=Erasure.Status.ASKED, created_at__lt=now - A_DAY),
            {"status__exact": "asked"},
        ),
        (
            _("Callbacks that could not be taken in"),
            Callback.objects.exclude(error="").filter(received_at__gt=now - LATELY),
            {"error__isempty": "0"},
        ),
        (
            _("Mails that may not have arrived"),
            Letter.objects.filter(status=Letter.Status.UNKNOWN, created_at__gt=now - LATELY),
            {"status__exact": "unknown"},
        ),
        (
            _("Mails that cannot leave"),
            Letter.objects.filter(status=Letter.Status.WAITING, next_check_at__isnull=False, attempts__gt=0),
            {"status__exact": "waiting"},
        ),
        (_("Tasks that failed within a day"), Failure.objects.filter(stopped__gt=now - A_DAY), {}),
        (
            _("Stored files that cannot be deleted"),
            Removal.objects.exclude(error=""),
            {"error__isempty": "0"},
        ),
        (
            _("Packs on sale that Astria no longer has"),
            Pack.objects.filter(status=Pack.Status.PUBLISHED, missing_since__isnull=False),
            {"flag": "missing"},
        ),
        (_("Packs that changed at Astria"), Pack.objects.changed(), {"flag": "changed"}),
        (
            _("Models that could not be kept within a week"),
            Extension.objects.filter(status=Extension.Status.REFUSED, created_at__gt=now - LATELY),
            {"status__exact": "refused"},
        ),
    ]
