"""Staff hold all orders of the site, and let them go out again; both are in the audit log."""

from __future__ import annotations

from accounts.models import AuditEntry, User
from studio.models import Pause, Shoot


def hold(reason: str, *, by: User | None) -> None:
    """Let nothing go out until `release`, whatever held it before. `by` None: a command. Safe to repeat."""
    Pause.hold(reason)
    AuditEntry.record(by, "submissions held", text=reason)


def release(reason: str, *, by: User | None) -> None:
    """Let orders go out again, whoever held them; those that wait are due now. Safe to repeat."""
    Pause.release()
    Shoot.objects.filter(status=Shoot.Status.QUEUED).make_due()
    AuditEntry.record(by, "submissions released", text=reason)
