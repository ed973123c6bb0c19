"""How a state changes: a conditional update, written down as an event, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from config.logs import about, scrub
from studio.models.event import Event

logger = logging.getLogger("studio.state")


def storable(text: str) -> str:
    """Return `text` without what no database takes: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def fitting(model: type[models.Model], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of `said` the columns of `model` can hold, by their names.

    Others said it: one number that is too large must not keep a shoot from ever coming to its end.
    Texts are shortened, numbers out of range are left out.
    """
    fits = {}
    for name, value in said.items():
        field = model._meta.get_field(name)
        if isinstance(value, str):
            value = storable(value)[: getattr(field, "max_length", None)]
        try:
            field.run_validators(value)  # type: ignore[union-attr]
        except ValidationError:
            continue
        fits[name] = value
    return fits


def held_in(there: Q, *, always: Iterable[str], maybe: Iterable[str] = ()) -> Q:
    """Return the condition of a check constraint: `there` holds in the states `always` and in no other.

    In the states `maybe` it may hold or not.
    """
    always, maybe = list(always), list(maybe)
    condition = (Q(status__in=always) & there) | (~Q(status__in=always + maybe) & ~there)
    return condition | Q(status__in=maybe) if maybe else condition


class StateModel(models.Model):
    """A row with a `status` that moves only along `MOVES`.

    `MOVES` maps each status to those it may be reached from; each final status is in `FINAL`. The docstring
    of each model draws the same, and tests hold the two together.
    """

    MOVES: ClassVar[dict[str, frozenset[str]]]
    FINAL: ClassVar[frozenset[str]]
    status: Any

    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def is_final(self) -> bool:
        return self.status in self.FINAL

    def _transition(self, to: str, *, from_: frozenset[str] | None = None, **fields: Any) -> bool:
        """Move to `to` if the row is in one of the states it may be reached from.

        Returns False when someone got there first, which is normal. Raises KeyError for a status that
        nothing leads to. A final status clears `next_check_at` unless one is given: nothing is left to see.
        """
        allowed = self.MOVES[to] if from_ is None else self.MOVES[to] & from_
        if to in self.FINAL and hasattr(self, "next_check_at"):
            fields.setdefault("next_check_at", None)
        if "error" in fields:
            # Astria's words may repeat what was sent, a callback's address with its token too.
            fields["error"] = scrub(storable(fields["error"]))[:300]
        fields |= {"status": to, "updated_at": timezone.now()}
        with about(**self._ids()), transaction.atomic():
            rows: models.QuerySet[Any] = type(self)._default_manager.filter(pk=self.pk)
            rows = rows.filter(Q(status__in=allowed))
            if not rows.update(**fields):
                logger.info("%s: not moved to %s", self._meta.model_name, to)
                return False
            self._record(to, str(fields.get("error") or ""))
            logger.info("%s: %s → %s", self._meta.model_name, self.status, to)
        for name, value in fields.items():
            setattr(self, name, value)
        return True

    def _record(self, to: str, error: str) -> None:
        name = self._meta.model_name
        text = f"{name}: {self.status} → {to}" + (f" ({error})" if error else "")
        Event.record(Event.Kind.STATE, text, **{str(name): self})

    def _ids(self) -> dict[str, object]:
        """Return what a log line about this row is about."""
        of = {name: getattr(self, f"{name}_id", None) for name in ("shoot", "tune")}
        return of | {str(self._meta.model_name): self.pk}
