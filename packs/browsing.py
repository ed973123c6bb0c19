"""Finding a pack in the shop: by class, by words, in the order of one's choice."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from packs.shop import Shelf, place_of_class

LONGEST_SEARCH = 100
# The first is the order in which packs come from the database.
SORTS = {
    "": _("Studio’s order"),
    "likes": _("Most liked"),
    "newest": _("Newest"),
    "price": _("Lowest price"),
}


@dataclass(frozen=True)
class Search:
    """What somebody looks for in the shop; what makes no sense is as if it were not asked for."""

    class_names: list[str]
    class_name: str
    words: str
    sort: str

    @classmethod
    def of(cls, query: Mapping[str, str], packs: Iterable[Shelf]) -> Search:
        """Read an address's query. The classes to choose from are those of `packs`."""
        names = sorted({offer.name for pack in packs for offer in pack.offers}, key=place_of_class)
        class_name, sort = query.get("class", ""), query.get("sort", "")
        return cls(
            class_names=names,
            class_name=class_name if class_name in names else "",
            words=" ".join(query.get("q", "")[:LONGEST_SEARCH].split()),
            sort=sort if sort in SORTS else "",
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether it may leave packs out."""
        return bool(self.class_name or self.words)

    @property
    def sorts(self) -> list[tuple[str, Any]]:
        return list(SORTS.items())

    @property
    def query(self) -> str:
        """Return the part of an address that asks for the same, with a question mark; "" for everything."""
        asked = {"class": self.class_name, "q": self.words, "sort": self.sort}
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"?{query}" if query else ""

    def found(self, packs: Iterable[Shelf]) -> list[Shelf]:
        """Return the packs that were looked for, in the order that was asked for."""
        found = [pack for pack in packs if self._is_wanted(pack)]
        key = self._keys().get(self.sort)
        # Packs that are equal stay in the studio's order.
        return sorted(found, key=key) if key else found

    def _is_wanted(self, pack: Shelf) -> bool:
        names = [offer.name for offer in pack.offers]
        if self.class_name and self.class_name not in names:
            return False
        text = _plain(" ".join([pack.title, pack.pack.description, *names]))
        return all(word in text for word in _plain(self.words).split())

    def _keys(self) -> dict[str, Callable[[Shelf], Any]]:
        return {
            "likes": lambda pack: -pack.pack.popularity,
            "newest": lambda pack: -_age(pack.pack.published_at),
            "price": self._price,
        }

    def _price(self, pack: Shelf) -> float:
        """Return the lowest price; of the class, if one is looked for."""
        prices = [offer.price for offer in pack.offers if self.class_name in ("", offer.name)]
        return min(prices, default=float("inf"))


def _age(moment: datetime | None) -> float:
    return (moment or datetime.min.replace(tzinfo=UTC)).timestamp()


def _plain(text: str) -> str:
    """Return a text for comparing: “CAFÉ” is found by “cafe”."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
