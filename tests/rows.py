"""A row of everything that the admin shows."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import Group
from django.utils import timezone
from django_q.models import Task
from django_q.tasks import async_task

from accounts.models import AuditEntry, Bundle, Consent, User
from packs.models import Comparison
from studio.extending import extend
from studio.mail import write
from studio.models import (
    Callback,
    Check,
    Erasure,
    Event,
    Heartbeat,
    Inspection,
    Letter,
    Pause,
    RefundRequest,
    Report,
    Shoot,
    Tally,
    Trial,
    TuneDeletion,
    Vote,
)
from studio.removing import remove_files
from tests.factories import (
    ImageFactory,
    PhotoSetFactory,
    PurchaseFactory,
    ShareFactory,
    ShootFactory,
    TrainedTuneFactory,
)


def make_a_row_of_each(user: User) -> None:
    """Make a row of each model that the admin shows, most of them of `user`."""
    now = timezone.now()
    shoot: Shoot = ShootFactory.create(account=user.account)
    photo_set = PhotoSetFactory.create(account=user.account, photos=1)
    image, share = ImageFactory.create(shoot=shoot), ShareFactory.create(shoot=shoot)
    Vote.cast(share, image, "v")
    Report.objects.create(share=share, image=image, account=user.account, reason=Report.Reason.OTHER)
    Callback.objects.create(shoot=shoot, body="{}")
    PurchaseFactory.create(account=user.account)
    RefundRequest.objects.create(shoot=shoot, account=user.account, reason="Too dark.")
    Bundle.objects.create(title="100 credits", credits=100, price=2900, currency="eur")
    remove_files("u/1/photo.jpg")
    Erasure.ask_for(user.account, "shoot", uuid4(), next_check_at=now)
    extend(TrainedTuneFactory.create(account=user.account))
    write(Letter.Kind.READY, key="end", about=shoot)
    Event.objects.create(shoot=shoot, kind=Event.Kind.STATE, text="shoot: queued → waiting")
    Inspection.objects.create(account=user.account, sha256="0" * 64, class_name="woman", answer={})
    Consent.objects.create(account=user.account, kind="subject", version="1", about=photo_set.pk)
    AuditEntry.record(user, "pictures shown", about=shoot, text="Asked for by mail")
    Heartbeat.beat("worker")
    Check.note("storage")
    Tally.add(Tally.Kind.WRONG_TOKEN)
    Pause.start("Unauthorized (401)", probe_in=timedelta(minutes=5))
    Trial.objects.create(next_check_at=now)
    Comparison.objects.create(is_preview=True, next_check_at=now)
    TuneDeletion.objects.create(id=uuid4(), next_check_at=now)
    Group.objects.create(name="Helpers")
    async_task("studio.clock.beat")
    Task.objects.create(
        id=uuid4().hex, name="x", func="studio.clock.beat", started=now, stopped=now, success=False
    )
