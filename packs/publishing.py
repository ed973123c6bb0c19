"""Packs that go into the shop by themselves, at the time that staff chose."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import AuditEntry
from packs.models import Pack


def publish_scheduled(pack_id: int) -> None:
    """Publish a pack whose time has come. Safe to run twice; a no-op if staff changed their mind."""
    pack = Pack.objects.filter(pk=pack_id, publish_at__lte=timezone.now()).first()
    if pack is not None and pack.publish():
        AuditEntry.record(None, "pack published", about=pack, text="By itself, at the time that was chosen")
