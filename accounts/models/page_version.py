"""Whether what a person's gallery shows is still what it was."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models.credit import CreditAccount


class PageVersion(models.Model):
    """A number that is another one after each change of what an account's gallery shows.

    The database itself sets it (studio/gallery_version.py), whoever changes what; it comes with the person in
    the query that each request makes. A row of its own, so that nobody who moves credits waits for it.
    """

    account = models.OneToOneField(
        # Tables are emptied in any order, and each deleted picture is a change.
        CreditAccount,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="page_version",
        db_constraint=False,
    )
    version = models.BigIntegerField()

    objects: ClassVar[models.Manager[PageVersion]]

    class Meta:
        verbose_name = "version of a gallery"

    def __str__(self) -> str:
        return f"{self.account_id}: {self.version}"
