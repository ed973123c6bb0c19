"""Mail during development: to the console, and kept so that /mailbox/ can show it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.console import EmailBackend
from django.utils import timezone

KEPT = 100


class ConsoleAndMailbox(EmailBackend):
    """Django's console backend that also keeps the latest messages as files in MAILBOX_DIR."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Print and keep `email_messages`; return how many."""
        for message in email_messages:
            self._keep(message)
        return int(super().send_messages(email_messages) or 0)

    @staticmethod
    def _keep(message: EmailMessage) -> None:
        folder = Path(settings.MAILBOX_DIR or "mailbox")
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{timezone.now():%Y%m%d%H%M%S%f}-{uuid.uuid4().hex[:8]}.eml"
        (folder / name).write_bytes(message.message().as_bytes())
        for old in sorted(folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)


def kept_messages() -> list[ParsedMessage]:
    """Return the kept messages, newest first."""
    folder: Path | None = settings.MAILBOX_DIR
    if folder is None or not folder.exists():
        return []
    files = sorted(folder.glob("*.eml"), reverse=True)
    return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]
