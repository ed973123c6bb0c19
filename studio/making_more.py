"""The page for more pictures on a model: a way to them at a time, each priced before it is ordered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from packs.choosing import choice_of, left_out
from packs.models import Pack, PackClass
from packs.pricing import price_of_class, price_of_images
from packs.shop import picture_url
from studio.contact_sheet import frames
from studio.models import Image, Prompt, Shoot, Tune
from studio.more_forms import LikeForm, ThemeForm, WordsForm
from studio.ordering import OrderRefused, out_of_date
from studio.ordering_more import THEME_CLASSES, order_pack_on, problems_with_tune

PICTURES_TO_CHOOSE_FROM = 24


class Way(ABC):
    """One way to more pictures: what its part of the page shows, and its order.

    `asked` is what the page was asked for with, or what was sent with the order (`is_sent`).
    """

    name = ""

    def __init__(self, tune: Tune, asked: QueryDict, *, is_sent: bool) -> None:
        self.tune, self.asked, self.is_sent = tune, asked, is_sent
        self.errors: list[str] = []
        self.read()

    @abstractmethod
    def read(self) -> None:
        """Take in what was asked."""

    def order(self) -> Shoot | None:
        """Order it; None if something is wrong that the page then says. Raises nothing."""
        try:
            return self.take()
        except OrderRefused as refusal:
            self.errors = refusal.reasons
            return None

    @abstractmethod
    def take(self) -> Shoot | None:
        """Order it; None if the page says what is wrong. Raises OrderRefused."""

    @property
    def is_refused(self) -> bool:
        """Whether something is wrong with what was sent."""
        return bool(self.errors)

    @abstractmethod
    def shown(self) -> dict[str, Any]:
        """Return what the page shows of it."""

    def key(self) -> str:
        """Return the key of this order: the form's, and what it says, as changed words are another order."""
        said = sorted((name, tuple(values)) for name, values in self.asked.lists() if name not in _NOT_SAID)
        return f"{self.asked.get('key', '')}:{sha256(repr(said).encode()).hexdigest()}"

    def number(self, name: str) -> int:
        """Return a number that the page put into its form. Raises OrderRefused if it is none."""
        value = self.asked.get(name, "")
        if not (value.isdecimal() and value.isascii() and len(value) < 9):
            raise out_of_date()
        return int(value)


_NOT_SAID = {"key", "csrfmiddlewaretoken"}


class AnotherPack(Way):
    """A pack of the shop, or some of its shots."""

    name = "pack"

    def read(self) -> None:
        offers = PackClass.objects.published().filter(name=self.tune.class_name).select_related("pack")
        self.offers = offers.order_by("pack__position", "-pack__likes", "-pack__astria_id")
        packs = Pack.objects.with_slug(self.asked.get("pack", ""))
        self.pack = packs.first()
        offer = self.offers.filter(pack=self.pack).first()
        self.choice = choice_of(offer, left_out(offer, self.asked), with_training=False) if offer else None

    def take(self) -> Shoot | None:
        if "update" in self.asked:
            return None
        if self.choice and not self.choice.num_images:
            raise OrderRefused(_("Choose at least one shot. Nothing was charged."))
        if self.choice and self.number("price") != self.choice.price:
            raise OrderRefused(_("What you chose costs as much as you see below. Order again if you agree; "
                                 "nothing was charged."))  # fmt: skip
        shots, price = (self.choice.prompt_ids, self.choice.price) if self.choice else ([], None)
        return order_pack_on(self.tune, self.pack, key=self.key(), prompt_ids=shots, price=price)

    def shown(self) -> dict[str, Any]:
        if self.choice:
            return {"pack": self.pack, "choice": self.choice}
        return {"packs": [_card(offer) for offer in self.offers]}


class WithForm(Way):
    """A way whose order is a form."""

    form: LikeForm | ThemeForm | WordsForm | None = None

    def take(self) -> Shoot | None:
        if self.form is None or not self.form.is_valid():
            return None
        price = "price_enlarged" if self.form.enlarged else "price_per_image"
        return self.form.order(self.key(), self.number(price))

    @property
    def is_refused(self) -> bool:
        return bool(self.errors or (self.form and self.form.errors))

    def shown(self) -> dict[str, Any]:
        prices = {"price_per_image": price_of_images(1), "price_enlarged": price_of_images(1, enlarged=True)}
        return {"form": self.form, **prices}


class MoreLike(WithForm):
    """More like one of the model's pictures."""

    name = "like"

    def read(self) -> None:
        self.image = self._pictures().filter(pk=_id(self.asked.get("picture"))).first()
        if self.image:
            self.form = LikeForm(self.image.prompt, self.asked if self.is_sent else None)

    def take(self) -> Shoot | None:
        if self.image is None:
            raise OrderRefused(_("Choose a picture. Nothing was charged."))
        return super().take()

    def shown(self) -> dict[str, Any]:
        if self.image:
            return super().shown() | {"picture": frames([self.image])[0], "picture_id": self.image.pk}
        images = self._pictures().order_by("-liked_at", "-created_at", "id")[:PICTURES_TO_CHOOSE_FROM]
        return {"choices": [(frame, frame.id) for frame in frames(images, width=320)]}

    def _pictures(self) -> Any:
        made = Image.objects.shown().filter(shoot__tune=self.tune, prompt__status=Prompt.Status.READY)
        return made.select_related("shoot__tune", "prompt__shoot__tune")


class Theme(WithForm):
    """Ten shots that Astria thinks up."""

    name = "theme"

    def read(self) -> None:
        self.form = ThemeForm(self.tune, self.asked if self.is_sent else None)


class OwnWords(WithForm):
    """A prompt of one's own."""

    name = "words"

    def read(self) -> None:
        self.form = WordsForm(self.tune, self.asked if self.is_sent else None)


WAYS: Mapping[str, type[Way]] = {way.name: way for way in (AnotherPack, MoreLike, Theme, OwnWords)}


def way_of(tune: Tune, asked: QueryDict, *, is_sent: bool) -> Way:
    """Return the way that is asked for: by its name, else by what it is about."""
    name = asked.get("make") or ("like" if "picture" in asked else "pack")
    if name not in titles_of(tune):
        name = "pack"
    return WAYS[name](tune, asked, is_sent=is_sent)


def titles_of(tune: Tune) -> dict[str, str]:
    """Return the ways that this model can go, with their words."""
    titles = {
        "pack": _("Another pack"),
        "like": _("More like a picture"),
        "theme": _("A theme"),
        "words": _("Your own words"),
    }
    if tune.class_name not in THEME_CLASSES:
        del titles["theme"]
    return titles


def page_of(way: Way) -> dict[str, Any]:
    """Return everything that the page shows."""
    tune = way.tune
    return {
        "tune": tune,
        "way": way.name,
        "ways": titles_of(tune),
        "errors": way.errors,
        "closed": [] if way.errors else list(problems_with_tune(tune)),
        "is_training": tune.status in {*Tune.BEFORE_ASTRIA, Tune.Status.TRAINING},
        # Sent twice it is one order; the page's own key makes the next page's another one.
        "key": way.asked.get("key") if way.is_sent else uuid4().hex,
        **way.shown(),
    }


def _card(offer: PackClass) -> dict[str, Any]:
    return {
        "slug": offer.pack.slug,
        "title": offer.pack.title,
        "cover_url": picture_url(offer.pack.cover_key),
        "num_images": offer.num_images,
        "price": price_of_class(offer, with_training=False),
    }


def _id(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None
