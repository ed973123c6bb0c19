"""What became of what was ordered, as numbers on the row itself: pages read them, and count nothing."""

from __future__ import annotations

from django.db import models


class Figures(models.Model):
    """Numbers of the latest orders, written by studio/pack_figures.py each hour.

    Of the latest orders that have ended: how many there are, how many of them failed, and of their pictures
    how many came, were liked, and were hidden. Of a pack `orders` are all that there ever were; of a shot the
    orders are its prompts.
    """

    orders = models.PositiveIntegerField(default=0, editable=False)
    ended = models.PositiveIntegerField(default=0, editable=False)
    failed = models.PositiveIntegerField(default=0, editable=False)
    pictures = models.PositiveIntegerField(default=0, editable=False)
    liked = models.PositiveIntegerField(default=0, editable=False)
    hidden = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    # Properties

    @property
    def like_rate(self) -> float | None:
        """The share of pictures that were liked; None without pictures."""
        return _share(self.liked, self.pictures)

    @property
    def hide_rate(self) -> float | None:
        """The share of pictures that were hidden; None without pictures."""
        return _share(self.hidden, self.pictures)

    @property
    def failure_rate(self) -> float | None:
        """The share of what has ended that failed; None where nothing has ended."""
        return _share(self.failed, self.ended)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
