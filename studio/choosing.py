"""Which of their pictures a person means: `picture` (often), or `shoot`, or `only=liked`."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from accounts.models import User
from studio.models import Image, Shoot
from studio.models.image import ImageQuerySet

LIKED = "liked"


def is_chosen(asked: QueryDict) -> bool:
    """Tell whether anything is named at all."""
    return "picture" in asked or bool(asked.get("shoot")) or asked.get("only") == LIKED


def chosen_images(user: User, asked: QueryDict) -> ImageQuerySet:
    """Return what a form or an address names of a person's stored pictures; of hidden ones, only `picture`.

    Raises Http404 for what is not theirs.
    """
    images = Image.objects.for_user(user)
    if "picture" in asked:
        found = images.stored().filter(pk__in=ids_in(asked.getlist("picture")))
        if not found.exists():
            raise Http404
        return found
    images = images.shown()
    if asked.get("shoot"):
        images = images.filter(shoot=chosen_shoot(user, asked))
    return images.filter(liked_at__isnull=False) if asked.get("only") == LIKED else images


def chosen_shoot(user: User, asked: QueryDict) -> Shoot:
    """Raises Http404."""
    shoots = Shoot.objects.for_user(user).select_related("pack")
    return get_object_or_404(shoots, pk__in=ids_in([asked.get("shoot", "")]))


def named(asked: QueryDict) -> list[tuple[str, str]]:
    """Return what was asked for as a form carries it on."""
    fields = [("picture", str(pk)) for pk in ids_in(asked.getlist("picture"))]
    return fields or [(name, asked.get(name, "")) for name in ("shoot", "only") if asked.get(name)]


def ids_in(texts: list[str]) -> list[UUID]:
    """Return the ids among `texts`, each once: nothing has such an id as the others."""
    ids: dict[UUID, None] = {}
    for text in texts:
        try:
            ids[UUID(text)] = None
        except ValueError:
            continue
    return list(ids)
