"""Rows that are written once: neither the code nor the database changes or deletes one."""

from __future__ import annotations

from typing import Any, Never, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class AppendOnlyQuerySet(models.QuerySet[Row]):
    """Rows that can be read and added, nothing else."""

    def update(self, **fields: Any) -> Never:
        raise _refusal(self.model)

    def delete(self) -> Never:
        raise _refusal(self.model)


class AppendOnly(models.Model):
    """A row that is never edited or deleted. Its table has triggers that refuse it, too (see migrations)."""

    class Meta:
        abstract = True

    # Mutators

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row. Raises TypeError for one that exists."""
        if not self._state.adding:
            raise _refusal(type(self))
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Never:
        raise _refusal(type(self))


def _refusal(model: type[models.Model]) -> TypeError:
    name = model._meta.verbose_name_plural
    return TypeError(f"Lines of the {name} are never changed or deleted: write another one")
