"""Where a crop lies in a picture: around the face first, always inside. Knows nothing of Django's models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# How much of a crop's height the face takes, and how far down its middle is: head and shoulders.
FACE_SHARE, FACE_DOWN = 0.4, 0.44
# Where nobody knows of a face: pictures of people have it above the middle.
ABOVE_MIDDLE = 0.3
# A first crop is not so close that it would have to be enlarged, if the picture allows.
GOOD_SIDE = 800
SMALLEST_SIDE = 64


class Shape(TextChoices):
    """What a crop is for. A circle is cut as the square around it: sites round it off themselves."""

    SQUARE = "square", _("Square")
    CIRCLE = "circle", _("Circle")
    PORTRAIT = "portrait", _("Portrait 4:5")
    BANNER = "banner", _("Banner 3:1")


RATIOS = {Shape.SQUARE: 1.0, Shape.CIRCLE: 1.0, Shape.PORTRAIT: 4 / 5, Shape.BANNER: 3.0}


@dataclass(frozen=True)
class Box:
    """A part of a picture, in pixels from its top left corner."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class Frame:
    """A picture to be cropped: its size in pixels, and its face in fractions of it, if it has one."""

    width: int
    height: int
    face: Sequence[float] | None = None

    def largest(self, shape: Shape) -> int:
        """Return the width of the largest crop of this shape."""
        return max(1, min(self.width, int(self.height * RATIOS[shape])))

    def smallest(self, shape: Shape) -> int:
        """Return the width of the smallest crop of this shape that still shows something."""
        return min(self.largest(shape), max(SMALLEST_SIDE, round(SMALLEST_SIDE * RATIOS[shape])))

    def first_box(self, shape: Shape) -> Box:
        """Return where a crop begins: head and shoulders; a banner takes the whole width."""
        width = self.largest(shape)
        if self.face is None:
            spare = self.height - width / RATIOS[shape]
            return self.box(shape, (self.width - width) // 2, int(spare * ABOVE_MIDDLE), width)
        x, y, face_width, face_height = self.face
        if shape != Shape.BANNER:
            close = face_height * self.height / FACE_SHARE * RATIOS[shape]
            width = min(width, round(max(close, GOOD_SIDE * min(1.0, RATIOS[shape]))))
        height = width / RATIOS[shape]
        left = (x + face_width / 2) * self.width - width / 2
        top = (y + face_height / 2) * self.height - height * FACE_DOWN
        return self.box(shape, round(left), round(top), width)

    def box(self, shape: Shape, left: int, top: int, width: int) -> Box:
        """Return the crop of this width that is nearest to this corner and inside the picture."""
        width = min(max(width, self.smallest(shape)), self.largest(shape))
        height = min(self.height, max(1, round(width / RATIOS[shape])))
        left = min(max(left, 0), self.width - width)
        return Box(left, min(max(top, 0), self.height - height), width, height)
